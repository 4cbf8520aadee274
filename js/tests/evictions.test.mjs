// What ends an entry of a key cache: evictions, rotations that it hears of, the end of its instance.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bytes,
  document,
  evaluator,
  full,
  instantiate,
  replaceEntropy,
  schema,
  slow,
  store,
} from "./fieldseal.mjs";

const context = { record: "7", subject: "ada", now: 1_795_339_800_000 };
const at = (later, more = {}) => ({ ...context, now: context.now + later, ...more });

for (const [name, { Policy, Keyring, cacheKeys }] of Object.entries({
  evaluator,
  full,
  slim: instantiate(bytes.evaluator),
})) {
  const policy = Policy.compile(schema);
  const idOf = ({ verdict }) => verdict.sealed[0].keyIds[0];

  test(`${name}: evict forgets one owner, or all (h28)`, () => {
    const source = store();
    const keys = cacheKeys(source);
    const seal = (subject) => policy.sealSync(document, at(0, { subject }), keys);
    const [ada] = [seal("ada"), seal("bob")];
    policy.openSync(ada.document, context, keys);
    source.erase("ada");
    assert.equal(policy.openSync(ada.document, context, keys).document, document, "as it says");
    keys.evict("ada");
    assert.equal(policy.openSync(ada.document, context, keys).access.withheld[0].reason, "erased");
    assert.throws(() => seal("ada"), { code: "erased" });
    const before = source.asked.length;
    seal("bob");
    assert.equal(source.asked.length, before);
    keys.evict("nobody");
    seal("bob");
    assert.equal(source.asked.length, before);
    keys.evict();
    seal("bob");
    assert.equal(source.asked.length, before + 1);
    for (const owner of [7, null, { ref: "ada" }, "\ud800"])
      assert.throws(() => keys.evict(owner), { name: "FieldSealError", code: "context" });
  });

  test(`${name}: an eviction reaches calls that wait for their keys (h28)`, async () => {
    const both = '{"email":"a","guest":{"id":"bob","name":"Bob"}}';
    for (const owner of ["ada", undefined]) {
      const source = store();
      let release;
      const waiting = new Promise((resolve) => (release = resolve));
      const keys = cacheKeys({
        current: async (requests) => {
          const answers = source.current(requests);
          if (requests.some(({ ref }) => ref === "bob")) await waiting;
          return answers;
        },
        byId: source.byId,
      });
      await policy.seal(document, context, keys);
      // Ada's key is at hand, Bob's is awaited.
      const call = policy.seal(both, context, keys);
      keys.evict(owner);
      release();
      await assert.rejects(call, { code: "unavailable" });
      // What was asked for before an eviction may be older than it, and is not kept.
      const asked = source.asked.length;
      await policy.seal(both, context, keys);
      const again = source.asked.slice(asked).flat();
      assert.deepEqual(
        again.map(({ ref }) => ref),
        ["ada", "bob"],
      );
    }
  });

  test(`${name}: a request to seal anew is never answered from a cache`, async () => {
    const source = store();
    for (const keys of [cacheKeys(source), cacheKeys(slow(source))]) {
      source.asked.length = 0;
      const request = { kind: "subject", ref: "ada", tenant: "", operation: "seal" };
      const ask = (operation) => keys.current([{ ...request, operation }]);
      const [key] = await ask("seal");
      const [again] = await ask("seal");
      assert.deepEqual([again.id, again.secret], [key.id, key.secret]);
      assert.equal(source.asked.length, 1);
      await ask("reseal");
      await ask("reseal");
      assert.deepEqual(
        source.asked.map(([{ operation }]) => operation),
        ["seal", "reseal", "reseal"],
      );
      const byId = { ...request, id: key.id };
      for (const operation of ["open", "open", "reseal", "reseal"])
        await keys.byId([{ ...byId, operation }]);
      assert.deepEqual(
        source.asked.slice(3).map(([{ operation }]) => operation),
        ["open", "reseal", "reseal"],
      );
    }
  });

  test(`${name}: sealing under a key that the cache knows to be old is a warning`, () => {
    const source = store();
    const keys = cacheKeys(source);
    const seal = (more) => policy.sealSync(document, at(more.later, more.about), keys);
    const first = seal({ later: 0 });
    source.rotate("ada");
    const unknown = seal({ later: 1 });
    assert.deepEqual(idOf(unknown), idOf(first));
    assert.ok(!unknown.verdict.codes.includes("stale-key"), "nobody has told the cache");
    const newest = seal({ later: 2, about: { purpose: "support" } });
    assert.notEqual(idOf(newest), idOf(first));
    const stale = seal({ later: 3 });
    assert.deepEqual([idOf(stale), stale.verdict.level], [idOf(first), "warn"]);
    assert.deepEqual(stale.verdict.faults, [{ code: "stale-key", count: 1, pointer: "/email" }]);
    assert.ok(!newest.verdict.codes.includes("stale-key"));
    const opened = policy.openSync(first.document, at(4), keys);
    assert.ok(!opened.verdict.codes.includes("stale-key"), "older versions open as ever");
    keys.evict("ada");
    const fresh = seal({ later: 5 });
    assert.deepEqual(
      [idOf(fresh), fresh.verdict.codes.includes("stale-key")],
      [idOf(newest), false],
    );
  });

  test(`${name}: a cache in front of a keyring keeps what the keyring gave`, async () => {
    const ring = Keyring.memory();
    const keys = cacheKeys(ring);
    const { document: sealed, verdict } = policy.sealSync(document, context, keys);
    assert.equal(verdict.shredLatencyMs, 300_000);
    assert.equal(policy.openSync(sealed, context, keys).document, document);
    await ring.erase("ada", { reason: "asked for it" });
    assert.equal(policy.openSync(sealed, context, ring).access.withheld[0].reason, "erased");
    keys.evict("ada");
    assert.equal(policy.openSync(sealed, context, keys).access.withheld[0].reason, "erased");
  });
}

