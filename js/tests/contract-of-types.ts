// Every name of the contract is a name of the package, of the same shape, and the other way round.
// Only compiled: what differs does not compile.
import type * as contract from "./contract.js";
import type * as evaluator from "fieldseal";
import type * as full from "fieldseal/full";
import type * as lite from "fieldseal/lite";
import type { instantiate } from "fieldseal/slim";

/**
 * `true` if each can stand for the other and neither has members that the other lacks, else
 * `false`.
 */
type Same<A, B> = [A, B] extends [B, A]
  ? [keyof A, keyof B] extends [keyof B, keyof A]
    ? true
    : false
  : false;

/** Compiles only if all of them are `true`. */
type All<T extends true[]> = T;

export type Evaluator = All<
  [
    Same<contract.JsonObject, evaluator.JsonObject>,
    Same<contract.Document, evaluator.Document>,
    Same<contract.ErrorCode, evaluator.ErrorCode>,
    Same<contract.Severity, evaluator.Severity>,
    Same<contract.Finding, evaluator.Finding>,
    Same<contract.FieldSealError, evaluator.FieldSealError>,
    Same<contract.Context, evaluator.Context>,
    Same<contract.Consent, evaluator.Consent>,
    Same<contract.ClearValue, evaluator.ClearValue>,
    Same<contract.EnvelopeAt, evaluator.EnvelopeAt>,
    Same<contract.SealedValue, evaluator.SealedValue>,
    Same<contract.OpenedValue, evaluator.OpenedValue>,
    Same<contract.KeyKind, evaluator.KeyKind>,
    Same<contract.Operation, evaluator.Operation>,
    Same<contract.KeyRequest, evaluator.KeyRequest>,
    Same<contract.CurrentRequest, evaluator.CurrentRequest>,
    Same<contract.ByIdRequest, evaluator.ByIdRequest>,
    Same<contract.Key, evaluator.Key>,
    Same<contract.Refusal, evaluator.Refusal>,
    Same<contract.RefusalCause, evaluator.RefusalCause>,
    Same<contract.KeyAnswer, evaluator.KeyAnswer>,
    Same<contract.KeySource, evaluator.KeySource>,
    Same<contract.SyncKeySource, evaluator.SyncKeySource>,
    Same<contract.CacheOptions, evaluator.CacheOptions>,
    Same<contract.KeyCache, evaluator.KeyCache>,
    Same<contract.SyncKeyCache, evaluator.SyncKeyCache>,
    Same<contract.Limits, evaluator.Limits>,
    Same<contract.Draft, evaluator.Draft>,
    Same<contract.CompileOptions, evaluator.CompileOptions>,
    Same<contract.LocationCount, evaluator.LocationCount>,
    Same<contract.WithheldReason, evaluator.WithheldReason>,
    Same<contract.VerdictCode, evaluator.VerdictCode>,
    Same<contract.Verdict, evaluator.Verdict>,
    Same<contract.Access, evaluator.Access>,
    Same<contract.IndexValue, evaluator.IndexValue>,
    Same<contract.Sealed<string>, evaluator.Sealed<string>>,
    Same<contract.Opened<string>, evaluator.Opened<string>>,
    Same<contract.Coverage, evaluator.Coverage>,
    Same<contract.EnvelopeHead, evaluator.EnvelopeHead>,
    Same<contract.Version, evaluator.Version>,
    Same<contract.Settled<string>, evaluator.Settled<string>>,
    Same<contract.Policy, evaluator.Policy>,
    Same<contract.ItemRef, evaluator.ItemRef>,
    Same<contract.PersonRef, evaluator.PersonRef>,
    Same<contract.BucketOrItem, evaluator.BucketOrItem>,
    Same<contract.Erased, evaluator.Erased>,
    Same<contract.Rotated, evaluator.Rotated>,
    Same<contract.Erasure, evaluator.Erasure>,
    Same<contract.KeyState, evaluator.KeyState>,
    Same<contract.Keyring, evaluator.Keyring>,
    typeof evaluator.FieldSealError extends typeof contract.FieldSealError ? true : false,
    Same<typeof contract.Policy, typeof evaluator.Policy>,
    Same<typeof contract.Keyring, typeof evaluator.Keyring>,
    Same<typeof contract.cacheKeys, typeof evaluator.cacheKeys>,
    Same<typeof contract.inspectEnvelope, typeof evaluator.inspectEnvelope>,
    Same<typeof contract.keysFrom, typeof evaluator.keysFrom>,
    Same<typeof contract.restart, typeof evaluator.restart>,
    Same<typeof contract.version, typeof evaluator.version>,
    // No other values.
    Same<keyof typeof contract, keyof typeof evaluator>,
  ]
