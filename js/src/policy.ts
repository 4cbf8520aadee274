import {
  ask,
  askSync,
  encodeAnswers,
  internal,
  requests,
  unavailable,
  type KeyFunction,
} from "./answers.js";
import { openMany, sealMany } from "./batch.js";
import { context, malformed, type ContextFields } from "./context.js";
import { incoming, withBytes, type Incoming, type Kind } from "./document.js";
import { FieldSealError } from "./error.js";
import type * as glue from "./wasm/glue.js";
import type { Engine, Instance } from "./instance.js";
import { handleIn, isElsewhere } from "./keyring.js";
import { opened, sealed } from "./results.js";
import { isWellFormed } from "./text.js";
import type {
  CompileOptions,
  Context,
  Coverage,
  Document,
  JsonObject,
  KeyAnswer,
  KeyRequest,
  KeySource,
  Opened,
  Operation,
  Sealed,
  Settled,
  SyncKeySource,
  Verdict,
} from "./types.js";
import type * as types from "./types.js";

type Openable = Context & { strict?: boolean };
type Calls<D> = Iterable<{ document: D; context: Context }>;

/** Where engines have it not, it is the name that polyfills take. */
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/** The class `Policy` of an engine. */
export function policyOf(engine: Engine): typeof types.Policy {
  class Policy extends PolicyBody {
    static compile(schema: JsonObject | string, options?: CompileOptions): PolicyBody {
      const [schemaText, optionsText] = [
        jsonText("schema", schema),
        options === undefined ? "" : jsonText("options", options),
      ];
      const instance = engine.instance;
      return new Policy(
        instance,
        instance.run((glue) => glue.Policy.compile(schemaText, optionsText)),
      );
    }
  }
  return Policy as unknown as typeof types.Policy;
}

/** What is not JSON at all is a finding like any other. */
function jsonText(name: string, value: unknown): string {
  const refuse = (message: string, cause?: unknown): FieldSealError =>
    new FieldSealError(`the ${name}: ${message}`, {
      code: "schema",
      findings: [{ id: "not-json", severity: "error", pointer: "", message }],
      ...(cause === undefined ? {} : { cause }),
    });
  if (name === "schema" && typeof value === "string") {
    if (!isWellFormed(value)) throw refuse("a lone surrogate: the text has no UTF-8 form");
    return value;
  }
  if (typeof value !== "object" || value === null)
    throw refuse(name === "schema" ? "a schema is an object or text" : "options are an object");
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw refuse("it cannot be written as JSON", cause);
  }
  if (text === undefined) throw refuse("it has no JSON form");
  return text;
}

class PolicyBody {
  readonly #instance: Instance;
  #handle: glue.Policy | undefined;

  constructor(instance: Instance, handle: glue.Policy) {
    if (handle === undefined) throw internal("a policy comes from Policy.compile()");
    this.#instance = instance;
    this.#handle = handle;
  }

  async seal<D extends Document>(document: D, about: Context, keys: KeySource): Promise<Sealed<D>> {
    const ring = handleIn(this.#instance, keys);
    if (ring !== undefined) return this.#sealWith(ring, document, about);
    const [step, kind] = this.#begin(document, about, keys, (policy, mustAsk, bytes, fields) =>
      policy.beginSeal(mustAsk, bytes, ...fields),
    );
    try {
      const answers = await this.#answers(step, "current", keys);
      return sealed(
        kind,
        this.#finish(answers, () => step.finish(answers)),
      );
    } finally {
      this.#instance.free(step);
    }
  }

  sealSync<D extends Document>(document: D, about: Context, keys: SyncKeySource): Sealed<D> {
    const ring = handleIn(this.#instance, keys);
    if (ring !== undefined) return this.#sealWith(ring, document, about);
    const [step, kind] = this.#begin(document, about, keys, (policy, mustAsk, bytes, fields) =>
      policy.beginSeal(mustAsk, bytes, ...fields),
    );
    try {
      const answers = this.#answersSync(step, "current", keys);
      return sealed(
        kind,
        this.#finish(answers, () => step.finish(answers)),
      );
    } finally {
      this.#instance.free(step);
    }
  }

