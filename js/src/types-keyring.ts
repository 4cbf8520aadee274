import type {
  ByIdRequest,
  CurrentRequest,
  KeyAnswer,
  KeyKind,
  KeySource,
  SyncKeySource,
} from "./types-keys.js";

/** The name of an item. */
export type ItemRef = [family: string, record: string, field: string];

/**
 * A data subject by reference, or the owner of another kind of key. A string is a data subject in
 * the empty tenant: if your contexts have a tenant, it names somebody else.
 */
export type PersonRef =
  | string
  | { kind: KeyKind; ref: string; tenant?: string }
  | { kind: "item"; ref: ItemRef; tenant?: string };

/**
 * The owner of a key whose time passes: a retention bucket, as `due` returns it, or an item by its
 * `[family, record, field]`.
 */
export type BucketOrItem =
  { ref: string; tenant?: string } | { kind: "item"; ref: string | ItemRef; tenant?: string };

/** The record of an erasure or destruction. Later releases add members. */
export interface Erased {
  state: KeyState;
  /** The ids of the keys that were destroyed, in hexadecimal digits; the owner's own first. */
  destroyed: string[];
  /** The time of the erasure: of the first call, when it was repeated. */
  at?: string;
  /**
   * The moment that the erasure has reached. `committed`: no call gets the keys any more; `clean`:
   * no file of the key store holds the secrets any more; `unreadable`: no backup, disk block, log
   * or replica holds anything that opens.
   */
  reached: "committed" | "clean" | "unreadable";
  /** The places that still hold copies of the secrets, for people. */
  residue: string[];
}

/** The record of a rotation. Later releases add members. */
export interface Rotated {
  /** The number of the new version, which seals from now on. Versions count from 1. */
  version: number;
}

/** An erasure or destruction that is on record; a destruction has no reason. */
export interface Erasure {
  at?: string;
  reason?: string;
  destroyed: string[];
}

/**
 * The state of a key. `never`: none was made; `reopened`: after an erasure it lives on with a new
 * key; `revoked` is not built yet.
 */
export type KeyState = "never" | "live" | "restricted" | "revoked" | "erased" | "reopened";

/**
 * The life of keys, run by the core in the same WebAssembly instance as Policy: a key is made on
 * first use, once, and nothing brings an erased one back. Its secrets do not leave the instance
 * when a policy uses it. Its answers print without their secrets. Verbs throw `context` for a name
 * of nobody and `erased` after an erasure; repeating one changes nothing.
 *
 * ```ts
 * const keys = Keyring.memory();
 * await keys.rotate("ada"); // a new version seals, older ones open
 * await keys.erase("ada", { reason: "GDPR Art. 17 request" });
 * await keys.reopen("ada"); // she is back: what is sealed now opens, what was erased does not
 * for (const bucket of await keys.due()) await keys.destroy(bucket);
 * ```
 */
export declare class Keyring implements KeySource {
  /**
   * Makes an empty keyring in memory: for tests, demonstrations and data that may end with the
   * process. `now`: the clock of erasures, default `Date.now`.
   */
  static memory(options?: { now?: () => number }): Keyring & SyncKeySource;

  /** Returns keys to seal with, made for owners that have none. */
  current(requests: CurrentRequest[]): KeyAnswer[] | Promise<KeyAnswer[]>;

  /** Returns keys to open with. */
  byId(requests: ByIdRequest[]): KeyAnswer[] | Promise<KeyAnswer[]>;

  /** Makes a key for an owner that has none. */
  provision(person: PersonRef): Promise<void>;

  /**
   * Makes a new version, the first or the next, and returns its number: it seals from now on, and
   * older ones still open.
   * With `minVersion` those before it are `denied` to opening, until a call names another; versions
   * count from 1. A restriction stays.
   *
   * @throws {FieldSealError} `context` also for a `minVersion` after the new version, with which
   *   nothing would open
   */
  rotate(person: PersonRef, options?: { minVersion?: number }): Promise<Rotated>;

  /**
   * Restricts processing (GDPR Art. 18): sealing and opening are `restricted`, but for the purpose
   * `storage` (both) and `legal_claims` (opening).
   */
  restrict(person: PersonRef): Promise<void>;

  /** Ends a restriction. */
  lift(person: PersonRef): Promise<void>;

  /**
   * Destroys every version of the key (GDPR Art. 17), also of somebody who never had one: none is
   * made later. Erasing a person also destroys the keys of indexes of which each person has a
   * separate one. A repeated call changes nothing and returns the record of the first.
   */
  erase(person: PersonRef, why: { reason: string }): Promise<Erased>;

  /** Returns the erasures of somebody's keys, in the order of time. */
  erasures(person: PersonRef): Promise<Erasure[]>;

  /**
   * Lets somebody who was erased come back, with a new key. Sealed values of before stay erased.
   * Changes nothing for somebody who is not erased.
   */
  reopen(person: PersonRef): Promise<void>;

  /** Returns the state of somebody's key; `never` for somebody unknown. */
  state(person: PersonRef): Promise<KeyState>;

  /**
   * Returns the retention buckets, of all tenants, whose time has passed at `at` (RFC 3339 if a
   * string; default the keyring's clock), sorted. Changes nothing. A bucket is named by its last
   * year, month or day in UTC: `contract/2036` has passed when 2037-01-01T00:00:00Z has come.
   *
   * @throws {FieldSealError} `context` for a text that is not a date-time
   */
  due(at?: string | Date): Promise<{ ref: string; tenant: string }[]>;

  /**
   * Destroys every version of the key of a retention bucket or of an item (GDPR Art. 5(1)(e)):
   * sealing and opening are `erased` from then on.
   *
   * @throws {FieldSealError} `context` for a bucket that has not ended, unless `early`, and for an
   *   owner of another kind
   */
  destroy(owner: BucketOrItem, options?: { early?: boolean }): Promise<Erased>;
}
