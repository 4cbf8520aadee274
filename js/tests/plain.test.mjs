// Plain values as documents: everything that JSON cannot say is refused, by every verb, with the
// place where it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { context, evaluator, full, oneKey } from "./fieldseal.mjs";

const other = createContext();
const foreign = (code) => runInContext(code, other);
class Person {
  email = "ada@example.com";
}
const clear = { email: "ada@example.com" };

/** Objects that are no plain value, neither as a document nor inside one. */
const strange = {
  "a promise": () => Promise.resolve(clear),
  "a thenable": () => ({ ...clear, then: () => clear }),
  "a Map": () => new Map(Object.entries(clear)),
  "a Map of another realm": () => foreign("new Map()"),
  "a Set": () => new Set([1]),
  "a WeakMap": () => new WeakMap(),
  "a Blob": () => new Blob(["{}"]),
  "a Response": () => new Response("{}"),
  "a FormData": () => new FormData(),
  "URL parameters": () => new URLSearchParams(clear),
  "a stream": () => new ReadableStream(),
  "an iterator": () => [clear].values(),
  "a generator": () =>
    (function* () {
      yield clear;
    })(),
  "an ArrayBuffer": () => new ArrayBuffer(2),
  "a SharedArrayBuffer": () => new SharedArrayBuffer(2),
  "an ArrayBuffer of another realm": () => foreign("new ArrayBuffer(2)"),
  "a DataView": () => new DataView(new ArrayBuffer(2)),
  "another typed array": () => new Float64Array(1),
  "a boxed string": () => new String('{"email":"a"}'),
  "a boxed number": () => new Number(7),
  "a boxed boolean": () => Object(true),
  "a boxed BigInt": () => Object(1n),
  "a boxed symbol": () => Object(Symbol("ada")),
  "a regular expression": () => /a/,
  "an error": () => new Error("ada"),
  "an instance of a class": () => new Person(),
  "an heir of a plain object": () => Object.create(clear),
  "an heir of nothing's heir": () => Object.create(Object.create(null)),
  "a toJSON that gives a Map": () => ({ toJSON: () => new Map() }),
  "a toJSON that gives a promise": () => ({ toJSON: async () => clear }),
  "a toJSON that gives a date": () => ({ toJSON: () => new Date(0) }),
};
/** Refused inside a document alone: as documents they are something else, or plain. */
const strangeInside = {
  "a Uint8Array": () => new Uint8Array(2),
  "a Uint8Array of another realm": () => foreign("new Uint8Array(2)"),
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  "a BigInt": () => 1n,
  "an integer that JavaScript rounds": () => 2 ** 53,
  "an invalid date": () => new Date(Number.NaN),
  "an invalid date of another realm": () => foreign("new Date(NaN)"),
  "what only looks like a date": () => Object.create(Date.prototype),
  "a date that writes itself as a Map": () =>
    Object.assign(new Date(0), { toISOString: () => new Map() }),
};
/** Refused as a document alone. */
const strangeWhole = {
  "a date": () => new Date(0),
  "a URL": () => new URL("https://example.com"),
  "a toJSON that gives text": () => ({ toJSON: () => '{"email":"ada"}' }),
  "a toJSON that gives nothing": () => ({ toJSON: () => undefined }),
};
/** Accepted, inside, and what becomes of it. */
const plain = {
  "an object without a prototype": [() => Object.assign(Object.create(null), clear), clear],
  "an object of another realm": [() => foreign('({ email: "ada@example.com" })'), clear],
  "an array of another realm": [() => foreign("[1, { a: 2 }]"), [1, { a: 2 }]],
  "an array with holes": [() => [, undefined, () => {}], [null, null, null]],
  "a member named then": [() => ({ then: "text", if: 1 }), { then: "text", if: 1 }],
  "members without a JSON form": [
    () => ({ a: undefined, b: () => {}, c: Symbol("c"), d: 1 }),
    { d: 1 },
  ],
  "a member named __proto__": [
    () => JSON.parse('{"__proto__":{"a":1}}'),
    JSON.parse('{"__proto__":{"a":1}}'),
  ],
  "a date": [() => new Date(0), "1970-01-01T00:00:00.000Z"],
  "a date of another realm": [() => foreign("new Date(0)"), "1970-01-01T00:00:00.000Z"],
  "a URL": [() => new URL("https://example.com/"), "https://example.com/"],
  "a Buffer": [() => Buffer.of(1), { type: "Buffer", data: [1] }],
  "a toJSON of its own": [
    () => ({ toJSON: (name) => ({ name, when: new Date(0) }) }),
    { name: "email", when: "1970-01-01T00:00:00.000Z" },
  ],
  "a class with a toJSON": [
    () =>
      new (class {
        toJSON() {
          return [this.constructor === undefined];
        }
      })(),
    [false],
  ],
  "a function with a toJSON": [() => Object.assign(() => {}, { toJSON: () => 7 }), 7],
  "a getter": [
    () => ({
      get a() {
        return 1;
      },
    }),
    { a: 1 },
  ],
  "a proxy": [() => new Proxy(clear, {}), clear],
  "the same object twice": [() => [clear, clear, { toJSON: () => clear }], [clear, clear, clear]],
};
const loose = { "x-schema-family": "loose", properties: { email: { "x-protection": {} } } };

