import module from "./wasm/lite.wasm";
import { initSync, version as describe } from "./wasm/lite.js";

initSync({ module });

export function version(): unknown {
  return JSON.parse(describe());
}
