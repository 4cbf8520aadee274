import { outgoing, type Kind } from "./document.js";
import type { Access, Document, IndexValue, Opened, Sealed, Verdict } from "./types.js";

/**
 * The text of a result, a line a record and the rest, in which the records wait: parsing them would
 * be a tenth of the call, and not everybody looks.
 */
interface Records {
  text: string;
  /** Where the first two lines end. */
  first: number;
  second: number;
  verdict: Verdict | undefined;
  access: Access | undefined;
}

/**
 * Not enumerable, so that copies, comparisons and inspectors do not meet it; a property, so that
 * proxies and heirs of a result do.
 */
const RECORDS = Symbol("records");
interface Holder {
  [RECORDS]: Records;
}

const verdict = accessor(
  (of) => (of.verdict ??= JSON.parse(of.text.slice(0, of.first)) as Verdict),
);
const access = accessor(
  (of) => (of.access ??= JSON.parse(of.text.slice(of.first + 1, of.second)) as Access),
);

/**
 * To the caller a member like the others: own, enumerable. The same function for all results;
 * getters written into each object would be new ones, which the engine keeps until its next full
 * collection: two microseconds a call.
 */
function accessor<T>(read: (records: Records) => T): PropertyDescriptor {
  function get(this: Holder): T {
    return read(this[RECORDS]);
  }
  return { get, enumerable: true, configurable: true };
}

/** A result with its document, and where its records are. */
function holding<D extends Document>(
  kind: Kind,
  text: string,
): { document: D; [RECORDS]: Records } {
  const first = text.indexOf("\n");
  const second = text.indexOf("\n", first + 1);
  const result = { document: outgoing<D>(kind, text.slice(second + 1)) };
  const records: Records = { text, first, second, verdict: undefined, access: undefined };
  return Object.defineProperty(result, RECORDS, { value: records }) as {
    document: D;
    [RECORDS]: Records;
  };
}

/** Verdict, index values, document. */
export function sealed<D extends Document>(kind: Kind, text: string): Sealed<D> {
  const result = holding<D>(kind, text);
  const { first, second } = result[RECORDS];
  // Mostly there are none: `[]`.
  const indexes =
    second - first === 3 ? [] : (JSON.parse(text.slice(first + 1, second)) as IndexValue[]);
  const whole = Object.defineProperty(result, "verdict", verdict) as typeof result & Sealed<D>;
  whole.indexes = indexes;
  return whole;
}

/** Verdict, access record, document. */
export function opened<D extends Document>(kind: Kind, text: string): Opened<D> {
  const result = Object.defineProperty(holding<D>(kind, text), "verdict", verdict);
  return Object.defineProperty(result, "access", access) as object as Opened<D>;
}
