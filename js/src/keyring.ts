import { decodeAnswers } from "./answers.js";
import { refuseMore } from "./arguments.js";
import { boundText } from "./bounds.js";
import { instant, string, time } from "./context.js";
import { internal, malformed } from "./faults.js";
import { membersOf } from "./members.js";
import { written } from "./requests.js";
import type * as glue from "./wasm/glue.js";
import type { Engine, Instance } from "./instance.js";
import type {
  BucketOrItem,
  Erased,
  Erasure,
  KeyAnswer,
  KeyRequest,
  KeyState,
  PersonRef,
  Rotated,
} from "./types.js";
import type * as types from "./types.js";

/** The place of each keyring, for policies of the same instance. */
const places = new WeakMap<object, { instance: Instance; handle: glue.Keyring }>();

/** Returns the handle of a keyring of this instance, unless somebody replaced its functions. */
export function handleIn(instance: Instance, keys: unknown): glue.Keyring | undefined {
  const place = keys instanceof KeyringBody ? places.get(keys) : undefined;
  return place?.instance === instance && isUnchanged(keys as KeyringBody)
    ? place.handle
    : undefined;
}

function isUnchanged({ current, byId }: KeyringBody): boolean {
  return current === KeyringBody.prototype.current && byId === KeyringBody.prototype.byId;
}

/** Makes the class `Keyring` of an engine. */
export function keyringOf(engine: Engine): typeof types.Keyring {
  class Keyring extends KeyringBody {
    static memory(options: { now?: () => number } = {}, ...more: unknown[]): KeyringBody {
      refuseMore("the options", more);
      const { now = Date.now } = membersOf("the options", ["now"], options);
      if (typeof now !== "function") throw malformed("`now` is a function");
      const instance = engine.instance;
      const handle = instance.run((glue) => glue.Keyring.memory());
      return new Keyring(instance, handle, now as () => number);
    }
  }
  return Keyring as unknown as typeof types.Keyring;
}

const NO_PERSON = "a person is a reference, or { kind, ref, tenant }";
const NO_REASON = "an erasure has a reason: give { reason }";
const OWNER: readonly string[] = ["ref", "kind", "tenant"];

class KeyringBody {
  readonly #instance: Instance;
  readonly #handle: glue.Keyring;
  readonly #clock: () => number;

  constructor(instance: Instance, handle: glue.Keyring, clock: () => number) {
    if (handle === undefined) throw internal("a keyring comes from Keyring.memory()");
    this.#instance = instance;
    this.#handle = handle;
    this.#clock = clock;
    places.set(this, { instance, handle });
  }

  current(requests: KeyRequest[]): KeyAnswer[] {
    return this.#answer(requests, (text, now) => this.#handle.current(text, now));
  }

  byId(requests: KeyRequest[]): KeyAnswer[] {
    return this.#answer(requests, (text, now) => this.#handle.byId(text, now));
  }

  async provision(person: PersonRef, ...more: unknown[]): Promise<void> {
    refuseMore("the person", more);
    const now = this.#now();
    this.#act(person, (...owner) => this.#handle.provision(...owner, now));
  }

