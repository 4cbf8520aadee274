// Arguments in a wrong place: ignored, each of them would change what a call does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { context, document, evaluator, full, oneKey, schema } from "./fieldseal.mjs";

for (const [name, api] of Object.entries({ evaluator, full })) {
  const { Policy, Keyring, FieldSealError, cacheKeys, keysFrom } = api;
  const [policy, keys, ring] = [Policy.compile(schema), oneKey(), Keyring.memory()];
  const sealed = policy.sealSync(document, context, keys).document;
  const { envelope } = policy.sealValueSync("/email", "ada@x", context, keys);
  const asked = policy.requiredKeys(document, context, "seal");
  const refused = async (what, code, message, call) => {
    const error = await Promise.resolve()
      .then(call)
      .then(
        (result) => assert.fail(`${what} gave ${JSON.stringify(result)}`),
        (error) => error,
      );
    assert.ok(error instanceof FieldSealError, `${what}: ${error}`);
    assert.equal(error.code, code, `${what}: ${error.message}`);
    assert.match(error.message, message, what);
    return error;
  };

  /** Every function with a context, by the arguments that follow its last one. */
  const calls = {
    seal: (...more) => policy.seal(document, context, keys, ...more),
    sealSync: (...more) => policy.sealSync(document, context, keys, ...more),
    open: (...more) => policy.open(sealed, context, keys, ...more),
    openSync: (...more) => policy.openSync(sealed, context, keys, ...more),
    checkDeep: (...more) => policy.checkDeep(sealed, context, keys, ...more),
    checkDeepSync: (...more) => policy.checkDeepSync(sealed, context, keys, ...more),
    requiredKeys: (...more) => policy.requiredKeys(document, context, "seal", ...more),
    sealValue: (...more) => policy.sealValue("/email", "ada@x", context, keys, {}, ...more),
    sealValueSync: (...more) => policy.sealValueSync("/email", "ada@x", context, keys, {}, ...more),
    openValue: (...more) => policy.openValue("/email", envelope, context, keys, {}, ...more),
    openValueSync: (...more) =>
      policy.openValueSync("/email", envelope, context, keys, {}, ...more),
  };
  const others = {
    sealMany: (...more) => policy.sealMany([], keys, ...more),
    openMany: (...more) => policy.openMany([], keys, {}, ...more),
    sealValues: (...more) => policy.sealValues([], keys, ...more),
    openValues: (...more) => policy.openValues([], keys, {}, ...more),
    check: (...more) => policy.check(sealed, ...more),
    schemas: (...more) => policy.schemas(...more),
    coverage: (...more) => policy.coverage(...more),
    coverageText: (...more) => policy.coverageText("text", ...more),
    keysFrom: (...more) => keysFrom(asked, keys.current(asked), ...more),
    cacheKeys: (...more) => cacheKeys(keys, {}, ...more),
    evict: (...more) => cacheKeys(keys).evict("ada", ...more),
    memory: (...more) => Keyring.memory({}, ...more),
    provision: (...more) => ring.provision("ada", ...more),
    rotate: (...more) => ring.rotate("ada", {}, ...more),
    restrict: (...more) => ring.restrict("ada", ...more),
    lift: (...more) => ring.lift("ada", ...more),
    state: (...more) => ring.state("ada", ...more),
    erase: (...more) => ring.erase("ada", { reason: "asked" }, ...more),
    erasures: (...more) => ring.erasures("ada", ...more),
    reopen: (...more) => ring.reopen("ada", ...more),
    due: (...more) => ring.due(undefined, ...more),
    destroy: (...more) => ring.destroy({ ref: "contract/2000" }, {}, ...more),
  };

  test(`${name}: an argument after the last one is refused, and a member of the context named`, async () => {
    for (const [verb, call] of Object.entries({ ...calls, ...others })) {
      for (const more of [{}, { strict: true }, null, 0, "", () => {}])
        await refused(verb, "context", /argument/, () => call(more));
      await refused(verb, "context", /argument/, () => call(undefined, 7));
      await call(undefined, undefined);
    }
    for (const [verb, call] of Object.entries(calls))
      await refused(verb, "context", /^`tenant` is a member of the context/, () =>
        call({ tenant: "acme" }),
      );
    for (const verb of ["open", "openSync"])
      await refused(verb, "context", /^`strict` is a member of the context/, () =>
        calls[verb]({ strict: true }),
      );
    const { findings } = await refused("compile", "schema", /argument/, () =>
      Policy.compile(schema, {}, { suite: "aes-256-gcm" }),
    );
    assert.deepEqual([findings[0].id, findings[0].pointer], ["option-malformed", "options#"]);
    Policy.compile(schema, {}, undefined);
  });

  test(`${name}: a verb that was refused has done nothing`, async () => {
    const fresh = Keyring.memory();
    await refused("provision", "context", /argument/, () => fresh.provision("ada", {}));
    await refused("erase", "context", /argument/, () => fresh.erase("ada", { reason: "x" }, 1));
    assert.equal(await fresh.state("ada"), "never");
  });

  test(`${name}: a call without a key source is refused`, async () => {
    for (const none of [undefined, null, 7, "keys", {}]) {
      await refused("seal", "context", /`keys`/, () => policy.seal(document, context, none));
      await refused("open", "context", /`keys`/, () => policy.openSync(sealed, context, none));
      const [{ error }] = await policy.sealMany([{ document, context }], none);
      assert.deepEqual([error.code, /`keys`/.test(error.message)], ["context", true]);
    }
  });

  test(`${name}: a whole result is no document`, async () => {
    const results = {
      "of seal": policy.sealSync(document, context, keys),
      "of open": policy.openSync(sealed, context, keys),
      "of bytes": policy.sealSync(Buffer.from(document), context, keys),
      "of a value": policy.sealSync(JSON.parse(document), context, keys),
      "with two members": { document: sealed, verdict: policy.check(sealed) },
      "that was copied": { ...policy.sealSync(document, context, keys) },
    };
    const message = /give the member `document` of the result/;
    for (const [what, result] of Object.entries(results)) {
      await refused(`open ${what}`, "document", message, () => policy.open(result, context, keys));
      await refused(`check ${what}`, "document", message, () => policy.check(result));
      await refused(`seal ${what}`, "document", message, () =>
        policy.sealSync(result, context, keys),
      );
      const [{ error }] = await policy.openMany([{ document: result, context }], keys);
      assert.match(error.message, message);
    }
    for (const judged of [{ document: "file 7", verdict: "guilty" }, { document: sealed }])
      assert.equal(policy.check(judged).severity, policy.check("{}").severity);
  });

  test(`${name}: messages of a keyring say what to give`, async () => {
    const [person, reason] = [
      /^a person is a reference, or \{ kind, ref, tenant \}$/,
      /give \{ reason \}/,
    ];
    for (const none of [1, null, undefined, true])
      await refused("person", "context", person, () => ring.erase(none, { reason: "x" }));
    for (const none of [undefined, null, "asked", {}])
      await refused("reason", "context", reason, () => ring.erase("2", none));
    await refused("options", "context", /^the options have no member `least`; the known/, () =>
      ring.rotate("ada", { least: 2 }),
    );
    const personal = await refused("options", "context", /^the options have a member/, () =>
      ring.rotate("ada", { "ada@example.com": 2 }),
    );
    assert.ok(!personal.message.includes("ada@"));
    await refused("options", "context", /^the options are an object$/, () => ring.rotate("ada", 2));
  });
}
