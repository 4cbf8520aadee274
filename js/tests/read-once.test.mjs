// Objects that show one thing to a check and another to JSON.stringify: each member is read once,
// and what was judged is what is sealed. Objects in disguise are refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { context, evaluator, full, oneKey } from "./fieldseal.mjs";

const loose = { "x-schema-family": "loose", properties: { email: { "x-protection": {} } } };
const foreign = (code) => runInContext(code, createContext());
const bare = (object) => Object.setPrototypeOf(object, null);
const plainly = (object) => Object.setPrototypeOf(object, Object.prototype);

/** Gives the values in turn, then the last one for ever. */
const turning =
  (...values) =>
  () =>
    values.length > 1 ? values.shift() : values[0];
const getter = (next) => Object.defineProperty({}, "a", { get: next, enumerable: true });
const proxy = (next) =>
  new Proxy({ a: 0 }, { get: (of, name) => (name === "a" ? next() : of[name]) });
const element = (next) => Object.defineProperty([0], 0, { get: next, enumerable: true });
const elementProxy = (next) =>
  new Proxy([0], { get: (of, name) => (name === "0" ? next() : of[name]) });

/** A second reading of each gives something that JSON cannot hold, or another value. */
const others = [
  new Map([["ada", 1]]),
  1n,
  Number.NaN,
  2 ** 60,
  Promise.resolve(),
  () => 1,
  "other",
];

/** Objects that hold something, and look as if they were empty. */
const disguised = {
  "a Map": () => new Map([["email", "ada@example.com"]]),
  "a Set": () => new Set(["ada"]),
  "a WeakMap": () => new WeakMap(),
  "a WeakSet": () => new WeakSet(),
  "a WeakRef": () => new WeakRef({}),
  "a promise": () => Promise.resolve("ada"),
  "a date": () => new Date(0),
  "a regular expression": () => /ada/,
  "an ArrayBuffer": () => new ArrayBuffer(2),
  "a SharedArrayBuffer": () => new SharedArrayBuffer(2),
  "a DataView": () => new DataView(new ArrayBuffer(2)),
  "a typed array": () => new Float64Array(0),
  "a boxed number": () => Object(7),
  "a boxed boolean": () => Object(true),
  "a boxed BigInt": () => Object(1n),
  "a boxed symbol": () => Object(Symbol("ada")),
  "an error": () => new Error("ada"),
  "a Map of another realm": () => foreign("new Map([[1, 2]])"),
  "a promise of another realm": () => foreign("Promise.resolve()"),
};

