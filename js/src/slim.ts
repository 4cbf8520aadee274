/**
 * The entry `fieldseal/slim`: without a module, for hosts that load the `.wasm` files themselves.
 */
import { bind } from "./bind.js";
import { FieldSealError } from "./error.js";
import { isBytes } from "./text.js";
import type { FieldSeal } from "./types.js";

/**
 * The API of the other entries over a module that you give: its bytes, or compiled. Each call has
 * an instance of its own.
 *
 * ```ts
 * const { Policy, Keyring } = instantiate(await WebAssembly.compileStreaming(fetch("/fieldseal.wasm")));
 * ```
 * @throws {FieldSealError} `internal` for what is no module of this version, with the cause
 */
export function instantiate(source: Uint8Array | ArrayBuffer | WebAssembly.Module): FieldSeal {
  try {
    const module =
      isBytes(source) || source instanceof ArrayBuffer
        ? new WebAssembly.Module(source as BufferSource)
        : source;
    return bind(module);
  } catch (cause) {
    throw new FieldSealError("this is not a module of this version of FieldSeal", {
      code: "internal",
      cause,
    });
  }
}

export { FieldSealError } from "./error.js";
export type { ErrorCode, FieldSealErrorOptions, Finding, Severity } from "./error.js";
export type * from "./types.js";