>;

export type Full = All<
  [
    Same<contract.JsonObject, full.JsonObject>,
    Same<contract.Document, full.Document>,
    Same<contract.ErrorCode, full.ErrorCode>,
    Same<contract.Severity, full.Severity>,
    Same<contract.Finding, full.Finding>,
    Same<contract.FieldSealError, full.FieldSealError>,
    Same<contract.Context, full.Context>,
    Same<contract.Consent, full.Consent>,
    Same<contract.ClearValue, full.ClearValue>,
    Same<contract.EnvelopeAt, full.EnvelopeAt>,
    Same<contract.SealedValue, full.SealedValue>,
    Same<contract.OpenedValue, full.OpenedValue>,
    Same<contract.KeyKind, full.KeyKind>,
    Same<contract.Operation, full.Operation>,
    Same<contract.KeyRequest, full.KeyRequest>,
    Same<contract.CurrentRequest, full.CurrentRequest>,
    Same<contract.ByIdRequest, full.ByIdRequest>,
    Same<contract.Key, full.Key>,
    Same<contract.Refusal, full.Refusal>,
    Same<contract.RefusalCause, full.RefusalCause>,
    Same<contract.KeyAnswer, full.KeyAnswer>,
    Same<contract.KeySource, full.KeySource>,
    Same<contract.SyncKeySource, full.SyncKeySource>,
    Same<contract.CacheOptions, full.CacheOptions>,
    Same<contract.KeyCache, full.KeyCache>,
    Same<contract.SyncKeyCache, full.SyncKeyCache>,
    Same<contract.Limits, full.Limits>,
    Same<contract.Draft, full.Draft>,
    Same<contract.CompileOptions, full.CompileOptions>,
    Same<contract.LocationCount, full.LocationCount>,
    Same<contract.WithheldReason, full.WithheldReason>,
    Same<contract.VerdictCode, full.VerdictCode>,
    Same<contract.Verdict, full.Verdict>,
    Same<contract.Access, full.Access>,
    Same<contract.IndexValue, full.IndexValue>,
    Same<contract.Sealed<string>, full.Sealed<string>>,
    Same<contract.Opened<string>, full.Opened<string>>,
    Same<contract.Coverage, full.Coverage>,
    Same<contract.EnvelopeHead, full.EnvelopeHead>,
    Same<contract.Version, full.Version>,
    Same<contract.Settled<string>, full.Settled<string>>,
    Same<contract.Policy, full.Policy>,
    Same<contract.ItemRef, full.ItemRef>,
    Same<contract.PersonRef, full.PersonRef>,
    Same<contract.BucketOrItem, full.BucketOrItem>,
    Same<contract.Erased, full.Erased>,
    Same<contract.Rotated, full.Rotated>,
    Same<contract.Erasure, full.Erasure>,
    Same<contract.KeyState, full.KeyState>,
    Same<contract.Keyring, full.Keyring>,
    typeof full.FieldSealError extends typeof contract.FieldSealError ? true : false,
    Same<typeof contract.Policy, typeof full.Policy>,
    Same<typeof contract.Keyring, typeof full.Keyring>,
    Same<typeof contract.cacheKeys, typeof full.cacheKeys>,
    Same<typeof contract.inspectEnvelope, typeof full.inspectEnvelope>,
    Same<typeof contract.keysFrom, typeof full.keysFrom>,
    Same<typeof contract.restart, typeof full.restart>,
    Same<typeof contract.version, typeof full.version>,
    // No other values.
    Same<keyof typeof contract, keyof typeof full>,
  ]
>;

/** `fieldseal/lite` is another name of the default entry. */
export type Lite = All<[Same<typeof evaluator, typeof lite>]>;

type Instantiated = ReturnType<typeof instantiate>;
export type Slim = All<
  [
    Same<{ [Name in keyof Instantiated]: (typeof evaluator)[Name] }, Instantiated>,
    Same<keyof Instantiated, keyof typeof evaluator>,
  ]
>;

/** The test itself can fail. */
// @ts-expect-error another type of one member
export type OtherType = All<[Same<{ a: string }, { a: number }>]>;
// @ts-expect-error an optional member more
export type OtherMember = All<[Same<{ a: string }, { a: string; b?: number }>]>;
// @ts-expect-error a parameter more
export type OtherParameter = All<[Same<(a: string) => void, (a: string, b: string) => void>]>;
