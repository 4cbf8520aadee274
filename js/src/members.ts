import { malformed } from "./faults.js";
import { isPlainPrototype } from "./kinds.js";
import { nearest } from "./nearest.js";

/** An argument by its members. */
export type Members = { [member: string]: unknown };

/**
 * Returns an argument for its members to be read. An unknown member is a slip, its own or
 * inherited, and a Map or a promise has none at all.
 *
 * @throws {FieldSealError} `context`
 */
export function membersOf(what: string, known: readonly string[], given: unknown): Members {
  if (typeof given !== "object" || given === null) throw malformed(`${what} is an object`);
  if (!isPlainPrototype(Object.getPrototypeOf(given)) && !known.some((name) => name in given))
    throw malformed(`${what} is a plain object with members such as \`${known[0] as string}\``);
  // Inherited ones as well, but for what somebody gave every object.
  for (const name in given)
    if (!known.includes(name) && (!(name in Object.prototype) || Object.hasOwn(given, name)))
      throw unknown(what, known, name);
  return given as Members;
}

/**
 * Makes the error of an unknown member. Only a slip is repeated: another name may be personal.
 */
function unknown(what: string, known: readonly string[], name: string): Error {
  if (name === "strict")
    return malformed("`strict` is a member for open and openSync, and an option of openMany");
  const meant = nearest(name, known);
  return malformed(
    meant === undefined
      ? `${what} has a member that is not known; known are ${known.join(", ")}`
      : `${what} has no member \`${name}\`: did you mean \`${meant}\`?`,
  );
}
