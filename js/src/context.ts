import { malformed } from "./faults.js";
import { membersOf } from "./members.js";
import { isWellFormed } from "./text.js";

/** A context in the order in which it crosses. */
export type ContextFields = [
  record: string | undefined,
  subject: string | undefined,
  purpose: string | undefined,
  caller: string | undefined,
  origin: string | undefined,
  /** JSON text. */
  consents: string | undefined,
  tenant: string | undefined,
  revision: string | undefined,
  at: string | undefined,
  now: number,
];

const CONTEXT: readonly string[] = [
  "record",
  "subject",
  "tenant",
  "revision",
  "purpose",
  "caller",
  "at",
  "now",
  "consents",
  "origin",
];
const OPENING: readonly string[] = [...CONTEXT, "strict"];

/** Reads a context, whose clock is `now` unless it has one. `canBeStrict`: for opening. */
export function context(given: unknown, now: () => number, canBeStrict = false): ContextFields {
  const members = membersOf("a context", canBeStrict ? OPENING : CONTEXT, given);
  const { record, subject, purpose, caller, origin, tenant, revision, at, now: clock } = members;
  return [
    string("record", record),
    string("subject", subject),
    string("purpose", purpose),
    string("caller", caller),
    string("origin", origin),
    consents(members.consents),
    string("tenant", tenant),
    string("revision", revision),
    time("at", at),
    instant(clock === undefined ? now() : clock),
  ];
}

/** Reads the member `strict` of a context for opening, or of options. */
export function strictOf(value: unknown = false): boolean {
  if (typeof value !== "boolean") throw malformed("`strict` is true or false");
  return value;
}

/** Reads the consents of a context: JSON text, if there are any. */
function consents(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw malformed("`consents` is an array");
  const read = (given as unknown[]).map((consent) => {
    const members = membersOf("a consent", ["purpose", "subject", "until"], consent);
    const purpose = string("purpose", members.purpose);
    if (purpose === undefined) throw malformed("a consent has a purpose");
    return {
      purpose,
      subject: string("subject", members.subject),
      until: time("until", members.until),
    };
  });
  return read.length === 0 ? undefined : JSON.stringify(read);
}

/** Reads a well-formed string, if there is one. */
export function string(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw malformed(`\`${name}\` is not a string`);
  if (!isWellFormed(value)) throw malformed(`\`${name}\` has a lone surrogate`);
  return value;
}

/** Reads the time of a clock. */
export function instant(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw malformed("`now` is not a whole number of milliseconds since 1970");
  return value as number;
}

/** Reads a moment, as text. */
export function time(name: string, value: unknown): string | undefined {
  if (!(value instanceof Date)) return string(name, value);
  try {
    // Not a method of its own, which may give anything.
    return Date.prototype.toISOString.call(value);
  } catch {
    throw malformed(`\`${name}\` is an invalid date`);
  }
}
