import { FieldSealError } from "./error.js";
import { hex, isBytes, unhex } from "./text.js";
import type { Key, KeyAnswer, KeyRequest, KeySource, Refusal } from "./types.js";

/** Bytes of an answer as it crosses: what it is, id, secret, `expires` (NaN: none), `erasable`. */
const ANSWER = 1 + 16 + 32 + 8 + 1;
/** What an answer is, from 1; 0 is a key. */
const REFUSALS: readonly Refusal[] = ["erased", "restricted", "denied", "not-found", "unavailable"];

/** The functions of a key source. */
export type Function = "current" | "byId";

/** Requests as the core writes them. */
export function requests(text: string): KeyRequest[] {
  const requests = JSON.parse(text) as (Omit<KeyRequest, "id"> & { id?: string })[];
  return requests.map(({ id, ...request }) => (id === undefined ? request : { ...request, id: unhex(id) }));
}

/** The way back. */
export function requestsText(requests: KeyRequest[]): string {
  if (!Array.isArray(requests)) throw internal("key requests are an array");
  return JSON.stringify(requests, (name, value: unknown) => (name === "id" && isBytes(value) ? hex(value) : value));
}

/** Asks a source; a promise is the caller's to await. */
export function ask(keys: KeySource, name: Function, asked: KeyRequest[]): KeyAnswer[] | Promise<KeyAnswer[]> {
  if (typeof keys !== "object" && typeof keys !== "function" || keys === null || typeof keys[name] !== "function") {
    throw internal(`a key source has the functions current and byId`);
  }
  try {
    return keys[name](asked);
  } catch (cause) {
    throw unavailable(cause);
  }
}

/** A source that threw or rejected. */
export function unavailable(cause: unknown): FieldSealError {
  return new FieldSealError("the key source failed; the cause is its own", { code: "unavailable", cause });
}

/** Answers as they cross. Wipe them once they did. */
export function encodeAnswers(answers: KeyAnswer[], count: number): Uint8Array {
  if (!Array.isArray(answers)) throw internal("a key source answers with an array");
  if (answers.length !== count) throw internal(`a key source answers each request once: ${answers.length} answers to ${count} requests`);
  const records = new Uint8Array(count * ANSWER);
  const view = new DataView(records.buffer);
  try {
    for (let index = 0; index < count; index++) encodeAnswer(answers[index], records, view, index * ANSWER);
  } catch (thrown) {
    records.fill(0);
    throw thrown instanceof FieldSealError ? thrown : new FieldSealError("a key answer cannot be read", { cause: thrown });
  }
  return records;
}

function encodeAnswer(answer: unknown, records: Uint8Array, view: DataView, at: number): void {
  if (typeof answer !== "object" || answer === null) throw internal("a key answer is a key or { code }");
  if ("code" in answer) {
    const tag = REFUSALS.indexOf(answer.code as Refusal) + 1;
    if (tag === 0) throw internal(`the code of a key answer is one of ${REFUSALS.join(", ")}`);
    records[at] = tag;
    return;
  }
  const { id, secret, expires, erasable = true } = answer as Key;
  if (!isBytes(id) || id.length !== 16) throw internal("a key's id is a Uint8Array of 16 bytes");
  if (!isBytes(secret) || secret.length !== 32) throw internal("a key's secret is a Uint8Array of 32 bytes");
  if (expires !== undefined && (typeof expires !== "number" || Number.isNaN(expires))) throw internal("a key's `expires` is a number of milliseconds");
  if (typeof erasable !== "boolean") throw internal("a key's `erasable` is true or false");
  records.set(id, at + 1);
  records.set(secret, at + 17);
  view.setFloat64(at + 49, expires ?? Number.NaN, true);
  records[at + 57] = erasable ? 1 : 0;
}

/** Answers of the core's own, through a buffer that `fill` writes and that is wiped. */
export function decodeAnswers(count: number, fill: (records: Uint8Array) => void): KeyAnswer[] {
  const records = new Uint8Array(count * ANSWER);
  try {
    fill(records);
    const view = new DataView(records.buffer);
    return Array.from({ length: count }, (_, index) => decodeAnswer(records, view, index * ANSWER));
  } finally {
    records.fill(0);
  }
}

function decodeAnswer(records: Uint8Array, view: DataView, at: number): KeyAnswer {
  const refusal = REFUSALS[(records[at] ?? 0) - 1];
  if (refusal !== undefined) return { code: refusal };
  const expires = view.getFloat64(at + 49, true);
  return new CoveredKey(records.slice(at + 1, at + 17), records.slice(at + 17, at + 49), Number.isNaN(expires) ? undefined : expires, records[at + 57] === 1);
}

/** A key whose secret is there for whoever asks and in nothing that is printed, logged or serialised. */
class CoveredKey implements Key {
  readonly id: Uint8Array;
  declare readonly secret: Uint8Array;
  declare readonly expires?: number;
  readonly erasable: boolean;

  constructor(id: Uint8Array, secret: Uint8Array, expires: number | undefined, erasable: boolean) {
    this.id = id;
    Object.defineProperty(this, "secret", { value: secret });
    if (expires !== undefined) this.expires = expires;
    this.erasable = erasable;
  }

  toString(): string {
    return `Key(${hex(this.id)})`;
  }

  toJSON(): object {
    return { ...this, id: hex(this.id) };
  }

  /** What Node's inspector asks, `showHidden` or not. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

export function internal(message: string): FieldSealError {
  return new FieldSealError(message, { code: "internal" });
}
