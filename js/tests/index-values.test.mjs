// The tokens of a search: what sealing hands back for the same value.
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluator, full } from "./fieldseal.mjs";

const index = (name, more = {}) => ({ "x-protection": { index: { name, bits: 32, ...more } } });
const schema = {
  "x-schema-family": "f",
  properties: {
    mail: index("mail", { normalize: "email" }),
    old: index("mail", { normalize: "email", bits: 16 }),
    raw: index("mail"),
    any: index("any"),
    own: index("own", { per: "subject" }),
    phone: index("phone", { normalize: "digits" }),
    plain: { "x-protection": {} },
  },
};
const context = { record: "r", subject: "ada" };

for (const [name, { Policy, Keyring, cacheKeys }] of Object.entries({ evaluator, full })) {
  const policy = Policy.compile(schema);
  const ring = Keyring.memory();
  const asked = [];
  const around = {
    current: (requests) => (asked.push(requests), ring.current(requests)),
    byId: (requests) => ring.byId(requests),
  };
  const sources = {
    "its own keyring": ring,
    "a source around it": around,
    "a cache": cacheKeys(around),
  };
  const later = {
    current: async (requests) => around.current(requests),
    byId: async (requests) => around.byId(requests),
  };
  const indexed = (document) =>
    policy.sealSync(document, context, ring).indexes.map(({ value }) => value);

  test(`${name}: a search finds what sealing indexed, by each marker of that name`, async () => {
    const mail = "Ada@Example.org";
    const tokens = indexed({ mail, old: mail, raw: mail });
    assert.equal(new Set(tokens).size, 3);
    for (const [what, keys] of Object.entries(sources)) {
      assert.deepEqual(policy.indexValuesSync("mail", mail, {}, keys), tokens, what);
      assert.deepEqual(await policy.indexValues("mail", mail, {}, keys), tokens, what);
    }
    assert.deepEqual(await policy.indexValues("mail", mail, {}, later), tokens);
    const [request] = asked.at(-1);
    assert.deepEqual(request, { kind: "index", ref: "mail", tenant: "", operation: "seal" });
    assert.throws(() => policy.indexValuesSync("mail", mail, {}, later), { code: "internal" });
  });

  test(`${name}: a value is a JSON value, read as plain values are`, async () => {
    const values = [
      7,
      -0.5,
      true,
      "",
      "7",
      '"quoted"',
      "é😀",
      { b: 1, a: [2.5, { c: null }] },
      [],
      new Date(0),
      { toJSON: () => "7" },
    ];
    for (const any of values) {
      const tokens = indexed({ any });
      assert.equal(tokens.length, 1);
      assert.deepEqual(policy.indexValuesSync("any", any, {}, ring), tokens);
      assert.deepEqual(await policy.indexValues("any", any, {}, around), tokens);
    }
    const [seven, text] = [7, "7"].map((any) => policy.indexValuesSync("any", any, {}, ring)[0]);
    assert.notEqual(seven, text, "a text is not the number that it looks like");
    const cycle = {};
    cycle.cycle = cycle;
    class Own {}
    const bad = [
      undefined,
      Number.NaN,
      Infinity,
      1n,
      2 ** 53,
      () => 7,
      Symbol("7"),
      new Map(),
      new Own(),
      Promise.resolve("7"),
      new Uint8Array(1),
      cycle,
      "\ud800",
    ];
    for (const value of bad) {
      assert.throws(() => policy.indexValuesSync("any", value, {}, ring), {
        name: "FieldSealError",
        code: "document",
      });
      await assert.rejects(policy.indexValues("any", value, {}, later), { code: "document" });
    }
  });

  test(`${name}: null has tokens only for those who ask`, async () => {
    const tokens = indexed({ mail: null, old: null, raw: null });
    const before = asked.length;
    assert.deepEqual(policy.indexValuesSync("mail", null, {}, around), []);
    assert.deepEqual(await policy.indexValues("mail", null, {}, later, { null: false }), []);
    assert.equal(asked.length, before, "no key is asked for");
    const found = policy.indexValuesSync("mail", null, {}, around, { null: true });
    assert.deepEqual(new Set(found), new Set(tokens));
    assert.deepEqual(await policy.indexValues("mail", null, {}, later, { null: true }), found);
    assert.deepEqual(policy.indexValuesSync("mail", null, {}, ring, { null: true }), found);
    assert.ok(!policy.indexValuesSync("mail", "null", {}, ring).includes(found[0]));
  });

  test(`${name}: an index of each person is searched for the subject of the call`, () => {
    const tokens = indexed({ own: "x" });
    assert.deepEqual(policy.indexValuesSync("own", "x", { subject: "ada" }, ring), tokens);
    assert.notDeepEqual(policy.indexValuesSync("own", "x", { subject: "bob" }, ring), tokens);
    assert.throws(() => policy.indexValuesSync("own", "x", {}, ring), { code: "context" });
  });

  test(`${name}: what is asked for goes to the key source, and its refusals come back`, async () => {
    const about = { tenant: "acme", purpose: "support", caller: "crm", origin: "desk" };
    await policy.indexValues("mail", "a@b", about, later);
    assert.deepEqual(asked.at(-1), [
      { kind: "index", ref: "mail", tenant: "acme", operation: "seal", ...about },
    ]);
    for (const code of ["erased", "restricted", "denied", "not-found", "unavailable"]) {
      const refusing = { current: () => [{ code }], byId: () => [] };
      assert.throws(
        () => policy.indexValuesSync("mail", "a@b", {}, refusing),
        (error) => {
          assert.equal(error.code, code);
          assert.match(error.message, /the key of this value's index/);
          return true;
        },
      );
      await assert.rejects(policy.indexValues("mail", "a@b", {}, refusing), { code });
    }
    const none = { current: () => [], byId: () => [] };
    assert.throws(() => policy.indexValuesSync("mail", "a@b", {}, none), { code: "internal" });
    assert.throws(() => policy.indexValuesSync("mail", "a@b", {}, {}), { code: "context" });
  });

  test(`${name}: slips are refused and named`, async () => {
    const refused = async (code, message, ...given) => {
      const is = (error) => {
        assert.deepEqual([error.name, error.code], ["FieldSealError", code], error.message);
        assert.match(error.message, message);
        return true;
      };
      assert.throws(() => policy.indexValuesSync(...given), is);
      await assert.rejects(policy.indexValues(...given), is);
    };
    await refused("context", /did you mean `mail`/, "mial", "x", {}, ring);
    await refused("context", /no marker has an index of this name$/, "plain", "x", {}, ring);
    await refused("context", /no marker/, "", "x", {}, ring);
    for (const other of [undefined, null, 7, {}])
      await refused("context", /name/, other, "x", {}, ring);
    await refused("context", /did you mean `null`/, "mail", "x", {}, ring, { nul: true });
    await refused("context", /no member `strict_`/, "mail", "x", {}, ring, { strict_: true });
    await refused("context", /`null` is true or false/, "mail", "x", {}, ring, { null: 1 });
    await refused("context", /plain object/, "mail", "x", {}, ring, new Map([["null", true]]));
    await refused("context", /an object/, "mail", "x", {}, ring, null);
    await refused("context", /did you mean `tenant`/, "mail", "x", { tenan: "a" }, ring);
    await refused("context", /an object/, "mail", "x", undefined, ring);
    await refused("invalid", /digit/, "phone", "none", {}, ring);
    await refused("context", /not built yet/, "mail", "x", { consents: [{ purpose: "a" }] }, ring);
  });

  test(`${name}: a policy that was disposed of searches nothing`, async () => {
    const gone = Policy.compile(schema);
    gone[Symbol.dispose]();
    assert.throws(() => gone.indexValuesSync("mail", "x", {}, ring), { code: "internal" });
    await assert.rejects(gone.indexValues("mail", "x", {}, later), { code: "internal" });
  });
}
