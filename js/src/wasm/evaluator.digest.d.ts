/** SHA-256 of `lite.wasm`, hex. */
export declare const sha256: string;
