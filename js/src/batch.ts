import { encodeAnswers } from "./answers.js";
import { MOST_BATCH, tooLong } from "./bounds.js";
import { context, instant, unitsOf } from "./context.js";
import { withBytes, type Kind } from "./document.js";
import { FieldSealError } from "./error.js";
import { malformed } from "./faults.js";
import type { Instance } from "./instance.js";
import { handleIn } from "./keyring.js";
import { Pending } from "./pending.js";
import type { Context, KeyAnswer, KeySource, Settled } from "./types.js";
import type { BatchVerb } from "./verbs.js";
import type * as glue from "./wasm/glue.js";

/** The policy of a batch. */
export interface Batching {
  instance: Instance;
  /** The JSON values that one document may have. */
  values: number;
  /** Returns the policy, and throws where it was disposed of. */
  live(): glue.Policy;
}

/** Runs a verb of a policy over a batch, with one key request. */
export async function runBatch<C extends { context: Context }, R>(
  verb: BatchVerb<C, R>,
  { instance, values, live }: Batching,
  calls: Iterable<C>,
  keys: KeySource,
): Promise<Settled<R>[]> {
  const isIterable =
    typeof (calls as Partial<typeof calls> | null)?.[Symbol.iterator] === "function";
  if (!isIterable || typeof calls === "string")
    throw malformed(`calls are an iterable of ${verb.takes}`);
  live();
  const now = instant(Date.now());
  const batch = instance.run((glue) => glue.Calls.begin());
  const handles: { free(): void }[] = [batch];
  try {
    const collected: (Kind | FieldSealError)[] = [];
    const filled = { batch, bytes: 0 };
    for (const call of calls) collected.push(collect(verb, instance, filled, call, now, values));
    const ring = handleIn(instance, keys);
    // Again: the iterator ran code of the caller's.
    const policy = live();
    const settle = (results: glue.Results, fault?: FieldSealError): Settled<R>[] => {
      handles.push(results);
      return collected.map((kind) => outcome(kind, verb, instance, results, fault));
    };
    if (ring !== undefined) return settle(instance.run(() => verb.within(policy, ring, batch)));
    const step = instance.run(() => verb.begin(policy, batch));
    handles.push(step);
    const pending = new Pending(instance, step, verb.asks);
    const [answers, fault] = await answersTo(pending, keys);
    return settle(pending.finish(answers), fault);
  } finally {
    for (const handle of handles) instance.free(handle);
  }
}

/** A batch, and the bytes that are in it. */
interface Filled {
  batch: glue.Calls;
  bytes: number;
}

/** Puts a call into the batch. A malformed one has its outcome already. */
function collect<C extends { context: Context }, R>(
  verb: BatchVerb<C, R>,
  instance: Instance,
  filled: Filled,
  call: C | null,
  now: number,
  values: number,
): Kind | FieldSealError {
  try {
    if (typeof call !== "object" || call === null) throw malformed(`a call is ${verb.takes}`);
    const fields = context(call.context, () => now);
    const { given, place } = verb.incoming(call, values);
    withBytes(given, (bytes) => {
      // A UTF-16 unit is at most three bytes.
      const units = unitsOf(fields) + (place?.length ?? 0);
      const all = filled.bytes + bytes.length + 3 * units;
      if (all > MOST_BATCH) throw tooLong("the batch");
      instance.run(() => filled.batch.push(bytes, place, ...fields));
      filled.bytes = all;
    });
    return given.kind;
  } catch (error) {
    if (error instanceof FieldSealError && error.code !== "poisoned") return error;
    throw error;
  }
}

/**
 * Returns the answers to a batch, and the error of a source at fault. A source that fails is one
 * that answers `unavailable` throughout: the core says which documents that concerns, and a
 * document that needs no key has an outcome of its own. Answers of a wrong number or shape are
 * passed on as none: such a source fails, in every language, every document that was not refused
 * before.
 */
async function answersTo(
  pending: Pending<glue.Results>,
  keys: KeySource,
): Promise<[Uint8Array, FieldSealError | undefined]> {
  try {
    return [await pending.answers(keys), undefined];
  } catch (error) {
    if (!(error instanceof FieldSealError) || error.code === "poisoned") throw error;
    const length = error.code === "unavailable" ? pending.requests().length : 0;
    const all = Array.from({ length }, (): KeyAnswer => ({ code: "unavailable" }));
    return [encodeAnswers(all, length), error];
  }
}

function outcome<C, R>(
  kind: Kind | FieldSealError,
  verb: BatchVerb<C, R>,
  instance: Instance,
  results: glue.Results,
  fault: FieldSealError | undefined,
): Settled<R> {
  if (typeof kind !== "string") return { error: kind };
  try {
    return {
      ok: verb.read(
        kind,
        instance.run(() => results.next()),
      ),
    };
  } catch (error) {
    if (!(error instanceof FieldSealError) || error.code === "poisoned") throw error;
    // The core knows which value lacks its key; the source's own error says why.
    return { error: fault !== undefined && isDue(fault, error) ? because(fault, error) : error };
  }
}

/** Returns true if the core's error of a document is due to the fault of the source. */
function isDue(fault: FieldSealError, error: FieldSealError): boolean {
  return error.code === (fault.code === "unavailable" ? "unavailable" : "internal");
}

function because(fault: FieldSealError, { pointer }: FieldSealError): FieldSealError {
  const { code, message, cause } = fault;
  return new FieldSealError(message, {
    code,
    ...(cause === undefined ? {} : { cause }),
    ...(pointer === undefined ? {} : { pointer }),
  });
}
