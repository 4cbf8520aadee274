/**
 * The text of plain values: everything that JSON can say, and nothing that JSON.stringify would
 * write as something else, such as a Map as `{}`.
 */
import { kindOf } from "./text.js";

/** Levels of nesting that are looked into. The core allows fewer, and refuses more itself. */
const DEEPEST = 130;

/** A part of a value that has no JSON form, and where it is. */
export class Misfit {
  readonly message: string;
  /** The names of the members and the numbers of the elements that lead there. */
  readonly path: (string | number)[];
  readonly isTooDeep: boolean;
  readonly cause: unknown;

  constructor(
    message: string,
    path: (string | number)[] = [],
    more: { isTooDeep?: boolean; cause?: unknown } = {},
  ) {
    this.message = message;
    this.path = path;
    this.isTooDeep = more.isTooDeep ?? false;
    this.cause = more.cause;
  }
}

/** Returns the RFC 6901 pointer of a path. */
export function pointerOf(path: (string | number)[]): string {
  const escaped = (name: string | number): string =>
    String(name).replaceAll("~", "~0").replaceAll("/", "~1");
  return path.map((name) => `/${escaped(name)}`).join("");
}

/** The refusals that not every value needs. */
export interface Rules {
  /** Refuses integers that JavaScript rounds. */
  exact: boolean;
  /** Refuses functions and symbols, which JSON.stringify leaves out. */
  complete: boolean;
}

/**
 * Returns the text that JSON.stringify writes of an array, a plain object, or an object whose
 * `toJSON` gives one of these.
 *
 * @throws {Misfit} for anything else, there or inside
 */
export function plainText(value: object, rules: Rules): string {
  let plain: unknown = value;
  try {
    const found = look(value, 0, rules);
    if (found === UNDECIDED) plain = new Copying(rules).whole(value);
    else if (found !== undefined) throw found;
  } catch (cause) {
    throw cause instanceof Misfit ? cause : unwritable(cause);
  }
  try {
    return JSON.stringify(plain);
  } catch (cause) {
    const isTooLong = cause instanceof RangeError;
    throw isTooLong
      ? new Misfit("the value is longer than a text can be", [], { isTooDeep: true, cause })
      : unwritable(cause);
  }
}

/**
 * Refuses numbers of a parsed text that JavaScript does not keep: integers that it rounds, and
 * those above its greatest.
 *
 * @throws {Misfit}
 */
export function refuseRounded(value: unknown): void {
  const found = rounded(value);
  if (found !== undefined) throw found;
}

/** JSON text has no functions. */
const PARSED: Rules = { exact: true, complete: false };

function rounded(value: unknown): Misfit | undefined {
  if (typeof value === "number") return misfitOf(value, PARSED);
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const found = rounded(value[index]);
      if (found !== undefined) return within(index, found);
    }
    return undefined;
  }
  for (const name in value) {
    const found = rounded((value as { [member: string]: unknown })[name]);
    if (found !== undefined) return within(name, found);
  }
  return undefined;
}

/** A look met a `toJSON`, which must be called once, or more levels than it follows. */
const UNDECIDED = Symbol("undecided");

/**
 * Finds the first misfit of a value, without a copy of it. `toJSON` is not called here, since it
 * may give something else each time.
 */
function look(value: object, depth: number, rules: Rules): Misfit | typeof UNDECIDED | undefined {
  if (depth === DEEPEST) return UNDECIDED;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function")
    return depth > 0 && isOrdinaryDate(value) ? undefined : UNDECIDED;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const found = lookAt(value[index], depth, rules);
      if (found !== undefined) return within(index, found);
    }
    return undefined;
  }
  if (!isPlain(value)) return new Misfit(refusalOf(value));
  // This loop allocates nothing, unlike a list of the names. It also meets members that somebody
  // gave every object, which does no harm.
  for (const name in value) {
    const found = lookAt((value as { [member: string]: unknown })[name], depth, rules);
    if (found !== undefined) return within(name, found);
  }
  return undefined;
}

function lookAt(
  member: unknown,
  depth: number,
  rules: Rules,
): Misfit | typeof UNDECIDED | undefined {
  switch (typeof member) {
    case "string":
    case "boolean":
      return undefined;
    case "object":
      return member === null ? undefined : look(member, depth + 1, rules);
    case "function":
      if (typeof (member as { toJSON?: unknown }).toJSON === "function") return UNDECIDED;
      return misfitOf(member, rules);
    default:
      return misfitOf(member, rules);
  }
}

function within<F extends Misfit | typeof UNDECIDED>(name: string | number, found: F): F {
  if (found instanceof Misfit) found.path.unshift(name);
  return found;
}

/** Copies a value, and calls each `toJSON` once. */
class Copying {
  readonly #rules: Rules;
  readonly #path: (string | number)[] = [];
  readonly #around: object[] = [];

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  whole(value: object): object {
    const given = this.#given("", value);
    if (typeof given === "object" && given !== null) return this.#object(given);
    throw new Misfit("its `toJSON` gives neither an array nor a plain object");
  }

