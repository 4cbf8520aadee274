import { ask, encodeAnswers, requests, unavailable, type KeyFunction } from "./answers.js";
import { context, instant, malformed } from "./context.js";
import { incoming, withBytes, type Kind } from "./document.js";
import { FieldSealError } from "./error.js";
import type * as glue from "./wasm/glue.js";
import type { Instance } from "./instance.js";
import { handleIn, isElsewhere } from "./keyring.js";
import type { Context, Document, KeyAnswer, KeySource, Opened, Sealed, Settled } from "./types.js";

type Calls<D> = Iterable<{ document: D; context: Context }>;
/** The policy; throws where it was disposed of. */
type Live = () => glue.Policy;
type Reader<R> = (kind: Kind, text: string) => R;

/** See `Policy.sealMany`. */
export function sealMany<D extends Document>(
  instance: Instance,
  live: Live,
  calls: Calls<D>,
  keys: KeySource,
  read: Reader<Sealed<D>>,
): Promise<Settled<Sealed<D>>[]> {
  return many(instance, live, calls, keys, read, "current", {
    with: (policy, ring, batch, now) => policy.sealManyWith(ring, batch, now),
    begin: (policy, mustAsk, batch) => policy.beginSealMany(mustAsk, batch),
    finish: (step, answers) => step.finish(answers),
  });
}

/** See `Policy.openMany`. */
export function openMany<D extends Document>(
  instance: Instance,
  live: Live,
  calls: Calls<D>,
  keys: KeySource,
  strict: boolean,
  read: Reader<Opened<D>>,
): Promise<Settled<Opened<D>>[]> {
  return many(instance, live, calls, keys, read, "byId", {
    with: (policy, ring, batch, now) => policy.openManyWith(ring, strict, batch, now),
    begin: (policy, mustAsk, batch) => policy.beginOpenMany(mustAsk, batch),
    finish: (step, answers) => step.finish(answers, strict),
  });
}

interface Verb<S extends glue.Step> {
  with(policy: glue.Policy, ring: glue.Keyring, batch: glue.Calls, now: number): glue.Results;
  begin(policy: glue.Policy, mustAsk: boolean, batch: glue.Calls): S;
  finish(step: S, answers: Uint8Array): glue.Results;
}

async function many<S extends glue.Step, R>(
  instance: Instance,
  live: Live,
  calls: Calls<Document>,
  keys: KeySource,
  read: Reader<R>,
  name: KeyFunction,
  verb: Verb<S>,
): Promise<Settled<R>[]> {
  if (
    typeof (calls as Partial<Calls<Document>> | undefined | null)?.[Symbol.iterator] !==
      "function" ||
    typeof calls === "string"
  ) {
    throw malformed("calls are an iterable of { document, context }");
  }
  live();
  const now = instant(Date.now());
  const batch = instance.run((glue) => glue.Calls.begin());
  const collected: (Kind | FieldSealError)[] = [];
  const handles: { free(): void }[] = [batch];
  try {
    for (const call of calls) collected.push(collect(instance, batch, call, now));
    const [ring, mustAsk] = [handleIn(instance, keys), isElsewhere(instance, keys)];
    // Again: what collected the calls ran code of the caller's.
    const policy = live();
    if (ring !== undefined) {
      const results = instance.run(() => verb.with(policy, ring, batch, now));
      handles.push(results);
      return settle(instance, collected, results, read);
    }
    const step = instance.run(() => verb.begin(policy, mustAsk, batch));
    handles.push(step);
    const [answers, fault] = await answersOf(instance, step, name, keys);
    try {
      const results = instance.run(() => verb.finish(step, answers));
      handles.push(results);
      return settle(instance, collected, results, read, fault);
    } finally {
      answers.fill(0);
    }
  } finally {
    for (const handle of handles) instance.free(handle);
  }
}

/** Puts a call into the batch; one that is malformed already is its own outcome. */
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
    withBytes(given, (text) => instance.run(() => batch.push(text, ...fields)));
    return given.kind;
  } catch (error) {
    if (error instanceof FieldSealError && error.code !== "poisoned") return error;
    throw error;
  }
}

/**
 * The answers to a batch. A source that fails is one that answers `unavailable` throughout: the
 * core says which documents that concerns, and one that needs no keys has its own outcome. Answers
 * of a wrong number or shape are passed on as none: a source at fault like that fails, in every
 * language, every document that was not refused before.
 */
async function answersOf(
  instance: Instance,
  step: glue.Step,
  name: KeyFunction,
  keys: KeySource,
): Promise<[Uint8Array, FieldSealError | undefined]> {
  const asked = requests(instance.run(() => step.requests()));
  const { length } = asked;
  if (length === 0) return [new Uint8Array(), undefined];
  try {
    const asking = ask(keys, name, asked);
    let answers: KeyAnswer[];
    try {
      answers = await asking;
    } catch (cause) {
      throw unavailable(cause);
    }
    return [encodeAnswers(answers, length), undefined];
  } catch (error) {
    if (!(error instanceof FieldSealError)) throw error;
    const all: KeyAnswer[] =
      error.code === "unavailable" ? Array.from({ length }, () => ({ code: "unavailable" })) : [];
    return [encodeAnswers(all, all.length), error];
  }
}

function settle<R>(
  instance: Instance,
  collected: (Kind | FieldSealError)[],
  results: glue.Results,
  read: Reader<R>,
  fault?: FieldSealError,
): Settled<R>[] {
  return collected.map((kind) => {
    if (typeof kind !== "string") return { error: kind };
    try {
      return {
        ok: read(
          kind,
          instance.run(() => results.next()),
        ),
      };
    } catch (error) {
      if (!(error instanceof FieldSealError) || error.code === "poisoned") throw error;
      // The core knows which value lacks its key; the source's own error says why.
      return { error: error.code === fault?.code ? because(fault, error) : error };
    }
  });
}

function because(fault: FieldSealError, { pointer }: FieldSealError): FieldSealError {
  const { code, message, cause } = fault;
  return new FieldSealError(message, {
    code,
    ...(cause === undefined ? {} : { cause }),
    ...(pointer === undefined ? {} : { pointer }),
  });
}