for (const [name, { Policy, FieldSealError }] of Object.entries({ evaluator, full })) {
  const [policy, keys] = [Policy.compile(loose), oneKey()];
  const sealed = policy.sealSync(clear, context, keys).document;
  const settled = async (calls) => {
    const [{ error }] = await calls;
    if (error !== undefined) throw error;
  };
  /** Every verb that takes a document. */
  const verbs = {
    seal: (document) => policy.seal(document, context, keys),
    sealSync: (document) => policy.sealSync(document, context, keys),
    sealMany: (document) => settled(policy.sealMany([{ document, context }], keys)),
    open: (document) => policy.open(document, context, keys),
    openSync: (document) => policy.openSync(document, context, keys),
    openMany: (document) => settled(policy.openMany([{ document, context }], keys)),
    check: (document) => policy.check(document),
    checkDeep: (document) => policy.checkDeep(document, context, keys),
    checkDeepSync: (document) => policy.checkDeepSync(document, context, keys),
    requiredKeys: (document) => policy.requiredKeys(document, context, "seal"),
  };
  const refuses = async (what, pointer, make) => {
    for (const [verb, call] of Object.entries(verbs)) {
      const error = await Promise.resolve()
        .then(() => call(make()))
        .then(
          (given) => given,
          (error) => error,
        );
      assert.ok(error instanceof FieldSealError, `${verb}, ${what}: ${JSON.stringify(error)}`);
      assert.equal(error.code, "document", `${verb}, ${what}: ${error.message}`);
      if (error.cause === undefined) assert.equal(error.pointer, pointer, `${verb}, ${what}`);
      assert.doesNotMatch(error.message, /ada|example/);
    }
  };

  test(`${name}: no verb takes anything but plain values`, async () => {
    for (const [what, make] of Object.entries({ ...strange, ...strangeWhole }))
      await refuses(what, "", make);
  });

  test(`${name}: no verb takes anything else inside of one, and the error has its place`, async () => {
    for (const [what, make] of Object.entries({ ...strange, ...strangeInside })) {
      await refuses(what, "/email", () => ({ email: make() }));
      await refuses(what, "/a~1b/1/~0", () => ({ ...clear, "a/b": [0, { "~": make() }] }));
      await refuses(what, "/list/0/0", () => ({ list: { toJSON: () => [[make()]] } }));
    }
  });

  test(`${name}: what is plain, and what writes itself, is sealed and opened as JSON.stringify writes it`, () => {
    for (const [what, [make, expected]] of Object.entries(plain)) {
      const { document } = policy.sealSync({ email: make(), beside: make() }, context, keys);
      const opened = policy.openSync(document, context, keys).document;
      const name = (value) =>
        JSON.parse(JSON.stringify(value).replaceAll('"name":"email"', '"name":"beside"'));
      assert.deepEqual(opened, { email: expected, beside: name(expected) }, what);
      if (typeof expected === "object" && !(make() instanceof URL))
        assert.deepEqual(
          JSON.stringify(policy.sealSync([make()], context, keys).document),
          JSON.stringify([make()]),
          what,
        );
    }
  });

  test(`${name}: a whole document may write itself as an array or a plain object`, () => {
    for (const toJSON of [() => clear, () => Object.assign(Object.create(null), clear)]) {
      const { document } = policy.sealSync({ toJSON }, context, keys);
      assert.deepEqual(policy.openSync(document, context, keys).document, clear);
    }
    assert.deepEqual(policy.sealSync({ toJSON: () => [1] }, context, keys).document, [1]);
  });

  test(`${name}: a toJSON is called once`, () => {
    let calls = 0;
    const counting = { toJSON: () => ({ email: `${++calls}` }) };
    const { document } = policy.sealSync(
      { ...clear, deep: [counting], nested: { toJSON: () => counting } },
      context,
      keys,
    );
    assert.deepEqual([calls, document.deep, document.nested], [1, [{ email: "1" }], {}]);
  });

  test(`${name}: cycles are a fault of the document, and depth is a limit, with a toJSON and without`, async () => {
    for (const more of [{}, { written: { toJSON: () => 1 } }]) {
      const cycle = { ...clear, ...more, list: [] };
      cycle.list.push({ cycle });
      await refuses("a cycle", "/list/0/cycle", () => cycle);
      let deep = { ...more };
      for (let level = 0; level < 140; level++) deep = { deep, ...more };
      assert.throws(() => policy.sealSync(deep, context, keys), { code: "limit" });
    }
    const endless = { toJSON: () => ({ endless }) };
    assert.throws(() => policy.sealSync({ endless }, context, keys), { code: "limit" });
  });

  test(`${name}: what a getter or a toJSON throws is the cause`, () => {
    const fail = () => {
      throw new RangeError("ada");
    };
    for (const document of [
      {
        get email() {
          return fail();
        },
      },
      { email: { toJSON: fail } },
      { toJSON: fail },
    ]) {
      assert.throws(
        () => policy.sealSync(document, context, keys),
        (error) =>
          error.code === "document" && error.cause.message === "ada" && !/ada/.test(error.message),
      );
    }
  });

  test(`${name}: messages say what to give instead`, () => {
    const message = (value) => {
      try {
        policy.sealSync({ email: value }, context, keys);
      } catch (error) {
        return error.message;
      }
    };
    assert.match(message(new Person()), /give a plain object or a `toJSON`/);
    assert.match(message(Promise.resolve()), /await/);
    assert.match(message(new Map()), /Object\.fromEntries/);
    assert.match(message(1n), /text/);
  });

  test(`${name}: numbers that JavaScript does not keep are refused on the way out, with their place`, () => {
    const text = policy.sealSync(
      '{"email":9007199254740993,"list":[{"big":1e400}]}',
      context,
      keys,
    ).document;
    assert.equal(
      policy.openSync(text, context, keys).document,
      '{"email":9007199254740993,"list":[{"big":1e400}]}',
    );
    const value = JSON.parse(policy.sealSync('{"email":9007199254740993}', context, keys).document);
    assert.throws(() => policy.openSync(value, context, keys), {
      code: "document",
      pointer: "/email",
    });
  });
}

test("arrays that write themselves do so in a document", () => {
  const [policy, keys] = [evaluator.Policy.compile(loose), oneKey()];
  Object.defineProperty(Array.prototype, "toJSON", {
    value() {
      return { length: this.length };
    },
    configurable: true,
  });
  try {
    assert.equal(
      JSON.stringify(policy.sealSync({ list: [1, 2] }, context, keys).document),
      '{"list":{"length":2}}',
    );
  } finally {
    delete Array.prototype.toJSON;
  }
});

test("a value that JSON.stringify writes unread is refused", () => {
  const [policy, keys] = [evaluator.Policy.compile(loose), oneKey()];
  const raw = Object.freeze(Object.assign(Object.create(null), { rawJSON: "9007199254740993" }));
  const { isRawJSON } = JSON;
  // Node 20 has none.
  JSON.isRawJSON = (value) => value === raw;
  try {
    const seal = () => policy.sealSync({ email: raw }, context, keys);
    assert.throws(seal, { code: "document", pointer: "/email" });
  } finally {
    JSON.isRawJSON = isRawJSON;
  }
});
