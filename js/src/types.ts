/// <reference lib="esnext.disposable" preserve="true" />
import type { FieldSealError } from "./error.js";

/** A JSON object. */
export type JsonObject = { [member: string]: unknown };

/**
 * Text, UTF-8 bytes or a plain value; a result has the kind that was given. Text is fastest and
 * keeps numbers exactly. A plain value is read as `JSON.stringify` writes it (`toJSON` is called,
 * `undefined` members are left out); numbers that JavaScript does not keep (integers beyond ±(2^53
 * − 1), and in what is opened those above 1.8e308), cycles and `BigInt` are `document`.
 */
export type Document = string | Uint8Array | object;

/**
 * What a call is about. ContextFields are compared byte for byte and never normalised; a lone surrogate
 * is `context`.
 */
export interface Context {
  /** The tenant that every value and key belongs to; default empty. */
  tenant?: string;
  /** The id that values are bound to: a copy of an envelope in another record does not open. */
  record?: string;
  /** The revision of the record; default empty. */
  revision?: string;
  /** The person of values whose marker names none. */
  subject?: string;
  /** Why: goes to the key source, which may refuse, and into the evidence. */
  purpose?: string;
  /** Who: opaque, goes to the key source and into the evidence. */
  caller?: string;
  /** Business time of the data, RFC 3339 if a string; default now. */
  at?: string | Date;
  /**
   * The host's clock in milliseconds since 1970-01-01T00:00:00Z, for tests; default `Date.now()`.
   */
  now?: number;
}

/** What a key is for. The same reference under another kind is another key. */
export type KeyKind = "subject" | "retention" | "item" | "index" | "pseudonym";
/** What keys are wanted for. */
export type Operation = "seal" | "open" | "reseal";

/** One key that a call needs. */
export interface KeyRequest {
  kind: KeyKind;
  /**
   * The person, bucket or item. Absent only when opening: where the envelope does not bind its
   * person, and for kind `retention`.
   */
  ref?: string;
  tenant: string;
  operation: Operation;
  purpose?: string;
  caller?: string;
  /**
   * The 16 bytes by which an envelope names its key, when opening. Answer `not-found` unless they
   * belong to exactly this kind, tenant and (if given) ref.
   */
  id?: Uint8Array;
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
}

/**
 * Why there is no key. `erased`, `restricted` and `denied` withhold a value on opening; the others
 * fail the call.
 */
export type Refusal = "erased" | "restricted" | "denied" | "not-found" | "unavailable";
/** One answer to one request. */
export type KeyAnswer = Key | { code: Refusal };

/**
 * Where keys come from: two functions over whatever store you have. Answers come in the order of
 * the requests, one each. A source that throws or rejects is `unavailable` with the cause; a wrong
 * number or shape of answers is `internal`; the instance lives on in both cases.
 */
export interface KeySource {
  /**
   * Keys to seal with. Create what a person has not yet, atomically: two first writers must agree
   * on one key.
   */
  current(requests: KeyRequest[]): KeyAnswer[] | Promise<KeyAnswer[]>;
  /** Keys to open with. */
  byId(requests: KeyRequest[]): KeyAnswer[] | Promise<KeyAnswer[]>;
}

/** A key source that answers at once, for the …Sync verbs. */
export interface SyncKeySource {
  /** Keys to seal with. */
  current(requests: KeyRequest[]): KeyAnswer[];
  /** Keys to open with. */
  byId(requests: KeyRequest[]): KeyAnswer[];
}

/** The bounds that keep hostile input cheap. They hold for documents in and out. */
export interface Limits {
  /** Bytes of one document; default 64 MiB. */
  documentBytes?: number;
  /** Objects and arrays around a value; default and maximum 128. */
  depth?: number;
  /** JSON values in one document; default 1,000,000. */
  values?: number;
  /** Bytes of schema, overlay and references; default 16 MiB. */
  schemaBytes?: number;
  /** Steps of compiling that references can multiply; default 4,000,000. */
  expansions?: number;
  /** Bytes of a compiled regular expression; default 1 MiB. */
  regexBytes?: number;
  /** Steps that one match of a backtracking regular expression may take; default 100,000. */
  regexBacktracks?: number;
}

/** A draft of JSON Schema. */
export type Draft = "4" | "6" | "7" | "2019-09" | "2020-12";

