import { faultOf, refuseMore } from "./arguments.js";
import { runBatch } from "./batch.js";
import { boundText } from "./bounds.js";
import { CONTEXT, OPENING, context, strictOf } from "./context.js";
import { incoming, withBytes, type Incoming } from "./document.js";
import { FieldSealError, type Finding } from "./error.js";
import { internal, malformed } from "./faults.js";
import type { Engine, Instance } from "./instance.js";
import { handleIn } from "./keyring.js";
import { membersOf } from "./members.js";
import { Pending } from "./pending.js";
import { requests } from "./requests.js";
import { optionsText, schemaText, valuesOf } from "./schema.js";
import type {
  ClearValue,
  CompileOptions,
  Context,
  Coverage,
  Document,
  EnvelopeAt,
  JsonObject,
  KeyRequest,
  KeySource,
  Opened,
  OpenedValue,
  Operation,
  Sealed,
  SealedValue,
  Settled,
  SyncKeySource,
  Verdict,
} from "./types.js";
import type * as types from "./types.js";
import {
  SEAL_MANY,
  SEAL_VALUES,
  checking,
  opening,
  openingMany,
  openingValue,
  openingValues,
  sealing,
  sealingValue,
  searching,
  type BatchVerb,
  type Call,
  type DocumentCall,
} from "./verbs.js";
import type * as glue from "./wasm/glue.js";

type Openable = Context & { strict?: boolean };

/** The arguments of the verbs of a document. */
const DOCUMENT_CALL = "document, context and keys";
/** The arguments of the verbs of one value. */
const SEAL_VALUE_CALL = "place, value, context, keys and options";
const OPEN_VALUE_CALL = "place, envelope, context, keys and options";
/** The arguments of the verbs of an index. */
const INDEX_CALL = "name, value, context, keys and options";

/** `Symbol.dispose`, or the symbol that polyfills take where an engine lacks it. */
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/** Makes the class `Policy` of an engine. */
export function policyOf(engine: Engine): typeof types.Policy {
  class Policy extends PolicyBody {
    static compile(
      schema: JsonObject | string,
      options?: CompileOptions,
      ...more: unknown[]
    ): PolicyBody {
      const fault = faultOf("schema and options", more);
      const texts = [schemaText(schema), optionsText(options, fault)] as const;
      const instance = engine.instance;
      const lack = engine.lackOfEntropy();
      const compile = (): glue.Policy =>
        instance.run((glue) => glue.Policy.compile(...texts, lack === undefined));
      const handle = lack === undefined ? compile() : withoutEntropy(compile, lack.cause);
      return new Policy(instance, handle, valuesOf(texts[1]));
    }
  }
  return Policy as unknown as typeof types.Policy;
}

/**
 * Compiles where the host gives no random bytes: a schema that the evaluator decides.
 *
 * @throws {FieldSealError} `internal`, with the cause, if the schema needs the validator crate
 */
function withoutEntropy(compile: () => glue.Policy, cause: unknown): glue.Policy {
  try {
    return compile();
  } catch (error) {
    const findings = error instanceof FieldSealError ? (error.findings ?? []) : [];
    if (!findings.some(({ id }) => id === "validator-needed")) throw error;
    throw new FieldSealError(
      "the host gives no random bytes here, and this schema needs the validator crate, which " +
        "draws some: compile inside of a handler, where it is a Worker",
      { code: "internal", cause },
    );
  }
}

class PolicyBody {
  readonly #instance: Instance;
  /** The JSON values that one document may have. */
  readonly #values: number;
  #handle: glue.Policy | undefined;
  #findings: readonly Finding[] | undefined;

  constructor(instance: Instance, handle: glue.Policy, values: number) {
    if (handle === undefined) throw internal("a policy comes from Policy.compile()");
    this.#instance = instance;
    this.#values = values;
    this.#handle = handle;
  }

  async seal<D extends Document>(
    document: D,
    about: Context,
    keys: KeySource,
    ...more: unknown[]
  ): Promise<Sealed<D>> {
    refuseMore(DOCUMENT_CALL, more, CONTEXT);
    return this.#await(sealing(document, about, this.#values), keys);
  }

  sealSync<D extends Document>(
    document: D,
    about: Context,
    keys: SyncKeySource,
    ...more: unknown[]
  ): Sealed<D> {
    refuseMore(DOCUMENT_CALL, more, CONTEXT);
    return this.#settle(sealing(document, about, this.#values), keys);
  }

