import { FieldSealError } from "./error.js";
import { encode, isBytes } from "./text.js";
import type { Document } from "./types.js";

const encoder = new TextEncoder();
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
  if (isBytes(document)) return { kind: "bytes", content: document };
  // JSON.stringify would write other buffers as `{}`.
  if (typeof document !== "object" || document === null || ArrayBuffer.isView(document) || document instanceof ArrayBuffer) {
    throw new FieldSealError("a document is text, a Uint8Array or an object", { code: "document" });
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(document);
  } catch (cause) {
    // The cause may be of a toJSON of the caller's, or V8's, which names members on the way around a cycle.
    throw new FieldSealError("the value cannot be written as JSON", { code: "document", cause });
  }
  if (text === undefined) throw new FieldSealError("the value has no JSON form", { code: "document" });
  refuseUnsafe(text);
  return { kind: "value", content: text };
}

/** The bytes that cross. */
export function bytes(incoming: Incoming): Uint8Array {
  return typeof incoming.content === "string" ? encode(incoming.content) : incoming.content;
}

/** A document on its way out, in the kind in which it came. */
export function outgoing<D extends Document>(kind: Kind, text: string): D {
  if (kind === "text") return text as D;
  if (kind === "bytes") return encoder.encode(text) as Document as D;
  return refuseUnsafe(text) ?? (JSON.parse(text) as D);
}

/** Refuses integers that a JavaScript number does not keep exactly. Gives the parsed value if it had to parse. */
function refuseUnsafe<D>(text: string): D | undefined {
  if (!LONG_NUMBER.test(text)) return undefined;
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new FieldSealError("an integer beyond 2^53 - 1: give the document as text", { code: "document" });
    }
    return value;
  }) as D;
}
