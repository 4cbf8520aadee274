import { FieldSealError } from "./error.js";
import { encode, isBytes, plain } from "./text.js";
import type { Document } from "./types.js";

const encoder = new TextEncoder();
/**
 * What an instance's memory can hold beside its result; the core refuses what is over the policy's
 * own limit.
 */
const MOST_BYTES = 2 ** 29;
/** Whether an integer out of the safe range could be in the text: digits enough, or an exponent. */
const LONG_NUMBER = /\d{16}|\d[eE]/;

/** How a document came, and so how the result goes out. */
export type Kind = "text" | "bytes" | "value";

/** A document on its way in: its text, or its bytes as they are. */
export interface Incoming {
  kind: Kind;
  content: string | Uint8Array;
}

/** Reads a document. A plain value becomes the text that `JSON.stringify` writes. */
export function incoming(document: Document): Incoming {
  if (typeof document === "string") return { kind: "text", content: document };
  if (isBytes(document)) return { kind: "bytes", content: plain(document) };
  // JSON.stringify would write other buffers as `{}`.
  if (
    typeof document !== "object" ||
    document === null ||
    ArrayBuffer.isView(document) ||
    document instanceof ArrayBuffer
  ) {
    throw new FieldSealError("a document is text, a Uint8Array or an object", { code: "document" });
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(document);
  } catch (cause) {
    // The cause may be of a toJSON of the caller's, or V8's, which names members on the way around
    // a cycle.
    if (cause instanceof RangeError)
      throw new FieldSealError("the value nests deeper than can be written as JSON", {
        code: "limit",
        cause,
      });
    throw new FieldSealError("the value cannot be written as JSON", { code: "document", cause });
  }
  if (text === undefined)
    throw new FieldSealError("the value has no JSON form", { code: "document" });
  try {
    refuseUnsafe(text);
  } catch (error) {
    // Nested so deep that not even a look at it succeeds: the core says so.
    if (!(error instanceof RangeError)) throw error;
  }
  return { kind: "value", content: text };
}

/** Lends the bytes that cross to a call. Those made here are gone afterwards. */
export function withBytes<T>(incoming: Incoming, call: (bytes: Uint8Array) => T): T {
  const { content } = incoming;
  const bytes = typeof content === "string" ? encode(content) : content;
  try {
    if (bytes.length > MOST_BYTES)
      throw new FieldSealError("the document is over the limit of bytes", {
        code: "limit",
        pointer: "",
      });
    return call(bytes);
  } finally {
    if (bytes !== content) bytes.fill(0);
  }
}

/** A document on its way out, in the kind in which it came. */
export function outgoing<D extends Document>(kind: Kind, text: string): D {
  if (kind === "text") return text as D;
  if (kind === "bytes") return encoder.encode(text) as Document as D;
  return refuseUnsafe(text) ?? (JSON.parse(text) as D);
}

/**
 * Refuses numbers that JavaScript does not keep: integers that it rounds, and what is greater than
 * its greatest. Gives the parsed value if it had to parse.
 */
function refuseUnsafe<D>(text: string): D | undefined {
  if (!LONG_NUMBER.test(text)) return undefined;
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    if (Number.isInteger(value))
      throw new FieldSealError("an integer beyond 2^53 - 1: give the document as text", {
        code: "document",
      });
    if (!Number.isFinite(value))
      throw new FieldSealError("a number beyond 1.8e308: give the document as text", {
        code: "document",
      });
    return value;
  }) as D;
}
