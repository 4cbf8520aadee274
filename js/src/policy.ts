import { requests } from "./answers.js";
import { runBatch, type Calls } from "./batch.js";
import { context, strictOf, type ContextFields } from "./context.js";
import { incoming, withBytes, type Incoming } from "./document.js";
import { internal, malformed } from "./faults.js";
import type { Engine, Instance } from "./instance.js";
import { handleIn, isElsewhere } from "./keyring.js";
import { membersOf } from "./members.js";
import { Pending } from "./pending.js";
import { schemaText, optionsText } from "./schema.js";
import type {
  CompileOptions,
  Context,
  Coverage,
  Document,
  JsonObject,
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
import { CHECK, OPEN, OPEN_MANY, SEAL, SEAL_MANY, type Verb } from "./verbs.js";
import type * as glue from "./wasm/glue.js";

type Openable = Context & { strict?: boolean };

/** The name that polyfills take where an engine lacks it. */
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/** Makes the class `Policy` of an engine. */
export function policyOf(engine: Engine): typeof types.Policy {
  class Policy extends PolicyBody {
    static compile(schema: JsonObject | string, options?: CompileOptions): PolicyBody {
      const texts = [schemaText(schema), optionsText(options)] as const;
      const instance = engine.instance;
      const handle = instance.run((glue) => glue.Policy.compile(...texts));
      return new Policy(instance, handle);
    }
  }
  return Policy as unknown as typeof types.Policy;
}

/** A call as it was given, read. */
interface Call {
  fields: ContextFields;
  given: Incoming;
  strict: boolean;
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
    return this.#await(SEAL, document, about, keys);
  }

  sealSync<D extends Document>(document: D, about: Context, keys: SyncKeySource): Sealed<D> {
    return this.#settle(SEAL, document, about, keys);
  }

  async open<D extends Document>(
    document: D,
    about: Openable,
    keys: KeySource,
  ): Promise<Opened<D>> {
    return this.#await(OPEN, document, about, keys);
  }

  openSync<D extends Document>(document: D, about: Openable, keys: SyncKeySource): Opened<D> {
    return this.#settle(OPEN, document, about, keys);
  }

  async sealMany<D extends Document>(
    calls: Calls<D>,
    keys: KeySource,
  ): Promise<Settled<Sealed<D>>[]> {
    return runBatch(SEAL_MANY, this.#instance, () => this.#live(), calls, keys, false);
  }

  async openMany<D extends Document>(
    calls: Calls<D>,
    keys: KeySource,
    options: { strict?: boolean } = {},
  ): Promise<Settled<Opened<D>>[]> {
    const strict = strictOf(membersOf("the options", ["strict"], options).strict);
    return runBatch(OPEN_MANY, this.#instance, () => this.#live(), calls, keys, strict);
  }

  check(document: Document): Verdict {
    const text = this.#run(incoming(document), (policy, bytes) => policy.check(bytes));
    return JSON.parse(text) as Verdict;
  }

  async checkDeep(document: Document, about: Context, keys: KeySource): Promise<Verdict> {
    return this.#await(CHECK, document, about, keys);
  }

  checkDeepSync(document: Document, about: Context, keys: SyncKeySource): Verdict {
    return this.#settle(CHECK, document, about, keys);
  }

  requiredKeys(document: Document, about: Context, operation: Operation): KeyRequest[] {
    if (typeof operation !== "string") throw malformed("`operation` is one of seal, open, reseal");
    const fields = context(about, Date.now, operation === "open");
    const given = incoming(document);
    return requests(
      this.#run(given, (policy, bytes) => policy.requiredKeys(operation, bytes, ...fields)),
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
   * Runs a verb whose keys may be awaited. The document is read before the promise is handed out.
   */
  async #await<S extends glue.Step, R>(
    verb: Verb<S, R>,
    document: Document,
    about: Context,
    keys: KeySource,
  ): Promise<R> {
    const ring = handleIn(this.#instance, keys);
    const call = read(verb, document, about);
    if (ring !== undefined) return this.#within(verb, call, ring);
    const pending = this.#begin(verb, call, keys);
    try {
      return finish(verb, call, pending, await pending.answers(keys));
    } finally {
      pending.free();
    }
  }

  /** Runs a verb whose keys are at hand. */
  #settle<S extends glue.Step, R>(
    verb: Verb<S, R>,
    document: Document,
    about: Context,
    keys: SyncKeySource,
  ): R {
    const ring = handleIn(this.#instance, keys);
    const call = read(verb, document, about);
    if (ring !== undefined) return this.#within(verb, call, ring);
    const pending = this.#begin(verb, call, keys);
    try {
      return finish(verb, call, pending, pending.answersSync(keys));
    } finally {
      pending.free();
    }
  }

  /** Runs both steps at once, under a keyring of the same instance. */
  #within<S extends glue.Step, R>(verb: Verb<S, R>, call: Call, ring: glue.Keyring): R {
    const { given, fields, strict } = call;
    return verb.read(
      given.kind,
      this.#run(given, (policy, bytes) => verb.within(policy, ring, bytes, fields, strict)),
    );
  }

  #begin<S extends glue.Step, R>(verb: Verb<S, R>, call: Call, keys: KeySource): Pending<S> {
    const { given, fields } = call;
    const mustAsk = isElsewhere(this.#instance, keys);
    const step = this.#run(given, (policy, bytes) => verb.begin(policy, mustAsk, bytes, fields));
    return new Pending(this.#instance, step, verb.asks);
  }

  /**
   * Runs one call with a document, whose bytes are gone from here afterwards. The policy is taken
   * last: a getter, a toJSON or a clock of the caller's may have disposed of it.
   */
  #run<T>(given: Incoming, call: (policy: glue.Policy, bytes: Uint8Array) => T): T {
    return withBytes(given, (bytes) => {
      const policy = this.#live();
      return this.#instance.run(() => call(policy, bytes));
    });
  }
}

function read<S extends glue.Step, R>(verb: Verb<S, R>, document: Document, about: Context): Call {
  const fields = context(about, Date.now, verb.canBeStrict);
  const strict = verb.canBeStrict && strictOf((about as Openable).strict);
  return { fields, strict, given: incoming(document) };
}

function finish<S extends glue.Step, R>(
  verb: Verb<S, R>,
  { given, strict }: Call,
  pending: Pending<S>,
  answers: Uint8Array,
): R {
  const text = pending.finish(answers, (step, answers) => verb.finish(step, answers, strict));
  return verb.read(given.kind, text);
}
