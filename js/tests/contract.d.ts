/// <reference lib="esnext.disposable" />
// The contract, whole. `contract-of-types.ts` holds the package's types against it, name by name.

export type JsonObject = { [member: string]: unknown };
/**
 * Text, UTF-8 bytes or a plain value; a result has the kind that was given. Text is fastest and
 * keeps numbers exactly.
 */
export type Document = string | Uint8Array | object;

export type ErrorCode =
  | "schema"
  | "document"
  | "limit"
  | "context"
  | "invalid"
  | "conflict"
  | "not-sealed"
  | "already-sealed"
  | "unsupported"
  | "integrity"
  | "not-found"
  | "erased"
  | "restricted"
  | "denied"
  | "unavailable"
  | "poisoned"
  | "internal";
export type Severity = "error" | "warning" | "note";
export interface Finding {
  id: string;
  severity: Severity;
  pointer: string;
  message: string;
  fix?: string;
}
export class FieldSealError extends Error {
  readonly code: ErrorCode;
  readonly pointer?: string;
  readonly offset?: number;
  readonly findings?: Finding[];
}

export interface Context {
  tenant?: string;
  record?: string;
  revision?: string;
  subject?: string;
  purpose?: string;
  caller?: string;
  /** Business time of the data; default now. */
  at?: string | Date;
  /** The host's clock, for tests; default Date.now(). */
  now?: number;
  /** The place that the call came from; it goes to the key source. */
  origin?: string;
  /** Not built yet: a list that is not empty is `context`. */
  consents?: Consent[];
}
/** One value without its document, and its place there. */
export interface ClearValue {
  place: string;
  value: unknown;
  context: Context;
  from?: string | Date;
}
export interface EnvelopeAt {
  place: string;
  envelope: string;
  context: Context;
}
export interface SealedValue {
  envelope: string;
  verdict: Verdict;
  indexes: IndexValue[];
}
export interface OpenedValue {
  value: unknown;
  verdict: Verdict;
  access: Access;
}
export interface Consent {
  purpose: string;
  subject?: string;
  until?: string | Date;
}

export type KeyKind = "subject" | "retention" | "item" | "index" | "pseudonym";
export type Operation = "seal" | "open" | "reseal";
export interface KeyRequest {
  kind: KeyKind;
  ref?: string;
  tenant: string;
  operation: Operation;
  purpose?: string;
  caller?: string;
  origin?: string;
  /** Absent where the call has none. */
  consents?: Consent[];
  id?: Uint8Array;
}
export interface CurrentRequest extends KeyRequest {
  ref: string;
  id?: never;
}
export interface ByIdRequest extends KeyRequest {
  id: Uint8Array;
}
/**
 * `erasable: false` says that the key cannot be destroyed (default true); the verdict then warns.
 * `ref`: the owner, by which records name a bucket that the request did not name.
 */
export interface Key {
  id: Uint8Array;
  secret: Uint8Array;
  expires?: number;
  erasable?: boolean;
  ref?: string;
}
export type Refusal = "erased" | "restricted" | "denied" | "not-found" | "unavailable";
/** The circumstance of a refusal, for its message. */
export type RefusalCause = "minimum-version" | "expired" | "no-clock";
export type KeyAnswer = Key | { code: Refusal; cause?: RefusalCause; ref?: string };
/**
 * A source that throws or rejects is `unavailable` with the cause; a wrong number or shape of
 * answers is `internal`; the instance lives on in both cases.
 */
