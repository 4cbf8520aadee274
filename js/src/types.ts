import type { FieldSealError } from "./error.js";
import type { Keyring } from "./types-keyring.js";
import type { KeyAnswer, KeyRequest, SyncKeySource } from "./types-keys.js";
import type { Policy } from "./types-policy.js";
import type { Version } from "./types-results.js";

export type * from "./types-call.js";
export type * from "./types-keyring.js";
export type * from "./types-keys.js";
export type * from "./types-options.js";
export type * from "./types-policy.js";
export type * from "./types-results.js";

/** The classes and functions of one WebAssembly module, as an entry exports them. */
export interface FieldSeal {
  Policy: typeof Policy;
  Keyring: typeof Keyring;
  FieldSealError: typeof FieldSealError;
  /** See `keysFrom` of the entry `fieldseal`. */
  keysFrom(requests: KeyRequest[], answers: KeyAnswer[]): SyncKeySource;
  /** See `restart` of the entry `fieldseal`. */
  restart(): void;
  /** See `version` of the entry `fieldseal`. */
  version(): Version;
}
