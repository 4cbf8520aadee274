import { FieldSealError } from "./error.js";
import { internal } from "./faults.js";
import { hex, isBytes, lengthOf, unhex } from "./text.js";
import type { Key, KeyAnswer, KeyRequest, Refusal } from "./types.js";

const ID = 16;
const SECRET = 32;
/** Bytes of an answer as it crosses: what it is, id, secret, `expires` (NaN: none), `erasable`. */
const ANSWER = 1 + ID + SECRET + 8 + 1;
/** A first byte that no answer has. */
const NONE = 0xff;
/** What an answer is, from 1; 0 is a key. */
const REFUSALS: readonly Refusal[] = ["erased", "restricted", "denied", "not-found", "unavailable"];

/** Requests as the core writes them. */
export function requests(text: string): KeyRequest[] {
  const requests = JSON.parse(text) as (Omit<KeyRequest, "id"> & { id?: string })[];
  return requests.map(({ id, ...request }) =>
    id === undefined ? request : { ...request, id: unhex(id) },
  );
}

/** A request as it crosses, members always in this order. */
export interface Written {
  kind: string | undefined;
  ref: string | undefined;
  tenant: string | undefined;
  operation: string | undefined;
  purpose: string | undefined;
  caller: string | undefined;
  /** In hex. */
  id: string | undefined;
}

/**
 * The way back: each as it is written into JSON. What is absent is absent there, and nothing else
 * is: `ref: 7` must not become a request for anybody's key.
 */
export function written(requests: KeyRequest[]): Written[] {
  return elements("key requests are an array", "a key request", requests, undefined, (request) => {
    const { kind, ref, tenant, operation, purpose, caller, id } = request as {
      [member: string]: unknown;
    };
    return { kind, ref, tenant, operation, purpose, caller, id };
  }).map(({ kind, ref, tenant, operation, purpose, caller, id }) => ({
    kind: text("kind", kind),
    ref: text("ref", ref),
    tenant: text("tenant", tenant),
    operation: text("operation", operation),
    purpose: text("purpose", purpose),
    caller: text("caller", caller),
    id: idText(id),
  }));
}

function text(member: string, value: unknown): string | undefined {
  if (value !== undefined && typeof value !== "string")
    throw internal(`\`${member}\` of a key request is not a string`);
  return value;
}

function idText(id: unknown): string | undefined {
  if (id === undefined) return undefined;
  if (!isBytes(id) || lengthOf(id) !== ID)
    throw internal("`id` of a key request is not a Uint8Array of 16 bytes");
  return hex(id);
}

/**
 * What is read out of a list of the host's, before anything else is done with it: its getters and
 * proxies run here. What they throw is the cause and never the outcome, even if it is an error of
 * ours.
 */
function elements<T>(
  isNone: string,
  name: string,
  list: unknown,
  count: number | undefined,
  read: (element: unknown) => T,
): T[] {
  const length = reading(name, () => (Array.isArray(list) ? list.length : undefined));
  if (length === undefined) throw internal(isNone);
  if (count !== undefined && length !== count)
    throw internal(
      `a key source answers each request once: ${length} answers to ${count} requests`,
    );
  return reading(name, () =>
    Array.from({ length }, (_, index) => read((list as unknown[])[index])),
  );
}

function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new FieldSealError(`${name} cannot be read`, { code: "internal", cause });
  }
}

/** Answers as they cross. Wipe them once they did. */
export function encodeAnswers(answers: KeyAnswer[], count: number): Uint8Array {
  const given = elements(
    "a key source answers with an array",
    "a key answer",
    answers,
    count,
    members,
  );
  const records = new Uint8Array(count * ANSWER);
  const view = new DataView(records.buffer);
  try {
    given.forEach((answer, index) => encodeAnswer(answer, records, view, index * ANSWER));
  } catch (thrown) {
    records.fill(0);
    throw thrown;
  }
  return records;
}

/** An answer's members as the host gave them: references, no copies. */
type Given =
  { code: unknown } | { id: unknown; secret: unknown; expires: unknown; erasable: unknown };

function members(answer: unknown): Given | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  if ("code" in answer) return { code: answer.code };
  const { id, secret, expires, erasable = true } = answer as { [member: string]: unknown };
  return { id, secret, expires, erasable };
}

function encodeAnswer(
  answer: Given | undefined,
  records: Uint8Array,
  view: DataView,
  at: number,
): void {
  if (answer === undefined) throw internal("a key answer is a key or { code }");
  if ("code" in answer) {
    const tag = REFUSALS.indexOf(answer.code as Refusal) + 1;
    if (tag === 0) throw internal(`the code of a key answer is one of ${REFUSALS.join(", ")}`);
    records[at] = tag;
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

/** Answers that `fill` writes as they cross, into a buffer that is wiped. */
export function decodeAnswers(count: number, fill: (records: Uint8Array) => void): KeyAnswer[] {
  // What is not written is no answer: zeros would be a key.
  const records = new Uint8Array(count * ANSWER).fill(NONE);
  try {
    fill(records);
    const view = new DataView(records.buffer);
    return Array.from({ length: count }, (_, index) => decodeAnswer(records, view, index * ANSWER));
  } finally {
    records.fill(0);
  }
}

function decodeAnswer(records: Uint8Array, view: DataView, at: number): KeyAnswer {
  const tag = records[at] ?? NONE;
  const refusal = REFUSALS[tag - 1];
  if (refusal !== undefined) return { code: refusal };
  if (tag !== 0) throw internal("the keyring has not answered each request");
  const expires = view.getFloat64(at + 49, true);
  return new CoveredKey(
    records.slice(at + 1, at + 17),
    records.slice(at + 17, at + 49),
    Number.isNaN(expires) ? undefined : expires,
    records[at + 57] === 1,
  );
}

/** Copies of answers, keys covered. */
export function copies(answers: KeyAnswer[], count: number): KeyAnswer[] {
  const encoded = encodeAnswers(answers, count);
  try {
    return decodeAnswers(count, (records) => records.set(encoded));
  } finally {
    encoded.fill(0);
  }
}

/**
 * A key whose secret is there for whoever asks and in nothing that is printed, logged or
 * serialised.
 */
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
