/** The bytes of `evaluator.wasm`, in base64. */
export declare const base64: string;