/** How a schema is compiled. An unknown option is a finding. */
export interface CompileOptions {
  /**
   * JSON Pointer into the schema → the keywords to add there, for schemas that one may not edit.
   */
  overlay?: Record<string, JsonObject>;
  /**
   * The draft of schemas without `$schema`, or whose `$schema` names none that is known; default
   * `2020-12`.
   */
  draft?: Draft;
  /** uri → schema; nothing is ever fetched. */
  references?: Record<string, JsonObject>;
  /**
   * What `seal` does with a clear document that does not fit: refuse it as `invalid` (default), or
   * seal what is marked and warn.
   */
  nonconforming?: "refuse" | "seal";
  /**
   * Clear text where an envelope must stand: refuse it as `not-sealed` (default), or let it pass
   * with `clear-passed` while old data is being moved.
   */
  clear?: "refuse" | "pass";
  /** The suite of markers that name none; default `aes-256-gcm`. */
  suite?: "aes-256-gcm" | "chacha20-poly1305";
  /** Whether `format` is checked; default `annotate`: it is not. */
  formats?: "annotate" | "assert";
  /** What `contentMediaType` may say of an envelope besides `application/vnd.fieldseal.sealed`. */
  mediaTypes?: string[];
  limits?: Limits;
  /**
   * Bounded size and age of the policy's key cache, by default 10,000 entries and 5 minutes; 0
   * entries turn it off. Keys of a `Keyring` are never kept in it. The age is how long a key may
   * still be used here after it was destroyed elsewhere (`shredLatencyMs`).
   */
  cache?: { entries?: number; maxAgeMs?: number };
}

/**
 * A count per location; array indices, and members matched by a pattern or by additionalProperties,
 * are written `*`.
 */
export interface LocationCount {
  pointer: string;
  count: number;
}
/** Why a value was withheld. */
export type WithheldReason = "erased" | "restricted" | "denied" | "purpose";
/** What a verdict can say. */
export type VerdictCode =
  | "conforming"
  | "nonconforming"
  | "unvalidated"
  | "near-miss"
  | "not-sealed"
  | "integrity"
  | "unsupported"
  | "unexpected-envelope"
  | "accepted-weaker"
  | "unerasable-key"
  | "withheld"
  | "clear-passed";

/** Proof of what a call did, without personal data: log it. */
export interface Verdict {
  /** `info` if the codes are only "conforming" and "withheld". */
  level: "info" | "warn";
  codes: VerdictCode[];
  operation: Operation | "check";
  /** `keyIds`: hex, sorted. */
  sealed: (LocationCount & {
    suite: string;
    bind: string;
    keys: KeyKind[];
    keyIds: string[];
    retention?: string;
  })[];
  faults: (LocationCount & { code: VerdictCode })[];
  /** `digest`: SHA-256 (hex) of the merged schema's RFC 8785 text. */
  schema: { family: string; id?: string; digest: string };
  /** `fieldseal ` and the crate's version, alike in every build. */
  engine: string;
  /** The host's clock, RFC 3339 UTC with milliseconds; absent from `check`. */
  at?: string;
  /** How long a key may have been used after it was destroyed elsewhere. */
  shredLatencyMs: number;
}

/** Who saw what: the record of one opening. */
export interface Access {
  purpose?: string;
  caller?: string;
  at: string;
  revealed: LocationCount[];
  withheld: (LocationCount & { reason: WithheldReason; kind?: KeyKind; masked: boolean })[];
}

/** A value to be stored where it can be searched. */
export interface IndexValue {
  name: string;
  pointer: string;
  value: string;
}
/**
 * A sealed document; where its clear form has a marked value, whatever its type, it has a string.
 * The verdict is parsed when it is first read.
 */
export interface Sealed<D> {
  document: D;
  verdict: Verdict;
  indexes: IndexValue[];
}
/**
 * A clear document, with placeholders where a value was withheld. Verdict and access record are
 * parsed when they are first read.
 */
export interface Opened<D> {
  document: D;
  verdict: Verdict;
  access: Access;
}