test("a cache starts empty after restart(), and still reaches what was before", async () => {
  const api = instantiate(bytes.full);
  const source = store();
  const keys = api.cacheKeys(source);
  const before = api.Policy.compile(schema);
  const { document: sealed } = before.sealSync(document, context, keys);
  before.openSync(sealed, context, keys);
  assert.equal(source.asked.length, 2);
  api.restart();
  const after = api.Policy.compile(schema);
  assert.equal(after.openSync(sealed, context, keys).document, document);
  assert.equal(source.asked.length, 3);
  after.openSync(sealed, context, keys);
  before.openSync(sealed, context, keys);
  assert.equal(source.asked.length, 3, "each has its own");
  source.erase("ada");
  keys.evict("ada");
  for (const policy of [before, after])
    assert.equal(policy.openSync(sealed, context, keys).access.withheld[0].reason, "erased");
});

test("a cache of one entry serves policies of another, in their own instance", () => {
  const source = store();
  const keys = evaluator.cacheKeys(source);
  const [large, small] = [full.Policy.compile(schema), evaluator.Policy.compile(schema)];
  const { document: sealed } = large.sealSync(document, context, keys);
  assert.equal(small.openSync(sealed, context, keys).document, document);
  const { verdict } = small.openSync(sealed, context, keys);
  assert.deepEqual([source.asked.length, verdict.shredLatencyMs], [2, 300_000]);
  source.erase("ada");
  keys.evict("ada");
  assert.equal(small.openSync(sealed, context, keys).access.withheld[0].reason, "erased");
});

test("a cache outlives an instance that ended", () => {
  const api = instantiate(bytes.evaluator);
  const source = store();
  const keys = api.cacheKeys(source);
  const dead = api.Policy.compile(schema);
  replaceEntropy(() => {
    throw new Error("no entropy");
  });
  try {
    assert.throws(() => dead.sealSync(document, context, keys), { code: "poisoned" });
  } finally {
    replaceEntropy(undefined);
  }
  keys.evict("ada");
  assert.throws(() => dead.sealSync(document, context, keys), { code: "poisoned" });
  api.restart();
  const policy = api.Policy.compile(schema);
  const { document: sealed } = policy.sealSync(document, context, keys);
  assert.equal(policy.openSync(sealed, context, keys).document, document);
  keys.evict();
});
