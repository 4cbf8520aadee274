import { FieldSealError } from "./error.js";

const NEEDED = ["TextEncoder", "TextDecoder", "WebAssembly", "FinalizationRegistry"] as const;

const missing: string[] = NEEDED.filter((name) => typeof globalThis[name] === "undefined");
if (typeof globalThis.crypto?.getRandomValues !== "function")
  missing.push("crypto.getRandomValues");
if (missing.length > 0)
  throw new FieldSealError(
    `this engine lacks ${missing.join(", ")}: FieldSeal does not run without it`,
    { code: "internal" },
  );

/** Writes UTF-8. Its export keeps bundlers from dropping the checks above. */
export const encoder = new TextEncoder();
