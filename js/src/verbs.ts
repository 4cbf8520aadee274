import type { ContextFields } from "./context.js";
import type { KeyFunction } from "./key-source.js";
import type { Kind } from "./document.js";
import { opened, sealed } from "./results.js";
import type { Opened, Sealed, Verdict } from "./types.js";
import type * as glue from "./wasm/glue.js";

/** The steps of a verb over one document; `strict` matters to opening alone. */
export interface Verb<S extends glue.Step, R> {
  /** The function of a key source that answers this verb. */
  asks: KeyFunction;
  /** Whether its context may have the member `strict`. */
  canBeStrict: boolean;
  /** Runs both steps at once, under a keyring of the same instance. */
  within(
    policy: glue.Policy,
    ring: glue.Keyring,
    bytes: Uint8Array,
    fields: ContextFields,
    strict: boolean,
  ): string;
  /** Runs the first step, which says what keys are needed. */
  begin(policy: glue.Policy, mustAsk: boolean, bytes: Uint8Array, fields: ContextFields): S;
  /** Runs the second step, with the answers. */
  finish(step: S, answers: Uint8Array, strict: boolean): string;
  /** Reads the result, for a document that was given in this kind. */
  read(kind: Kind, text: string): R;
}

/** The steps of a verb over a batch, whose results are read as those of one document. */
export interface BatchVerb<S extends glue.Step, R> {
  asks: KeyFunction;
  within(
    policy: glue.Policy,
    ring: glue.Keyring,
    calls: glue.Calls,
    now: number,
    strict: boolean,
  ): glue.Results;
  begin(policy: glue.Policy, mustAsk: boolean, calls: glue.Calls): S;
  finish(step: S, answers: Uint8Array, strict: boolean): glue.Results;
  read(kind: Kind, text: string): R;
}

// `never` as the document's type: such a result is one of every type of document.

export const SEAL: Verb<glue.Sealing, Sealed<never>> = {
  asks: "current",
  canBeStrict: false,
  within: (policy, ring, bytes, fields) => policy.sealWith(ring, bytes, ...fields),
  begin: (policy, mustAsk, bytes, fields) => policy.beginSeal(mustAsk, bytes, ...fields),
  finish: (step, answers) => step.finish(answers),
  read: sealed,
};

export const OPEN: Verb<glue.Opening, Opened<never>> = {
  asks: "byId",
  canBeStrict: true,
  within: (policy, ring, bytes, fields, strict) => policy.openWith(ring, strict, bytes, ...fields),
  begin: (policy, mustAsk, bytes, fields) => policy.beginOpen(mustAsk, bytes, ...fields),
  finish: (step, answers, strict) => step.finish(answers, strict),
  read: opened,
};

export const CHECK: Verb<glue.Checking, Verdict> = {
  asks: "byId",
  canBeStrict: false,
  within: (policy, ring, bytes, fields) => policy.checkWith(ring, bytes, ...fields),
  begin: (policy, mustAsk, bytes, fields) => policy.beginCheck(mustAsk, bytes, ...fields),
  finish: (step, answers) => step.finish(answers),
  read: (_, text) => JSON.parse(text) as Verdict,
};

export const SEAL_MANY: BatchVerb<glue.SealingMany, Sealed<never>> = {
  asks: "current",
  within: (policy, ring, calls, now) => policy.sealManyWith(ring, calls, now),
  begin: (policy, mustAsk, calls) => policy.beginSealMany(mustAsk, calls),
  finish: (step, answers) => step.finish(answers),
  read: sealed,
};

export const OPEN_MANY: BatchVerb<glue.OpeningMany, Opened<never>> = {
  asks: "byId",
  within: (policy, ring, calls, now, strict) => policy.openManyWith(ring, strict, calls, now),
  begin: (policy, mustAsk, calls) => policy.beginOpenMany(mustAsk, calls),
  finish: (step, answers, strict) => step.finish(answers, strict),
  read: opened,
};
