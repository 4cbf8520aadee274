/** The kinds of objects of every realm, told by what the engine keeps of them. */

const { getTime, toISOString, toJSON } = Date.prototype;

/** Returns true for a date of any realm, whatever it says of itself. */
export function isDate(value: unknown): value is Date {
  return typeof value === "object" && value !== null && has(value, getTime);
}

/** Returns true for an object that writes itself into JSON as every date of this realm does. */
export function isWrittenAsDate(value: object): value is Date {
  const { toJSON: written, toISOString: text } = value as Date;
  return written === toJSON && text === toISOString;
}

/**
 * Returns a date's text, by no method of its own, which may give anything; `undefined` for an
 * invalid date.
 */
export function dateText(date: Date): string | undefined {
  return Number.isNaN(getTime.call(date)) ? undefined : toISOString.call(date);
}

/** Returns true for `null` and for the `Object.prototype` of any realm. */
export function isPlainPrototype(prototype: unknown): boolean {
  if (prototype === Object.prototype || prototype === null) return true;
  // The one of another realm has that realm's `Object` as its constructor.
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
export function isRaw(value: object): boolean {
  const { isRawJSON } = JSON as { isRawJSON?: (value: unknown) => boolean };
  return isRawJSON?.(value) ?? false;
}

/**
 * Returns true if an object without members of its own holds something else nevertheless: a Map
 * whose prototype was replaced looks like `{}`.
 */
export function isDisguised(value: object): boolean {
  if (ArrayBuffer.isView(value)) return true;
  if (typeof structuredClone === "function") {
    try {
      return !isPlainPrototype(Object.getPrototypeOf(structuredClone(value)));
    } catch {
      // A promise or a Proxy, for example.
    }
  }
  return SLOTS.some((method) => has(value, method));
}

/** Returns true if a method of the engine's takes this object. */
function has(value: object, method: Method): boolean {
  try {
    Reflect.apply(method, value, [() => {}, () => {}]);
    return true;
  } catch {
    return false;
  }
}

type Method = (...given: never[]) => unknown;

/**
 * Methods that throw for every object but those of their kind, and change nothing. Each throw takes
 * microseconds.
 */
const SLOTS: readonly Method[] = [
  getter(Map, "size"),
  getter(Set, "size"),
  getter(ArrayBuffer, "byteLength"),
  getter(RegExp, "source"),
  WeakMap.prototype.has,
  WeakSet.prototype.has,
  WeakRef.prototype.deref,
  // A promise in a document is refused, and nobody waits for it.
  Promise.prototype.then,
  getTime,
  String.prototype.valueOf,
  Number.prototype.valueOf,
  Boolean.prototype.valueOf,
  Symbol.prototype.valueOf,
  BigInt.prototype.valueOf,
];

function getter(of: { prototype: object }, name: string): Method {
  return Object.getOwnPropertyDescriptor(of.prototype, name)?.get as Method;
}
