// The keys that stay in WebAssembly's memory: after a call none, unless the cache keeps it;
// after eviction nothing either.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { bytes, instantiate } from "./fieldseal.mjs";

/** The package on a fresh instance, and the memory of that instance. */
function fresh(module) {
  const { Instance } = WebAssembly;
  let memory;
  WebAssembly.Instance = function (compiled, imports) {
    const instance = new Instance(compiled, imports);
    memory = instance.exports.memory;
    return instance;
  };
  try {
    return { api: instantiate(module), memory: () => Buffer.from(memory.buffer) };
  } finally {
    WebAssembly.Instance = Instance;
  }
}

const hash = (text) => createHash("sha256").update(text).digest();

/** A key for each kind and reference, named by it. */
function host() {
  const keys = new Map();
  const key = ({ kind, ref, id }) => {
    const found =
      id === undefined
        ? undefined
        : [...keys.values()].find((known) => Buffer.compare(known.id, id) === 0);
    if (found !== undefined) return found;
    const name = `${kind} ${ref}`;
    if (!keys.has(name))
      keys.set(name, { id: hash(`id ${name}`).subarray(0, 16), secret: hash(`secret ${name}`) });
    return keys.get(name);
  };
  const source = {
    current: (requests) => requests.map(key),
    byId: (requests) => requests.map(key),
  };
  return { keys, source };
}

/** The keys of which any half is in the memory. */
const found = (memory, keys) =>
  [...keys]
    .filter(([, { secret }]) =>
      [0, 16].some((at) => memory().includes(secret.subarray(at, at + 16))),
    )
    .map(([name]) => name);

const schema = {
  "x-schema-family": "memory",
  "x-retention": { contract: { period: "P10Y", from: "created", bucket: "P1Y" } },
  properties: {
    name: { "x-protection": {} },
    mail: { "x-protection": { index: { name: "mail", normalize: "email", bits: 32 } } },
    kept: { "x-protection": { retention: "contract", rectifiable: true } },
    same: { "x-protection": { mode: "deterministic" } },
    fast: { "x-protection": { suite: "chacha20-poly1305" } },
    stat: { "x-protection": { mode: "pseudonym", domain: "stat" } },
  },
};
const document = JSON.stringify({
  name: "Ada",
  mail: "ada@example.org",
  kept: 1.1,
  same: true,
  fast: null,
  stat: "x",
  clear: 1,
});
const context = { record: "r", subject: "ada", now: 1_795_339_800_000 };

for (const [name, module] of Object.entries(bytes)) {
  test(`${name}: no key stays in memory after a call without a cache, nor after eviction with one (h28)`, async () => {
    for (const cached of [false, true]) {
      const { api, memory } = fresh(module);
      const policy = api.Policy.compile(schema);
      const { keys, source: raw } = host();
      const source = cached ? api.cacheKeys(raw) : raw;
      const { document: sealed } = policy.sealSync(document, context, source);
      assert.equal(
        policy.openSync(sealed, context, source).document,
        document.replace(
          '"x"',
          JSON.parse(sealed).stat === undefined ? "" : `"${JSON.parse(sealed).stat}"`,
        ),
      );
      await policy.checkDeep(sealed, context, source);
      await policy.sealMany(
        [
          { document, context },
          { document, context: { ...context, subject: "bob" } },
        ],
        source,
      );
      await policy.openMany([{ document: sealed, context }], source);
      assert.equal(keys.size, 6, "of each kind one, and two persons");
      if (!cached) {
        assert.deepEqual(found(memory, keys), []);
        continue;
      }
      assert.ok(
        found(memory, keys).includes("subject ada"),
        "what is kept is found: the search works",
      );
      source.evict("bob");
      assert.ok(found(memory, keys).includes("subject ada"));
      source.evict("ada");
      assert.ok(!found(memory, keys).includes("subject ada"));
      source.evict();
      assert.deepEqual(found(memory, keys), []);
      // Age does the same: the next call with a later clock drops what is too old.
      policy.sealSync(document, context, source);
      assert.notDeepEqual(found(memory, keys), []);
      const other = { ...context, subject: "eve", record: "other", now: context.now + 300_001 };
      policy.sealSync(JSON.stringify({ name: "Eve" }), other, source);
      assert.deepEqual(found(memory, keys), ["subject eve"]);
    }
  });

  test(`${name}: an erased key of a keyring is not in memory any more (h28)`, async () => {
    const { api, memory } = fresh(module);
    const policy = api.Policy.compile(schema);
    const keys = api.Keyring.memory({ now: () => context.now });
    policy.sealSync(document, context, keys);
    const request = { kind: "subject", ref: "ada", tenant: "", operation: "seal" };
    const [{ id, secret }] = keys.current([request]);
    const named = new Map([["subject ada", { id, secret: Buffer.from(secret) }]]);
    assert.deepEqual(found(memory, named), ["subject ada"], "what lives is found");
    await keys.erase("ada", { reason: "asked for it" });
    assert.deepEqual(found(memory, named), []);
  });
}
