// Contexts, options, sources and lists of another realm, as a test runner or a sandbox gives them,
// are as good as those of this one; inherited members are read and judged as its own are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { evaluator, full } from "./fieldseal.mjs";

const realm = createContext({});
const foreign = (code) => runInContext(`(${code})`, realm);
const schema = {
  "x-schema-family": "realms",
  properties: {
    email: { "x-protection": { index: { name: "mail", normalize: "email", bits: 32 } } },
  },
};
const document = { email: "ada@example.com" };
const context = { record: "7", subject: "ada" };

for (const [name, { Policy, Keyring, cacheKeys, keysFrom }] of Object.entries({
  evaluator,
  full,
})) {
  const keys = () => Keyring.memory();
  const only = async (calls) => {
    const [{ ok, error }] = await calls;
    if (error !== undefined) throw error;
    return ok;
  };
  const policy = Policy.compile(schema);
  /** Every verb that takes a context. */
  const verbs = {
    seal: (context) => policy.seal(document, context, keys()),
    sealSync: (context) => policy.sealSync(document, context, keys()),
    sealMany: (context) => only(policy.sealMany([{ document, context }], keys())),
    open: (context) => policy.open({}, context, keys()),
    openSync: (context) => policy.openSync({}, context, keys()),
    openMany: (context) => only(policy.openMany([{ document: {}, context }], keys())),
    checkDeep: (context) => policy.checkDeep({}, context, keys()),
    checkDeepSync: (context) => policy.checkDeepSync({}, context, keys()),
    indexValues: (context) => policy.indexValues("mail", "ada", context, keys()),
    indexValuesSync: (context) => policy.indexValuesSync("mail", "ada", context, keys()),
    sealValue: (context) => policy.sealValue("/email", "ada@x", context, keys()),
    sealValueSync: (context) => policy.sealValueSync("/email", "ada@x", context, keys()),
    sealValues: (context) =>
      only(policy.sealValues([{ place: "/email", value: "ada@x", context }], keys())),
    requiredKeys: (context) => policy.requiredKeys(document, context, "seal"),
  };
  /** Every argument whose members are optional. */
  const optional = {
    "options of cacheKeys": (options) => cacheKeys(keys(), options),
    "options of memory": (options) => Keyring.memory(options),
    "options of openMany": (options) => policy.openMany([], keys(), options),
    "options of indexValues": (options) =>
      policy.indexValues("mail", "ada", context, keys(), options),
    "options of sealValue": (options) =>
      policy.sealValue("/email", "ada@x", context, keys(), options),
    "options of rotate": async (options) => {
      const ring = keys();
      await ring.provision("ada");
      await ring.rotate("ada", options);
    },
    "options of destroy": (options) => keys().destroy({ ref: "contract/2020-10" }, options),
    "options of compile": (options) => Policy.compile(schema, options),
    "a context": (context) => policy.sealSync({}, context, keys()),
  };

  test(`${name}: an unknown member that is inherited is refused, in every verb`, async () => {
    const inherited = [
      Object.create({ subjct: "1" }),
      Object.create({ record: "7", subject: "ada", subjct: "1" }),
      Object.assign(Object.create({ subjct: "1" }), context),
      Object.assign(Object.create(Object.create({ subjct: "1" })), context),
      Object.assign(foreign("Object.create({ subjct: '1' })"), context),
    ];
    for (const [verb, call] of Object.entries(verbs)) {
      for (const given of inherited)
        await assert.rejects(async () => call(given), { code: "context" }, verb);
      await assert.rejects(
        async () => call(inherited[2]),
        /no member `subjct`: did you mean `subject`/,
        verb,
      );
      await call(Object.create(context));
    }
    const misspelt = () => Object.create({ nll: true, strct: true, entris: 1 });
    for (const [what, call] of Object.entries(optional)) {
      if (what === "options of compile") continue;
      await assert.rejects(async () => call(misspelt()), { code: "context" }, what);
    }
    const owner = Object.assign(Object.create({ tennant: "a" }), { ref: "ada" });
    for (const verb of ["provision", "restrict", "lift", "erasures", "reopen", "state"])
      await assert.rejects(keys()[verb](owner), { code: "context" }, verb);
  });

  test(`${name}: what somebody gave every object is no member of a context`, async () => {
    Object.prototype.added = () => {};
    try {
      for (const call of Object.values(verbs)) await call(context);
      await assert.rejects(async () => verbs.seal({ ...context, added: 1 }), { code: "context" });
    } finally {
      delete Object.prototype.added;
    }
  });

  test(`${name}: contexts and options of another realm are taken, in every verb`, async () => {
    for (const [verb, call] of Object.entries(verbs)) {
      await call(foreign('{ record: "7", subject: "ada", consents: [], at: new Date(0) }'));
      await assert.rejects(
        async () => call(foreign('{ record: "7", subject: "ada", tenantId: "a" }')),
        { code: "context" },
        verb,
      );
      await assert.rejects(async () => call(foreign("new Map()")), { code: "context" }, verb);
    }
    for (const [what, call] of Object.entries(optional)) {
      await assert.doesNotReject(async () => call({}), what);
      await assert.doesNotReject(async () => call(foreign("{}")), what);
      await assert.doesNotReject(async () => call(foreign("Object.create(null)")), what);
    }
  });

  test(`${name}: sources, answers, requests and calls of another realm are taken`, async () => {
    const source = foreign(`{
      current: (requests) => requests.map(({ ref }) => ({
        id: new Uint8Array(16).fill(1), secret: new Uint8Array(32).fill(2), ref })),
      byId: async (requests) => requests.map(() => ({
        id: new Uint8Array(16).fill(1), secret: new Uint8Array(32).fill(2) })),
    }`);
    const sealed = policy.sealSync(document, context, source).document;
    assert.deepEqual((await policy.open(sealed, context, source)).document, document);
    const cached = cacheKeys(source, foreign("{ entries: 1 }"));
    assert.deepEqual((await policy.open(sealed, context, cached)).document, document);
    const [{ ok }] = await policy.sealMany(
      foreign('[{ document: { email: "ada" }, context: { record: "7", subject: "ada" } }]'),
      source,
    );
    assert.equal(typeof ok.document.email, "string");
    const requests = foreign(`[{ kind: "subject", ref: "ada", tenant: "", operation: "seal",
      consents: [{ purpose: "p", until: new Date(0) }] }]`);
    assert.equal(keys().current(requests).length, 1);
    const held = keysFrom(requests, source.current(requests)).current(requests);
    assert.equal(held[0].secret.length, 32);
  });

  test(`${name}: a date of any realm is a moment, and what only looks like one is none`, async () => {
    const ring = keys();
    for (const at of [new Date(0), foreign("new Date(0)"), new (class extends Date {})(0)]) {
      assert.deepEqual(await ring.due(at), []);
      policy.sealSync(document, { ...context, at }, ring);
    }
    const invalid = [
      new Date(Number.NaN),
      foreign("new Date(NaN)"),
      Object.create(Date.prototype),
      Object.defineProperty({}, Symbol.toStringTag, { value: "Date" }),
    ];
    for (const at of invalid) {
      await assert.rejects(ring.due(at), { code: "context" });
      assert.throws(() => policy.sealSync(document, { ...context, at }, ring), { code: "context" });
      const consents = [{ purpose: "p", until: at }];
      assert.throws(() => policy.sealSync(document, { ...context, consents }, ring), {
        code: "context",
      });
    }
  });
}
