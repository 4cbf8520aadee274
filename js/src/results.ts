import { RECORDS, outgoing, type Kind } from "./document.js";
import type { Access, Document, IndexValue, Opened, Sealed, Verdict } from "./types.js";

/**
 * The text of a result: a line for each record, then the document. The records wait in it until
 * somebody reads them, since parsing them takes a tenth of the call.
 */
interface Records {
  text: string;
  /** The ends of the first two lines. */
  first: number;
  second: number;
  verdict: Verdict | undefined;
  access: Access | undefined;
}

/**
 * An object with the member that holds the records. Copies, comparisons and inspectors do not meet
 * it, since it is not enumerable; proxies and heirs of a result do, since it is a property.
 */
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
 * Makes a member that reads like the others: own, enumerable. All results share its function.
 * Getters written into each object would be new ones, which the engine keeps until its next full
 * collection: two microseconds a call.
 */
function accessor<T>(read: (records: Records) => T): PropertyDescriptor {
  function get(this: Holder): T {
    return read(this[RECORDS]);
  }
  return { get, enumerable: true, configurable: true };
}

/** Makes a result with its document, and the text of its records. */
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

/** Reads verdict, index values and document. */
export function sealed<D extends Document>(kind: Kind, text: string): Sealed<D> {
  const result = holding<D>(kind, text);
  const { first, second } = result[RECORDS];
  // Mostly an empty list: `[]`.
  const indexes =
    second - first === 3 ? [] : (JSON.parse(text.slice(first + 1, second)) as IndexValue[]);
  const whole = Object.defineProperty(result, "verdict", verdict) as typeof result & Sealed<D>;
  whole.indexes = indexes;
  return whole;
}

/** Reads verdict, access record and document. */
export function opened<D extends Document>(kind: Kind, text: string): Opened<D> {
  const result = Object.defineProperty(holding<D>(kind, text), "verdict", verdict);
  return Object.defineProperty(result, "access", access) as object as Opened<D>;
}
