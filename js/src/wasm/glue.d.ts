import type { ContextFields } from "../context.js";

// `cargo xtask package` writes this module beside the compiled facade: the output of wasm-bindgen,
// wrapped in a function. Each call gives an instance with state of its own.

interface Handle {
  free(): void;
}
export interface Step extends Handle {
  requests(): string;
}
export interface Sealing extends Step {
  finish(answers: Uint8Array): string;
}
export interface Checking extends Step {
  finish(answers: Uint8Array): string;
}
export interface Opening extends Step {
  finish(answers: Uint8Array, strict: boolean): string;
}
export interface Results extends Handle {
  next(): string;
}
export interface SealingMany extends Step {
  finish(answers: Uint8Array): Results;
}
export interface OpeningMany extends Step {
  finish(answers: Uint8Array, strict: boolean): Results;
}
export interface Calls extends Handle {
  push(document: Uint8Array, ...context: ContextFields): void;
}
export interface Keyring extends Handle {
  current(requests: string, answers: Uint8Array, now: number): void;
  byId(requests: string, answers: Uint8Array, now: number): void;
  provision(kind: string, ref: string, tenant: string, now: number): void;
  rotate(
    kind: string,
    ref: string,
    tenant: string,
    minVersion: number | undefined,
    now: number,
  ): void;
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
  sealWith(keyring: Keyring, document: Uint8Array, ...context: ContextFields): string;
  openWith(
    keyring: Keyring,
    strict: boolean,
    document: Uint8Array,
    ...context: ContextFields
  ): string;
  beginSeal(mustAsk: boolean, document: Uint8Array, ...context: ContextFields): Sealing;
  beginOpen(mustAsk: boolean, document: Uint8Array, ...context: ContextFields): Opening;
  beginCheck(mustAsk: boolean, document: Uint8Array, ...context: ContextFields): Checking;
  checkWith(keyring: Keyring, document: Uint8Array, ...context: ContextFields): string;
  schemas(): string;
  beginSealMany(mustAsk: boolean, calls: Calls): SealingMany;
  beginOpenMany(mustAsk: boolean, calls: Calls): OpeningMany;
  sealManyWith(keyring: Keyring, calls: Calls, now: number): Results;
  openManyWith(keyring: Keyring, strict: boolean, calls: Calls, now: number): Results;
  check(document: Uint8Array): string;
  requiredKeys(operation: string, document: Uint8Array, ...context: ContextFields): string;
  coverage(): string;
  coverageText(markdown: boolean): string;
  evict(reference?: string): void;
}
export interface Glue {
  initSync(options: { module: WebAssembly.Module }): unknown;
  version(): string;
  Policy: { compile(schema: string, options: string): Policy };
  Calls: { begin(): Calls };
  Keyring: { memory(): Keyring };
}

/**
 * Makes a fresh set of classes around an instance that `initSync` makes. Collected handles are
 * freed through the given registry.
 */
export function glue(FinalizationRegistry: unknown): Glue;
