import module from "./wasm/full.wasm";
import { initSync, version as describe } from "./wasm/full.js";

initSync({ module });

export function version(): unknown {
  return JSON.parse(describe());
}
