/// <reference lib="esnext.disposable" preserve="true" />
import type { Finding } from "./error.js";
import type {
  ClearValue,
  Context,
  Document,
  EnvelopeAt,
  JsonObject,
  Operation,
} from "./types-call.js";
import type {
  ByIdRequest,
  CurrentRequest,
  KeyRequest,
  KeySource,
  SyncKeySource,
} from "./types-keys.js";
import type { CompileOptions } from "./types-options.js";
import type {
  Coverage,
  Opened,
  OpenedValue,
  Sealed,
  SealedValue,
  Settled,
  Verdict,
} from "./types-results.js";

/**
 * A compiled schema: immutable, reusable, the one long-lived object. It holds memory of the
 * WebAssembly instance until it is collected or disposed of.
 *
 * ```ts
 * const policy = Policy.compile({
 *   "x-schema-family": "customers",
 *   properties: { email: { type: "string", "x-protection": {} } },
 * });
 * const keys = Keyring.memory();
 * const context = { record: "7", subject: "ada" };
 * const { document } = await policy.seal('{"email":"ada@example.com"}', context, keys);
 * ```
 */
export declare class Policy {
  private constructor();

  /**
   * Compiles a JSON Schema, object or text, with `x-protection` in it or in `options.overlay`.
   *
   * @throws {FieldSealError} `schema` with all findings, `limit`
   */
  static compile(schema: JsonObject | string, options?: CompileOptions): Policy;

  /** The warnings and notes of the compile. */
  readonly findings: readonly Finding[];

  /**
   * Seals what the schema marks; everything else stays as it is, byte for byte if text is given.
   * All or nothing. The document is read before this returns.
   *
   * @throws {FieldSealError} `document limit context invalid conflict already-sealed`, and for keys
   *   `erased restricted denied not-found unavailable internal`
   */
  seal<D extends Document>(document: D, context: Context, keys: KeySource): Promise<Sealed<D>>;

  /**
   * Opens what is sealed, given the same context. A value whose key is erased, restricted or denied
   * becomes its placeholder and is listed in `access.withheld`; with `strict` the first one is an
   * error of that code.
   *
   * @throws {FieldSealError} `document limit context not-sealed unsupported integrity`, and for
   *   keys `not-found unavailable internal`
   */
  open<D extends Document>(
    document: D,
    context: Context & { strict?: boolean },
    keys: KeySource,
  ): Promise<Opened<D>>;

  /** Does what {@link seal} does, with keys that are at hand. */
  sealSync<D extends Document>(document: D, context: Context, keys: SyncKeySource): Sealed<D>;

  /** Does what {@link open} does, with keys that are at hand. */
  openSync<D extends Document>(
    document: D,
    context: Context & { strict?: boolean },
    keys: SyncKeySource,
  ): Opened<D>;

  /**
   * Seals many documents with one key request; one outcome each, in order. A fault of a document or
   * its keys is its outcome; answers of a wrong number or shape are that of every document that was
   * not refused before. The promise rejects only for `poisoned`, for a policy that was disposed of,
   * and for calls that are no iterable or throw while they are read.
   */
  sealMany<D extends Document>(
    calls: Iterable<{ document: D; context: Context }>,
    keys: KeySource,
  ): Promise<Settled<Sealed<D>>[]>;

  /** Opens many documents with one key request; one outcome each, in order. */
  openMany<D extends Document>(
    calls: Iterable<{ document: D; context: Context }>,
    keys: KeySource,
    options?: { strict?: boolean },
  ): Promise<Settled<Opened<D>>[]>;

  /**
   * Seals one value without its document: a column of a table, a cell of a file. The envelope is
   * that of {@link seal} in a document whose value is at `place`, a JSON Pointer such as
   * `/customer/email`; the pointer of the marked schema also counts if it describes no other place.
   * `value` is a JSON value; a string is the string and not JSON text. The subject of the context
   * stands for whatever a subject pointer names, and `options.from` for the date of the document
   * that a retention counts from. The schemas that apply at the place in every document judge the
   * value.
   *
   * @throws {FieldSealError} those of {@link seal}; `context` also for a place where no value can be
   *   marked or that is ambiguous, and for a missing subject or `from`
   */
  sealValue(
    place: string,
    value: unknown,
    context: Context,
    keys: KeySource,
    options?: { from?: string | Date },
  ): Promise<SealedValue>;