export interface KeySource {
  /** `signal` is aborted when the time of `timeoutMs` is over. */
  current(
    requests: CurrentRequest[],
    call: { signal: AbortSignal },
  ): KeyAnswer[] | Promise<KeyAnswer[]>;
  byId(requests: ByIdRequest[], call: { signal: AbortSignal }): KeyAnswer[] | Promise<KeyAnswer[]>;
  /** Milliseconds that an answer may take, 10,000 by default; then the call is `unavailable`. */
  readonly timeoutMs?: number;
}
export interface SyncKeySource {
  current(requests: CurrentRequest[]): KeyAnswer[];
  byId(requests: ByIdRequest[]): KeyAnswer[];
}
/** 0 turns the cache off, in both members. */
export interface CacheOptions {
  /** Default 10,000. */
  entries?: number;
  /** Default 300,000. */
  maxAgeMs?: number;
}
/** `evict` forgets the keys of one reference in every tenant and kind, or all. */
export interface KeyCache extends KeySource {
  evict(owner?: string): void;
}
export interface SyncKeyCache extends SyncKeySource {
  evict(owner?: string): void;
}
/** A cache of its own in front of one source. After `restart()` it starts empty. */
export function cacheKeys(source: SyncKeySource, options?: CacheOptions): SyncKeyCache & KeyCache;
export function cacheKeys(source: KeySource, options?: CacheOptions): KeyCache;

export type Draft = "4" | "6" | "7" | "2019-09" | "2020-12";
export interface Limits {
  documentBytes?: number;
  depth?: number;
  values?: number;
  schemaBytes?: number;
  expansions?: number;
  regexBytes?: number;
  regexBacktracks?: number;
}
export interface CompileOptions {
  overlay?: Record<string, JsonObject>;
  draft?: Draft;
  /** The language of schemas without `$schema`; it fixes the draft. */
  dialect?: "openapi-3.0";
  /** uri → schema; nothing is ever fetched. */
  references?: Record<string, JsonObject>;
  nonconforming?: "refuse" | "seal";
  /**
   * Clear text where an envelope must stand: refuse (`not-sealed`), or let it pass with a warning
   * while old data is being moved.
   */
  clear?: "refuse" | "pass";
  suite?: "aes-256-gcm" | "chacha20-poly1305" | "aes-256-gcm-iv";
  formats?: "annotate" | "assert";
  /** `sealed` checks what `seal` has sealed against the sealed schema; the verdict says so. */
  verify?: "sealed";
  /** `off` validates no document, and verdicts say `unvalidated`. */
  validation?: "off";
  mediaTypes?: string[];
  limits?: Limits;
}

/**
 * A count per location; array indices, and members matched by a pattern or by additionalProperties,
 * are written `*`.
 */
export interface LocationCount {
  pointer: string;
  count: number;
}
export type WithheldReason = "erased" | "restricted" | "denied" | "purpose";
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
  | "clear-passed"
  | "stale-key"
  | "bucket-due";
/**
 * `info` if the codes are only "conforming" and "withheld", else `warn`. `digest`: SHA-256 (hex) of
 * the merged schema's RFC 8785 text. `engine`: "fieldseal " + crate version, alike in every build.
 * `at`: `now`, RFC 3339 UTC with milliseconds; absent where the call had no
 * clock. `keyIds`: hex, sorted. `ends`: the first moment after the bucket's time.
 */
