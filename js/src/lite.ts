/**
 * The entry `fieldseal/lite`: without JSON Schema validation, the module inline. Verdicts say
 * `unvalidated`.
 */
import { fromBase64 } from "./base64.js";
import { base64 } from "./wasm/lite.inline.js";
import { sha256 } from "./wasm/lite.digest.js";
import { bind } from "./bind.js";
import type * as types from "./types.js";

const bound = bind(new WebAssembly.Module(fromBase64(base64)), sha256);

/** See the type: a compiled schema. */
export const Policy: typeof types.Policy = bound.Policy;
export type Policy = types.Policy;
/** See the type: the life of keys. */
export const Keyring: typeof types.Keyring = bound.Keyring;
export type Keyring = types.Keyring;
/**
 * A fresh instance, as after `poisoned`. Policies and keyrings made before stay with the old one:
 * on a dead one they are lost, a `Keyring.memory()` with its keys.
 */
export const restart: () => void = bound.restart;
/** The versions of crate, envelope and vocabulary, the build, and the digest of the module. */
export const version: () => types.Version = bound.version;

export { FieldSealError } from "./error.js";
export type { ErrorCode, FieldSealErrorOptions, Finding, Severity } from "./error.js";
export { keysFrom } from "./keys-from.js";
export type {
  Access,
  CompileOptions,
  Context,
  Coverage,
  Document,
  Draft,
  IndexValue,
  JsonObject,
  Key,
  KeyAnswer,
  KeyKind,
  KeyRequest,
  KeySource,
  KeyState,
  Limits,
  LocationCount,
  Opened,
  Operation,
  PersonRef,
  Refusal,
  Sealed,
  Settled,
  SyncKeySource,
  Verdict,
  VerdictCode,
  Version,
  WithheldReason,
} from "./types.js";
