import { FieldSealError } from "./error.js";
import { encoder } from "./globals.js";

/** In Unicode mode a surrogate that has its partner is not seen. */
const LONE = /\p{Surrogate}/u;

/** Whether the text has a UTF-8 form. */
export const isWellFormed: (text: string) => boolean =
  typeof ("" as { isWellFormed?: unknown }).isWellFormed === "function"
    ? (text) => (text as unknown as { isWellFormed(): boolean }).isWellFormed()
    : (text) => !LONE.test(text);

/**
 * Typed arrays on V8's own heap and off it differ in cost: most documents fit into one that is
 * there already.
 */
const scratch = new Uint8Array(32 * 1024);

/** UTF-8 of a document's text. Clear it once it was copied: no document stays behind. */
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
 * What an array is by the engine's own word: members that were put on it, or that its class has,
 * may say something else.
 */
function engine<T>(name: PropertyKey): (of: unknown) => T {
  const get = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), name)
    ?.get as (this: unknown) => T;
  return (of) => get.call(of);
}
const tagOf = engine<string | undefined>(Symbol.toStringTag);
const bufferOf = engine<ArrayBuffer>("buffer");
const offsetOf = engine<number>("byteOffset");

/** How many bytes there are. */
export const lengthOf: (bytes: Uint8Array) => number = engine<number>("byteLength");

/** Bytes of any realm, `Buffer` included. */
export function isBytes(value: unknown): value is Uint8Array {
  return tagOf(value) === "Uint8Array";
}

/**
 * The same bytes, not copied, as an array that has nothing of its own: what crosses is asked for
 * its length more than once.
 */
export function plain(bytes: Uint8Array): Uint8Array {
  const length = lengthOf(bytes);
  // Bytes that were transferred away have no buffer to look into.
  return length === 0 ? new Uint8Array() : new Uint8Array(bufferOf(bytes), offsetOf(bytes), length);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hex. */
export function hex(bytes: Uint8Array): string {
  const length = lengthOf(bytes);
  let text = "";
  for (let at = 0; at < length; at++) text += HEX[bytes[at] as number];
  return text;
}

/** The bytes that {@link hex} wrote. */
export function unhex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++)
    bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}
