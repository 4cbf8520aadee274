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
  const [is] = verbsOf(what);
  if (typeof given !== "object" || given === null) throw malformed(`${what} ${is} an object`);
  if (!isPlainPrototype(Object.getPrototypeOf(given)) && !known.some((name) => name in given))
    throw malformed(`${what} ${is} a plain object with members such as \`${known[0] as string}\``);
  // Inherited ones as well, but for what somebody gave every object.
  for (const name in given)
    if (!known.includes(name) && (!(name in Object.prototype) || Object.hasOwn(given, name)))
      throw unknown(what, known, name);
  return given as Members;
}

/**
 * Makes the error of an unknown member. Only a slip is repeated, and a name of options, which code
 * gives: another name may be personal.
 */
function unknown(what: string, known: readonly string[], name: string): Error {
  if (name === "strict")
    return malformed(
      "`strict` is a member for open and openSync, and an option of openMany, openValue and openValues",
    );
  const [, has] = verbsOf(what);
  const meant = nearest(name, known);
  if (meant !== undefined)
    return malformed(`${what} ${has} no member \`${name}\`: did you mean \`${meant}\`?`);
  const list = `the known members are ${known.join(", ")}`;
  return malformed(
    what === OPTIONS && IDENTIFIER.test(name)
      ? `${what} ${has} no member \`${name}\`; ${list}`
      : `${what} ${has} a member that is not known; ${list}`,
  );
}

const OPTIONS = "the options";

/** A name that code gives: not an address, a number or a sentence. */
const IDENTIFIER = /^[A-Za-z_$][A-Za-z_$]{0,31}$/;

function verbsOf(what: string): [is: string, has: string] {
  return what === OPTIONS ? ["are", "have"] : ["is", "has"];
}