  async open<D extends Document>(
    document: D,
    about: Openable,
    keys: KeySource,
    ...more: unknown[]
  ): Promise<Opened<D>> {
    refuseMore(DOCUMENT_CALL, more, OPENING);
    return this.#await(opening(document, about, this.#values), keys);
  }

  openSync<D extends Document>(
    document: D,
    about: Openable,
    keys: SyncKeySource,
    ...more: unknown[]
  ): Opened<D> {
    refuseMore(DOCUMENT_CALL, more, OPENING);
    return this.#settle(opening(document, about, this.#values), keys);
  }

  async sealMany<D extends Document>(
    calls: Iterable<DocumentCall<D>>,
    keys: KeySource,
    ...more: unknown[]
  ): Promise<Settled<Sealed<D>>[]> {
    refuseMore("calls and keys", more);
    return this.#runBatch(SEAL_MANY, calls, keys);
  }

  async openMany<D extends Document>(
    calls: Iterable<DocumentCall<D>>,
    keys: KeySource,
    options: { strict?: boolean } = {},
    ...more: unknown[]
  ): Promise<Settled<Opened<D>>[]> {
    refuseMore("calls, keys and options", more);
    const strict = strictOf(membersOf("the options", ["strict"], options).strict);
    return this.#runBatch(openingMany(strict), calls, keys);
  }

  async sealValue(
    place: string,
    value: unknown,
    about: Context,
    keys: KeySource,
    options: { from?: string | Date } = {},
    ...more: unknown[]
  ): Promise<SealedValue> {
    refuseMore(SEAL_VALUE_CALL, more, CONTEXT);
    return this.#await(sealingValue(place, value, about, options, this.#values), keys);
  }

  sealValueSync(
    place: string,
    value: unknown,
    about: Context,
    keys: SyncKeySource,
    options: { from?: string | Date } = {},
    ...more: unknown[]
  ): SealedValue {
    refuseMore(SEAL_VALUE_CALL, more, CONTEXT);
    return this.#settle(sealingValue(place, value, about, options, this.#values), keys);
  }

  async openValue(
    place: string,
    envelope: string,
    about: Context,
    keys: KeySource,
    options: { strict?: boolean } = {},
    ...more: unknown[]
  ): Promise<OpenedValue> {
    refuseMore(OPEN_VALUE_CALL, more, CONTEXT);
    return this.#await(openingValue(place, envelope, about, options, this.#values), keys);
  }

  openValueSync(
    place: string,
    envelope: string,
    about: Context,
    keys: SyncKeySource,
    options: { strict?: boolean } = {},
    ...more: unknown[]
  ): OpenedValue {
    refuseMore(OPEN_VALUE_CALL, more, CONTEXT);
    return this.#settle(openingValue(place, envelope, about, options, this.#values), keys);
  }

  async sealValues(
    calls: Iterable<ClearValue>,
    keys: KeySource,
    ...more: unknown[]
  ): Promise<Settled<SealedValue>[]> {
    refuseMore("calls and keys", more);
    return this.#runBatch(SEAL_VALUES, calls, keys);
  }

  async openValues(
    calls: Iterable<EnvelopeAt>,
    keys: KeySource,
    options: { strict?: boolean } = {},
    ...more: unknown[]
  ): Promise<Settled<OpenedValue>[]> {
    refuseMore("calls, keys and options", more);
    const strict = strictOf(membersOf("the options", ["strict"], options).strict);
    return this.#runBatch(openingValues(strict), calls, keys);
  }

