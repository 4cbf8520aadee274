// The time that an asynchronous key source may take.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { context, document, evaluator, full, oneKey, schema, staged } from "./fieldseal.mjs";

for (const [name, { Policy, FieldSealError }] of Object.entries({ evaluator, full })) {
  const [policy, good] = [Policy.compile(schema), oneKey()];
  const sealed = policy.sealSync(document, context, good).document;
  const batch = async (outcomes) => {
    const [{ ok, error }] = await outcomes;
    if (error !== undefined) throw error;
    return ok;
  };
  /** Every verb that awaits its keys. */
  const verbs = {
    seal: (keys) => policy.seal(document, context, keys),
    open: (keys) => policy.open(sealed, context, keys),
    checkDeep: (keys) => policy.checkDeep(sealed, context, keys),
    sealMany: (keys) => batch(policy.sealMany([{ document, context }], keys)),
    openMany: (keys) => batch(policy.openMany([{ document: sealed, context }], keys)),
  };
  const source = (answer, timeoutMs) => ({
    current: answer,
    byId: answer,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });

  test(`${name}: a source that takes too long is unavailable, and its signal is aborted`, async () => {
    for (const [verb, call] of Object.entries(verbs)) {
      let signal;
      const slow = source((_, given) => new Promise(() => ({ signal } = given)), 20);
      const failed = await call(slow).catch((error) => error);
      assert.ok(failed instanceof FieldSealError, `${verb}: ${failed}`);
      assert.deepEqual(
        [failed.code, failed.message.includes("20 ms")],
        ["unavailable", true],
        verb,
      );
      assert.equal(signal.aborted, true, verb);
      assert.equal(signal.reason.code, "unavailable", verb);
    }
  });

  test(`${name}: a source in time is told nothing, and leaves no timer behind`, async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    for (const [verb, call] of Object.entries(verbs)) {
      const signals = [];
      const late = async (requests, { signal }) => {
        signals.push(signal);
        await wait(5);
        return good.current(requests);
      };
      assert.ok(await call(source(late, 5000)), verb);
      assert.deepEqual(
        signals.map(({ aborted }) => aborted),
        [false],
        verb,
      );
      await assert.rejects(call(source(async () => assert.fail("down"), 5000)), {
        code: "unavailable",
      });
    }
    assert.equal(timers(), before);
  });

  test(`${name}: answers after their time are dropped, and rejections too`, async () => {
    for (const [verb, call] of Object.entries(verbs)) {
      const signals = [];
      const aborted = (requests, { signal }) => {
        signals.push(signal);
        return new Promise((resolve, reject) => {
          signal.onabort = () => (signals.length % 2 ? resolve([]) : reject(signal.reason));
        });
      };
      for (const _ of [1, 2])
        await assert.rejects(call(source(aborted, 5)), { code: "unavailable" }, verb);
    }
  });

  test(`${name}: ten seconds unless the source says otherwise, and none for answers at once`, async () => {
    const { setTimeout } = globalThis;
    const asked = [];
    globalThis.setTimeout = (run, delay, ...rest) => {
      asked.push(delay);
      return setTimeout(run, delay, ...rest);
    };
    try {
      for (const call of Object.values(verbs)) {
        await call(good);
        await call(source(async (requests) => good.current(requests)));
        await call(source(async (requests) => good.current(requests), 7));
      }
    } finally {
      globalThis.setTimeout = setTimeout;
    }
    assert.deepEqual(
      asked,
      Object.values(verbs).flatMap(() => [10_000, 7]),
    );
  });

  test(`${name}: a malformed time is a fault of the host`, async () => {
    for (const timeoutMs of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 31, "10", {}, 10n]) {
      for (const [verb, call] of Object.entries(verbs))
        await assert.rejects(call({ ...good, timeoutMs }), { code: "internal" }, verb);
    }
    const down = {
      ...source(good.current),
      get timeoutMs() {
        throw new Error("down");
      },
    };
    for (const [verb, call] of Object.entries(verbs)) {
      const failed = await call(down).catch((error) => error);
      assert.deepEqual([failed.code, failed.cause.message], ["unavailable", "down"], verb);
    }
  });

  test(`${name}: a synchronous verb gives no signal and asks for no time`, () => {
    const given = [];
    const answer = (...all) => (given.push(all.length), good.current(all[0]));
    const keys = { ...source(answer), timeoutMs: "its own" };
    policy.sealSync(document, context, keys);
    policy.openSync(sealed, context, keys);
    policy.checkDeepSync(sealed, context, keys);
    assert.deepEqual(given, [1, 1, 1]);
  });
}

test("a source that never answers ends the call, and not the process", () => {
  const script = `
    import { Policy } from "${new URL("dist/index.js", staged).href}";
    const policy = Policy.compile({ "x-schema-family": "f", properties: { a: { "x-protection": {} } } });
    const never = () => new Promise(() => {});
    const keys = { current: never, byId: never, timeoutMs: 50 };
    const context = { record: "r", subject: "s" };
    const failed = await policy.seal('{"a":1}', context, keys).catch((error) => error);
    console.log(failed.code);`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  assert.equal(stdout, "unavailable\n");
});

test("a signal that is read after the time is aborted", async () => {
  const policy = evaluator.Policy.compile(schema);
  let read;
  const signal = new Promise((resolve) => {
    read = resolve;
  });
  const slow = (requests, call) =>
    new Promise(() => {
      setTimeout(() => read(call.signal), 60);
    });
  const keys = { current: slow, byId: slow, timeoutMs: 20 };
  await assert.rejects(policy.seal(document, context, keys), { code: "unavailable" });
  const { aborted, reason } = await signal;
  assert.deepEqual([aborted, reason.code], [true, "unavailable"]);
});
