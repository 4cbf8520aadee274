import { MOST_CONSENTS, boundText, tooLong } from "./bounds.js";
import { malformed } from "./faults.js";
import { dateText, isDate } from "./kinds.js";
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

/** The members of a context. */
export const CONTEXT: readonly string[] = [
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
/** The members of a context to open. */
export const OPENING: readonly string[] = [...CONTEXT, "strict"];

/** Reads a context, whose clock is `now` unless it has one. `canBeStrict`: for opening. */
export function context(given: unknown, now: () => number, canBeStrict = false): ContextFields {
  const members = membersOf("a context", canBeStrict ? OPENING : CONTEXT, given);
  const { record, subject, purpose, caller, origin, tenant, revision, at, now: clock } = members;
  const fields: ContextFields = [
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
  boundText("a context", unitsOf(fields));
  return fields;
}

/** Returns the length of the texts of a context, in UTF-16 units. */
export function unitsOf(fields: ContextFields): number {
  let units = 0;
  for (const field of fields) if (typeof field === "string") units += field.length;
  return units;
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
  const { length } = given;
  if (length > MOST_CONSENTS) throw tooLong("`consents`");
  let units = 0;
  const read = Array.from({ length }, (_, index) => {
    const consent = (given as unknown[])[index];
    const members = membersOf("a consent", ["purpose", "subject", "until"], consent);
    const purpose = string("purpose", members.purpose);
    if (purpose === undefined) throw malformed("a consent has a purpose");
    const subject = string("subject", members.subject);
    const until = time("until", members.until);
    units += purpose.length + (subject?.length ?? 0) + (until?.length ?? 0);
    boundText("`consents`", units);
    return { purpose, subject, until };
  });
  return read.length === 0 ? undefined : JSON.stringify(read);
}

/** Reads a well-formed string of a bounded length, if there is one. */
export function string(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw malformed(`\`${name}\` is not a string`);
  boundText(`\`${name}\``, value.length);
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
  if (!isDate(value)) return string(name, value);
  const text = dateText(value);
  if (text === undefined) throw malformed(`\`${name}\` is an invalid date`);
  return text;
}
