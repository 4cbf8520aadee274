import type { FieldSealError } from "./error.js";
import type { Operation } from "./types-call.js";
import type { KeyKind } from "./types-keys.js";

/**
 * A count per location. Array indices, and members matched by a pattern or by
 * additionalProperties, are written `*`.
 */
export interface LocationCount {
  pointer: string;
  count: number;
}

/** The reason why a value was withheld. */
export type WithheldReason = "erased" | "restricted" | "denied" | "purpose";

/** The statements of a verdict. */
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
    /** The retention bucket, where the call knows it. */
    bucket?: string;
    /** The first moment after the bucket's time, RFC 3339 UTC. */
    ends?: string;
  })[];
  faults: (LocationCount & { code: VerdictCode })[];
  /** `digest`: SHA-256 (hex) of the merged schema's RFC 8785 text. */
  schema: { family: string; id?: string; digest: string };
  /** `fieldseal ` and the crate's version, alike in every build. */
  engine: string;
  /** The host's clock, RFC 3339 UTC with milliseconds; absent where the call had none. */
  at?: string;
  /** Milliseconds that a key may have been used after it was destroyed elsewhere. */
  shredLatencyMs: number;
  /** The sealed document was judged again before it was handed out, and fits. */
  verified?: "sealed";
}

/** The access record of one opening: who saw what. */
export interface Access {
  purpose?: string;
  caller?: string;
  /** The host's clock, RFC 3339 UTC with milliseconds; absent where the call had none. */
  at?: string;
  revealed: LocationCount[];
  /** `kind`: of the key that was refused; `bucket`: its name, where the answer told it. */
  withheld: (LocationCount & {
    reason: WithheldReason;
    kind: KeyKind;
    bucket?: string;
    masked: boolean;
  })[];
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

/** The envelope of one value, or the token that the marker asks for. */
export interface SealedValue {
  envelope: string;
  verdict: Verdict;
  indexes: IndexValue[];
}

/** One clear value, or its placeholder if it was withheld. */
export interface OpenedValue {
  value: unknown;
  verdict: Verdict;
  access: Access;
}

/** The outcome of one document or value of a batch. */
export type Settled<T> = { ok: T } | { error: FieldSealError };

/**
 * The places that a policy protects, and those that it leaves clear. In a pattern, `*` stands for
 * one element or for one member that the schema does not declare, and `**` for one or more levels
 * of a recursive schema.
 */
export interface Coverage {
  /** The places at which values are sealed, with a row for each place of each marked schema. */
  locations: {
    schemaPointer: string;
    documentPattern: string;
    mode: string;
    /** `call`, or a pointer into the document; `false` if no person is named. */
    subject: string | false;
    retention?: string;
    /** True if the value has an item key, so that it can be destroyed alone. */
    rectifiable: boolean;
    /** The placeholder of a withheld value. Absent for a pseudonym, which stays. */
    erased?: unknown;
    bind: string;
    suite: string;
    purposes: string[];
    categories: string[];
    lawfulBasis: string[];
  }[];
  /** The declared places that no marker can meet. */
  clear: { schemaPointer: string; documentPattern: string }[];
  /** The objects whose undeclared members pass in clear, and the keyword that lets them. */
  open: {
    schemaPointer: string;
    documentPattern: string;
    by: "absent" | "additionalProperties" | "unevaluatedProperties";
  }[];
  /** The lists that are too long to be whole. They hold the places with the shortest patterns. */
  incomplete: ("locations" | "clear" | "open")[];
  loosened: { schemaPointer: string; keyword: string; reason: string }[];
  /**
   * The engine that validates documents: the evaluator; in `fieldseal/full` a validator crate, if
   * the schema has a keyword that the evaluator cannot decide; none with `validation: "off"`.
   */
  validator: "evaluator" | "crate" | "off";
  /** The keywords that the evaluator cannot decide: those for which the validator is `crate`. */
  undecided: { schemaPointer: string; keyword: string }[];
  indexes: { name: string; bits: number; rows: number; expectedPerValue: number }[];
}

/** The part of an envelope that everybody can read. It shows only the length of the value. */
export interface EnvelopeHead {
  /** The version of the wire format. */
  version: number;
  suite: string;
  bind: string;
  /** True if the length of the value is hidden. */
  padded: boolean;
  /** True if the envelope is bound to the person's reference. */
  subjectBound: boolean;
  /** The keys that open it. `id`: hex. */
  keys: { kind: KeyKind; id: string }[];
  /** Bytes of the decoded envelope. */
  bytes: number;
  /** Bytes of the value's JSON text, with the padding. */
  textBytes: number;
}

/**
 * The versions of a build. `wasmSha256`: of the module's file, hex; absent where you gave the
 * module.
 */
export interface Version {
  crate: string;
  envelope: number;
  vocabulary: number;
  build: "evaluator" | "full";
  wasmSha256?: string;
}
