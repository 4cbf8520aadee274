// Every name of the contract is a name of the package, of the same shape, and the other way round.
// Only compiled: what differs does not compile.
import type * as contract from "./contract.js";
import type * as full from "fieldseal";
import type * as lite from "fieldseal/lite";
import type { instantiate } from "fieldseal/slim";

/**
 * `true` if each can stand for the other and neither has members that the other lacks; else nothing
 * can be assigned.
 */
type Same<A, B> = [A] extends [B]
  ? [B] extends [A]
    ? [keyof A] extends [keyof B]
      ? [keyof B] extends [keyof A]
        ? true
        : never
      : never
    : never
  : never;

export const fullTypes: [
  Same<contract.JsonObject, full.JsonObject>,
  Same<contract.Document, full.Document>,
  Same<contract.ErrorCode, full.ErrorCode>,
  Same<contract.Severity, full.Severity>,
  Same<contract.Finding, full.Finding>,
  Same<contract.FieldSealError, full.FieldSealError>,
  Same<contract.Context, full.Context>,
  Same<contract.KeyKind, full.KeyKind>,
  Same<contract.Operation, full.Operation>,
  Same<contract.KeyRequest, full.KeyRequest>,
  Same<contract.Key, full.Key>,
  Same<contract.Refusal, full.Refusal>,
  Same<contract.KeyAnswer, full.KeyAnswer>,
  Same<contract.KeySource, full.KeySource>,
  Same<contract.SyncKeySource, full.SyncKeySource>,
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
  Same<contract.Version, full.Version>,
  Same<contract.Settled<string>, full.Settled<string>>,
  Same<contract.Policy, full.Policy>,
  Same<contract.PersonRef, full.PersonRef>,
  Same<contract.KeyState, full.KeyState>,
  Same<contract.Keyring, full.Keyring>,
] = [
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
];

export const liteTypes: [
  Same<contract.JsonObject, lite.JsonObject>,
  Same<contract.Document, lite.Document>,
  Same<contract.ErrorCode, lite.ErrorCode>,
  Same<contract.Severity, lite.Severity>,
  Same<contract.Finding, lite.Finding>,
  Same<contract.FieldSealError, lite.FieldSealError>,
  Same<contract.Context, lite.Context>,
  Same<contract.KeyKind, lite.KeyKind>,
  Same<contract.Operation, lite.Operation>,
  Same<contract.KeyRequest, lite.KeyRequest>,
  Same<contract.Key, lite.Key>,
  Same<contract.Refusal, lite.Refusal>,
  Same<contract.KeyAnswer, lite.KeyAnswer>,
  Same<contract.KeySource, lite.KeySource>,
  Same<contract.SyncKeySource, lite.SyncKeySource>,
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
  Same<contract.Version, lite.Version>,
  Same<contract.Settled<string>, lite.Settled<string>>,
  Same<contract.Policy, lite.Policy>,
  Same<contract.PersonRef, lite.PersonRef>,
  Same<contract.KeyState, lite.KeyState>,
  Same<contract.Keyring, lite.Keyring>,
] = [
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
];

export const fullValues: [
  typeof full.FieldSealError extends typeof contract.FieldSealError ? true : never,
  Same<typeof contract.Policy, typeof full.Policy>,
  Same<typeof contract.Keyring, typeof full.Keyring>,
  Same<typeof contract.keysFrom, typeof full.keysFrom>,
  Same<typeof contract.restart, typeof full.restart>,
  Same<typeof contract.version, typeof full.version>,
] = [true, true, true, true, true, true];

/** No other values. */
export const fullNames: Same<keyof typeof contract, keyof typeof full> = true;

export const liteValues: [
  typeof lite.FieldSealError extends typeof contract.FieldSealError ? true : never,
  Same<typeof contract.Policy, typeof lite.Policy>,
  Same<typeof contract.Keyring, typeof lite.Keyring>,
  Same<typeof contract.keysFrom, typeof lite.keysFrom>,
  Same<typeof contract.restart, typeof lite.restart>,
  Same<typeof contract.version, typeof lite.version>,
] = [true, true, true, true, true, true];

/** No other values. */
export const liteNames: Same<keyof typeof contract, keyof typeof lite> = true;

type Slim = ReturnType<typeof instantiate>;
export const slimValues: Same<{ [Name in keyof Slim]: (typeof full)[Name] }, Slim> = true;
export const slimNames: Same<keyof Slim, keyof typeof full> = true;

/** The test itself can fail. */
// @ts-expect-error another type of one member
export const otherType: Same<{ a: string }, { a: number }> = true;
// @ts-expect-error an optional member more
export const otherMember: Same<{ a: string }, { a: string; b?: number }> = true;
