/**
 * The text of plain values: everything that JSON can say, and nothing that JSON.stringify would
 * write as something else, such as a Map as `{}`.
 */
import {
  dateText,
  isDate,
  isDisguised,
  isPlainPrototype,
  isRaw,
  isWrittenAsDate,
} from "./kinds.js";
import { kindOf } from "./text.js";

/** Levels of nesting that are looked into. The core allows fewer, and refuses more itself. */
const DEEPEST = 130;

/** A part of a value that has no JSON form, and where it is. */
export class Misfit {
  readonly message: string;
  /** The names of the members and the numbers of the elements that lead there. */
  readonly path: (string | number)[];
  readonly isOverLimit: boolean;
  readonly cause: unknown;

  constructor(
    message: string,
    path: (string | number)[] = [],
    more: { isOverLimit?: boolean; cause?: unknown } = {},
  ) {
    this.message = message;
    this.path = path;
    this.isOverLimit = more.isOverLimit ?? false;
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
  /** The members and elements that are looked at, those that are left out included. */
  values: number;
}

/**
 * Returns the text that JSON.stringify writes of an array, a plain object, or an object whose
 * `toJSON` gives one of these. Each member is read once: what is judged is what is written, whatever
 * a getter or a Proxy would give next.
 *
 * @throws {Misfit} for anything else, there or inside
 */
export function plainText(value: object, rules: Rules): string {
  let copy: object;
  try {
    copy = new Copying(rules).whole(value);
  } catch (cause) {
    throw cause instanceof Misfit ? cause : unwritable(cause);
  }
  try {
    return JSON.stringify("toJSON" in Array.prototype ? covered(copy) : copy);
  } catch (cause) {
    // Of plain data nothing else throws.
    throw new Misfit("the value is longer than a text can be", [], { isOverLimit: true, cause });
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
const PARSED = { exact: true, complete: false };

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

function within(name: string | number, found: Misfit): Misfit {
  found.path.unshift(name);
  return found;
}

/** Copies a value as JSON sees it: data alone, each member read once, each `toJSON` called once. */
class Copying {
  readonly #rules: Rules;
  /** The objects around the present one, from outside, and the names that lead to it. */
  readonly #around: object[] = [];
  readonly #path: (string | number)[] = [];
  #left: number;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#left = rules.values;
  }

  whole(value: object): object {
    const given = this.#given("", value, 0);
    if (typeof given === "object" && given !== null) return this.#object(given, 0);
    throw new Misfit("its `toJSON` gives neither an array nor a plain object");
  }

  /** Calls the `toJSON` of an object or a function that has one. */
  #given(name: string | number, value: object, depth: number): unknown {
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON !== "function") return value;
    // A whole document is no date.
    if (depth > 0 && isWrittenAsDate(value)) return dateText(value) ?? this.#refuseDate(depth);
    const given: unknown = Reflect.apply(toJSON, value, [String(name)]);
    return given === null && isDate(value) ? this.#refuseDate(depth) : given;
  }

  /** Returns what is written of a member that is not simple. */
  #member(name: string | number, value: unknown, depth: number): unknown {
    this.#path[depth] = name;
    const isObject = typeof value === "object" && value !== null;
    const given =
      isObject || typeof value === "function" ? this.#given(name, value, depth + 1) : value;
    if (typeof given === "object" && given !== null) return this.#object(given, depth + 1);
    const misfit = misfitOf(given, this.#rules);
    if (misfit !== undefined) this.#refuse(misfit.message, depth + 1);
    // JSON.stringify would call its `toJSON`, or call it as one.
    return typeof given === "function" ? undefined : given;
  }

  #object(value: object, depth: number): object {
    if (depth === DEEPEST) this.#refuseDepth(value);
    this.#around[depth] = value;
    return Array.isArray(value) ? this.#array(value, depth) : this.#plain(value, depth);
  }

  #array(value: unknown[], depth: number): unknown[] {
    const { length } = value;
    // Before anything is read: most of a sparse array is not there, and a Proxy may say anything.
    if (length >>> 0 !== length || length > this.#left) this.#refuseValues(depth);
    this.#left -= length;
    const copy: unknown[] = [];
    for (let index = 0; index < length; index++) {
      const element = value[index];
      copy.push(isSimple(element) ? element : this.#member(index, element, depth));
    }
    return copy;
  }

  #plain(value: object, depth: number): object {
    if (!isPlain(value)) this.#refuse(refusalOf(value), depth);
    const copy = { ...value } as { [member: string]: unknown };
    let count = 0;
    for (const name in copy) {
      const member = copy[name];
      count++;
      if (isSimple(member) || !Object.hasOwn(copy, name)) continue;
      const written = this.#member(name, member, depth);
      if (written !== member) copy[name] = written;
    }
    if (count === 0 && isDisguised(value)) this.#refuse(INSTANCE, depth);
    this.#left -= count;
    if (this.#left < 0) this.#refuseValues(depth);
    return copy;
  }

  #refuseDate(depth: number): never {
    return this.#refuse("an invalid date has no JSON form", depth);
  }

  #refuseDepth(value: object): never {
    this.#around[DEEPEST] = value;
    return this.#refuseSize("the value nests deeper than any policy allows", DEEPEST);
  }

  #refuseValues(depth: number): never {
    return this.#refuseSize("the value has more members and elements than the limit", depth);
  }

  /** Refuses what is too deep or too large, perhaps since it contains itself. */
  #refuseSize(message: string, depth: number): never {
    const around = this.#around.slice(0, depth + 1);
    const again = around.findIndex((object, at) => around.indexOf(object) < at);
    if (again > 0) this.#refuse("the value contains itself", again);
    return this.#refuse(message, depth, true);
  }

  #refuse(message: string, depth: number, isOverLimit = false): never {
    throw new Misfit(message, this.#path.slice(0, depth), { isOverLimit });
  }
}

/** Returns true for what is no object and written as it is, under any rules. */
function isSimple(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isSafeInteger(value) || (!Number.isInteger(value) && Number.isFinite(value));
    default:
      return value === null;
  }
}

/**
 * Covers the `toJSON` that somebody gave every array or object, which was called already, in a copy
 * that is data alone.
 */
function covered(copy: object): object {
  for (const member of Object.values(copy) as unknown[])
    if (typeof member === "object" && member !== null) covered(member);
  if (Array.isArray(copy)) return Object.defineProperty(copy, "toJSON", { value: undefined });
  return Object.setPrototypeOf(copy, null) as object;
}

/** Judges a value that is neither an object nor an array. */
function misfitOf(value: unknown, rules: Omit<Rules, "values">): Misfit | undefined {
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
  if (prototype !== Object.prototype && !isPlainPrototype(prototype)) return false;
  if (prototype === null && isRaw(value)) return false;
  return typeof (value as { then?: unknown }).then !== "function";
}

/** Returns the reason why an object has no JSON form, by its kind and without its content. */
function refusalOf(value: object): string {
  if (typeof (value as { then?: unknown }).then === "function")
    return "a promise has no JSON form: await it first";
  if (value instanceof Map) return "a Map has no JSON form: give Object.fromEntries(map)";
  if (value instanceof Set) return "a Set has no JSON form: give an array";
  if (ArrayBuffer.isView(value) || kindOf(value).endsWith("ArrayBuffer"))
    return "these bytes have no JSON form: a document in bytes is a Uint8Array";
  return INSTANCE;
}

const INSTANCE = "an instance of a class has no JSON form: give a plain object or a `toJSON`";

function unwritable(cause: unknown): Misfit {
  return new Misfit("the value cannot be written as JSON", [], { cause });
}
