import { encodeAnswers } from "./answers.js";
import { context, instant } from "./context.js";
import { incoming, withBytes, type Kind } from "./document.js";
import { FieldSealError } from "./error.js";
import { malformed } from "./faults.js";
import type { Instance } from "./instance.js";
import { handleIn } from "./keyring.js";
import { Pending } from "./pending.js";
import type { Context, Document, KeyAnswer, KeySource, Settled } from "./types.js";
import type { BatchVerb } from "./verbs.js";
import type * as glue from "./wasm/glue.js";

/** The documents of a batch, each with its context. */
export type Calls<D> = Iterable<{ document: D; context: Context }>;

/**
 * Runs a verb over a batch, with one key request. `live` returns the policy, and throws where it
 * was disposed of.
 */
export async function runBatch<R>(
  verb: BatchVerb<R>,
  instance: Instance,
  live: () => glue.Policy,
  calls: Calls<Document>,
  keys: KeySource,
): Promise<Settled<R>[]> {
  if (typeof (calls as Partial<typeof calls> | null)?.[Symbol.iterator] !== "function")
    throw malformed("calls are an iterable of { document, context }");
  if (typeof calls === "string") throw malformed("calls are an iterable of { document, context }");
  live();
  const now = instant(Date.now());
  const batch = instance.run((glue) => glue.Calls.begin());
  const handles: { free(): void }[] = [batch];
  try {
    const collected: (Kind | FieldSealError)[] = [];
    for (const call of calls) collected.push(collect(instance, batch, call, now));
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

/** Puts a call into the batch. A malformed one has its outcome already. */
function collect(
  instance: Instance,
  batch: glue.Calls,
  call: unknown,
  now: number,
): Kind | FieldSealError {
  try {
    if (typeof call !== "object" || call === null)
      throw malformed("a call is { document, context }");
    const { document, context: about } = call as { document: Document; context: Context };
    const fields = context(about, () => now);
    const given = incoming(document);
    withBytes(given, (bytes) => instance.run(() => batch.push(bytes, ...fields)));
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

function outcome<R>(
  kind: Kind | FieldSealError,
  verb: BatchVerb<R>,
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
    return { error: error.code === fault?.code ? because(fault, error) : error };
  }
}

function because(fault: FieldSealError, { pointer }: FieldSealError): FieldSealError {
  const { code, message, cause } = fault;
  return new FieldSealError(message, {
    code,
    ...(cause === undefined ? {} : { cause }),
    ...(pointer === undefined ? {} : { pointer }),
  });
}
