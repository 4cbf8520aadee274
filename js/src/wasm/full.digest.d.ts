/** SHA-256 of `full.wasm`, hex. */
export declare const sha256: string;