  async rotate(
    person: PersonRef,
    options: { minVersion?: number } = {},
    ...more: unknown[]
  ): Promise<Rotated> {
    refuseMore("person and options", more);
    const { minVersion } = membersOf("the options", ["minVersion"], options);
    const [least, now] = [version(minVersion), this.#now()];
    return JSON.parse(
      this.#act(person, (...owner) => this.#handle.rotate(...owner, least, now)),
    ) as Rotated;
  }

  async restrict(person: PersonRef, ...more: unknown[]): Promise<void> {
    refuseMore("the person", more);
    this.#act(person, (...owner) => this.#handle.restrict(...owner));
  }

  async lift(person: PersonRef, ...more: unknown[]): Promise<void> {
    refuseMore("the person", more);
    this.#act(person, (...owner) => this.#handle.lift(...owner));
  }

  async erase(person: PersonRef, why: { reason: string }, ...more: unknown[]): Promise<Erased> {
    refuseMore("person and { reason }", more);
    if (typeof why !== "object" || why === null) throw malformed(NO_REASON);
    const { reason: given } = membersOf("an erasure", ["reason"], why);
    const reason = string("reason", given);
    if (reason === undefined) throw malformed(NO_REASON);
    const now = this.#now();
    return JSON.parse(
      this.#act(person, (...owner) => this.#handle.erase(...owner, reason, now)),
    ) as Erased;
  }

  async erasures(person: PersonRef, ...more: unknown[]): Promise<Erasure[]> {
    refuseMore("the person", more);
    const erasures = this.#act(person, (...owner) => this.#handle.erasures(...owner));
    return JSON.parse(erasures) as Erasure[];
  }

  async reopen(person: PersonRef, ...more: unknown[]): Promise<void> {
    refuseMore("the person", more);
    const now = this.#now();
    this.#act(person, (...owner) => this.#handle.reopen(...owner, now));
  }

  async state(person: PersonRef, ...more: unknown[]): Promise<KeyState> {
    refuseMore("the person", more);
    return this.#act(person, (...owner) => this.#handle.state(...owner)) as KeyState;
  }

  async due(at?: string | Date, ...more: unknown[]): Promise<{ ref: string; tenant: string }[]> {
    refuseMore("the time", more);
    const [moment, now] = [time("at", at), this.#now()];
    return JSON.parse(this.#instance.run(() => this.#handle.due(moment, now))) as {
      ref: string;
      tenant: string;
    }[];
  }

  async destroy(
    owner: BucketOrItem,
    options: { early?: boolean } = {},
    ...more: unknown[]
  ): Promise<Erased> {
    refuseMore("owner and options", more);
    const { kind = "retention", ref, tenant } = membersOf("a bucket or item", OWNER, owner);
    const { early = false } = membersOf("the options", ["early"], options);
    if (typeof early !== "boolean") throw malformed("`early` is true or false");
    const now = this.#now();
    return JSON.parse(
      this.#act({ kind, ref, tenant }, (...named) => this.#handle.destroy(...named, early, now)),
    ) as Erased;
  }

  #answer(requests: KeyRequest[], answer: (text: string, now: number) => Uint8Array): KeyAnswer[] {
    const [asked, now] = [written(requests), this.#now()];
    const text = JSON.stringify(asked);
    const answers = this.#instance.run(() => answer(text, now));
    return decodeAnswers(answers, asked.length);
  }

  #now(): number {
    return instant(this.#clock());
  }

  #act<T>(person: unknown, verb: (kind: string, ref: string, tenant: string) => T): T {
    if (typeof person !== "string" && (typeof person !== "object" || person === null))
      throw malformed(NO_PERSON);
    const { kind, ref, tenant } =
      typeof person === "string"
        ? { kind: "subject", ref: person, tenant: "" }
        : membersOf("a person", OWNER, person);
    const [named, reference, of] = [
      string("kind", kind),
      string("ref", kind === "item" && Array.isArray(ref) ? itemRef(ref) : ref),
      string("tenant", tenant),
    ];
    if (named === undefined || reference === undefined) throw malformed(NO_PERSON);
    return this.#instance.run(() => verb(named, reference, of ?? ""));
  }
}

/** Returns the text that names an item: RFC 8785 writes strings as `JSON.stringify` does. */
function itemRef(parts: unknown[]): string {
  if (parts.length !== 3 || !parts.every((part): part is string => typeof part === "string"))
    throw malformed("an item is named by [family, record, field], three strings");
  boundText(
    "the name of an item",
    parts.reduce((units, part) => units + part.length, 0),
  );
  return JSON.stringify(parts);
}

function version(least: unknown): number | undefined {
  if (least === undefined) return undefined;
  if (!Number.isInteger(least) || (least as number) < 0 || (least as number) > 0xffff_ffff)
    throw malformed("`minVersion` is a whole number from 0");
  return least as number;
}
