import { boundTexts } from "./bounds.js";
import { internal } from "./faults.js";
import { CoveredKey, owned } from "./covered-key.js";
import { elements } from "./list.js";
import { encoder } from "./globals.js";
import { isBytes, isWellFormed, lengthOf } from "./text.js";
import type { KeyAnswer, Refusal, RefusalCause } from "./types.js";

const ID = 16;
const SECRET = 32;
/**
 * Bytes of an answer as it crosses: tag, id, secret, `expires` (NaN: none), `erasable`, and the
 * length of the reference (NO_REFERENCE: none), whose UTF-8 follows. A refusal has its cause
 * where a key has its id.
 */
const ANSWER = 1 + ID + SECRET + 8 + 1 + 4;
const NO_REFERENCE = 0xffff_ffff;
/** The tags of refusals, from 1; 0 is a key. */
const REFUSALS: readonly Refusal[] = ["erased", "restricted", "denied", "not-found", "unavailable"];
/** The tags of causes, from 1; 0 is none. */
const CAUSES: readonly RefusalCause[] = ["minimum-version", "expired", "no-clock"];

/** Returns answers as they cross. Wipe them afterwards. */
export function encodeAnswers(answers: KeyAnswer[], count: number): Uint8Array {
  const given = elements(
    "a key source answers with an array",
    "a key answer",
    answers,
    members,
    count,
  );
  boundTexts("the owners that key answers name", given.reduce(plusUnits, 0));
  const references = given.map((answer) => reference(answer?.ref));
  const texts = references.reduce((sum, text) => sum + (text?.length ?? 0), 0);
  const records = new Uint8Array(count * ANSWER + texts);
  const view = new DataView(records.buffer);
  try {
    let at = 0;
    given.forEach((answer, index) => {
      const reference = references[index];
      encodeAnswer(answer, records, view, at);
      view.setUint32(at + ANSWER - 4, reference?.length ?? NO_REFERENCE, true);
      at += ANSWER;
      if (reference === undefined) return;
      records.set(reference, at);
      at += reference.length;
    });
  } catch (thrown) {
    records.fill(0);
    throw thrown;
  }
  return records;
}

/** The members of an answer as the host gave them: references, no copies. */
type Given = { ref: unknown } & (
  | { code: unknown; cause: unknown }
  | { id: unknown; secret: unknown; expires: unknown; erasable: unknown }
);

function members(answer: unknown): Given | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const { ref } = answer as { ref?: unknown };
  if ("code" in answer) {
    const { code, cause } = answer as { code: unknown; cause?: unknown };
    return { code, cause, ref };
  }
  const { id, secret, expires, erasable = true } = answer as { [member: string]: unknown };
  return { id, secret, expires, erasable, ref };
}

function plusUnits(units: number, answer: Given | undefined): number {
  return units + (typeof answer?.ref === "string" ? answer.ref.length : 0);
}

/** Returns the UTF-8 of the owner that an answer names. */
function reference(ref: unknown): Uint8Array | undefined {
  if (ref === undefined) return undefined;
  if (typeof ref !== "string" || !isWellFormed(ref))
    throw internal("the `ref` of a key answer is a string without lone surrogates");
  return encoder.encode(ref);
}

function encodeAnswer(
  answer: Given | undefined,
  records: Uint8Array,
  view: DataView,
  at: number,
): void {
  if (answer === undefined) throw internal("a key answer is a key or { code }");
  if ("code" in answer) {
    const { code, cause } = answer;
    const tag = REFUSALS.indexOf(code as Refusal) + 1;
    if (tag === 0) throw internal(`the code of a key answer is one of ${REFUSALS.join(", ")}`);
    const circumstance = CAUSES.indexOf(cause as RefusalCause) + 1;
    if (cause !== undefined && circumstance === 0)
      throw internal(`the cause of a key answer is one of ${CAUSES.join(", ")}`);
    records[at] = tag;
    records[at + 1] = circumstance;
    return;
  }
  const { id, secret, expires, erasable } = answer;
  if (!isBytes(id) || lengthOf(id) !== ID) throw internal("a key's id is a Uint8Array of 16 bytes");
  if (!isBytes(secret) || lengthOf(secret) !== SECRET)
    throw internal("a key's secret is a Uint8Array of 32 bytes");
  if (expires !== undefined && (typeof expires !== "number" || Number.isNaN(expires)))
    throw internal("a key's `expires` is a number of milliseconds");
  if (typeof erasable !== "boolean") throw internal("a key's `erasable` is true or false");
  records.set(id, at + 1);
  records.set(secret, at + 17);
  view.setFloat64(at + 49, expires ?? Number.NaN, true);
  records[at + 57] = erasable ? 1 : 0;
}

/** Reads answers as they cross, and wipes what was read. */
export function decodeAnswers(records: Uint8Array, count: number): KeyAnswer[] {
  try {
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
    let at = 0;
    return Array.from({ length: count }, () => {
      if (at + ANSWER > records.length) throw internal("not each key request was answered");
      const answer = decodeAnswer(records, view, at);
      const length = view.getUint32(at + ANSWER - 4, true);
      at += ANSWER;
      if (length === NO_REFERENCE) return answer;
      at += length;
      return owned(answer, decoder.decode(records.subarray(at - length, at)));
    });
  } finally {
    records.fill(0);
  }
}

/** Keeps a byte order mark, which may begin a reference. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function decodeAnswer(records: Uint8Array, view: DataView, at: number): KeyAnswer {
  const refusal = REFUSALS[(records[at] as number) - 1];
  if (refusal !== undefined) {
    const cause = CAUSES[(records[at + 1] as number) - 1];
    return cause === undefined ? { code: refusal } : { code: refusal, cause };
  }
  const expires = view.getFloat64(at + 49, true);
  return new CoveredKey(
    records.slice(at + 1, at + 17),
    records.slice(at + 17, at + 49),
    Number.isNaN(expires) ? undefined : expires,
    records[at + 57] === 1,
  );
}

/** Copies answers, and covers their keys. */
export function copies(answers: KeyAnswer[], count: number): KeyAnswer[] {
  return decodeAnswers(encodeAnswers(answers, count), count);
}