/** What a policy protects, a row a schema location. */
export interface Coverage {
  locations: {
    schemaPointer: string;
    documentPattern: string;
    mode: string;
    subject: string | false;
    retention?: string;
    bind: string;
    suite: string;
    purposes: string[];
    categories: string[];
    lawfulBasis: string[];
  }[];
  loosened: { schemaPointer: string; keyword: string; reason: string }[];
  indexes: { name: string; bits: number; rows: number; expectedPerValue: number }[];
}

/**
 * What this build is. `wasmSha256`: of the module's file, hex; absent where you gave the module.
 */
export interface Version {
  crate: string;
  envelope: number;
  vocabulary: number;
  build: "full" | "lite";
  wasmSha256?: string;
}
/** The outcome of one document of a batch. */
export type Settled<T> = { ok: T } | { error: FieldSealError };

/**
 * A compiled schema: immutable, reusable, the one long-lived object. It holds memory of the
 * WebAssembly instance until it is collected or disposed of.
 *
 * ```ts
 * const policy = Policy.compile({
 *   "x-schema-family": "customers",
 *   properties: { email: { type: "string", "x-protection": {} } },
 * });
 * const keys = Keyring.memory();
 * const { document } = await policy.seal('{"email":"ada@example.com"}', { record: "7", subject: "ada" }, keys);
 * ```
 */
export declare class Policy {
  private constructor();
  /**
   * Compiles a JSON Schema, object or text, with `x-protection` in it or in `options.overlay`.
   * @throws {FieldSealError} `schema` with all findings, `limit`
   */
  static compile(schema: JsonObject | string, options?: CompileOptions): Policy;
  /**
   * Seals what the schema marks; everything else stays as it is, byte for byte if text is given.
   * All or nothing. The document is read before this returns.
   * @throws {FieldSealError} `document limit context invalid conflict already-sealed`, and for keys
   *   `erased restricted denied not-found unavailable internal`
   */
  seal<D extends Document>(document: D, context: Context, keys: KeySource): Promise<Sealed<D>>;
  /**
   * Opens what is sealed, given the same context. A value whose key is erased, restricted or denied
   * becomes its placeholder and is listed in `access.withheld`; with `strict` the first one is an
   * error of that code.
   * @throws {FieldSealError} `document limit context not-sealed unsupported integrity`, and for
   *   keys `not-found unavailable internal`
   */
  open<D extends Document>(
    document: D,
    context: Context & { strict?: boolean },
    keys: KeySource,
  ): Promise<Opened<D>>;
  /** {@link seal} with keys that are at hand. */
  sealSync<D extends Document>(document: D, context: Context, keys: SyncKeySource): Sealed<D>;
  /** {@link open} with keys that are at hand. */
  openSync<D extends Document>(
    document: D,
    context: Context & { strict?: boolean },
    keys: SyncKeySource,
  ): Opened<D>;
  /**
   * Seals many documents with one key request; one outcome each, in order. What goes wrong with a
   * document or its keys is its outcome; answers of a wrong number or shape are that of every
   * document that was not refused before. The promise rejects only for `poisoned`, a policy that
   * was disposed of, and what is no iterable or throws while it is read.
   */
  sealMany<D extends Document>(
    calls: Iterable<{ document: D; context: Context }>,
    keys: KeySource,
  ): Promise<Settled<Sealed<D>>[]>;
  /** Opens many documents with one key request; one outcome each, in order. */
  openMany<D extends Document>(
    calls: Iterable<{ document: D; context: Context }>,
    keys: KeySource,
    options?: { strict?: boolean },
  ): Promise<Settled<Opened<D>>[]>;
  /**
   * Looks at a sealed document without keys: whether it fits the sealed schema, and envelopes that
   * the policy accepts stand exactly where they must. Faults are in the verdict; an altered
   * ciphertext only `checkDeep` and `open` can see.
   * @throws {FieldSealError} `document`, `limit`
   */
  check(document: Document): Verdict;
  /**
   * The same with keys: opens every envelope, judges the clear document too, and shows nothing of
   * it.
   * @throws {FieldSealError} `document`, `limit`, `context`, `unavailable`
   */
  checkDeep(document: Document, context: Context, keys: KeySource): Promise<Verdict>;
  /** The same with keys at hand. */
  checkDeepSync(document: Document, context: Context, keys: SyncKeySource): Verdict;
  /**
   * What a call will ask for. Await what these ask for, then pass `keysFrom(requests, answers)` to
   * a …Sync call.
   */
  requiredKeys(document: Document, context: Context, operation: Operation): KeyRequest[];
  /**
   * Plain JSON Schema for the clear and the sealed form, for any validator. Not in
   * "fieldseal/lite".
   * @throws {FieldSealError} `unsupported` in the lite build, `limit`
   */
  schemas(): { plaintext: JsonObject; sealed: JsonObject };
  /** Which schema locations are sealed, under whose key. */
  coverage(): Coverage;
  /** The same as a table for people. */
  coverageText(format: "text" | "markdown"): string;
  /**
   * Forgets cached keys of one reference, in every tenant, or all: for when an erasure is heard of
   * before `cache.maxAgeMs` is over.
   */
  evict(ref?: string): void;
  /** Gives the memory back at once. Calls under way finish; later ones are `internal`. */
  [Symbol.dispose](): void;
}

