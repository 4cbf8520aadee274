/**
 * The bounds on what crosses into an instance, beside the policy's own limits: its memory ends at
 * 4 GiB, and a call that finds no more of it would stop the instance.
 */
import { FieldSealError } from "./error.js";

/** UTF-16 units of the texts of one argument, such as a context, together. */
const MOST_TEXT = 2 ** 24;
/** UTF-16 units of the texts of a list together. JSON writes a unit as six at most. */
const MOST_TEXTS = 2 ** 26;
/** UTF-16 units of a schema, of options, of an envelope, of a value to search for. */
const MOST_SOURCE = 2 ** 27;
/** Elements of a list. */
const MOST_ELEMENTS = 2 ** 22;
/** Consents of a context or a request. */
export const MOST_CONSENTS = 2 ** 16;
/** Bytes of the documents and contexts of a batch together. */
export const MOST_BATCH = 2 ** 30;

/** Makes the error of an argument over a bound. */
export function tooLong(what: string): FieldSealError {
  return new FieldSealError(`${what} is too long`, { code: "limit" });
}

/** Refuses the texts of an argument that are too long together. */
export function boundText(what: string, units: number): void {
  if (units > MOST_TEXT) throw tooLong(what);
}

/** Refuses the texts of a list that are too long together. */
export function boundTexts(what: string, units: number): void {
  if (units > MOST_TEXTS) throw tooLong(what);
}

/** Refuses a schema, options, an envelope or a value to search for that are too long. */
export function boundSource(what: string, units: number): void {
  if (units > MOST_SOURCE) throw tooLong(what);
}

/** Refuses a list that is too long, before its elements are read: a sparse one has none. */
export function boundElements(what: string, elements: number): void {
  if (elements > MOST_ELEMENTS) throw tooLong(what);
}
