/** A JSON object. */
export type JsonObject = { [member: string]: unknown };

/**
 * Text, UTF-8 bytes or a plain value. A result has the kind that was given: a `Buffer` comes back
 * as a `Buffer`. Text is fastest and keeps numbers and layout exactly.
 *
 * A plain value is an array, a plain object, or an object whose `toJSON` gives one of these. It is
 * read as `JSON.stringify` writes it: `toJSON` is called inside as well, and members that are
 * `undefined` or functions are left out. Each member is read once. Everything else is `document`: a promise, a Map, bytes
 * inside, an instance of a class without `toJSON`, `NaN`, infinities, `BigInt`, cycles, and numbers
 * that JavaScript does not keep (integers beyond ±(2^53 − 1), and on the way out those above
 * 1.8e308).
 */
export type Document = string | Uint8Array | object;

/**
 * The context of a call. Strings are compared byte for byte and never normalised; a lone surrogate
 * is `context`, and so is an unknown member. All texts together of more than 2^24 UTF-16 units are
 * `limit`.
 */
export interface Context {
  /** The tenant that every value and key belongs to; default empty. */
  tenant?: string;
  /** The id that values are bound to: a copy of an envelope in another record does not open. */
  record?: string;
  /** The revision of the record; default empty. */
  revision?: string;
  /** The data subject of values whose marker names none. */
  subject?: string;
  /** The purpose. It goes to the key source, which may refuse, and into the evidence. */
  purpose?: string;
  /** The caller: opaque, goes to the key source and into the evidence. */
  caller?: string;
  /** Business time of the data, RFC 3339 if a string; default now. */
  at?: string | Date;
  /**
   * The host's clock in milliseconds since 1970-01-01T00:00:00Z, for tests; default `Date.now()`.
   */
  now?: number;
  /** The place that the call came from: opaque, goes to the key source. */
  origin?: string;
  /**
   * The consents that the call relies on, for the key source. Not built yet: a list that is not
   * empty is `context`.
   */
  consents?: Consent[];
}

/** One clear value without its document, for `sealValues`. */
export interface ClearValue {
  /** The JSON Pointer of the value in documents; see `Policy.sealValue`. */
  place: string;
  /** A JSON value; a string is the string and not JSON text. */
  value: unknown;
  context: Context;
  /** The date that the retention counts from, if that is one of the document. */
  from?: string | Date;
}

/** The envelope of one value without its document, for `openValues`. */
export interface EnvelopeAt {
  /** The JSON Pointer of the value in documents; see `Policy.sealValue`. */
  place: string;
  envelope: string;
  context: Context;
}

/** A data subject's consent to a purpose. */
export interface Consent {
  purpose: string;
  /** The data subject who consented; default the context's. */
  subject?: string;
  /** The end of the consent, RFC 3339 if a string; default none. */
  until?: string | Date;
}

/** The operation that keys are wanted for. `reseal` is not built yet: it is `unsupported`. */
export type Operation = "seal" | "open" | "reseal";