for (const [name, { Policy, FieldSealError }] of Object.entries({ evaluator, full })) {
  const [policy, keys] = [Policy.compile(loose), oneKey()];
  const settled = async (calls) => {
    const [{ ok, error }] = await calls;
    if (error !== undefined) throw error;
    return ok;
  };
  const seals = {
    seal: (document) => policy.seal(document, context, keys),
    sealSync: (document) => policy.sealSync(document, context, keys),
    sealMany: (document) => settled(policy.sealMany([{ document, context }], keys)),
  };
  /** The other verbs, which read a document alike. */
  const reads = {
    open: (document) => policy.open(document, context, keys),
    openMany: (document) => settled(policy.openMany([{ document, context }], keys)),
    check: (document) => policy.check(document),
    checkDeep: (document) => policy.checkDeep(document, context, keys),
    requiredKeys: (document) => policy.requiredKeys(document, context, "seal"),
    indexValues: (document) => policy.indexValues("none", document, context, keys),
    compile: (document) => Policy.compile({ ...loose, examples: [document] }),
  };

  test(`${name}: what a getter or a Proxy gave first is what is sealed`, async () => {
    for (const make of [getter, proxy, element, elementProxy])
      for (const other of others)
        for (const [verb, seal] of Object.entries(seals)) {
          const opened = async (document) => {
            const sealed = (await seal(document)).document;
            return policy.openSync(sealed, context, keys).document;
          };
          const expected = (value) => (Array.isArray(make(() => 0)) ? [value] : { a: value });
          const of = `${verb}, ${make.name}, ${typeof other}`;
          assert.deepEqual(await opened(make(turning(1, other))), expected(1), of);
          assert.deepEqual(
            await opened({ email: make(turning({ b: "x" }, other)) }),
            { email: expected({ b: "x" }) },
            of,
          );
        }
  });

  test(`${name}: each member is read once, in every verb`, async () => {
    for (const make of [getter, proxy, element, elementProxy])
      for (const [verb, call] of Object.entries({ ...seals, ...reads })) {
        let count = 0;
        const document = make(() => ++count);
        await Promise.resolve(document)
          .then(call)
          .catch((error) => assert.ok(error instanceof FieldSealError, verb));
        assert.equal(count, 1, `${verb}, ${make.name}`);
      }
  });

  test(`${name}: a toJSON or then that comes and goes is judged once`, () => {
    const object = (member, next) =>
      Object.defineProperty({ b: 1 }, member, { get: next, enumerable: true });
    const written = (value) => policy.sealSync({ value }, context, keys).document.value;
    const map = () => new Map([["ada", 1]]);
    for (const member of ["toJSON", "then"])
      assert.deepEqual(written(object(member, turning(undefined, map))), { b: 1 });
    const giving = () => {
      Object.prototype.toJSON = map;
      return "given";
    };
    const early = Object.defineProperties({}, { a: { get: giving, enumerable: true } });
    try {
      // After the last look nobody is asked any more.
      assert.deepEqual(written([{ b: 1 }, early]), [{ b: 1 }, { a: "given" }]);
      delete Object.prototype.toJSON;
      assert.throws(() => written([early, { b: 1 }]), { code: "document", pointer: "/value/1" });
    } finally {
      delete Object.prototype.toJSON;
    }
  });

  test(`${name}: a date is the time that it holds, whatever else it says`, () => {
    const lying = (members) =>
      Object.defineProperties(new Date(0), Object.getOwnPropertyDescriptors(members));
    const foreignLie =
      "{ [Symbol.toPrimitive]: { value: () => NaN }, [Symbol.toStringTag]: { value: 'X' } }";
    class Dated extends Date {
      [Symbol.toPrimitive]() {
        return Number.NaN;
      }
      get [Symbol.toStringTag]() {
        return "Other";
      }
      valueOf() {
        return Number.NaN;
      }
    }
    const written = (value) => policy.sealSync({ value }, context, keys).document.value;
    const epoch = "1970-01-01T00:00:00.000Z";
    assert.equal(written(new Dated(0)), epoch);
    assert.equal(written(lying({ [Symbol.toPrimitive]: () => Number.NaN })), epoch);
    assert.equal(written(lying({ toJSON: () => "of its own" })), "of its own");
    const refused = [
      new Dated(Number.NaN),
      lying({ toJSON: () => new Map() }),
      lying({ toISOString: () => new Map() }),
      foreign(`Object.defineProperties(new Date(0), ${foreignLie})`),
    ];
    for (const value of refused)
      assert.throws(() => written(value), { code: "document", pointer: "/value" });
  });

  test(`${name}: nothing in disguise passes as an empty object`, async () => {
    for (const disguise of [bare, plainly])
      for (const [what, make] of Object.entries(disguised))
        for (const [verb, call] of Object.entries({ ...seals, ...reads })) {
          const value = disguise(make());
          const isOfSchema = verb === "compile";
          for (const [document, pointer] of [
            [value, isOfSchema ? "/examples/0" : ""],
            [{ email: [value] }, isOfSchema ? "/examples/0/email/0" : "/email/0"],
          ])
            await assert.rejects(
              async () => call(document),
              (error) =>
                error instanceof FieldSealError &&
                error.code === (isOfSchema ? "schema" : "document") &&
                error.pointer === pointer,
              `${verb}, ${disguise.name}, ${what}`,
            );
        }
    for (const empty of [{}, bare({}), new Proxy({}, {}), foreign("({})")])
      assert.deepEqual(policy.sealSync({ empty }, context, keys).document, { empty: {} });
  });

  test(`${name}: without structuredClone too`, () => {
    const { structuredClone } = globalThis;
    globalThis.structuredClone = undefined;
    try {
      // Some errors and buffers cannot be told there.
      for (const what of ["a Map", "a Set", "a promise", "a date", "a WeakMap", "an ArrayBuffer"])
        assert.throws(() => policy.sealSync([bare(disguised[what]())], context, keys), {
          code: "document",
          pointer: "/0",
        });
      assert.deepEqual(policy.sealSync([bare({}), {}], context, keys).document, [{}, {}]);
    } finally {
      globalThis.structuredClone = structuredClone;
    }
  });
}
