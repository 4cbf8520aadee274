// What a key source is told about a call, and what its answers tell the caller.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { context, document, evaluator, full, oneKey, schema } from "./fieldseal.mjs";

const retention = {
  "x-schema-family": "f",
  "x-retention": { contract: { period: "P10Y", from: "created", bucket: "P1Y" } },
  properties: { a: { "x-protection": { subject: false, retention: "contract" } } },
};

for (const [name, { Policy, Keyring, keysFrom, cacheKeys }] of Object.entries({
  evaluator,
  full,
})) {
  const policy = Policy.compile(schema);
  const sealed = policy.sealSync(document, context, oneKey()).document;

  test(`${name}: origin reaches the key source from every verb, and no evidence (v07)`, async () => {
    const about = { ...context, origin: "shop/checkout", purpose: "support" };
    const seen = [];
    const good = oneKey();
    const keys = {
      current: (requests) => (seen.push(...requests), good.current(requests)),
      byId: (requests) => (seen.push(...requests), good.byId(requests)),
    };
    const results = [
      policy.sealSync(document, about, keys),
      await policy.seal(document, about, keys),
      policy.openSync(sealed, about, keys),
      await policy.open(sealed, about, keys),
      policy.checkDeepSync(sealed, about, keys),
      await policy.checkDeep(sealed, about, keys),
      ...(await policy.sealMany([{ document, context: about }], keys)),
      ...(await policy.openMany([{ document: sealed, context: about }], keys)),
    ];
    assert.equal(seen.length, results.length);
    for (const request of [
      ...seen,
      ...policy.requiredKeys(document, about, "seal"),
      ...policy.requiredKeys(sealed, about, "open"),
    ]) {
      assert.deepEqual([request.origin, request.purpose], ["shop/checkout", "support"]);
      assert.ok(!("consents" in request), "absent where the call has none");
    }
    assert.doesNotMatch(JSON.stringify(results), /checkout/);
    const requests = policy.requiredKeys(document, about, "seal");
    const source = keysFrom(requests, good.current(requests));
    assert.ok(policy.sealSync(document, about, source).document);
    // An answer is for its own request: another origin is another one.
    assert.throws(() => policy.sealSync(document, { ...about, origin: "elsewhere" }, source), {
      code: "unavailable",
    });
    policy.sealSync(document, { ...context, consents: [] }, keys);
    assert.deepEqual(Object.keys(seen.at(-1)).sort(), ["kind", "operation", "ref", "tenant"]);
  });

  test(`${name}: a consent goes to a key source that somebody asks, and its members are text`, () => {
    const ring = Keyring.memory();
    const request = { kind: "subject", ref: "ada", tenant: "", operation: "seal", origin: "shop" };
    const consents = [{ purpose: "a", subject: "ada", until: "2030-01-01T00:00:00Z" }];
    assert.equal(ring.current([{ ...request, consents }])[0].secret.length, 32);
    const seen = [];
    const cache = cacheKeys({
      current: (requests) => (seen.push(requests), ring.current(requests)),
      byId: (requests) => ring.byId(requests),
    });
    for (const given of [consents, consents, [], undefined]) {
      const asked = given === undefined ? request : { ...request, consents: given };
      assert.equal(cache.current([asked])[0].secret.length, 32);
    }
    assert.deepEqual(seen, [[{ ...request, consents }], [request]]);
    for (const bad of ["a", {}, [7], [{}], [{ purpose: 7 }], [{ purpose: "a", until: 7 }]])
      assert.throws(() => ring.current([{ ...request, consents: bad }]), { code: "internal" });
    assert.throws(() => ring.current([{ ...request, origin: 7 }]), { code: "internal" });
  });

  const answering = (answer) => ({ current: () => [answer], byId: () => [answer] });
  const failed = async (keys, about = context) => {
    const errors = [
      await policy.open(sealed, { ...about, strict: true }, keys).catch((error) => error),
    ];
    try {
      policy.sealSync(document, about, keys);
    } catch (error) {
      errors.push(error);
    }
    assert.equal(errors.length, 2);
    return errors;
  };

  test(`${name}: the cause of a refusal is in its message`, async () => {
    const causes = [
      ["denied", undefined, "denied", /refuses this purpose or caller/],
      ["denied", "minimum-version", "denied", /a version below the least that opens/],
      ["unavailable", undefined, "unavailable", /cannot answer now/],
      ["unavailable", "expired", "unavailable", /has expired/],
      ["unavailable", "no-clock", "context", /give `now`/],
    ];
    for (const [code, cause, expected, message] of causes) {
      for (const error of await failed(answering({ code, cause }))) {
        assert.equal(error.code, expected, `${code} ${cause}`);
        assert.match(error.message, message);
      }
    }
    const [expired] = oneKey().current([1]);
    const over = { ...expired, expires: 1 };
    for (const error of await failed(answering(over))) {
      assert.deepEqual([error.code, /has expired/.test(error.message)], ["unavailable", true]);
    }
    for (const cause of ["Expired", "", 7, null, {}])
      for (const error of await failed(answering({ code: "denied", cause })))
        assert.deepEqual([error.code, /cause/.test(error.message)], ["internal", true]);
  });

  test(`${name}: the owner in an answer names a bucket, and no person (v07)`, async () => {
    const kept = Policy.compile(retention);
    const about = { record: "r", at: "2026-11-22T09:30:00Z" };
    const ring = Keyring.memory();
    const { document: text, verdict } = kept.sealSync('{"a":1}', about, ring);
    assert.deepEqual(
      [verdict.sealed[0].bucket, verdict.sealed[0].ends],
      ["contract/2036", "2037-01-01T00:00:00.000Z"],
    );
    const sources = {
      "a refusal with ref": answering({ code: "erased", ref: "contract/2036" }),
      "a refusal without": answering({ code: "erased" }),
    };
    const withheld = Object.values(sources).map(
      (keys) => kept.openSync(text, about, keys).access.withheld[0],
    );
    assert.deepEqual(
      withheld.map(({ kind, reason, bucket }) => [kind, reason, bucket]),
      [
        ["retention", "erased", "contract/2036"],
        ["retention", "erased", undefined],
      ],
    );
    const strict = { ...about, strict: true };
    const messages = Object.values(sources).map((keys) => {
      try {
        return kept.openSync(text, strict, keys);
      } catch ({ code, message }) {
        assert.equal(code, "erased");
        return message;
      }
    });
    assert.match(messages[0], /bucket `contract\/2036`/);
    assert.doesNotMatch(messages[1], /contract/);
    // A keyring says it, in its own instance and as a source.
    await ring.destroy({ ref: "contract/2036" }, { early: true });
    const asked = { current: (r) => ring.current(r), byId: (r) => ring.byId(r) };
    for (const keys of [ring, asked])
      assert.equal(kept.openSync(text, about, keys).access.withheld[0].bucket, "contract/2036");
    // Who the person is stays out of messages.
    for (const error of await failed(answering({ code: "erased", ref: "ada" })))
      assert.doesNotMatch(error.message + inspect(error), /\bada\b/);
    for (const ref of [7, null, {}, "\ud800"])
      for (const error of await failed(answering({ code: "erased", ref })))
        assert.deepEqual([error.code, /`ref`/.test(error.message)], ["internal", true]);
  });

  test(`${name}: the owner of a key, too, is a member that nobody prints`, () => {
    const ring = Keyring.memory();
    const request = { kind: "subject", ref: "ada lovelace", tenant: "", operation: "seal" };
    const [key] = ring.current([request]);
    assert.equal(key.ref, "ada lovelace");
    const [again] = keysFrom([request], [{ ...key, secret: key.secret, ref: key.ref }]).current([
      request,
    ]);
    assert.equal(again.ref, "ada lovelace");
    for (const printed of [inspect(key, { showHidden: true }), JSON.stringify([key, again])])
      assert.doesNotMatch(printed, /lovelace/);
  });
}
