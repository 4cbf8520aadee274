import { cachingOf } from "./cache.js";
import { FieldSealError } from "./error.js";
import { Engine } from "./instance.js";
import { inspectingOf } from "./inspect.js";
import { keyringOf } from "./keyring.js";
import { keysFrom } from "./keys-from.js";
import { policyOf } from "./policy.js";
import type { FieldSeal, Version } from "./types.js";

/** Makes everything that an entry exports, over one module. */
export function bind(module: WebAssembly.Module, sha256?: string): FieldSeal {
  const engine = new Engine(module, sha256);
  return {
    Policy: policyOf(engine),
    Keyring: keyringOf(engine),
    FieldSealError,
    keysFrom,
    cacheKeys: cachingOf(engine),
    inspectEnvelope: inspectingOf(engine),
    restart: () => engine.restart(),
    version: () => engine.version() as Version,
  };
}
