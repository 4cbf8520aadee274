// A result is a plain value to whoever handles it, though its records are parsed only when
// somebody looks.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { inspect } from "node:util";
import { context, evaluator, full, schema } from "./fieldseal.mjs";

for (const [name, { Policy, Keyring }] of Object.entries({ evaluator, full })) {
  const [policy, keys] = [Policy.compile(schema), Keyring.memory()];
  const given = { id: "7", email: "ada@example.org" };
  const results = () => {
    const sealed = policy.sealSync(given, context, keys);
    return { sealed, opened: policy.openSync(sealed.document, context, keys) };
  };
  const members = {
    sealed: ["document", "verdict", "indexes"],
    opened: ["document", "verdict", "access"],
  };

  for (const kind of ["sealed", "opened"]) {
    const records = members[kind].filter((member) => member === "verdict" || member === "access");

    test(`${name}: a ${kind} document's records are members like others, by every way of reading them first`, () => {
      const ways = {
        "by itself": (result) => result,
        "copied by spread": (result) => ({ ...result }),
        "a structured clone": (result) => structuredClone(result),
        "its JSON": (result) => JSON.parse(JSON.stringify(result)),
        "behind a proxy": (result) => new Proxy(result, {}),
        "behind a proxy that hands itself on": (result) =>
          new Proxy(result, {
            get: (target, member, receiver) => Reflect.get(target, member, receiver),
          }),
        "an heir": (result) => Object.create(result),
        "a copy of its descriptors": (result) =>
          Object.defineProperties({}, Object.getOwnPropertyDescriptors(result)),
        frozen: (result) => Object.freeze(result),
      };
      for (const [way, take] of Object.entries(ways)) {
        const taken = take(results()[kind]);
        for (const record of records) {
          assert.equal(typeof taken[record].at, "string", `${record}, ${way}`);
          assert.equal(taken[record].at, taken[record].at);
        }
        if (way === "by itself")
          for (const record of records)
            assert.equal(taken[record], taken[record], "it is parsed once");
      }
    });

    test(`${name}: a ${kind} document's result is a plain object with its members in order and nothing beside them`, () => {
      const result = results()[kind];
      assert.equal(Object.getPrototypeOf(result), Object.prototype);
      assert.deepEqual(Object.keys(result), members[kind]);
      const plain = Object.fromEntries(members[kind].map((member) => [member, result[member]]));
      assert.deepEqual({ ...result }, plain);
      assert.deepEqual(result, plain);
      assert.doesNotMatch(inspect(result), /Symbol/);
    });
  }
}
