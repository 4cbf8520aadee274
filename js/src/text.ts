import { FieldSealError } from "./error.js";

const encoder = new TextEncoder();
/** In Unicode mode a surrogate that has its partner is not seen. */
const LONE = /\p{Surrogate}/u;

/** Whether the text has a UTF-8 form. */
export const isWellFormed: (text: string) => boolean =
  typeof ("" as { isWellFormed?: unknown }).isWellFormed === "function"
    ? (text) => (text as unknown as { isWellFormed(): boolean }).isWellFormed()
    : (text) => !LONE.test(text);

/** Typed arrays on V8's own heap and off it differ in cost: most documents fit into one that is there already. */
const scratch = new Uint8Array(32 * 1024);

/** UTF-8 of a document's text. Clear it once it was copied: no document stays behind. */
export function encode(text: string): Uint8Array {
  if (!isWellFormed(text)) {
    const offset = encoder.encode(text.slice(0, LONE.exec(text)?.index)).length;
    throw new FieldSealError("a lone surrogate: the text has no UTF-8 form", { code: "document", offset });
  }
  // A UTF-16 unit is at most three bytes.
  if (text.length * 3 > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Bytes of any realm, `Buffer` included. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === "Uint8Array";
}

/** Lower-case hex. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (byte < 16 ? "0" : "") + byte.toString(16);
  return text;
}

/** The bytes that {@link hex} wrote. */
export function unhex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}
