import type { Consent, Operation } from "./types-call.js";

/** The use of a key. The same reference under another kind is another key. */
export type KeyKind = "subject" | "retention" | "item" | "index" | "pseudonym";

/** One key that a call needs. */
export interface KeyRequest {
  kind: KeyKind;
  /**
   * The data subject, bucket or item. Absent only when opening: where the envelope does not bind
   * its subject, and for kind `retention`.
   */
  ref?: string;
  tenant: string;
  operation: Operation;
  purpose?: string;
  caller?: string;
  /** The place that the call came from. */
  origin?: string;
  /** The consents of the call. Absent where it has none. */
  consents?: Consent[];
  /** The 16 bytes by which an envelope names its key. Absent when sealing. */
  id?: Uint8Array;
}

/** A request to `current`, which always names an owner. */
export interface CurrentRequest extends KeyRequest {
  ref: string;
  id?: never;
}

/**
 * A request to `byId`, which always names a key. Answer `not-found` unless the id belongs to
 * exactly this kind, tenant and (if given) ref.
 */
export interface ByIdRequest extends KeyRequest {
  id: Uint8Array;
}

/** A key. It is copied and the copy is wiped; your bytes stay yours. */
export interface Key {
  /** 16 bytes. Not secret; they stand in every envelope. */
  id: Uint8Array;
  /** 32 bytes. */
  secret: Uint8Array;
  /** Milliseconds since 1970-01-01T00:00:00Z; the key is never used at or after it. */
  expires?: number;
  /** `false` says that the key cannot be destroyed (default true); the verdict then warns. */
  erasable?: boolean;
  /**
   * The owner. Records name with it the bucket of a retention key that the request did not name.
   */
  ref?: string;
}

/**
 * The reason for an absent key. `erased`, `restricted` and `denied` withhold a value on opening;
 * the others fail the call.
 */
export type Refusal = "erased" | "restricted" | "denied" | "not-found" | "unavailable";

/**
 * The circumstance of a refusal, for its message. `minimum-version`, with `denied`: the version of
 * the key is below the least that opens. `expired`, with `unavailable`: the key has expired.
 * `no-clock`, with `unavailable`: the answer depends on the time, and there is none; the call then
 * fails with `context`.
 */
export type RefusalCause = "minimum-version" | "expired" | "no-clock";

/** One answer to one request. `ref`: the owner of the key, as in `Key`. */
export type KeyAnswer = Key | { code: Refusal; cause?: RefusalCause; ref?: string };

/**
 * A source of keys: two functions over whatever store you have. Answers come in the order of the
 * requests, one each. A source that throws or rejects is `unavailable` with the cause; a wrong
 * number or shape of answers is `internal`; the instance lives on in both cases. A source is asked
 * at every call; put `cacheKeys` in front of a slow one.
 */
export interface KeySource {
  /**
   * Returns keys to seal with. Create those that an owner lacks, atomically: two first writers must
   * agree on one key. `signal` is aborted when the time of `timeoutMs` is over.
   */
  current(
    requests: CurrentRequest[],
    call: { signal: AbortSignal },
  ): KeyAnswer[] | Promise<KeyAnswer[]>;
  /** Returns keys to open with. */
  byId(requests: ByIdRequest[], call: { signal: AbortSignal }): KeyAnswer[] | Promise<KeyAnswer[]>;
  /**
   * Milliseconds that an answer may take, 10,000 by default. The call then ends as `unavailable`,
   * and a later answer is dropped.
   */
  readonly timeoutMs?: number;
}

/** A key source that answers at once, for the …Sync verbs. It keeps its own time. */
export interface SyncKeySource {
  /** Returns keys to seal with. */
  current(requests: CurrentRequest[]): KeyAnswer[];
  /** Returns keys to open with. */
  byId(requests: ByIdRequest[]): KeyAnswer[];
}

/** The bounds of a cache. 0 turns it off, in both members. */
export interface CacheOptions {
  /** The most entries; default 10,000. */
  entries?: number;
  /**
   * Milliseconds for which a key stays usable here after it was fetched, and therefore also a key
   * that was destroyed elsewhere (`shredLatencyMs`); default 300,000, five minutes.
   */
  maxAgeMs?: number;
}

/**
 * A cache in front of one key source, and a key source itself. An entry is a permission: it answers
 * exactly the request for which it was fetched (kind, tenant, ref, operation, purpose, caller,
 * origin, consents, id), and never one of operation `reseal`.
 */
export interface KeyCache extends KeySource {
  /**
   * Forgets the keys of one reference in every tenant and kind, those of a person's indexes
   * included, and all keys without a reference; without an argument all keys. Call it after an
   * erasure, and between a rotation and the next seal, in every process that has a cache. Calls
   * under way lose these keys as well.
   */
  evict(owner?: string): void;
}

/** A cache in front of a source that answers at once. */
export interface SyncKeyCache extends SyncKeySource {
  /** See {@link KeyCache.evict}. */
  evict(owner?: string): void;
}