  /** Calls the `toJSON` of a value that has one. */
  #given(name: string, value: unknown): unknown {
    if ((typeof value !== "object" || value === null) && typeof value !== "function") return value;
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON !== "function") return value;
    const given: unknown = Reflect.apply(toJSON, value, [name]);
    if (given === null && kindOf(value) === "Date")
      this.#refuse("an invalid date has no JSON form");
    return given;
  }

  #member(name: string | number, value: unknown): unknown {
    this.#path.push(name);
    const given = this.#given(String(name), value);
    const misfit = misfitOf(given, this.#rules);
    if (misfit !== undefined) this.#refuse(misfit.message);
    const copy = typeof given === "object" && given !== null ? this.#object(given) : given;
    this.#path.pop();
    // A function under the name `toJSON` would be called again.
    return typeof copy === "function" ? undefined : copy;
  }

  #object(value: object): object {
    if (this.#around.includes(value)) this.#refuse("the value contains itself");
    if (this.#around.length === DEEPEST)
      this.#refuse("the value nests deeper than any policy allows", true);
    this.#around.push(value);
    const copy = Array.isArray(value) ? this.#array(value) : this.#plain(value);
    this.#around.pop();
    return copy;
  }

  #array(value: unknown[]): unknown[] {
    const copy = Array.from({ length: value.length }, (_, index) =>
      this.#member(index, value[index]),
    );
    return Object.defineProperty(copy, "toJSON", { value: undefined });
  }

  #plain(value: object): object {
    if (!isPlain(value)) this.#refuse(refusalOf(value));
    const copy = Object.create(null) as { [member: string]: unknown };
    for (const name of Object.keys(value))
      copy[name] = this.#member(name, (value as { [member: string]: unknown })[name]);
    return copy;
  }

  #refuse(message: string, isTooDeep = false): never {
    throw new Misfit(message, [...this.#path], { isTooDeep });
  }
}

/** Judges a value that is neither an object nor an array. */
function misfitOf(value: unknown, rules: Rules): Misfit | undefined {
  switch (typeof value) {
    case "number":
      if (Number.isSafeInteger(value)) return undefined;
      if (Number.isInteger(value) && !rules.exact) return undefined;
      if (Number.isInteger(value))
        return new Misfit("an integer beyond 2^53 - 1 is rounded; text keeps every digit");
      if (Number.isNaN(value)) return new Misfit("NaN has no JSON form");
      if (!Number.isFinite(value))
        return new Misfit("a number beyond 1.8e308 becomes Infinity; text keeps every digit");
      return undefined;
    case "bigint":
      return new Misfit("a BigInt has no JSON form; text keeps every digit");
    case "function":
    case "symbol":
      return rules.complete ? new Misfit(`a ${typeof value} has no JSON form`) : undefined;
    default:
      return undefined;
  }
}

/** Returns true for a plain object: one that is nothing but its own members. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && !isPlainPrototype(prototype, value)) return false;
  return typeof (value as { then?: unknown }).then !== "function";
}

function isPlainPrototype(prototype: unknown, value: object): boolean {
  if (prototype === null) return !isRaw(value);
  // The `Object.prototype` of another realm has that realm's `Object` as its constructor.
  if (Object.getPrototypeOf(prototype) !== null || !Object.hasOwn(prototype as object, KEY))
    return false;
  const { constructor } = prototype as { constructor: unknown };
  return (
    typeof constructor === "function" &&
    constructor.prototype === prototype &&
    Function.prototype.toString.call(constructor) === OBJECT
  );
}

const KEY = "constructor";
const OBJECT = Function.prototype.toString.call(Object);

/** Returns true for a value of `JSON.rawJSON`, whose text JSON.stringify writes unread. */
function isRaw(value: object): boolean {
  const { isRawJSON } = JSON as { isRawJSON?: (value: unknown) => boolean };
  return isRawJSON?.(value) ?? false;
}

const { toJSON, toISOString, getTime } = Date.prototype;

/** Returns true for a valid date that writes itself as every date does. */
function isOrdinaryDate(value: object): boolean {
  if (!(value instanceof Date) || value.toJSON !== toJSON || value.toISOString !== toISOString)
    return false;
  return !Number.isNaN(getTime.call(value));
}

/** Returns the reason why an object has no JSON form, by its kind and without its content. */
function refusalOf(value: object): string {
  if (typeof (value as { then?: unknown }).then === "function")
    return "a promise has no JSON form: await it first";
  if (value instanceof Map) return "a Map has no JSON form: give Object.fromEntries(map)";
  if (value instanceof Set) return "a Set has no JSON form: give an array";
  if (ArrayBuffer.isView(value) || kindOf(value).endsWith("ArrayBuffer"))
    return "these bytes have no JSON form: a document in bytes is a Uint8Array";
  return "an instance of a class has no JSON form: give a plain object or a `toJSON`";
}

function unwritable(cause: unknown): Misfit {
  return new Misfit("the value cannot be written as JSON", [], { cause });
}
