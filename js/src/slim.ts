import { initSync, version as describe } from "./wasm/full.js";

/** The entries of this package over a module that the caller loaded. */
export function instantiate(module: BufferSource | WebAssembly.Module): { version(): unknown } {
  initSync({ module });
  return { version: () => JSON.parse(describe()) as unknown };
}