export interface Verdict {
  level: "info" | "warn";
  codes: VerdictCode[];
  operation: Operation | "check";
  sealed: (LocationCount & {
    suite: string;
    bind: string;
    keys: KeyKind[];
    keyIds: string[];
    retention?: string;
    bucket?: string;
    ends?: string;
  })[];
  faults: (LocationCount & { code: VerdictCode })[];
  schema: { family: string; id?: string; digest: string };
  engine: string;
  at?: string;
  shredLatencyMs: number;
  verified?: "sealed";
}
export interface Access {
  purpose?: string;
  caller?: string;
  at?: string;
  revealed: LocationCount[];
  withheld: (LocationCount & {
    reason: WithheldReason;
    kind: KeyKind;
    bucket?: string;
    masked: boolean;
  })[];
}
export interface IndexValue {
  name: string;
  pointer: string;
  value: string;
}
export interface Sealed<D> {
  document: D;
  verdict: Verdict;
  indexes: IndexValue[];
}
export interface Opened<D> {
  document: D;
  verdict: Verdict;
  access: Access;
}
export interface Coverage {
  /** The places at which values are sealed, with a row for each place of each marked schema. */
  locations: {
    schemaPointer: string;
    documentPattern: string;
    mode: string;
    subject: string | false;
    retention?: string;
    rectifiable: boolean;
    /** The placeholder of a withheld value; absent for a pseudonym. */
    erased?: unknown;
    bind: string;
    suite: string;
    purposes: string[];
    categories: string[];
    lawfulBasis: string[];
  }[];
  /** The declared places that no marker can meet. */
  clear: { schemaPointer: string; documentPattern: string }[];
  /** The objects whose undeclared members pass in clear. */
  open: {
    schemaPointer: string;
    documentPattern: string;
    by: "absent" | "additionalProperties" | "unevaluatedProperties";
  }[];
  /** The lists that are too long to be whole. */
  incomplete: ("locations" | "clear" | "open")[];
  loosened: { schemaPointer: string; keyword: string; reason: string }[];
  /** The engine that validates documents. */
  validator: "evaluator" | "crate" | "off";
  /** The keywords that the evaluator cannot decide. */
  undecided: { schemaPointer: string; keyword: string }[];
  indexes: { name: string; bits: number; rows: number; expectedPerValue: number }[];
}
/** The public head of an envelope; it shows nothing of the value but its length. */
export interface EnvelopeHead {
  version: number;
  suite: string;
  bind: string;
  padded: boolean;
  subjectBound: boolean;
  /** `id`: hex. */
  keys: { kind: KeyKind; id: string }[];
  bytes: number;
  /** With the padding. */
  textBytes: number;
}
export interface Version {
  crate: string;
  envelope: number;
  vocabulary: number;
  build: "evaluator" | "full";
  wasmSha256?: string;
}
export type Settled<T> = { ok: T } | { error: FieldSealError };

export class Policy {
  private constructor();
  static compile(schema: JsonObject | string, options?: CompileOptions): Policy;
  /** Warnings and notes of the compile. */
  readonly findings: readonly Finding[];
  seal<D extends Document>(document: D, context: Context, keys: KeySource): Promise<Sealed<D>>;
  open<D extends Document>(
    document: D,
    context: Context & { strict?: boolean },
    keys: KeySource,
  ): Promise<Opened<D>>;
  sealSync<D extends Document>(document: D, context: Context, keys: SyncKeySource): Sealed<D>;
  openSync<D extends Document>(
    document: D,
    context: Context & { strict?: boolean },
    keys: SyncKeySource,
  ): Opened<D>;
  sealMany<D extends Document>(
    calls: Iterable<{ document: D; context: Context }>,
    keys: KeySource,
  ): Promise<Settled<Sealed<D>>[]>;
  openMany<D extends Document>(
    calls: Iterable<{ document: D; context: Context }>,
    keys: KeySource,
    options?: { strict?: boolean },
  ): Promise<Settled<Opened<D>>[]>;
  /** `place`: a JSON Pointer into documents; `options.from`: the date a retention counts from. */
  sealValue(
    place: string,
    value: unknown,
    context: Context,
    keys: KeySource,
    options?: { from?: string | Date },
  ): Promise<SealedValue>;
  sealValueSync(
    place: string,
    value: unknown,
    context: Context,
    keys: SyncKeySource,
    options?: { from?: string | Date },
  ): SealedValue;
  openValue(
    place: string,
    envelope: string,
    context: Context,
    keys: KeySource,
    options?: { strict?: boolean },
  ): Promise<OpenedValue>;
  openValueSync(
    place: string,
    envelope: string,
    context: Context,
    keys: SyncKeySource,
    options?: { strict?: boolean },
  ): OpenedValue;
  sealValues(calls: Iterable<ClearValue>, keys: KeySource): Promise<Settled<SealedValue>[]>;
  openValues(
    calls: Iterable<EnvelopeAt>,
    keys: KeySource,
    options?: { strict?: boolean },
  ): Promise<Settled<OpenedValue>[]>;
  check(document: Document): Verdict;
  checkDeep(document: Document, context: Context, keys: KeySource): Promise<Verdict>;
  checkDeepSync(document: Document, context: Context, keys: SyncKeySource): Verdict;
  /** Await what these ask for, then pass `keysFrom(requests, answers)` to a …Sync call. */
  requiredKeys(document: Document, context: Context, operation: "seal"): CurrentRequest[];
  requiredKeys(
    document: Document,
    context: Context & { strict?: boolean },
    operation: "open",
  ): ByIdRequest[];
  requiredKeys(document: Document, context: Context, operation: Operation): KeyRequest[];
  /**
   * The tokens under which an index holds a value: one for each way in which markers make them,
   * none for `null` unless `options.null`. The value is a JSON value, not JSON text.
   */
  indexValues(
    name: string,
    value: unknown,
    context: Context,
    keys: KeySource,
    options?: { null?: boolean },
  ): Promise<string[]>;
  indexValuesSync(
    name: string,
    value: unknown,
    context: Context,
    keys: SyncKeySource,
    options?: { null?: boolean },
  ): string[];
  schemas(): { plaintext: JsonObject; sealed: JsonObject };
  coverage(): Coverage;
  coverageText(format: "text" | "markdown"): string;
  [Symbol.dispose](): void;
}
/** `not-sealed`, `unsupported` or `integrity` for a text that is not a whole envelope. */
export function inspectEnvelope(text: string): EnvelopeHead;
export function keysFrom(requests: KeyRequest[], answers: KeyAnswer[]): SyncKeySource;

