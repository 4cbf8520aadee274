import { FieldSealError, type ErrorCode, type Finding } from "./error.js";
import { glue, type Glue } from "./wasm/glue.js";

/** The error record as the core writes it. */
interface ErrorRecord {
  code: ErrorCode;
  message: string;
  pointer?: string;
  offset?: number;
  findings?: Finding[];
}

/**
 * One WebAssembly instance. Every call into it goes through {@link run}. Anything but an error
 * record that a call throws is a trap, or an import that threw, and stopped the instance in its
 * middle. Its memory may then be half changed: nothing runs on it any more, not even destructors.
 */
export class Instance {
  #dead: { cause: unknown } | undefined;
  readonly #glue: Glue;
  /** `Version` as JSON text, read once so that a dead instance can still be named. */
  readonly version: string;

  constructor(module: WebAssembly.Module) {
    this.#glue = glue(this.#registry());
    this.#glue.initSync({ module });
    this.version = this.#glue.version();
  }

  /**
   * Calls into the instance.
   *
   * @throws {FieldSealError} the error record of the core, or `poisoned`
   */
  run<T>(call: (glue: Glue) => T): T {
    if (this.#dead !== undefined) throw this.#poisoned(this.#dead.cause);
    try {
      return call(this.#glue);
    } catch (thrown) {
      // Only error records begin so.
      if (typeof thrown === "string" && thrown.startsWith("{")) {
        const { message, ...place } = JSON.parse(thrown) as ErrorRecord;
        throw new FieldSealError(message, place);
      }
      this.#dead = { cause: thrown };
      throw this.#poisoned(thrown);
    }
  }

  /** True after a trap. */
  get isDead(): boolean {
    return this.#dead !== undefined;
  }

  /** Gives an object of the instance back. Does nothing on a dead one. */
  free(handle: { free(): void }): void {
    if (this.#dead === undefined) this.run(() => handle.free());
  }

  #poisoned(cause: unknown): FieldSealError {
    return new FieldSealError(
      "the WebAssembly instance trapped and is dead: restart() gives a fresh one, " +
        "and policies and keyrings must be made anew",
      { code: "poisoned", cause },
    );
  }

  /**
   * Makes the glue's registry of forgotten objects. On a dead instance it frees nothing: a
   * destructor could trap outside of any call.
   */
  #registry(): unknown {
    const alive = (): boolean => this.#dead === undefined;
    return class {
      readonly #registry: FinalizationRegistry<unknown>;
      constructor(cleanup: (held: unknown) => void) {
        this.#registry = new FinalizationRegistry((held) => {
          if (alive()) cleanup(held);
        });
      }
      register(target: WeakKey, held: unknown, token?: WeakKey): void {
        this.#registry.register(target, held, token);
      }
      unregister(token: WeakKey): void {
        this.#registry.unregister(token);
      }
    };
  }
}

/** A module and its present instance. */
export class Engine {
  readonly #module: WebAssembly.Module;
  readonly #sha256: string | undefined;
  readonly #isFull: boolean;
  #instance: Instance;

  constructor(module: WebAssembly.Module, sha256?: string) {
    this.#module = module;
    this.#sha256 = sha256;
    this.#instance = new Instance(module);
    this.#isFull = (JSON.parse(this.#instance.version) as { build?: unknown }).build === "full";
  }

  get instance(): Instance {
    return this.#instance;
  }

  /**
   * Returns what the host throws in place of random bytes, or undefined. The full build draws the
   * seeds of its validator's hash maps from them, and would trap. The evaluator draws none.
   */
  lackOfEntropy(): { cause: unknown } | undefined {
    if (!this.#isFull) return undefined;
    try {
      crypto.getRandomValues(new Uint8Array(1));
      return undefined;
    } catch (cause) {
      return { cause };
    }
  }

  restart(): void {
    this.#instance = new Instance(this.#module);
  }

  version(): object {
    const version = JSON.parse(this.#instance.version) as object;
    return this.#sha256 === undefined ? version : { ...version, wasmSha256: this.#sha256 };
  }
}
