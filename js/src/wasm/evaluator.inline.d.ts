/** The bytes of `lite.wasm`, in base64. */
export declare const base64: string;
