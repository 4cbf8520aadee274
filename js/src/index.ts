/**
 * The entry `fieldseal`, also named `fieldseal/lite`, in browsers: the evaluator build compiled for
 * a small size, the module inline.
 */
import { fromBase64 } from "./base64.js";
import { base64 } from "./wasm/evaluator.inline.js";
import { sha256 } from "./wasm/evaluator.digest.js";
import { bind } from "./bind.js";
import type * as types from "./types.js";

const bound = bind(new WebAssembly.Module(fromBase64(base64)), sha256);

export const Policy: typeof types.Policy = bound.Policy;
export type Policy = types.Policy;
export const Keyring: typeof types.Keyring = bound.Keyring;
export type Keyring = types.Keyring;
/** Puts a cache in front of a key source: see `FieldSeal`. */
export const cacheKeys: types.FieldSeal["cacheKeys"] = bound.cacheKeys;
/** Returns the public head of an envelope: see `FieldSeal`. */
export const inspectEnvelope: types.FieldSeal["inspectEnvelope"] = bound.inspectEnvelope;
/**
 * Makes a fresh instance, as after `poisoned`. Policies and keyrings made before stay with the old
 * one: on a dead one they are lost, a `Keyring.memory()` with its keys.
 */
export const restart: () => void = bound.restart;
/** Returns the versions of crate, envelope and vocabulary, the build, and the module's digest. */
export const version: () => types.Version = bound.version;

export { FieldSealError } from "./error.js";
export type { ErrorCode, FieldSealErrorOptions, Finding, Severity } from "./error.js";
export { keysFrom } from "./keys-from.js";
export type * from "./types.js";
