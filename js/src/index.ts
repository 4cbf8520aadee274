import { initSync, version as describe } from "./wasm/full.js";
import { base64 } from "./wasm/full.inline.js";

initSync({ module: Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)) });

export function version(): unknown {
  return JSON.parse(describe());
}
