/** SHA-256 of `evaluator.wasm`, hex. */
export declare const sha256: string;
