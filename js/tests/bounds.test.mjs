// Arguments that are too long or too large are refused before they cross, by every verb and within
// a moment, and the instance works afterwards.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, instantiate } from "./fieldseal.mjs";

const long = "x".repeat(500_000_000);
const schema = {
  "x-schema-family": "bounds",
  properties: {
    email: { "x-protection": { index: { name: "mail", normalize: "email", bits: 32 } } },
  },
};
const document = { email: "ada@example.com" };
const context = { record: "7", subject: "ada" };
const key = { id: new Uint8Array(16).fill(1), secret: new Uint8Array(32).fill(2) };
const answering = (answer) => {
  const answers = (requests) => requests.map(() => answer);
  return { current: answers, byId: answers };
};
const only = async (calls) => {
  const results = await calls;
  const { error } = results[0];
  if (error === undefined) return results[0].ok;
  throw error;
};

for (const [name, module] of Object.entries(bytes)) {
  const { Policy, Keyring, FieldSealError, cacheKeys, inspectEnvelope, keysFrom } =
    instantiate(module);
  const [policy, keys, ring] = [Policy.compile(schema), answering(key), Keyring.memory()];
  const sealed = policy.sealSync(document, context, keys).document;

  /** Every verb with a document, a context and a key source. */
  const verbsOf = (policy) => ({
    seal: (...given) => policy.seal(...given),
    sealSync: (...given) => policy.sealSync(...given),
    sealMany: (document, context, keys) => only(policy.sealMany([{ document, context }], keys)),
    open: (...given) => policy.open(...given),
    openSync: (...given) => policy.openSync(...given),
    openMany: (document, context, keys) => only(policy.openMany([{ document, context }], keys)),
    checkDeep: (...given) => policy.checkDeep(...given),
    checkDeepSync: (...given) => policy.checkDeepSync(...given),
  });
  const verbs = verbsOf(policy);
  const searches = {
    indexValues: (context, keys) => policy.indexValues("mail", "ada", context, keys),
    indexValuesSync: (context, keys) => policy.indexValuesSync("mail", "ada", context, keys),
    sealValue: (context, keys) => policy.sealValue("/email", "ada", context, keys),
    sealValueSync: (context, keys) => policy.sealValueSync("/email", "ada", context, keys),
    sealValues: (context, keys) =>
      only(policy.sealValues([{ place: "/email", value: "ada", context }], keys)),
  };

  /** Refused as `limit`, within seconds (a sparse array took 84), and everything works afterwards. */
  const refuses = async (what, call) => {
    const begun = performance.now();
    const thrown = await Promise.resolve()
      .then(call)
      .then(
        () => undefined,
        (error) => error,
      );
    const taken = performance.now() - begun;
    assert.ok(thrown instanceof FieldSealError, `${what}: ${String(thrown).slice(0, 200)}`);
    assert.equal(thrown.code, "limit", `${what}: ${thrown.message}`);
    assert.ok(thrown.message.length < 200, what);
    assert.ok(taken < 20_000, `${what} took ${taken} ms`);
    const { document: again } = policy.sealSync(document, context, keys);
    assert.deepEqual(policy.openSync(again, context, keys).document, document, what);
  };

  test(`${name}: a long text in a context is a limit in every verb`, async () => {
    const most = "x".repeat(2 ** 24 - 1);
    for (const keys of [answering(key), ring]) {
      for (const member of "record subject tenant revision purpose caller at origin".split(" "))
        for (const [verb, call] of Object.entries(verbs))
          await refuses(`${verb}, ${member}`, () =>
            call(document, { ...context, [member]: long }, keys),
          );
      for (const [verb, call] of Object.entries(searches))
        await refuses(verb, () => call({ ...context, tenant: long }, keys));
    }
    const consents = [{ purpose: "p", subject: long }];
    const together = { tenant: most, caller: most };
    for (const [verb, call] of Object.entries(verbs)) {
      await refuses(`${verb}, consents`, () => call(document, { ...context, consents }, keys));
      await refuses(`${verb}, together`, () => call(document, { ...context, ...together }, keys));
    }
    const many = { consents: Array(100).fill({ purpose: most }) };
    await refuses("many consents", () => policy.sealSync(document, { ...context, ...many }, keys));
    const sparse = { consents: new Array(4e9) };
    await refuses("sparse", () => policy.sealSync(document, { ...context, ...sparse }, keys));
    await refuses("requiredKeys", () =>
      policy.requiredKeys(document, { ...context, subject: long }, "seal"),
    );
  });

  test(`${name}: a long text among a batch's calls is that call's alone`, async () => {
    const results = await policy.sealMany(
      [
        { document, context },
        { document, context: { ...context, subject: long } },
        { document: new Array(4e9), context },
        { document, context },
      ],
      keys,
    );
    assert.deepEqual(
      results.map(({ ok, error }) => error?.code ?? typeof ok.document.email),
      ["string", "limit", "limit", "string"],
    );
  });

  test(`${name}: a long text that each of many key requests repeats is a limit`, async () => {
    const person = { id: {}, v: { "x-protection": { subject: "1/id" } } };
    const policy = Policy.compile({
      "x-schema-family": "many",
      additionalProperties: { properties: person },
    });
    const persons = Array.from({ length: 2000 }, (_, at) => [`m${at}`, { id: `p${at}`, v: 1 }]);
    const document = Object.fromEntries(persons);
    for (const member of ["tenant", "purpose", "caller", "origin"]) {
      const many = { ...context, [member]: "x".repeat(2 ** 22) };
      for (const keys of [answering(key), Keyring.memory()])
        for (const [verb, call] of Object.entries(verbsOf(policy)).slice(0, 3))
          await refuses(`${verb}, ${member}`, () => call(document, many, keys));
      await refuses(member, () => policy.requiredKeys(document, many, "seal"));
    }
    // The same in the calls of a batch, each of which is short enough.
    const calls = persons.slice(0, 600).map(([name, value]) => ({
      document: { [name]: value },
      context: { ...context, caller: "x".repeat(2 ** 18) },
    }));
    for (const keys of [answering(key), Keyring.memory()]) {
      const outcomes = await policy.sealMany(calls, keys);
      assert.deepEqual(
        new Set(outcomes.map(({ error }) => error?.code)),
        new Set([undefined, "limit"]),
      );
    }
    policy.sealSync(document, context, Keyring.memory());
  });

  test(`${name}: a batch holds a bounded number of bytes`, async () => {
    // Its bytes are refused by the core; what matters is that they end.
    const large = new Uint8Array(2 ** 28);
    const results = await policy.openMany(
      Array.from({ length: 6 }, () => ({ document: large, context })),
      keys,
    );
    assert.deepEqual(new Set(results.map(({ error }) => error.code)), new Set(["limit"]));
    assert.match(results[5].error.message, /batch/);
    await refuses("alone", () => policy.check(large));
  });

  test(`${name}: a long text of a person, a reason or an item is a limit in every verb of a keyring`, async () => {
    const persons = [long, { ref: long }, { ref: "ada", tenant: long }, { ref: "ada", kind: long }];
    for (const person of persons) {
      for (const verb of ["provision", "rotate", "restrict", "lift", "erasures", "reopen", "state"])
        await refuses(verb, () => ring[verb](person));
      await refuses("erase", () => ring.erase(person, { reason: "asked" }));
      if (typeof person === "object") await refuses("destroy", () => ring.destroy(person));
    }
    await refuses("reason", () => ring.erase("ada", { reason: long }));
    await refuses("due", () => ring.due(long));
    const item = { kind: "item", ref: [long, long, long] };
    await refuses("item", () => ring.destroy(item));
    await refuses("item", () => ring.state(item));
    assert.equal((await ring.erase("ada", { reason: "asked" })).state, "erased");
    assert.equal(await ring.state("ada"), "erased");
  });

  test(`${name}: long requests, long lists of them and long owners in answers are limits`, async () => {
    const request = { kind: "subject", ref: "ada", tenant: "", operation: "seal" };
    const most = { ...request, ref: "x".repeat(2 ** 24) };
    const cached = cacheKeys(answering(key));
    const lists = {
      "a long text": [{ ...request, ref: long }],
      "long texts together": Array(8).fill(most),
      "a sparse list": new Array(4e9),
      "a Proxy that is a long list": new Proxy([], {
        get: (list, name) => (name === "length" ? 4e9 : request),
      }),
      "many consents": [{ ...request, consents: new Array(4e9) }],
    };
    for (const [what, list] of Object.entries(lists)) {
      for (const source of [ring, cached])
        for (const verb of ["current", "byId"]) await refuses(what, () => source[verb](list));
      await refuses(what, () => keysFrom(list, []));
    }
    for (const answer of [
      { ...key, ref: long },
      { code: "erased", ref: long },
    ])
      for (const keys of [answering(answer), cacheKeys(answering(answer))]) {
        for (const [verb, call] of Object.entries(verbs))
          await refuses(verb, () => call(verb.startsWith("s") ? document : sealed, context, keys));
        for (const [verb, call] of Object.entries(searches))
          await refuses(verb, () => call(context, keys));
      }
    await refuses("keysFrom", () => keysFrom([request], [{ ...key, ref: long }]));
    await refuses("evict", () => cached.evict(long));
  });

  test(`${name}: other long texts are limits`, async () => {
    // One of each way that a document takes.
    for (const verb of ["seal", "openSync", "sealMany"])
      await refuses(verb, () => verbs[verb](long, context, keys));
    await refuses("check", () => policy.check(long));
    await refuses("operation", () => policy.requiredKeys(document, context, long));
    for (const source of [keys, ring]) {
      await refuses("name", () => policy.indexValues(long, "ada", context, source));
      await refuses("name", () => policy.indexValuesSync(long, "ada", context, source));
      await refuses("value", () => policy.indexValues("mail", long, context, source));
      await refuses("value", () => policy.indexValuesSync("mail", long, context, source));
    }
    await refuses("an envelope", () => inspectEnvelope(long));
    await refuses("a schema", () => Policy.compile(long));
    await refuses("a schema", () => Policy.compile({ ...schema, title: long }));
    await refuses("options", () => Policy.compile(schema, { references: { a: { title: long } } }));
  });

  test(`${name}: a value with more elements than the policy allows is a limit before it is read`, async () => {
    // Fewer than by default, so that the test is quick.
    const policy = Policy.compile(schema, { limits: { values: 10_000 } });
    const verbs = verbsOf(policy);
    let doubled = [1, 2];
    for (let level = 0; level < 100; level++) doubled = [doubled, { doubled }];
    const large = {
      "a sparse array": new Array(4e9),
      "a Proxy that is a long array": new Proxy([], {
        get: (list, name) => (name === "length" ? 4e9 : list[name]),
      }),
      "a Proxy that is longer than any array": new Proxy([], {
        get: (list, name) => (name === "length" ? 2 ** 40 : list[name]),
      }),
      "a toJSON that gives one": { toJSON: () => new Array(4e9) },
      "an array that is there many times": doubled,
    };
    for (const [what, value] of Object.entries(large)) {
      for (const document of [value, { deep: [value] }]) {
        for (const [verb, call] of Object.entries(verbs))
          await refuses(`${verb}, ${what}`, () => call(document, context, keys));
        await refuses(`check, ${what}`, () => policy.check(document));
        await refuses(what, () => policy.requiredKeys(document, context, "open"));
      }
      await refuses(what, () => policy.indexValues("mail", value, context, keys));
      await refuses(what, () => policy.indexValuesSync("mail", value, context, keys));
      await refuses(what, () => Policy.compile({ ...schema, examples: value }));
      await refuses(what, () => Policy.compile(schema, { mediaTypes: value }));
    }
  });

  test(`${name}: values are counted as the core counts those of text`, () => {
    const outcome = (policy, document) => {
      try {
        policy.sealSync(document, context, keys);
        return "sealed";
      } catch (error) {
        return error.code;
      }
    };
    const standard = policy;
    const small = Policy.compile(schema, { limits: { values: 10 } });
    for (const [policy, most] of [
      [standard, 1_000_000],
      [small, 10],
    ])
      for (const [more, expected] of [
        [0, "sealed"],
        [1, "limit"],
      ]) {
        const list = Array(most - 1 + more).fill(0);
        assert.equal(outcome(policy, JSON.stringify(list)), expected, `${most} as text`);
        assert.equal(outcome(policy, list), expected, `${most} as a value`);
        // A million names take seconds.
        if (most > 10) continue;
        const members = Object.fromEntries(list.map((zero, index) => [`m${index}`, zero]));
        assert.equal(outcome(policy, members), expected, `${most} as members`);
      }
  });
}
