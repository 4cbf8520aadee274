import type { ContextFields } from "../context.js";

// `cargo xtask package` writes this module beside the compiled facade: the output of wasm-bindgen,
// wrapped in a function. Each call gives an instance with state of its own.

interface Handle {
  free(): void;
}
export interface Step<R> extends Handle {
  lookup(cache: KeyCache): boolean;
  requests(): string;
  finish(answers: Uint8Array): R;
}
export interface Results extends Handle {
  next(): string;
}
export interface Calls extends Handle {
  push(document: Uint8Array, place: string | undefined, ...context: ContextFields): void;
}
export interface KeyCache extends Handle {
  ask(requests: string, now: number): Asking;
  evict(owner: string | undefined): void;
}
export interface Asking extends Handle {
  requests(): string;
  finish(answers: Uint8Array): Uint8Array;
}
export interface Keyring extends Handle {
  current(requests: string, now: number): Uint8Array;
  byId(requests: string, now: number): Uint8Array;
  provision(kind: string, ref: string, tenant: string, now: number): void;
  rotate(
    kind: string,
    ref: string,
    tenant: string,
    minVersion: number | undefined,
    now: number,
  ): string;
  restrict(kind: string, ref: string, tenant: string): void;
  lift(kind: string, ref: string, tenant: string): void;
  erase(kind: string, ref: string, tenant: string, reason: string, now: number): string;
  erasures(kind: string, ref: string, tenant: string): string;
  reopen(kind: string, ref: string, tenant: string, now: number): void;
  destroy(kind: string, ref: string, tenant: string, early: boolean, now: number): string;
  due(at: string | undefined, now: number): string;
  state(kind: string, ref: string, tenant: string): string;
}
export interface Policy extends Handle {
  findings(): string;
  sealWith(
    keyring: Keyring,
    document: Uint8Array,
    place: string | undefined,
    ...context: ContextFields
  ): string;
  openWith(
    keyring: Keyring,
    strict: boolean,
    document: Uint8Array,
    place: string | undefined,
    ...context: ContextFields
  ): string;
  checkWith(keyring: Keyring, document: Uint8Array, ...context: ContextFields): string;
  indexValuesWith(
    keyring: Keyring,
    name: string,
    value: Uint8Array,
    canBeNull: boolean,
    ...context: ContextFields
  ): string;
  beginSeal(
    document: Uint8Array,
    place: string | undefined,
    ...context: ContextFields
  ): Step<string>;
  beginOpen(
    strict: boolean,
    document: Uint8Array,
    place: string | undefined,
    ...context: ContextFields
  ): Step<string>;
  beginCheck(document: Uint8Array, ...context: ContextFields): Step<string>;
  beginIndexValues(
    name: string,
    value: Uint8Array,
    canBeNull: boolean,
    ...context: ContextFields
  ): Step<string>;
  sealManyWith(keyring: Keyring, calls: Calls): Results;
  openManyWith(keyring: Keyring, strict: boolean, calls: Calls): Results;
  beginSealMany(calls: Calls): Step<Results>;
  beginOpenMany(strict: boolean, calls: Calls): Step<Results>;
  schemas(): string;
  check(document: Uint8Array): string;
  requiredKeys(operation: string, document: Uint8Array, ...context: ContextFields): string;
  coverage(): string;
  coverageText(markdown: boolean): string;
}
export interface Glue {
  initSync(options: { module: WebAssembly.Module }): unknown;
  version(): string;
  inspectEnvelope(text: string): string;
  Policy: { compile(schema: string, options: string, draws: boolean): Policy };
  Calls: { begin(): Calls };
  KeyCache: { empty(entries: number, maxAgeMs: number): KeyCache };
  Keyring: { memory(): Keyring };
}

/**
 * Makes a fresh set of classes around an instance that `initSync` makes. Collected handles are
 * freed through the given registry.
 */
export function glue(FinalizationRegistry: unknown): Glue;