export type ItemRef = [family: string, record: string, field: string];
export type PersonRef =
  | string
  | { kind: KeyKind; ref: string; tenant?: string }
  | { kind: "item"; ref: ItemRef; tenant?: string };
export type BucketOrItem =
  { ref: string; tenant?: string } | { kind: "item"; ref: string | ItemRef; tenant?: string };
/** Later releases add members. `destroyed`: ids in hex, the owner's own first. */
export interface Erased {
  state: KeyState;
  destroyed: string[];
  at?: string;
  reached: "committed" | "clean" | "unreadable";
  residue: string[];
}
export interface Erasure {
  at?: string;
  reason?: string;
  destroyed: string[];
}
export interface Rotated {
  version: number;
}
export type KeyState = "never" | "live" | "restricted" | "revoked" | "erased" | "reopened";
/**
 * The lifecycle of keys.md, in the same wasm instance as Policy. Its own answers are synchronous
 * over a memory store.
 */
export class Keyring implements KeySource {
  static memory(options?: { now?: () => number }): Keyring & SyncKeySource;
  current(requests: CurrentRequest[]): KeyAnswer[] | Promise<KeyAnswer[]>;
  byId(requests: ByIdRequest[]): KeyAnswer[] | Promise<KeyAnswer[]>;
  provision(person: PersonRef): Promise<void>;
  rotate(person: PersonRef, options?: { minVersion?: number }): Promise<Rotated>;
  restrict(person: PersonRef): Promise<void>;
  lift(person: PersonRef): Promise<void>;
  erase(person: PersonRef, why: { reason: string }): Promise<Erased>;
  erasures(person: PersonRef): Promise<Erasure[]>;
  reopen(person: PersonRef): Promise<void>;
  state(person: PersonRef): Promise<KeyState>;
  /** Retention buckets whose time has passed. */
  due(at?: string | Date): Promise<{ ref: string; tenant: string }[]>;
  destroy(owner: BucketOrItem, options?: { early?: boolean }): Promise<Erased>;
}
/** A fresh instance after `poisoned`; policies compiled before stay dead. */
export function restart(): void;
export function version(): Version;
