import { boundText } from "./bounds.js";
import { context, strictOf } from "./context.js";
import { incoming, plainIncoming, type Incoming, type Kind } from "./document.js";
import { malformed } from "./faults.js";
import type { KeyFunction } from "./key-source.js";
import { membersOf } from "./members.js";
import { opened, sealed } from "./results.js";
import type { Context, Document, Opened, Sealed, Verdict } from "./types.js";
import type * as glue from "./wasm/glue.js";

/** A call of a verb, with its arguments read. */
export interface Call<R> {
  /** The function of a key source that answers this verb. */
  asks: KeyFunction;
  /** The document or the value, whose bytes the steps are given. */
  given: Incoming;
  /** Runs both steps at once, under a keyring of the same instance. */
  within(policy: glue.Policy, ring: glue.Keyring, bytes: Uint8Array): string;
  /** Runs the first step, which names the keys that are needed. */
  begin(policy: glue.Policy, bytes: Uint8Array): glue.Step<string>;
  /** Reads the result. */
  read(text: string): R;
}

export function sealing<D extends Document>(
  document: D,
  about: Context,
  values: number,
): Call<Sealed<D>> {
  const fields = context(about, Date.now);
  const given = incoming(document, values);
  return {
    asks: "current",
    given,
    within: (policy, ring, bytes) => policy.sealWith(ring, bytes, ...fields),
    begin: (policy, bytes) => policy.beginSeal(bytes, ...fields),
    read: (text) => sealed<D>(given.kind, text),
  };
}

export function opening<D extends Document>(
  document: D,
  about: Context & { strict?: boolean },
  values: number,
): Call<Opened<D>> {
  const fields = context(about, Date.now, true);
  const strict = strictOf(about.strict);
  const given = incoming(document, values);
  return {
    asks: "byId",
    given,
    within: (policy, ring, bytes) => policy.openWith(ring, strict, bytes, ...fields),
    begin: (policy, bytes) => policy.beginOpen(strict, bytes, ...fields),
    read: (text) => opened<D>(given.kind, text),
  };
}

export function checking(document: Document, about: Context, values: number): Call<Verdict> {
  const fields = context(about, Date.now);
  const given = incoming(document, values);
  return {
    asks: "byId",
    given,
    within: (policy, ring, bytes) => policy.checkWith(ring, bytes, ...fields),
    begin: (policy, bytes) => policy.beginCheck(bytes, ...fields),
    read: (text) => JSON.parse(text) as Verdict,
  };
}

export function searching(
  name: unknown,
  value: unknown,
  about: Context,
  options: unknown,
  values: number,
): Call<string[]> {
  if (typeof name !== "string") throw malformed("the name of an index is a string");
  boundText("the name of an index", name.length);
  const { null: canBeNull = false } = membersOf("the options", ["null"], options);
  if (typeof canBeNull !== "boolean") throw malformed("`null` is true or false");
  const fields = context(about, Date.now);
  return {
    asks: "current",
    given: plainIncoming(value, values),
    within: (policy, ring, bytes) =>
      policy.indexValuesWith(ring, name, bytes, canBeNull, ...fields),
    begin: (policy, bytes) => policy.beginIndexValues(name, bytes, canBeNull, ...fields),
    read: (text) => JSON.parse(text) as string[],
  };
}

/** The steps of a verb over a batch, whose results are read as those of one document. */
export interface BatchVerb<R> {
  asks: KeyFunction;
  within(policy: glue.Policy, ring: glue.Keyring, calls: glue.Calls): glue.Results;
  begin(policy: glue.Policy, calls: glue.Calls): glue.Step<glue.Results>;
  read(kind: Kind, text: string): R;
}

// With `never` as the type of its document, a result is one of every type of document.

export const SEAL_MANY: BatchVerb<Sealed<never>> = {
  asks: "current",
  within: (policy, ring, calls) => policy.sealManyWith(ring, calls),
  begin: (policy, calls) => policy.beginSealMany(calls),
  read: sealed,
};

export function openMany(strict: boolean): BatchVerb<Opened<never>> {
  return {
    asks: "byId",
    within: (policy, ring, calls) => policy.openManyWith(ring, strict, calls),
    begin: (policy, calls) => policy.beginOpenMany(strict, calls),
    read: opened,
  };
}