  /** Does what {@link sealValue} does, with keys that are at hand. */
  sealValueSync(
    place: string,
    value: unknown,
    context: Context,
    keys: SyncKeySource,
    options?: { from?: string | Date },
  ): SealedValue;

  /**
   * Opens the envelope of one value without its document, as {@link open} opens it at `place`. A
   * value whose key is erased, restricted or denied becomes its placeholder; with `strict` it is an
   * error of that code.
   *
   * @throws {FieldSealError} those of {@link open}; `context` also as in {@link sealValue}
   */
  openValue(
    place: string,
    envelope: string,
    context: Context,
    keys: KeySource,
    options?: { strict?: boolean },
  ): Promise<OpenedValue>;

  /** Does what {@link openValue} does, with keys that are at hand. */
  openValueSync(
    place: string,
    envelope: string,
    context: Context,
    keys: SyncKeySource,
    options?: { strict?: boolean },
  ): OpenedValue;

  /**
   * Seals many values with one key request, each at its own place and in its own context; one
   * outcome each, in order, as {@link sealMany}.
   */
  sealValues(calls: Iterable<ClearValue>, keys: KeySource): Promise<Settled<SealedValue>[]>;

  /** Opens many envelopes with one key request; one outcome each, in order. */
  openValues(
    calls: Iterable<EnvelopeAt>,
    keys: KeySource,
    options?: { strict?: boolean },
  ): Promise<Settled<OpenedValue>[]>;

  /**
   * Checks a sealed document without keys: it must fit the sealed schema, with envelopes that the
   * policy accepts exactly where they must stand. Faults are in the verdict; an altered ciphertext
   * only `checkDeep` and `open` can see.
   *
   * @throws {FieldSealError} `document`, `limit`
   */
  check(document: Document): Verdict;

  /**
   * Checks a sealed document with keys: opens every envelope, judges the clear document, and shows
   * nothing of it.
   *
   * @throws {FieldSealError} `document`, `limit`, `context`, `unavailable`
   */
  checkDeep(document: Document, context: Context, keys: KeySource): Promise<Verdict>;

  /** Does what {@link checkDeep} does, with keys that are at hand. */
  checkDeepSync(document: Document, context: Context, keys: SyncKeySource): Verdict;

  /**
   * Returns the keys that a call will ask for. Await the answers, then pass
   * `keysFrom(requests, answers)` to a …Sync call.
   *
   * @throws {FieldSealError} `document limit context`, and `unsupported` for `reseal`, which is not
   *   built yet
   */
  requiredKeys(document: Document, context: Context, operation: "seal"): CurrentRequest[];
  requiredKeys(
    document: Document,
    context: Context & { strict?: boolean },
    operation: "open",
  ): ByIdRequest[];
  requiredKeys(document: Document, context: Context, operation: Operation): KeyRequest[];

  /**
   * Returns the tokens of a value in an index, to search by: one for each way in which the markers
   * of that index make them. `value` is a JSON value, read by the rules of plain values; a string
   * is the string and not JSON text. `null` has no token unless `options.null` is true, since it
   * would find every record whose value is `null`. An index `per` subject is searched for the
   * subject of the context. Keys are asked for as in sealing.
   *
   * @throws {FieldSealError} `context` for a name that no index has, `document invalid limit` for
   *   the value, and for keys `erased restricted denied not-found unavailable internal`
   */
  indexValues(
    name: string,
    value: unknown,
    context: Context,
    keys: KeySource,
    options?: { null?: boolean },
  ): Promise<string[]>;

  /** Does what {@link indexValues} does, with keys that are at hand. */
  indexValuesSync(
    name: string,
    value: unknown,
    context: Context,
    keys: SyncKeySource,
    options?: { null?: boolean },
  ): string[];

  /**
   * Returns plain JSON Schema for the clear and the sealed form, for any validator.
   *
   * @throws {FieldSealError} `limit`
   */
  schemas(): { plaintext: JsonObject; sealed: JsonObject };

  /** Returns the places that are sealed, with their keys' owners, and those that stay clear. */
  coverage(): Coverage;

  /** Returns the coverage as a table for people. */
  coverageText(format: "text" | "markdown"): string;

  /** Gives the memory back at once. Calls under way finish; later ones are `internal`. */
  [Symbol.dispose](): void;
}
