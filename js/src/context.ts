import { malformed } from "./faults.js";
import { membersOf } from "./members.js";
import { isWellFormed } from "./text.js";

/** A context in the order in which it crosses. */
export type ContextFields = [
  record: string | undefined,
  subject: string | undefined,
  purpose: string | undefined,
  caller: string | undefined,
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
  const { record, subject, purpose, caller, tenant, revision, at, now: clock } = members;
  const fields: ContextFields = [
    string("record", record),
    string("subject", subject),
    string("purpose", purpose),
    string("caller", caller),
    string("tenant", tenant),
    string("revision", revision),
    time("at", at),
    instant(clock === undefined ? now() : clock),
  ];
  string("origin", members.origin);
  consents(members.consents);
  return fields;
}

/** Reads the member `strict` of a context for opening, or of options. */
export function strictOf(value: unknown = false): boolean {
  if (typeof value !== "boolean") throw malformed("`strict` is true or false");
  return value;
}

/** Checks the consents of a context. */
function consents(given: unknown): void {
  if (given === undefined) return;
  if (!Array.isArray(given)) throw malformed("`consents` is an array");
  for (const consent of given as unknown[]) {
    const members = membersOf("a consent", ["purpose", "subject", "until"], consent);
    if (string("purpose", members.purpose) === undefined)
      throw malformed("a consent has a purpose");
    string("subject", members.subject);
    time("until", members.until);
  }
  if (given.length > 0) throw malformed("`consents` is not built yet: leave it out");
}

/** Reads a well-formed string, if there is one. */
export function string(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw malformed(`\`${name}\` is not a string`);
  if (!isWellFormed(value)) throw malformed(`\`${name}\` has a lone surrogate`);
  return value;
}

/** Reads what a clock says. */
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
