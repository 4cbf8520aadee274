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
 * One WebAssembly instance. Every call into it goes through {@link run}: what a call throws besides
 * an error record is a trap, or an import that threw, and stopped it in its middle. Its memory may
 * then be half changed, so nothing runs on it any more, not even what frees its objects.
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

  /** Calls into the instance. */
  run<T>(call: (glue: Glue) => T): T {
    if (this.#dead !== undefined) throw this.#poisoned(this.#dead.cause);
    try {
      return call(this.#glue);
    } catch (thrown) {
      // Records are the only strings beginning so that come out.
      if (typeof thrown === "string" && thrown.startsWith("{")) {
        const { message, ...place } = JSON.parse(thrown) as ErrorRecord;
        throw new FieldSealError(message, place);
      }
      this.#dead = { cause: thrown };
      throw this.#poisoned(thrown);
    }
  }

  /** Gives an object of the instance back; nothing to do on a dead one. */
  free(handle: { free(): void }): void {
    if (this.#dead === undefined) this.run(() => handle.free());
  }

  #poisoned(cause: unknown): FieldSealError {
    return new FieldSealError(
      "the WebAssembly instance trapped and is dead: restart() gives a fresh one, and policies and keyrings must be made anew",
      { code: "poisoned", cause },
    );
  }

  /**
   * The glue's registry of forgotten objects. On a dead instance a destructor could trap in the
   * middle of nowhere.
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
  #instance: Instance;

  constructor(module: WebAssembly.Module, sha256?: string) {
    this.#module = module;
    this.#sha256 = sha256;
    this.#instance = new Instance(module);
  }

  get instance(): Instance {
    return this.#instance;
  }

  restart(): void {
    this.#instance = new Instance(this.#module);
  }

  version(): object {
    const version = JSON.parse(this.#instance.version) as object;
    return this.#sha256 === undefined ? version : { ...version, wasmSha256: this.#sha256 };
  }
}
