import { RECORDS, outgoing, outgoingValue, type Kind } from "./document.js";
import type {
  Access,
  Document,
  IndexValue,
  Opened,
  OpenedValue,
  Sealed,
  SealedValue,
  Verdict,
} from "./types.js";

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

/** The texts of a result: those of its records, and what follows them. */
function split(text: string): [records: Records, rest: string] {
  const first = text.indexOf("\n");
  const second = text.indexOf("\n", first + 1);
  const records: Records = { text, first, second, verdict: undefined, access: undefined };
  return [records, text.slice(second + 1)];
}

/** Gives a result the records of its sealing. */
function withSealing<R extends object>(result: R, records: Records): R & Sealing {
  const { text, first, second } = records;
  // Mostly an empty list: `[]`.
  const indexes =
    second - first === 3 ? [] : (JSON.parse(text.slice(first + 1, second)) as IndexValue[]);
  const held = Object.defineProperty(result, RECORDS, { value: records });
  const whole = Object.defineProperty(held, "verdict", verdict) as R & Sealing;
  whole.indexes = indexes;
  return whole;
}

/** Gives a result the records of its opening. */
function withOpening<R extends object>(result: R, records: Records): R & Opening {
  const held = Object.defineProperty(result, RECORDS, { value: records });
  Object.defineProperty(held, "verdict", verdict);
  return Object.defineProperty(held, "access", access) as R & Opening;
}

type Sealing = { verdict: Verdict; indexes: IndexValue[] };
type Opening = { verdict: Verdict; access: Access };

/** Reads verdict, index values and document. */
export function sealed<D extends Document>(kind: Kind, text: string): Sealed<D> {
  const [records, document] = split(text);
  return withSealing({ document: outgoing<D>(kind, document) }, records);
}

/** Reads verdict, access record and document. */
export function opened<D extends Document>(kind: Kind, text: string): Opened<D> {
  const [records, document] = split(text);
  return withOpening({ document: outgoing<D>(kind, document) }, records);
}

/** Reads verdict, index values and envelope. */
export function sealedValue(text: string): SealedValue {
  const [records, envelope] = split(text);
  return withSealing({ envelope: JSON.parse(envelope) as string }, records);
}

/** Reads verdict, access record and value. */
export function openedValue(text: string): OpenedValue {
  const [records, value] = split(text);
  return withOpening({ value: outgoingValue(value) }, records);
}
