// One value without its document: what a column of a table holds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { beyond, evaluator, full, oneKey, store } from "./fieldseal.mjs";

const schema = {
  "x-schema-family": "customers",
  "x-retention": { contract: { period: "P10Y", from: "/signed", bucket: "P1M" } },
  type: "object",
  properties: {
    id: { type: "integer" },
    signed: { type: "string" },
    plain: {},
    email: {
      type: "string",
      minLength: 3,
      "x-protection": { subject: "/id", index: { name: "mail", bits: 32, normalize: "email" } },
    },
    iban: { "x-protection": { subject: "/id", retention: "contract" } },
    any: { "x-protection": {} },
    list: { items: { "x-protection": {} } },
  },
};
const context = { record: "7", subject: "7" };

for (const [name, { Policy, Keyring, FieldSealError, cacheKeys }] of Object.entries({
  evaluator,
  full,
})) {
  const policy = Policy.compile(schema);
  const code = async (call) => {
    try {
      await call();
    } catch (error) {
      assert.ok(error instanceof FieldSealError, String(error));
      return error.code;
    }
    return assert.fail("it was not refused");
  };

  test(`${name}: a value and its document open in the place of each other`, async () => {
    const held = store();
    const sources = [Keyring.memory(), oneKey(), held, cacheKeys(store())];
    for (const keys of sources) {
      const value = "ada@example.org";
      for (const seal of [
        () => policy.sealValue("/email", value, context, keys),
        () => policy.sealValueSync("/email", value, context, keys),
      ]) {
        const { envelope, verdict, indexes } = await seal();
        assert.match(envelope, /^Fs1/);
        assert.deepEqual(verdict.codes, ["conforming"]);
        assert.equal(verdict.sealed[0].pointer, "/email");
        assert.deepEqual([indexes[0].name, indexes[0].pointer], ["mail", "/email"]);
        const opened = policy.openSync({ id: 7, email: envelope }, { record: "7" }, keys);
        assert.deepEqual(opened.document, { id: 7, email: value });
      }
      const sealed = policy.sealSync({ id: 7, email: value }, { record: "7" }, keys);
      const { email } = sealed.document;
      for (const open of [
        () => policy.openValue("/email", email, context, keys),
        () => policy.openValueSync("/email", email, context, keys),
      ]) {
        const opened = await open();
        assert.equal(opened.value, value);
        assert.deepEqual(opened.access.revealed, [{ pointer: "/email", count: 1 }]);
        assert.deepEqual(Object.keys(opened), ["value", "verdict", "access"]);
        assert.deepEqual(structuredClone({ ...opened }).verdict.codes, ["conforming"]);
      }
    }
    // Sources that answer later.
    const later = {
      current: async (requests) => held.current(requests),
      byId: async (requests) => held.byId(requests),
    };
    const { envelope } = await policy.sealValue("/any", 1, context, later);
    assert.equal((await policy.openValue("/any", envelope, context, later)).value, 1);
    assert.equal(await code(() => policy.sealValueSync("/any", 1, context, later)), "internal");
  });

  test(`${name}: every JSON value comes back as what it was`, () => {
    const keys = oneKey();
    const values = [
      null,
      true,
      0,
      -1.5,
      "",
      "null",
      "é\n\u{1F600}",
      [],
      [1, "a"],
      {},
      { a: [null] },
    ];
    for (const value of values) {
      const { envelope } = policy.sealValueSync("/any", value, context, keys);
      assert.deepEqual(policy.openValueSync("/any", envelope, context, keys).value, value);
    }
    const date = new Date(0);
    const { envelope } = policy.sealValueSync("/any", date, context, keys);
    assert.equal(policy.openValueSync("/any", envelope, context, keys).value, date.toISOString());
  });

  test(`${name}: what is no value, place, envelope or date is refused`, async () => {
    const keys = oneKey();
    for (const value of [undefined, () => 1, Symbol("a"), 2 ** 60, NaN, 1n, new Map()]) {
      assert.equal(await code(() => policy.sealValue("/any", value, context, keys)), "document");
      assert.equal(
        await code(() => policy.sealValueSync("/any", value, context, keys)),
        "document",
      );
    }
    for (const place of [
      undefined,
      null,
      7,
      "any",
      "/plain",
      "/none",
      "/list",
      "/list/a",
      "\ud800",
    ]) {
      assert.equal(await code(() => policy.sealValueSync(place, 1, context, keys)), "context");
      assert.equal(await code(() => policy.openValueSync(place, "Fs1", context, keys)), "context");
    }
    for (const envelope of [undefined, null, 7, {}, new Uint8Array(3)])
      assert.equal(
        await code(() => policy.openValueSync("/any", envelope, context, keys)),
        "context",
      );
    assert.equal(
      await code(() => policy.openValueSync("/any", "clear", context, keys)),
      "not-sealed",
    );
    for (const from of [7, {}, new Date(NaN), "soon"])
      assert.equal(
        await code(() => policy.sealValueSync("/iban", 1, context, keys, { from })),
        "context",
      );
    for (const options of [{ form: "2026-01-01" }, { strict: true }, 7, null])
      assert.equal(
        await code(() => policy.sealValueSync("/iban", 1, context, keys, options)),
        "context",
      );
    for (const options of [{ from: "2026-01-01" }, { strict: 1 }])
      assert.equal(
        await code(() => policy.openValueSync("/any", "Fs1", context, keys, options)),
        "context",
      );
    const strict = { ...context, strict: true };
    assert.equal(await code(() => policy.openValue("/any", "Fs1", strict, keys)), "context");
    assert.equal(await code(() => policy.sealValue("/email", "ab", context, keys)), "invalid");
    assert.equal(
      await code(() => policy.sealValue("/email", "abc", { record: "7" }, keys)),
      "context",
    );
  });

  test(`${name}: the date of a retention is text or a Date`, async () => {
    const keys = oneKey();
    for (const from of ["2026-03-04", "2026-03-04T00:00:00Z", new Date("2026-03-04")]) {
      const { verdict, envelope } = policy.sealValueSync("/iban", "DE", context, keys, { from });
      assert.equal(verdict.sealed[0].bucket, "contract/2036-03");
      assert.equal(policy.openValueSync("/iban", envelope, context, keys).value, "DE");
      const cells = [{ place: "/iban", value: "DE", context, from }];
      const [{ ok }] = await policy.sealValues(cells, keys);
      assert.equal(ok.verdict.sealed[0].bucket, "contract/2036-03");
    }
    assert.equal(await code(() => policy.sealValue("/iban", "DE", context, keys)), "context");
  });

  test(`${name}: an erased person's value becomes its placeholder, or an error if strict`, async () => {
    const keys = Keyring.memory();
    const { envelope } = policy.sealValueSync("/email", "ada@x", context, keys);
    await keys.erase("7", { reason: "asked" });
    const { value, access } = policy.openValueSync("/email", envelope, context, keys);
    assert.equal(value, "");
    assert.equal(access.withheld[0].reason, "erased");
    const strict = { strict: true };
    assert.equal(
      await code(() => policy.openValueSync("/email", envelope, context, keys, strict)),
      "erased",
    );
    const call = { place: "/email", envelope, context };
    assert.equal((await policy.openValues([call], keys))[0].ok.value, "");
    assert.equal((await policy.openValues([call], keys, strict))[0].error.code, "erased");
  });

  test(`${name}: a batch asks once, and each value has an outcome of its own`, async () => {
    for (const keys of [store(), Keyring.memory()]) {
      const cells = Array.from({ length: 11 }, (_, number) => ({
        place: number % 2 ? "/any" : "/list/3",
        value: number,
        context: { record: `r${number}`, subject: String(number % 3) },
      }));
      const calls = [...cells, { ...cells[0], place: "/plain" }, null, { ...cells[0], value: 1n }];
      const sealed = await policy.sealValues(calls, keys);
      assert.deepEqual(
        sealed.slice(11).map(({ error }) => error.code),
        ["context", "context", "document"],
      );
      if (keys.asked) assert.equal(keys.asked.length, 1);
      const envelopes = cells.map(({ place, context }, number) => ({
        place,
        envelope: sealed[number].ok.envelope,
        context,
      }));
      const moved = { ...envelopes[0], context: { ...envelopes[0].context, record: "other" } };
      const opened = await policy.openValues([...envelopes, moved, undefined], keys);
      assert.deepEqual(
        opened.slice(0, 11).map(({ ok }) => ok.value),
        cells.map(({ value }) => value),
      );
      assert.deepEqual(
        opened.slice(11).map(({ error }) => error.code),
        ["integrity", "context"],
      );
      if (keys.asked) assert.equal(keys.asked.length, 2);
    }
    for (const calls of [undefined, 7, "cells", {}])
      assert.equal(await code(() => policy.sealValues(calls, oneKey())), "context");
    // A failing source is the outcome of each value that needs a key.
    const failing = {
      current: () => {
        throw new Error("down");
      },
      byId: () => [],
    };
    const outcomes = await policy.sealValues([{ place: "/any", value: 1, context }], failing);
    assert.equal(outcomes[0].error.code, "unavailable");
  });
}

test("full: a value is not judged where only the crate could", () => {
  const policy = full.Policy.compile({
    ...beyond,
    properties: { email: { pattern: "^(.)\\1$", "x-protection": {} } },
  });
  const { verdict } = policy.sealValueSync("/email", "ab", context, oneKey());
  assert.deepEqual(verdict.codes, ["unvalidated"]);
});
