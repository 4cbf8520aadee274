// A trap, or an import that throws, ends an instance: nothing on it answers any more, and a fresh
// one works.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import {
  beyond,
  bytes,
  context,
  document,
  instantiate,
  oneKey,
  replaceEntropy,
  schema,
} from "./fieldseal.mjs";

const fails = (error) =>
  replaceEntropy(() => {
    throw error;
  });

/** A dead instance: its entropy failed in the middle of a call. */
async function poisoned(error, call) {
  const api = instantiate(bytes.evaluator);
  const policy = api.Policy.compile(schema);
  const keys = api.Keyring.memory();
  const other = oneKey();
  const sealed = policy.sealSync(document, context, other).document;
  // The pool of the first seal holds bytes for 128 values; more are drawn after it is empty.
  const long = JSON.stringify(
    Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`email${index}`, "a"])),
  );
  const wide = api.Policy.compile({
    "x-schema-family": "wide",
    patternProperties: { "^email": { "x-protection": {} } },
  });
  fails(error);
  try {
    await assert.rejects(
      async () => call({ policy, wide, keys, other, long }),
      (thrown) => {
        assert.equal(thrown.code, "poisoned");
        assert.equal(thrown.cause, error);
        assert.ok(thrown instanceof api.FieldSealError);
        return true;
      },
    );
  } finally {
    replaceEntropy(undefined);
  }
  return { api, policy, keys, other, sealed };
}

const ways = {
  sealSync: ({ wide, other, long }) => wide.sealSync(long, context, other),
  seal: ({ wide, other, long }) => wide.seal(long, context, other),
  "sealSync with a keyring": ({ wide, keys, long }) => wide.sealSync(long, context, keys),
  sealMany: ({ wide, other, long }) => wide.sealMany([{ document: long, context }], other),
  "sealMany with a keyring": ({ wide, keys, long }) =>
    wide.sealMany([{ document: long, context }], keys),
};

for (const [name, way] of Object.entries(ways)) {
  for (const error of [
    new WebAssembly.RuntimeError("unreachable"),
    new Error("no entropy"),
    "a string",
    { code: "limit" },
  ]) {
    test(`${name}: what throws ${error} poisons for good, until restart`, async () => {
      const { api, policy, keys, other, sealed } = await poisoned(error, way);
      const dead = { code: "poisoned" };
      assert.throws(() => policy.sealSync(document, context, other), dead);
      assert.throws(() => policy.openSync(sealed, context, keys), dead);
      await assert.rejects(policy.seal(document, context, other), dead);
      await assert.rejects(policy.open(sealed, context, other), dead);
      await assert.rejects(policy.sealMany([{ document, context }], other), dead);
      await assert.rejects(policy.openMany([{ document, context }], keys), dead);
      for (const call of [
        () => policy.check(sealed),
        () => policy.requiredKeys(document, context, "seal"),
        () => policy.coverage(),
        () => policy.coverageText("text"),
        () => api.Policy.compile(schema),
        () => api.Keyring.memory(),
      ]) {
        assert.throws(call, dead);
      }
      for (const verb of ["provision", "restrict", "lift", "state"])
        await assert.rejects(keys[verb]("ada"), dead);
      await assert.rejects(keys.erase("ada", { reason: "" }), dead);
      assert.throws(() => keys.current([]), dead);
      policy[Symbol.dispose]();
      assert.equal(api.version().build, "evaluator");
      api.restart();
      const fresh = api.Policy.compile(schema);
      assert.equal(fresh.openSync(sealed, context, other).document, document);
      // A keyring that is left behind is asked like any source, and fails like one.
      assert.throws(
        () => fresh.sealSync(document, context, keys),
        (thrown) => thrown.code === "unavailable" && thrown.cause.code === "poisoned",
      );
      assert.throws(() => policy.check(sealed), { code: /poisoned|internal/ });
    });
  }
}

test("one instance dies alone", async () => {
  const alive = instantiate(bytes.evaluator);
  const policy = alive.Policy.compile(schema);
  await poisoned(new Error("no entropy"), ways.sealSync);
  assert.ok(policy.sealSync(document, context, oneKey()).document);
});

test("restart of a living instance leaves its policies alive, with their keyrings", () => {
  const api = instantiate(bytes.evaluator);
  const [policy, keys] = [api.Policy.compile(schema), api.Keyring.memory()];
  const sealed = policy.sealSync(document, context, keys).document;
  api.restart();
  assert.equal(policy.openSync(sealed, context, keys).document, document);
  assert.equal(api.Policy.compile(schema).openSync(sealed, context, keys).document, document);
});

test("the wait for keys may end on an instance that has died meanwhile", async () => {
  const api = instantiate(bytes.evaluator);
  const policy = api.Policy.compile(schema);
  let answer;
  const waiting = policy.seal(document, context, {
    current: (requests) =>
      new Promise((resolve) => (answer = () => resolve(oneKey().current(requests)))),
    byId: () => [],
  });
  const error = new Error("no entropy");
  fails(error);
  try {
    assert.throws(() => policy.sealSync(document, context, oneKey()), {
      code: "poisoned",
      cause: error,
    });
  } finally {
    replaceEntropy(undefined);
  }
  answer();
  await assert.rejects(waiting, { code: "poisoned" });
});

