import { outgoing, type Kind } from "./document.js";
import type { Access, Document, IndexValue, Opened, Sealed, Verdict } from "./types.js";

/** A constructor whose fields go onto the object that it is given. */
const Onto = class {
  constructor(object: object) {
    return object;
  }
} as new (object: object) => object;

/**
 * The text of a record, in a private field of a plain object, where no copy and no inspector finds it. It is parsed when somebody looks: that
 * would be a tenth of the call, and not everybody does. The accessors are the same two functions for all results; written into each object
 * as getters they would be new ones, which the engine keeps until its next full collection: two microseconds a call.
 */
class Records extends Onto {
  readonly #verdict: string;
  readonly #access: string;
  #parsedVerdict: Verdict | undefined;
  #parsedAccess: Access | undefined;

  constructor(result: object, verdict: string, access: string) {
    super(result);
    this.#verdict = verdict;
    this.#access = access;
  }

  static readonly verdict = accessor((of: Records) => (of.#parsedVerdict ??= JSON.parse(of.#verdict) as Verdict));
  static readonly access = accessor((of: Records) => (of.#parsedAccess ??= JSON.parse(of.#access) as Access));
}

/** As a member of a plain object is: copied, serialised and posted to workers with the others. */
function accessor<T>(read: (of: Records) => T): PropertyDescriptor {
  return {
    get(this: Records): T {
      return read(this);
    },
    enumerable: true,
    configurable: true,
  };
}

/** Verdict, index values, document: a line a record, and the rest. */
export function sealed<D extends Document>(kind: Kind, text: string): Sealed<D> {
  const [verdict, indexes, document] = lines(text);
  const result = { document: outgoing<D>(kind, document), indexes: indexes === "[]" ? [] : (JSON.parse(indexes) as IndexValue[]) };
  new Records(result, verdict, "");
  return Object.defineProperty(result, "verdict", Records.verdict) as Sealed<D>;
}

/** Verdict, access record, document. */
export function opened<D extends Document>(kind: Kind, text: string): Opened<D> {
  const [verdict, access, document] = lines(text);
  const result = { document: outgoing<D>(kind, document) };
  new Records(result, verdict, access);
  return Object.defineProperty(Object.defineProperty(result, "verdict", Records.verdict), "access", Records.access) as Opened<D>;
}

function lines(text: string): [string, string, string] {
  const first = text.indexOf("\n");
  const second = text.indexOf("\n", first + 1);
  return [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}