  check(document: Document, ...more: unknown[]): Verdict {
    refuseMore("the document", more);
    const text = this.#run(incoming(document, this.#values), (policy, bytes) =>
      policy.check(bytes),
    );
    return JSON.parse(text) as Verdict;
  }

  async checkDeep(
    document: Document,
    about: Context,
    keys: KeySource,
    ...more: unknown[]
  ): Promise<Verdict> {
    refuseMore(DOCUMENT_CALL, more, CONTEXT);
    return this.#await(checking(document, about, this.#values), keys);
  }

  checkDeepSync(
    document: Document,
    about: Context,
    keys: SyncKeySource,
    ...more: unknown[]
  ): Verdict {
    refuseMore(DOCUMENT_CALL, more, CONTEXT);
    return this.#settle(checking(document, about, this.#values), keys);
  }

  async indexValues(
    name: string,
    value: unknown,
    about: Context,
    keys: KeySource,
    options: { null?: boolean } = {},
    ...more: unknown[]
  ): Promise<string[]> {
    refuseMore(INDEX_CALL, more, CONTEXT);
    return this.#await(searching(name, value, about, options, this.#values), keys);
  }

  indexValuesSync(
    name: string,
    value: unknown,
    about: Context,
    keys: SyncKeySource,
    options: { null?: boolean } = {},
    ...more: unknown[]
  ): string[] {
    refuseMore(INDEX_CALL, more, CONTEXT);
    return this.#settle(searching(name, value, about, options, this.#values), keys);
  }

  get findings(): readonly Finding[] {
    if (this.#findings === undefined) {
      const policy = this.#live();
      const text = this.#instance.run(() => policy.findings());
      const findings = JSON.parse(text) as Finding[];
      this.#findings = Object.freeze(findings.map((finding) => Object.freeze(finding)));
    }
    return this.#findings;
  }

  requiredKeys(
    document: Document,
    about: Context,
    operation: Operation,
    ...more: unknown[]
  ): KeyRequest[] {
    refuseMore("document, context and operation", more, CONTEXT);
    if (typeof operation !== "string") throw malformed("`operation` is one of seal, open, reseal");
    boundText("`operation`", operation.length);
    const fields = context(about, Date.now, operation === "open");
    const given = incoming(document, this.#values);
    return requests(
      this.#run(given, (policy, bytes) => policy.requiredKeys(operation, bytes, ...fields)),
    );
  }

  schemas(...more: unknown[]): { plaintext: JsonObject; sealed: JsonObject } {
    refuseMore("", more);
    const policy = this.#live();
    const text = this.#instance.run(() => policy.schemas());
    // Neither text has a line break of its own.
    const end = text.indexOf("\n");
    return {
      plaintext: JSON.parse(text.slice(0, end)) as JsonObject,
      sealed: JSON.parse(text.slice(end + 1)) as JsonObject,
    };
  }

  coverage(...more: unknown[]): Coverage {
    refuseMore("", more);
    const policy = this.#live();
    return JSON.parse(this.#instance.run(() => policy.coverage())) as Coverage;
  }

  coverageText(format: "text" | "markdown", ...more: unknown[]): string {
    refuseMore("the format", more);
    if (format !== "text" && format !== "markdown") throw malformed("`format` is text or markdown");
    const policy = this.#live();
    return this.#instance.run(() => policy.coverageText(format === "markdown"));
  }

  [dispose](): void {
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle !== undefined) this.#instance.free(handle);
  }

  #live(): glue.Policy {
    if (this.#handle === undefined) throw internal("the policy was disposed of");
    return this.#handle;
  }

  #runBatch<C extends { context: Context }, R>(
    verb: BatchVerb<C, R>,
    calls: Iterable<C>,
    keys: KeySource,
  ): Promise<Settled<R>[]> {
    const policy = { instance: this.#instance, values: this.#values, live: () => this.#live() };
    return runBatch(verb, policy, calls, keys);
  }

  /** Runs a call whose keys may be awaited. */
  async #await<R>(call: Call<R>, keys: KeySource): Promise<R> {
    const ring = handleIn(this.#instance, keys);
    if (ring !== undefined) return this.#within(call, ring);
    const pending = this.#begin(call);
    try {
      return call.read(pending.finish(await pending.answers(keys)));
    } finally {
      pending.free();
    }
  }

  /** Runs a call whose keys are at hand. */
  #settle<R>(call: Call<R>, keys: SyncKeySource): R {
    const ring = handleIn(this.#instance, keys);
    if (ring !== undefined) return this.#within(call, ring);
    const pending = this.#begin(call);
    try {
      return call.read(pending.finish(pending.answersSync(keys)));
    } finally {
      pending.free();
    }
  }

  /** Runs both steps at once, under a keyring of the same instance. */
  #within<R>(call: Call<R>, ring: glue.Keyring): R {
    return call.read(this.#run(call.given, (policy, bytes) => call.within(policy, ring, bytes)));
  }

  #begin<R>(call: Call<R>): Pending<string> {
    const step = this.#run(call.given, (policy, bytes) => call.begin(policy, bytes));
    return new Pending(this.#instance, step, call.asks);
  }

  /**
   * Runs one call with a document, whose bytes are wiped afterwards. The policy is taken last: a
   * getter, a toJSON or a clock of the caller's may have disposed of it.
   */
  #run<T>(given: Incoming, call: (policy: glue.Policy, bytes: Uint8Array) => T): T {
    return withBytes(given, (bytes) => {
      const policy = this.#live();
      return this.#instance.run(() => call(policy, bytes));
    });
  }
}