test("forgotten objects of a dead instance are not destroyed on it", async () => {
  const { setFlagsFromString } = await import("node:v8");
  const { runInNewContext } = await import("node:vm");
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const unexpected = [];
  const note = (error) => unexpected.push(error);
  process.on("uncaughtException", note);
  await (async () => {
    await poisoned(new WebAssembly.RuntimeError("unreachable"), ways.sealSync);
  })();
  for (let round = 0; round < 3; round++) {
    collect();
    await setTimeout(5);
  }
  process.off("uncaughtException", note);
  assert.deepEqual(unexpected, []);
});

test("a date that writes itself as something else harms nothing", async () => {
  const { Policy, Keyring } = instantiate(bytes.evaluator);
  const [policy, keys] = [Policy.compile(schema), Keyring.memory()];
  const at = Object.assign(new Date(0), { toISOString: () => 7, getTime: () => "then" });
  assert.equal(
    policy.sealSync(document, { ...context, at, now: 0 }, keys).verdict.at,
    "1970-01-01T00:00:00.000Z",
  );
  assert.deepEqual(await keys.due(at), []);
  assert.equal(await keys.state("ada"), "live");
});

test("a policy that the caller disposes of in the middle of a call is disposed of, and the instance lives", async () => {
  const { Policy, Keyring } = instantiate(bytes.evaluator);
  const keys = Keyring.memory();
  const sealed = Policy.compile(schema).sealSync(document, context, keys).document;
  for (const source of [keys, oneKey()]) {
    const ways = {
      "a toJSON": (verb, good, end) => verb({ toJSON: () => (end(), JSON.parse(good)) }, context),
      "a getter of the context": (verb, good, end) =>
        verb(good, {
          ...context,
          get record() {
            return (end(), "7");
          },
        }),
      "a clock": (verb, good, end) => {
        const { now } = Date;
        Date.now = () => (end(), now());
        try {
          return verb(good, context);
        } finally {
          Date.now = now;
        }
      },
      "a getter of the options": (verb, good, end) =>
        verb(good, {
          ...context,
          get strict() {
            return (end(), false);
          },
        }),
      "an iterator": (verb, good, end) =>
        verb(
          (function* () {
            yield { document: good, context };
            end();
          })(),
        ),
    };
    const verbs = {
      seal: (policy) => [document, (given, about) => policy.seal(given, about, source)],
      sealSync: (policy) => [document, (given, about) => policy.sealSync(given, about, source)],
      open: (policy) => [sealed, (given, about) => policy.open(given, about, source)],
      openSync: (policy) => [sealed, (given, about) => policy.openSync(given, about, source)],
      checkDeep: (policy) => [sealed, (given, about) => policy.checkDeep(given, about, source)],
      checkDeepSync: (policy) => [
        sealed,
        (given, about) => policy.checkDeepSync(given, about, source),
      ],
      check: (policy) => [sealed, (given) => policy.check(given)],
      requiredKeys: (policy) => [
        document,
        (given, about) => policy.requiredKeys(given, about, "seal"),
      ],
      sealMany: (policy) => [
        document,
        (given, about) =>
          policy.sealMany(
            about === undefined ? given : [{ document: given, context: about }],
            source,
          ),
      ],
      openMany: (policy) => [
        sealed,
        (given, about) =>
          policy.openMany(
            about === undefined ? given : [{ document: given, context: about }],
            source,
          ),
      ],
    };
    for (const [name, verb] of Object.entries(verbs)) {
      for (const [by, way] of Object.entries(ways)) {
        if (by === "an iterator" && !name.endsWith("Many")) continue;
        const policy = Policy.compile(schema);
        let ended = false;
        const end = () => {
          policy[Symbol.dispose]();
          ended = true;
        };
        const [good, call] = verb(policy);
        const outcome = await Promise.resolve()
          .then(() => way(call, good, end))
          .then(
            () => undefined,
            (error) => error,
          );
        if (ended) assert.equal(outcome?.code, "internal", `${name}, ${by}: ${outcome}`);
        assert.notEqual(outcome?.code, "poisoned", `${name}, ${by}`);
      }
    }
  }
  assert.equal(Policy.compile(schema).openSync(sealed, context, keys).document, document);
});

test("compiling without random bytes, as at the top of a Worker, kills nothing", () => {
  const error = new Error("Disallowed operation called within global scope");
  const [large, small] = [instantiate(bytes.full), instantiate(bytes.evaluator)];
  const policy = large.Policy.compile(schema);
  fails(error);
  try {
    assert.throws(() => large.Policy.compile(beyond), { code: "internal", cause: error });
    // Only the validator crate draws any then.
    for (const api of [large, small]) assert.ok(api.Policy.compile(schema));
  } finally {
    replaceEntropy(undefined);
  }
  assert.ok(large.Policy.compile(schema).sealSync(document, context, oneKey()));
  assert.ok(policy.sealSync(document, context, oneKey()));
});
