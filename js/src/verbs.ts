import { boundText } from "./bounds.js";
import { context, strictOf, string, time } from "./context.js";
import { incoming, plainIncoming, type Incoming, type Kind } from "./document.js";
import { malformed } from "./faults.js";
import type { KeyFunction } from "./key-source.js";
import { membersOf } from "./members.js";
import { opened, openedValue, sealed, sealedValue } from "./results.js";
import type {
  ClearValue,
  Context,
  Document,
  EnvelopeAt,
  Opened,
  OpenedValue,
  Sealed,
  SealedValue,
  Verdict,
} from "./types.js";
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
    within: (policy, ring, bytes) => policy.sealWith(ring, bytes, undefined, ...fields),
    begin: (policy, bytes) => policy.beginSeal(bytes, undefined, ...fields),
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
    within: (policy, ring, bytes) => policy.openWith(ring, strict, bytes, undefined, ...fields),
    begin: (policy, bytes) => policy.beginOpen(strict, bytes, undefined, ...fields),
    read: (text) => opened<D>(given.kind, text),
  };
}

/** A value on its way in, with its place as it crosses: behind a line with the date. */
interface Placed {
  place: string;
  given: Incoming;
}

/** Reads a clear value with its place, and the date that its retention counts from. */
export function clearValue(place: unknown, value: unknown, from: unknown, values: number): Placed {
  return { place: placeOf(place, from), given: plainIncoming(value, values) };
}

/** Reads an envelope with its place. It crosses as the JSON string that a document has there. */
export function sealedText(place: unknown, envelope: unknown, values: number): Placed {
  if (typeof envelope !== "string") throw malformed("an envelope is a string");
  return { place: placeOf(place, undefined), given: plainIncoming(envelope, values) };
}

function placeOf(place: unknown, from: unknown): string {
  const text = string("place", place);
  if (text === undefined) throw malformed("a value has a place, a JSON pointer");
  const date = time("from", from) ?? "";
  if (date.includes("\n")) throw malformed("`from` is no date");
  return `${date}\n${text}`;
}

export function sealingValue(
  place: unknown,
  value: unknown,
  about: Context,
  options: unknown,
  values: number,
): Call<SealedValue> {
  const fields = context(about, Date.now);
  const { from } = membersOf("the options", ["from"], options);
  const { place: at, given } = clearValue(place, value, from, values);
  return {
    asks: "current",
    given,
    within: (policy, ring, bytes) => policy.sealWith(ring, bytes, at, ...fields),
    begin: (policy, bytes) => policy.beginSeal(bytes, at, ...fields),
    read: sealedValue,
  };
}

export function openingValue(
  place: unknown,
  envelope: unknown,
  about: Context,
  options: unknown,
  values: number,
): Call<OpenedValue> {
  const fields = context(about, Date.now);
  const strict = strictOf(membersOf("the options", ["strict"], options).strict);
  const { place: at, given } = sealedText(place, envelope, values);
  return {
    asks: "byId",
    given,
    within: (policy, ring, bytes) => policy.openWith(ring, strict, bytes, at, ...fields),
    begin: (policy, bytes) => policy.beginOpen(strict, bytes, at, ...fields),
    read: openedValue,
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

/** The steps of a verb over a batch, and its calls, each read as by the verb of one. */
export interface BatchVerb<C, R> {
  asks: KeyFunction;
  /** The members of a call, for messages. */
  takes: string;
  /** Reads what a call is about. */
  incoming(call: C, values: number): Pushed;
  within(policy: glue.Policy, ring: glue.Keyring, calls: glue.Calls): glue.Results;
  begin(policy: glue.Policy, calls: glue.Calls): glue.Step<glue.Results>;
  read(kind: Kind, text: string): R;
}

/** A document or value of a batch. */
export type Pushed = Partial<Omit<Placed, "given">> & { given: Incoming };

/** A document of a batch with its context. */
export interface DocumentCall<D> {
  document: D;
  context: Context;
}

const documents = {
  takes: "{ document, context }",
  incoming: ({ document }: DocumentCall<Document>, values: number): Pushed => ({
    given: incoming(document, values),
  }),
};

const sealMany = {
  asks: "current",
  within: (policy: glue.Policy, ring: glue.Keyring, calls: glue.Calls) =>
    policy.sealManyWith(ring, calls),
  begin: (policy: glue.Policy, calls: glue.Calls) => policy.beginSealMany(calls),
} as const;

const openMany = (strict: boolean) =>
  ({
    asks: "byId",
    within: (policy: glue.Policy, ring: glue.Keyring, calls: glue.Calls) =>
      policy.openManyWith(ring, strict, calls),
    begin: (policy: glue.Policy, calls: glue.Calls) => policy.beginOpenMany(strict, calls),
  }) as const;

// With `never` as the type of its document, a result is one of every type of document.

export const SEAL_MANY: BatchVerb<DocumentCall<Document>, Sealed<never>> = {
  ...documents,
  ...sealMany,
  read: sealed,
};

export function openingMany(strict: boolean): BatchVerb<DocumentCall<Document>, Opened<never>> {
  return { ...documents, ...openMany(strict), read: opened };
}

export const SEAL_VALUES: BatchVerb<ClearValue, SealedValue> = {
  ...sealMany,
  takes: "{ place, value, context }",
  incoming: ({ place, value, from }, values) => clearValue(place, value, from, values),
  read: (_, text) => sealedValue(text),
};

export function openingValues(strict: boolean): BatchVerb<EnvelopeAt, OpenedValue> {
  return {
    ...openMany(strict),
    takes: "{ place, envelope, context }",
    incoming: ({ place, envelope }, values) => sealedText(place, envelope, values),
    read: (_, text) => openedValue(text),
  };
}
