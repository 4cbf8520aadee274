// A cache in front of a key source: the permissions that it keeps, and for how long.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  bytes,
  document,
  evaluator,
  full,
  instantiate,
  schema,
  slow,
  store,
} from "./fieldseal.mjs";

const context = { record: "7", subject: "ada", now: 1_795_339_800_000 };
const at = (later, more = {}) => ({ ...context, now: context.now + later, ...more });

for (const [name, { Policy, FieldSealError, cacheKeys }] of Object.entries({
  evaluator,
  full,
  slim: instantiate(bytes.evaluator),
})) {
  const policy = Policy.compile(schema);
  const idOf = ({ verdict }) => verdict.sealed[0].keyIds[0];

  test(`${name}: a raw source is asked each time, and says that nothing is kept`, async () => {
    const source = store();
    for (let call = 0; call < 3; call++) {
      const { verdict } = policy.sealSync(document, context, source);
      assert.equal(verdict.shredLatencyMs, 0);
    }
    const { document: sealed } = await policy.seal(document, context, slow(source));
    const { verdict } = await policy.open(sealed, context, slow(source));
    assert.deepEqual([source.asked.length, verdict.shredLatencyMs], [5, 0]);
    assert.equal((await policy.checkDeep(sealed, context, source)).shredLatencyMs, 0);
    source.erase("ada");
    assert.throws(() => policy.sealSync(document, context, source), { code: "erased" });
    assert.equal(policy.openSync(sealed, context, source).access.withheld[0].reason, "erased");
  });

  test(`${name}: a cache asks once for each permission, and says how long it keeps it (k03_h30)`, async () => {
    const source = store();
    const keys = cacheKeys(source, { maxAgeMs: 60_000 });
    const sealed = [1, 2, 3].map(() => policy.sealSync(document, context, keys));
    assert.deepEqual(
      sealed.map(({ verdict }) => verdict.shredLatencyMs),
      [60_000, 60_000, 60_000],
    );
    assert.equal(source.asked.length, 1);
    for (const { document: text } of sealed) {
      const { verdict, document: clear } = await policy.open(text, context, keys);
      assert.deepEqual([clear, verdict.shredLatencyMs], [document, 60_000]);
    }
    assert.equal(
      (await policy.checkDeep(sealed[0].document, context, keys)).shredLatencyMs,
      60_000,
    );
    const many = [
      { document, context },
      { document: sealed[0].document, context },
    ];
    const [[{ ok: again }], [, { ok: opened }]] = [
      await policy.sealMany(many.slice(0, 1), keys),
      await policy.openMany(many, keys),
    ];
    assert.deepEqual(
      [again.verdict, opened.verdict].map((one) => one.shredLatencyMs),
      [60_000, 60_000],
    );
    assert.equal(source.asked.length, 2, "once to seal, once to open");
    // Every other permission is another question.
    const others = [
      { purpose: "support" },
      { caller: "crm" },
      { origin: "shop" },
      { purpose: "support", caller: "crm", origin: "shop" },
      { tenant: "acme" },
      { subject: "bob" },
    ];
    for (const more of others) {
      policy.sealSync(document, at(0, more), keys);
      policy.sealSync(document, at(0, more), keys);
    }
    assert.equal(source.asked.length, 2 + others.length);
    // As old as allowed it is used, older it is not.
    policy.sealSync(document, at(60_000), keys);
    assert.equal(source.asked.length, 2 + others.length);
    policy.sealSync(document, at(60_001), keys);
    assert.equal(source.asked.length, 3 + others.length);
  });

  test(`${name}: a cache is at most five minutes old unless it says otherwise`, () => {
    const source = store();
    for (const keys of [cacheKeys(source), cacheKeys(source, {}), cacheKeys(source, undefined)])
      assert.equal(policy.sealSync(document, context, keys).verdict.shredLatencyMs, 300_000);
    assert.equal(source.asked.length, 3);
  });

  test(`${name}: no entries, or no age, is no cache`, () => {
    for (const options of [{ entries: 0 }, { maxAgeMs: 0 }, { entries: 0, maxAgeMs: 0 }]) {
      const source = store();
      const keys = cacheKeys(source, options);
      const { document: sealed, verdict } = policy.sealSync(document, context, keys);
      policy.sealSync(document, context, keys);
      assert.deepEqual([source.asked.length, verdict.shredLatencyMs], [2, 0]);
      source.erase("ada");
      assert.equal(policy.openSync(sealed, context, keys).access.withheld[0].reason, "erased");
    }
  });

  test(`${name}: one entry is for one key at a time`, () => {
    const source = store();
    const keys = cacheKeys(source, { entries: 1 });
    for (const subject of ["ada", "bob", "ada", "ada"])
      policy.sealSync(document, at(0, { subject }), keys);
    assert.equal(source.asked.length, 3);
  });

  test(`${name}: two sources under one policy never answer for one another`, async () => {
    const [one, two] = [store(), store()];
    const caches = [cacheKeys(one), cacheKeys(two)];
    const ids = [];
    for (const keys of [...caches, ...caches])
      ids.push(idOf(policy.sealSync(document, context, keys)));
    assert.deepEqual([ids[0], ids[1]], [ids[2], ids[3]]);
    assert.notEqual(ids[0], ids[1]);
    assert.deepEqual([one.asked.length, two.asked.length], [1, 1]);
    // What one seals, the other does not open; neither does what one may do become the other's.
    const { document: sealed } = policy.sealSync(document, context, caches[0]);
    assert.equal(policy.openSync(sealed, context, caches[0]).document, document);
    await assert.rejects(policy.open(sealed, context, caches[1]), { code: "not-found" });
    assert.equal(two.asked.length, 2, "it was asked itself");
    one.erase("ada");
    const none = cacheKeys(one);
    assert.throws(() => policy.sealSync(document, context, none), { code: "erased" });
    assert.throws(() => policy.sealSync(document, context, one), { code: "erased" });
    assert.equal(policy.openSync(sealed, context, none).access.withheld[0].reason, "erased");
    // Two caches of one source, too, have each their own.
    caches[1].evict();
    assert.equal(policy.openSync(sealed, context, caches[0]).document, document);
  });

  test(`${name}: two policies share the cache that both are given`, () => {
    const source = store();
    const keys = cacheKeys(source);
    const other = Policy.compile({ ...schema, "x-schema-family": "others" });
    assert.equal(
      idOf(policy.sealSync(document, context, keys)),
      idOf(other.sealSync(document, context, keys)),
    );
    assert.equal(source.asked.length, 1);
  });

  test(`${name}: a cache of a source that answers later is for verbs that wait`, async () => {
    const source = store();
    const keys = cacheKeys(slow(source), { entries: 10 });
    assert.throws(() => policy.sealSync(document, context, keys), { code: "internal" });
    const { document: sealed } = await policy.seal(document, context, keys);
    // Once the keys are at hand, nothing is awaited.
    assert.equal(policy.sealSync(document, context, keys).verdict.sealed[0].count, 1);
    await policy.open(sealed, context, keys);
    assert.equal(policy.openSync(sealed, context, keys).document, document);
    // A source's faults are as without a cache, and nothing of them is kept.
    const bad = { current: () => [], byId: async () => Promise.reject(new Error("down")) };
    const failing = cacheKeys(bad);
    await assert.rejects(policy.seal(document, context, failing), { code: "internal" });
    await assert.rejects(policy.open(sealed, context, failing), ({ code, cause }) => {
      assert.deepEqual([code, cause.message], ["unavailable", "down"]);
      return true;
    });
    bad.current = source.current;
    assert.ok((await policy.seal(document, context, failing)).document);
  });

  test(`${name}: the time of the source is the time of its cache`, async () => {
    const alive = setInterval(() => {}, 1000);
    let signal;
    const never = (_, call) => new Promise(() => ({ signal } = call));
    const keys = cacheKeys({ current: never, byId: never, timeoutMs: 20 });
    try {
      assert.equal(keys.timeoutMs, 20);
      await assert.rejects(policy.seal(document, context, keys), /within 20 ms/);
      assert.equal(signal.aborted, true);
    } finally {
      clearInterval(alive);
    }
  });

  test(`${name}: a refusal is no key, and is asked for each time`, () => {
    const source = store();
    source.erase("ada");
    const keys = cacheKeys(source);
    for (let call = 0; call < 2; call++)
      assert.throws(() => policy.sealSync(document, context, keys), { code: "erased" });
    assert.equal(source.asked.length, 2);
  });

  test(`${name}: wrong options, and what is no source, are refused`, () => {
    const source = store();
    const bad = [
      { entries: -1 },
      { entries: 1.5 },
      { entries: "10" },
      { entries: 2 ** 32 },
      { entries: null },
      { maxAgeMs: -1 },
      { maxAgeMs: Number.NaN },
      { maxAgeMs: Infinity },
      { maxAgeMs: 10n },
      { maxAge: 1000 },
      { maxAgems: 1000 },
      new Map([["entries", 0]]),
      [],
      7,
      null,
    ];
    for (const options of bad) {
      assert.throws(
        () => cacheKeys(source, options),
        (error) => error instanceof FieldSealError && error.code === "context",
        inspect(options),
      );
    }
    assert.throws(() => cacheKeys(source, { maxAgems: 1 }), /did you mean `maxAgeMs`/);
    for (const none of [undefined, null, 7, "source", cacheKeys(source)])
      assert.throws(() => cacheKeys(none), { name: "FieldSealError", code: "context" });
    assert.throws(() => policy.sealSync(document, context, cacheKeys({})), { code: "context" });
  });

  test(`${name}: a cache whose answers somebody watches is asked, not bypassed`, () => {
    const source = store();
    const keys = cacheKeys(source);
    const seen = [];
    const { current } = keys;
    keys.current = function (requests) {
      seen.push(...requests);
      return current.call(this, requests);
    };
    policy.sealSync(document, context, keys);
    policy.sealSync(document, context, keys);
    assert.deepEqual([seen.length, source.asked.length], [2, 1]);
  });
}
