import { malformed } from "./faults.js";
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

/** Reads a context; `now` is what it lacks. */
export function context(given: unknown, now: () => number): ContextFields {
  if (typeof given !== "object" || given === null) throw malformed("a context is an object");
  const {
    record,
    subject,
    purpose,
    caller,
    tenant,
    revision,
    at,
    now: clock,
  } = given as { [member: string]: unknown };
  return [
    string("record", record),
    string("subject", subject),
    string("purpose", purpose),
    string("caller", caller),
    string("tenant", tenant),
    string("revision", revision),
    time(at),
    instant(clock === undefined ? now() : clock),
  ];
}

/** A well-formed string or nothing. */
export function string(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw malformed(`\`${name}\` is not a string`);
  if (!isWellFormed(value)) throw malformed(`\`${name}\` has a lone surrogate`);
  return value;
}

/** A clock's reading. */
export function instant(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw malformed("`now` is not a whole number of milliseconds since 1970");
  return value as number;
}

/** A moment, as text. */
export function time(at: unknown): string | undefined {
  if (!(at instanceof Date)) return string("at", at);
  try {
    // Not a method of its own, which may give anything.
    return Date.prototype.toISOString.call(at);
  } catch {
    throw malformed("`at` is an invalid date");
  }
}

/** Reads the member `strict` of a context or of options. */
export function strictIn(options: unknown): boolean {
  if (typeof options !== "object" || options === null) throw malformed("a context is an object");
  const { strict = false } = options as { strict?: unknown };
  if (typeof strict !== "boolean") throw malformed("`strict` is true or false");
  return strict;
}