/**
 * A person by reference, or the owner of another kind of key. A string is a person in the empty
 * tenant: if your contexts have a tenant, it names somebody else.
 */
export type PersonRef = string | { kind: KeyKind; ref: string; tenant?: string };
/**
 * Where a key stands: `never` there was none, `reopened` lives on after an erasure with a new key,
 * `revoked` is of later releases.
 */
export type KeyState = "never" | "live" | "restricted" | "revoked" | "erased" | "reopened";

/**
 * The life of keys, run by the core in the same WebAssembly instance as Policy: a key is made on
 * first use, once, and what was erased nothing brings back. Its secrets do not leave the instance
 * when a policy uses it. Its answers print without their secrets. Verbs throw `context` for what
 * names nobody and `erased` after an erasure; repeating one is no error.
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
   * An empty keyring in memory: for tests, demonstrations and data that may end with the process.
   * `now`: the clock of erasures, default `Date.now`.
   */
  static memory(options?: { now?: () => number }): Keyring & SyncKeySource;
  /** Keys to seal with, made where there are none. */
  current(requests: KeyRequest[]): KeyAnswer[] | Promise<KeyAnswer[]>;
  /** Keys to open with. */
  byId(requests: KeyRequest[]): KeyAnswer[] | Promise<KeyAnswer[]>;
  /** Makes sure that there is a key. */
  provision(person: PersonRef): Promise<void>;
  /**
   * Makes a new version, the first or the next: it seals from now on, and older ones still open.
   * With `minVersion` those before it are `denied` to opening, until a call names another; versions
   * count from 1. A restriction stays.
   * @throws {FieldSealError} `context` also for a `minVersion` after the new version, with which
   *   nothing would open
   */
  rotate(person: PersonRef, options?: { minVersion?: number }): Promise<void>;
  /**
   * Restricts processing (GDPR Art. 18): sealing and opening are `restricted`, but for the purpose
   * `storage` (both) and `legal_claims` (opening).
   */
  restrict(person: PersonRef): Promise<void>;
  /** Ends a restriction. */
  lift(person: PersonRef): Promise<void>;
  /**
   * Destroys every version of the key (GDPR Art. 17), for good, also of somebody who never had one:
   * none is made later.
   */
  erase(person: PersonRef, why: { reason: string }): Promise<void>;
  /**
   * Lets somebody who was erased come back, with a new key. What was erased stays so. Nothing to do
   * for who is not erased.
   */
  reopen(person: PersonRef): Promise<void>;
  /** Where somebody's key stands; `never` for who is unknown. */
  state(person: PersonRef): Promise<KeyState>;
  /**
   * Retention buckets, of all tenants, whose time has passed at `at` (RFC 3339 if a string; default
   * the keyring's clock), sorted. Changes nothing. A bucket is named by its last year, month or day
   * in UTC: `contract/2036` has passed when 2037-01-01T00:00:00Z has come.
   * @throws {FieldSealError} `context` for what is no date-time
   */
  due(at?: string | Date): Promise<{ ref: string; tenant: string }[]>;
  /**
   * Destroys every version of a retention bucket's key (GDPR Art. 5(1)(e)), for good: sealing and
   * opening are `erased`.
   */
  destroy(bucket: { ref: string; tenant?: string }): Promise<void>;
}

/** What an entry gives: the classes and functions of one WebAssembly module. */
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
