/** The bytes of `full.wasm`, in base64. */
export declare const base64: string;
