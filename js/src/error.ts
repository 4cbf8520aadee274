/**
 * The kind of a failure: a closed and stable list, spelled alike in every language.
 *
 * - `schema`: schema, overlay or options have findings.
 * - `document`: not one JSON document, because of its syntax, a repeated member name, a lone
 *   surrogate, invalid UTF-8, or a value that JSON cannot hold.
 * - `limit`: over one of `Limits`, or longer than what may cross into WebAssembly.
 * - `context`: the call lacks a member that a marked value needs, or gives something malformed or
 *   unknown.
 * - `invalid`: the clear document does not fit its schema.
 * - `conflict`: two markers disagree about one value.
 * - `not-sealed`, `already-sealed`: clear text where an envelope must stand, and the reverse.
 * - `unsupported`: an unknown suite, a reserved bit, or an operation that is not built yet.
 * - `integrity`: an envelope that does not open here; it says nothing more on purpose.
 * - `not-found`, `erased`, `restricted`, `denied`, `unavailable`: the answer of the key source;
 *   `unavailable` also when it threw, with the `cause`, or did not answer in time.
 * - `poisoned`: the WebAssembly instance trapped; see `restart`.
 * - `internal`: a fault of the host or of this library, such as key answers of a wrong number or
 *   shape, or an engine that lacks something.
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

/** The weight of a finding. Only an `error` keeps a schema from compiling. */
export type Severity = "error" | "warning" | "note";

/** A fault or a trap in a schema, an overlay or the options. */
export interface Finding {
  /** The stable name of the kind of finding. */
  id: string;
  severity: Severity;
  /**
   * RFC 6901 pointer into the schema; `uri#pointer` into a reference, `options#pointer` into the
   * options.
   */
  pointer: string;
  /** The message, without values out of documents. */
  message: string;
  /** A change that would mend it. */
  fix?: string;
}

/** The members of an error besides its message. */
export interface FieldSealErrorOptions {
  cause?: unknown;
  code?: ErrorCode;
  pointer?: string;
  offset?: number;
  findings?: Finding[];
}

/**
 * A failure of this package. Messages never hold clear values, keys or references to persons.
 *
 * ```ts
 * try { policy.openSync(text, context, keys) } catch (error) {
 *   if (error instanceof FieldSealError && error.code === "integrity") quarantine(text);
 *   else throw error;
 * }
 * ```
 */
export class FieldSealError extends Error {
  /** The kind of the failure. */
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
    // Absent, not undefined: `"pointer" in error` is true where the place is known.
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
