/**
 * What went wrong, as a closed and stable list, spelled alike in every language.
 *
 * | code | meaning |
 * |---|---|
 * | `schema` | schema, overlay or options have findings |
 * | `document` | not one JSON document: syntax, a repeated member name, a lone surrogate, invalid UTF-8, a value that JSON cannot hold |
 * | `limit` | over one of `Limits` |
 * | `context` | the call lacks what a marked value needs, or gives something malformed |
 * | `invalid` | the clear document does not fit its schema |
 * | `conflict` | two markers disagree about one value |
 * | `not-sealed`, `already-sealed` | clear text where an envelope must stand, and the reverse |
 * | `unsupported` | an unknown suite or a reserved bit, or an operation that this version does not have |
 * | `integrity` | an envelope that does not open here; says nothing more on purpose |
 * | `not-found`, `erased`, `restricted`, `denied`, `unavailable` | what the key source answered; `unavailable` also when it threw, with the `cause` |
 * | `poisoned` | the WebAssembly instance trapped; see `restart` |
 * | `internal` | a fault of the host or of this library, such as key answers of wrong number or shape |
 */
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

/** How grave a finding is. Only an `error` keeps a schema from compiling. */
export type Severity = "error" | "warning" | "note";

/** Something found in a schema, an overlay or the options. */
export interface Finding {
  /** Stable name of the kind of finding. */
  id: string;
  severity: Severity;
  /** RFC 6901 pointer into the schema; `uri#pointer` into a reference. */
  pointer: string;
  /** What is wrong, without values out of documents. */
  message: string;
  /** What would mend it. */
  fix?: string;
}

/** Where and what, besides the message. */
export interface FieldSealErrorOptions {
  cause?: unknown;
  code?: ErrorCode;
  pointer?: string;
  offset?: number;
  findings?: Finding[];
}

/**
 * Every failure of this package. Messages never hold clear values, keys or references to persons.
 *
 * ```ts
 * try { policy.openSync(text, context, keys) } catch (error) {
 *   if (error instanceof FieldSealError && error.code === "integrity") quarantine(text);
 *   else throw error;
 * }
 * ```
 */
export class FieldSealError extends Error {
  /** What went wrong. */
  readonly code: ErrorCode;
  /**
   * RFC 6901 pointer into the document; for `schema` into the schema. Exact, so it may itself be
   * personal: keep it out of logs that must not be.
   */
  declare readonly pointer?: string;
  /** Byte offset into the document's UTF-8 text, for `document`. */
  declare readonly offset?: number;
  /** All findings, for `schema`. */
  declare readonly findings?: Finding[];

  constructor(message?: string, options: FieldSealErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = options.code ?? "internal";
    // Absent, not undefined: `"pointer" in error` is true where there is a place.
    if (options.pointer !== undefined) this.pointer = options.pointer;
    if (options.offset !== undefined) this.offset = options.offset;
    if (options.findings !== undefined) this.findings = options.findings;
  }

  static {
    // On the prototype like that of every built-in error, so that it is not printed as a member.
    Object.defineProperty(this.prototype, "name", {
      value: "FieldSealError",
      configurable: true,
      writable: true,
    });
  }
}
