import { FieldSealError } from "./error.js";
import { encoder } from "./globals.js";

/** Finds a lone surrogate: in Unicode mode one that has its partner does not match. */
const LONE = /\p{Surrogate}/u;

/** Returns true if a text has a UTF-8 form. */
export const isWellFormed: (text: string) => boolean =
  typeof ("" as { isWellFormed?: unknown }).isWellFormed === "function"
    ? (text) => (text as unknown as { isWellFormed(): boolean }).isWellFormed()
    : (text) => !LONE.test(text);

/**
 * Memory that most documents fit into. A typed array of their own would be made off V8's heap,
 * which costs more than the call.
 */
const scratch = new Uint8Array(32 * 1024);

/** Returns the UTF-8 of a document's text. Clear it once it was copied. */
export function encode(text: string): Uint8Array {
  if (!isWellFormed(text)) {
    const offset = encoder.encode(text.slice(0, LONE.exec(text)?.index)).length;
    throw new FieldSealError("a lone surrogate: the text has no UTF-8 form", {
      code: "document",
      offset,
    });
  }
  // A UTF-16 unit is at most three bytes.
  if (text.length * 3 > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/**
 * Reads a property of a typed array by the engine's own getter. Members that were put on the array,
 * or that its class has, may say something else.
 */
function engine<T>(name: PropertyKey): (of: unknown) => T {
  const get = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), name)
    ?.get as (this: unknown) => T;
  return (of) => get.call(of);
}
const tagOf = engine<string | undefined>(Symbol.toStringTag);
const bufferOf = engine<ArrayBuffer>("buffer");
const offsetOf = engine<number>("byteOffset");

/** Returns the number of bytes. */
export const lengthOf: (bytes: Uint8Array) => number = engine<number>("byteLength");

/** Returns true for bytes of any realm, `Buffer` included. */
export function isBytes(value: unknown): value is Uint8Array {
  return tagOf(value) === "Uint8Array";
}

/** Returns the kind that an object of any realm says it is, such as `Date`. */
export function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Returns true for an `ArrayBuffer` of any realm. */
export function isArrayBuffer(value: object): value is ArrayBuffer {
  return kindOf(value) === "ArrayBuffer";
}

/**
 * Returns the same bytes, not copied, as an array without members of its own: the glue asks for the
 * length more than once.
 */
export function plain(bytes: Uint8Array): Uint8Array {
  const length = lengthOf(bytes);
  // Bytes that were transferred away have no buffer.
  return length === 0 ? new Uint8Array() : new Uint8Array(bufferOf(bytes), offsetOf(bytes), length);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Writes lower-case hex. */
export function hex(bytes: Uint8Array): string {
  const length = lengthOf(bytes);
  let text = "";
  for (let at = 0; at < length; at++) text += HEX[bytes[at] as number];
  return text;
}

/** Reads the bytes that {@link hex} wrote. */
export function unhex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++)
    bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}
