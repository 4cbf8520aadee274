import { boundSource } from "./bounds.js";
import { FieldSealError } from "./error.js";
import { encoder } from "./globals.js";
import { Misfit, plainText, pointerOf, refuseRounded, type Rules } from "./plain.js";
import { encode, isBytes, plain } from "./text.js";
import type { Document } from "./types.js";

/**
 * Bytes of a document that an instance's memory can hold beside its result. The policy's own limit
 * is the core's to check.
 */
const MOST_BYTES = 2 ** 29;

/** A document may have functions, which are left out as JSON.stringify does. */
function rules(values: number): Rules {
  return { exact: true, complete: false, values };
}

/** The form in which a document came, and in which its result goes out. */
export type Kind = "text" | "bytes" | "buffer" | "value";

/** A document on its way in: its text, or its bytes as they are. */
export interface Incoming {
  kind: Kind;
  content: string | Uint8Array;
}

/**
 * Reads a document. A plain value of at most so many values becomes the text that `JSON.stringify`
 * writes.
 */
export function incoming(document: Document, values: number): Incoming {
  if (typeof document === "string") return { kind: "text", content: document };
  if (isBytes(document))
    return { kind: isBuffer(document) ? "buffer" : "bytes", content: plain(document) };
  if (typeof document !== "object" || document === null)
    throw new FieldSealError("a document is text, a Uint8Array or a plain value", {
      code: "document",
    });
  if (isResult(document))
    throw new FieldSealError("this is a whole result: give the member `document` of the result", {
      code: "document",
      pointer: "",
    });
  return { kind: "value", content: located(() => plainText(document, rules(values))) };
}

/** The member by which a result that was made here is known. */
export const RECORDS = Symbol("records");

/** Returns true for a whole result of a verb, and for its copy. No getter runs. */
function isResult(document: object): boolean {
  try {
    if (RECORDS in document) return true;
    if (!Object.hasOwn(document, "document") || !Object.hasOwn(document, "verdict")) return false;
    if (!Object.keys(document).every((name) => RESULT.includes(name))) return false;
    const valueOf = (of: unknown, name: string): unknown =>
      Object.getOwnPropertyDescriptor(Object(of), name)?.value;
    const inner = valueOf(document, "document");
    // A court's record may have these members: ours has codes in its verdict.
    return (
      (typeof inner === "string" || isBytes(inner)) &&
      Array.isArray(valueOf(valueOf(document, "verdict"), "codes"))
    );
  } catch {
    // A proxy: reading it as a document says why.
    return false;
  }
}

const RESULT: readonly string[] = ["document", "verdict", "indexes", "access"];

/** Reads a JSON value by the rules of plain values: a string is the string, not its JSON text. */
export function plainIncoming(value: unknown, values: number): Incoming {
  if (value === undefined || typeof value === "function" || typeof value === "symbol")
    throw new FieldSealError(`a value of type ${typeof value} has no JSON form`, {
      code: "document",
      pointer: "",
    });
  if (typeof value === "string") boundSource("the value", value.length);
  // In an array, since text, numbers and dates have no members of their own.
  const text = located(() => plainText([value], rules(values)), 1);
  return { kind: "value", content: text.slice(1, -1) };
}

/** Lends the bytes that cross to a call. Those made here are wiped afterwards. */
export function withBytes<T>(incoming: Incoming, call: (bytes: Uint8Array) => T): T {
  const { content } = incoming;
  // A text has no fewer bytes than units.
  if (content.length > MOST_BYTES) throw tooManyBytes();
  const bytes = typeof content === "string" ? encode(content) : content;
  try {
    if (bytes.length > MOST_BYTES) throw tooManyBytes();
    return call(bytes);
  } finally {
    if (bytes !== content) bytes.fill(0);
  }
}

function tooManyBytes(): FieldSealError {
  return new FieldSealError("the document is over the limit of bytes", {
    code: "limit",
    pointer: "",
  });
}

/** Returns a document on its way out, in the kind in which it came. */
export function outgoing<D extends Document>(kind: Kind, text: string): D {
  switch (kind) {
    case "text":
      return text as D;
    case "bytes":
      return encoder.encode(text) as Document as D;
    case "buffer": {
      const bytes = encoder.encode(text);
      // Over memory of its own: `Buffer.from` of a text takes it out of a pool that is shared.
      const buffer = buffers()?.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return (buffer ?? bytes) as Document as D;
    }
    case "value":
      return outgoingValue(text) as D;
  }
}

/** Returns a JSON value on its way out. Numbers that JavaScript does not keep are refused. */
export function outgoingValue(text: string): unknown {
  const value: unknown = JSON.parse(text);
  located(() => refuseRounded(value));
  return value;
}

/** The part of Node's `Buffer` that is used. Other engines have none, or a library's. */
interface Buffers {
  isBuffer(value: unknown): boolean;
  from(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array;
}

function buffers(): Buffers | undefined {
  const { Buffer } = globalThis as { Buffer?: Partial<Buffers> };
  const isKnown = typeof Buffer?.isBuffer === "function" && typeof Buffer.from === "function";
  return isKnown ? (Buffer as Buffers) : undefined;
}

function isBuffer(bytes: Uint8Array): boolean {
  return buffers()?.isBuffer(bytes) ?? false;
}

/** Turns a misfit into the error of a document, which begins so many steps into the path. */
function located<T>(read: () => T, start = 0): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const { message, path, isOverLimit, cause } = error;
    throw new FieldSealError(message, {
      code: isOverLimit ? "limit" : "document",
      // The place of an error that a getter or a `toJSON` threw is not known.
      ...(cause === undefined ? { pointer: pointerOf(path.slice(start)) } : { cause }),
    });
  }
}