  async open<D extends Document>(
    document: D,
    about: Openable,
    keys: KeySource,
  ): Promise<Opened<D>> {
    const [ring, strict] = [handleIn(this.#instance, keys), isStrict(about)];
    if (ring !== undefined) return this.#openWith(ring, document, about, strict);
    const [step, kind] = this.#begin(document, about, keys, (policy, mustAsk, bytes, fields) =>
      policy.beginOpen(mustAsk, bytes, ...fields),
    );
    try {
      const answers = await this.#answers(step, "byId", keys);
      return opened(
        kind,
        this.#finish(answers, () => step.finish(answers, strict)),
      );
    } finally {
      this.#instance.free(step);
    }
  }

  openSync<D extends Document>(document: D, about: Openable, keys: SyncKeySource): Opened<D> {
    const [ring, strict] = [handleIn(this.#instance, keys), isStrict(about)];
    if (ring !== undefined) return this.#openWith(ring, document, about, strict);
    const [step, kind] = this.#begin(document, about, keys, (policy, mustAsk, bytes, fields) =>
      policy.beginOpen(mustAsk, bytes, ...fields),
    );
    try {
      const answers = this.#answersSync(step, "byId", keys);
      return opened(
        kind,
        this.#finish(answers, () => step.finish(answers, strict)),
      );
    } finally {
      this.#instance.free(step);
    }
  }

  async sealMany<D extends Document>(
    calls: Calls<D>,
    keys: KeySource,
  ): Promise<Settled<Sealed<D>>[]> {
    return sealMany(this.#instance, () => this.#live(), calls, keys, sealed<D>);
  }

  async openMany<D extends Document>(
    calls: Calls<D>,
    keys: KeySource,
    options?: { strict?: boolean },
  ): Promise<Settled<Opened<D>>[]> {
    return openMany(
      this.#instance,
      () => this.#live(),
      calls,
      keys,
      isStrict(options ?? {}),
      opened<D>,
    );
  }

  check(document: Document): Verdict {
    return JSON.parse(
      this.#call(incoming(document), (policy, bytes) => policy.check(bytes)),
    ) as Verdict;
  }

  async checkDeep(document: Document, about: Context, keys: KeySource): Promise<Verdict> {
    const ring = handleIn(this.#instance, keys);
    if (ring !== undefined) return this.#checkWith(ring, document, about);
    const [step] = this.#begin(document, about, keys, (policy, mustAsk, bytes, fields) =>
      policy.beginCheck(mustAsk, bytes, ...fields),
    );
    try {
      const answers = await this.#answers(step, "byId", keys);
      return JSON.parse(this.#finish(answers, () => step.finish(answers))) as Verdict;
    } finally {
      this.#instance.free(step);
    }
  }

  checkDeepSync(document: Document, about: Context, keys: SyncKeySource): Verdict {
    const ring = handleIn(this.#instance, keys);
    if (ring !== undefined) return this.#checkWith(ring, document, about);
    const [step] = this.#begin(document, about, keys, (policy, mustAsk, bytes, fields) =>
      policy.beginCheck(mustAsk, bytes, ...fields),
    );
    try {
      const answers = this.#answersSync(step, "byId", keys);
      return JSON.parse(this.#finish(answers, () => step.finish(answers))) as Verdict;
    } finally {
      this.#instance.free(step);
    }
  }

  requiredKeys(document: Document, about: Context, operation: Operation): KeyRequest[] {
    if (typeof operation !== "string") throw malformed("`operation` is one of seal, open, reseal");
    const [fields, given] = [context(about, Date.now), incoming(document)];
    return requests(
      this.#call(given, (policy, bytes) => policy.requiredKeys(operation, bytes, ...fields)),
    );
  }

  schemas(): { plaintext: JsonObject; sealed: JsonObject } {
    const policy = this.#live();
    const text = this.#instance.run(() => policy.schemas());
    // JSON text without line breaks of its own: the first is the one between.
    const end = text.indexOf("\n");
    return {
      plaintext: JSON.parse(text.slice(0, end)) as JsonObject,
      sealed: JSON.parse(text.slice(end + 1)) as JsonObject,
    };
  }

  coverage(): Coverage {
    const policy = this.#live();
    return JSON.parse(this.#instance.run(() => policy.coverage())) as Coverage;
  }

  coverageText(format: "text" | "markdown"): string {
    if (format !== "text" && format !== "markdown") throw malformed("`format` is text or markdown");
    const policy = this.#live();
    return this.#instance.run(() => policy.coverageText(format === "markdown"));
  }

  evict(ref?: string): void {
    if (ref !== undefined && typeof ref !== "string") throw malformed("a reference is a string");
    const policy = this.#live();
    this.#instance.run(() => policy.evict(ref));
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

  /**
   * One call with a document, whose bytes are gone from here afterwards. The policy is taken last:
   * a getter, a toJSON or a clock of the caller's may have disposed of it.
   */
  #call<T>(given: Incoming, call: (policy: glue.Policy, bytes: Uint8Array) => T): T {
    return withBytes(given, (bytes) => {
      const policy = this.#live();
      return this.#instance.run(() => call(policy, bytes));
    });
  }

  #sealWith<D extends Document>(ring: glue.Keyring, document: D, about: Context): Sealed<D> {
    const [fields, given] = [context(about, Date.now), incoming(document)];
    return sealed(
      given.kind,
      this.#call(given, (policy, bytes) => policy.sealWith(ring, bytes, ...fields)),
    );
  }

  #checkWith(ring: glue.Keyring, document: Document, about: Context): Verdict {
    const [fields, given] = [context(about, Date.now), incoming(document)];
    return JSON.parse(
      this.#call(given, (policy, bytes) => policy.checkWith(ring, bytes, ...fields)),
    ) as Verdict;
  }

  #openWith<D extends Document>(
    ring: glue.Keyring,
    document: D,
    about: Context,
    strict: boolean,
  ): Opened<D> {
    const [fields, given] = [context(about, Date.now), incoming(document)];
    return opened(
      given.kind,
      this.#call(given, (policy, bytes) => policy.openWith(ring, strict, bytes, ...fields)),
    );
  }

  #begin<S extends glue.Step>(
    document: Document,
    about: Context,
    keys: KeySource,
    begin: (policy: glue.Policy, mustAsk: boolean, bytes: Uint8Array, fields: ContextFields) => S,
  ): [S, Kind] {
    const [fields, given, mustAsk] = [
      context(about, Date.now),
      incoming(document),
      isElsewhere(this.#instance, keys),
    ];
    return [
      this.#call(given, (policy, bytes) => begin(policy, mustAsk, bytes, fields)),
      given.kind,
    ];
  }

  #requests(step: glue.Step): KeyRequest[] {
    return requests(this.#instance.run(() => step.requests()));
  }

  async #answers(step: glue.Step, name: KeyFunction, keys: KeySource): Promise<Uint8Array> {
    const asked = this.#requests(step);
    if (asked.length === 0) return new Uint8Array();
    const { length } = asked;
    const asking = ask(keys, name, asked);
    let answers: KeyAnswer[];
    try {
      answers = await asking;
    } catch (cause) {
      throw unavailable(cause);
    }
    return encodeAnswers(answers, length);
  }

  #answersSync(step: glue.Step, name: KeyFunction, keys: SyncKeySource): Uint8Array {
    const asked = this.#requests(step);
    if (asked.length === 0) return new Uint8Array();
    const { length } = asked;
    return encodeAnswers(askSync(keys, name, asked), length);
  }

  #finish(answers: Uint8Array, finish: () => string): string {
    try {
      return this.#instance.run(finish);
    } finally {
      answers.fill(0);
    }
  }
}

function isStrict(options: unknown): boolean {
  if (typeof options !== "object" || options === null) throw malformed("a context is an object");
  const { strict = false } = options as { strict?: unknown };
  if (typeof strict !== "boolean") throw malformed("`strict` is true or false");
  return strict;
}
