import { malformed } from "./faults.js";

/**
 * Refuses arguments after the last one of a function, unless they are `undefined`. An ignored
 * `{ strict: true }` would open a document with placeholders for erased values.
 *
 * @param takes the arguments of the function; empty if it has none
 * @param context the members of its context, which a caller may have given as an argument
 * @throws {FieldSealError} `context`
 */
export function refuseMore(
  takes: string,
  more: readonly unknown[],
  context: readonly string[] = [],
): void {
  const fault = faultOf(takes, more, context);
  if (fault !== undefined) throw malformed(fault);
}

/** Returns the message of an argument after the last one, if there is any. */
export function faultOf(
  takes: string,
  more: readonly unknown[],
  context: readonly string[] = [],
): string | undefined {
  const given = more.filter((argument) => argument !== undefined);
  if (given.length === 0) return undefined;
  const known = takes === "" ? "the function has none" : `its arguments are ${takes}`;
  for (const argument of given)
    for (const name of context)
      if (typeof argument === "object" && argument !== null && Object.hasOwn(argument, name))
        return `\`${name}\` is a member of the context, not of another argument: ${known}`;
  return `the function has an argument that is not known: ${known}`;
}
