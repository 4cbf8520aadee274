/**
 * The entry `fieldseal/slim`: without a module, for hosts that load the `.wasm` files themselves.
 */
import { bind } from "./bind.js";
import { FieldSealError } from "./error.js";
import { isArrayBuffer, isBytes } from "./text.js";
import type { FieldSeal } from "./types.js";

/**
 * Makes the API of the other entries over a module that you give: its bytes, or compiled. Each call
 * has an instance of its own.
 *
 * ```ts
 * const module = await WebAssembly.compileStreaming(fetch("/fieldseal.wasm"));
 * const { Policy, Keyring } = instantiate(module);
 * ```
 *
 * @throws {FieldSealError} `internal`, with the cause, for anything but a module of this version
 */
export function instantiate(source: Uint8Array | ArrayBuffer | WebAssembly.Module): FieldSeal {
  try {
    const isCompiled = !isBytes(source) && !isArrayBuffer(source);
    const module = isCompiled ? source : new WebAssembly.Module(source as BufferSource);
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
