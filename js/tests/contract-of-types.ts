// Every name of the contract is a name of the package, of the same shape, and the other way round.
// Only compiled: what differs does not compile.
import type * as contract from "./contract.js";
import type * as full from "fieldseal";
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

export type Lite = All<
  [
    Same<contract.JsonObject, lite.JsonObject>,
    Same<contract.Document, lite.Document>,
    Same<contract.ErrorCode, lite.ErrorCode>,
    Same<contract.Severity, lite.Severity>,
    Same<contract.Finding, lite.Finding>,
    Same<contract.FieldSealError, lite.FieldSealError>,
    Same<contract.Context, lite.Context>,
    Same<contract.Consent, lite.Consent>,
    Same<contract.KeyKind, lite.KeyKind>,
    Same<contract.Operation, lite.Operation>,
    Same<contract.KeyRequest, lite.KeyRequest>,
    Same<contract.CurrentRequest, lite.CurrentRequest>,
    Same<contract.ByIdRequest, lite.ByIdRequest>,
    Same<contract.Key, lite.Key>,
    Same<contract.Refusal, lite.Refusal>,
    Same<contract.RefusalCause, lite.RefusalCause>,
    Same<contract.KeyAnswer, lite.KeyAnswer>,
    Same<contract.KeySource, lite.KeySource>,
    Same<contract.SyncKeySource, lite.SyncKeySource>,
    Same<contract.CacheOptions, lite.CacheOptions>,
    Same<contract.KeyCache, lite.KeyCache>,
    Same<contract.SyncKeyCache, lite.SyncKeyCache>,
    Same<contract.Limits, lite.Limits>,
    Same<contract.Draft, lite.Draft>,
    Same<contract.CompileOptions, lite.CompileOptions>,
    Same<contract.LocationCount, lite.LocationCount>,
    Same<contract.WithheldReason, lite.WithheldReason>,
    Same<contract.VerdictCode, lite.VerdictCode>,
    Same<contract.Verdict, lite.Verdict>,
    Same<contract.Access, lite.Access>,
    Same<contract.IndexValue, lite.IndexValue>,
    Same<contract.Sealed<string>, lite.Sealed<string>>,
    Same<contract.Opened<string>, lite.Opened<string>>,
    Same<contract.Coverage, lite.Coverage>,
    Same<contract.EnvelopeHead, lite.EnvelopeHead>,
    Same<contract.Version, lite.Version>,
    Same<contract.Settled<string>, lite.Settled<string>>,
    Same<contract.Policy, lite.Policy>,
    Same<contract.ItemRef, lite.ItemRef>,
    Same<contract.PersonRef, lite.PersonRef>,
    Same<contract.BucketOrItem, lite.BucketOrItem>,
    Same<contract.Erased, lite.Erased>,
    Same<contract.Rotated, lite.Rotated>,
    Same<contract.Erasure, lite.Erasure>,
    Same<contract.KeyState, lite.KeyState>,
    Same<contract.Keyring, lite.Keyring>,
    typeof lite.FieldSealError extends typeof contract.FieldSealError ? true : false,
    Same<typeof contract.Policy, typeof lite.Policy>,
    Same<typeof contract.Keyring, typeof lite.Keyring>,
    Same<typeof contract.cacheKeys, typeof lite.cacheKeys>,
    Same<typeof contract.inspectEnvelope, typeof lite.inspectEnvelope>,
    Same<typeof contract.keysFrom, typeof lite.keysFrom>,
    Same<typeof contract.restart, typeof lite.restart>,
    Same<typeof contract.version, typeof lite.version>,
    // No other values.
    Same<keyof typeof contract, keyof typeof lite>,
  ]
>;

type Instantiated = ReturnType<typeof instantiate>;
export type Slim = All<
  [
    Same<{ [Name in keyof Instantiated]: (typeof full)[Name] }, Instantiated>,
    Same<keyof Instantiated, keyof typeof full>,
  ]
>;

/** The test itself can fail. */
// @ts-expect-error another type of one member
export type OtherType = All<[Same<{ a: string }, { a: number }>]>;
// @ts-expect-error an optional member more
export type OtherMember = All<[Same<{ a: string }, { a: string; b?: number }>]>;
// @ts-expect-error a parameter more
export type OtherParameter = All<[Same<(a: string) => void, (a: string, b: string) => void>]>;
