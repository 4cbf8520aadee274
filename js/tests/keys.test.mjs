// The keyring and what becomes of secrets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  bytes,
  context,
  document,
  evaluator,
  full,
  instantiate,
  oneKey,
  schema,
} from "./fieldseal.mjs";

const { Keyring, Policy, keysFrom } = evaluator;
const policy = Policy.compile(schema);

test("the life of a key (v10_v13_v25)", async () => {
  const keys = Keyring.memory({ now: () => 1_795_339_800_000 });
  assert.equal(await keys.state("ada"), "never");
  const brother = policy.sealSync(document, { ...context, subject: "bob" }, keys).document;
  const sealed = policy.sealSync(document, context, keys).document;
  assert.equal(await keys.state("ada"), "live");
  await keys.restrict("ada");
  await keys.restrict("ada");
  assert.equal(await keys.state({ kind: "subject", ref: "ada" }), "restricted");
  assert.throws(() => policy.sealSync(document, context, keys), { code: "restricted" });
  assert.equal(policy.openSync(sealed, context, keys).access.withheld[0].reason, "restricted");
  assert.equal(
    policy.openSync(sealed, { ...context, purpose: "legal_claims" }, keys).document,
    document,
  );
  await keys.lift("ada");
  assert.equal(policy.openSync(sealed, context, keys).document, document);
  await keys.erase("ada", { reason: "asked for it" });
  assert.equal(await keys.state("ada"), "erased");
  assert.equal(JSON.parse(policy.openSync(sealed, context, keys).document).email, "");
  assert.throws(() => policy.openSync(sealed, { ...context, strict: true }, keys), {
    code: "erased",
  });
  assert.throws(() => policy.sealSync(document, context, keys), { code: "erased" });
  for (const verb of ["provision", "rotate", "restrict", "lift"])
    await assert.rejects(keys[verb]("ada"), { code: "erased" });
  assert.equal(policy.openSync(brother, { ...context, subject: "bob" }, keys).document, document);
  assert.equal(await keys.state({ kind: "subject", ref: "ada", tenant: "other" }), "never");
});

test("who was forgotten can come back, and what was erased does not (k10_h28)", async () => {
  const keys = Keyring.memory();
  const old = policy.sealSync(document, context, keys).document;
  await keys.reopen("ada");
  assert.equal(await keys.state("ada"), "live", "nothing to do for who is not erased");
  await keys.erase("ada", { reason: "asked for it" });
  assert.throws(() => policy.sealSync(document, context, keys), { code: "erased" });
  await keys.reopen("ada");
  assert.equal(await keys.state("ada"), "reopened");
  const fresh = policy.sealSync(document, context, keys).document;
  assert.equal(policy.openSync(fresh, context, keys).document, document);
  assert.equal(policy.openSync(old, context, keys).access.withheld[0].reason, "erased");
  await keys.erase("ada", { reason: "again" });
  for (const sealed of [old, fresh])
    assert.equal(policy.openSync(sealed, context, keys).access.withheld[0].reason, "erased");
});

test("a new version seals, older ones open until they are denied", async () => {
  const keys = Keyring.memory();
  const seal = () => policy.sealSync(document, context, keys);
  const versions = [seal()];
  assert.deepEqual(await keys.rotate("ada"), { version: 2 });
  versions.push(seal());
  await keys.rotate("ada", {});
  versions.push(seal());
  assert.equal(new Set(versions.map(({ verdict }) => verdict.sealed[0].keyIds[0])).size, 3);
  const withheld = () =>
    versions.map(
      (sealed) => policy.openSync(sealed.document, context, keys).access.withheld[0]?.reason,
    );
  assert.deepEqual(withheld(), [undefined, undefined, undefined]);
  await keys.rotate("ada", { minVersion: 3 });
  assert.deepEqual(withheld(), ["denied", "denied", undefined]);
  for (const minVersion of [6, -1, 1.5, 2 ** 32, "1", null])
    await assert.rejects(keys.rotate("ada", { minVersion }), { code: "context" });
  assert.deepEqual(withheld(), ["denied", "denied", undefined]);
  await keys.rotate({ kind: "item", ref: ["f", "r", "/new"] });
  const item = { kind: "item", ref: '["f","r","/new"]' };
  assert.equal(await keys.state(item), "live", "the first version, too");
});

test("a retention bucket is due when its last day is over, and then destroyed (v11_h19)", async () => {
  let now = Date.UTC(2037, 0, 1) - 1;
  const keys = Keyring.memory({ now: () => now });
  for (const [ref, tenant] of [
    ["contract/2036", "acme"],
    ["contract/2036-10-31", ""],
    ["contract/2037-01", ""],
    ["contract", ""],
  ])
    await keys.provision({ kind: "retention", ref, tenant });
  await keys.provision("contract/2036");
  const october = { ref: "contract/2036-10-31", tenant: "" };
  const year = { ref: "contract/2036", tenant: "acme" };
  assert.deepEqual(await keys.due(), [october]);
  assert.deepEqual(await keys.due("2037-01-01T00:59:59.999+01:00"), [october]);
  assert.deepEqual(await keys.due("2037-01-01T00:00:00Z"), [october, year]);
  assert.deepEqual(await keys.due(new Date(now + 1)), [october, year]);
  assert.deepEqual(await keys.due(new Date(0)), []);
  for (const at of ["2037", "2037-02-30T00:00:00Z", new Date(Number.NaN), 5])
    await assert.rejects(keys.due(at), { code: "context" });
  now++;
  for (const bucket of await keys.due()) await keys.destroy(bucket);
  assert.deepEqual(await keys.due(), []);
  // A bucket that has not ended is destroyed on purpose only, an item whenever it is named.
  const later = { ref: "contract/2037", tenant: "acme" };
  await assert.rejects(keys.destroy(later), { code: "context" });
  await assert.rejects(keys.destroy(later, { early: "yes" }), { code: "context" });
  const early = await keys.destroy(later, { early: true });
  assert.deepEqual(early, {
    at: new Date(now).toISOString(),
    destroyed: [],
    reached: "clean",
    residue: [],
    state: "erased",
  });
  const phone = { kind: "item", ref: ["urn:example:order", "order-7", "/phone"] };
  await keys.provision(phone);
  const { destroyed } = await keys.destroy(phone);
  assert.match(destroyed[0], /^[0-9a-f]{32}$/);
  assert.deepEqual(await keys.erasures({ ...phone, ref: JSON.stringify(phone.ref) }), [
    { at: new Date(now).toISOString(), destroyed },
  ]);
  for (const ref of [["a", "b"], ["a", "b", 1], ["a", "", "c"], "/phone"])
    await assert.rejects(keys.destroy({ kind: "item", ref }), { code: "context" });
  const request = { kind: "retention", ref: year.ref, tenant: "acme", operation: "seal" };
  assert.deepEqual(keys.current([request]), [{ code: "erased" }]);
  assert.equal(await keys.state({ kind: "retention", ...october }), "erased");
  assert.equal(
    await keys.state("contract/2036"),
    "live",
    "a person of the same name is somebody else",
  );
  for (const bucket of [
    "contract/2036",
    undefined,
    {},
    { ref: "" },
    { kind: "subject", ref: "contract/2036" },
  ])
    await assert.rejects(keys.destroy(bucket), { code: "context" });
  assert.equal(await keys.state("contract/2036"), "live");
});

test("a provisioned key is the one that seals", async () => {
  const keys = Keyring.memory();
  await keys.provision("ada");
  const request = { kind: "subject", ref: "ada", tenant: "", operation: "seal" };
  const [key] = keys.current([request]);
  const { verdict } = policy.sealSync(document, context, keys);
  assert.deepEqual(verdict.sealed[0].keyIds, [Buffer.from(key.id).toString("hex")]);
  const [again] = keys.byId([{ ...request, operation: "open", id: key.id }]);
  assert.deepEqual(again.secret, key.secret);
  assert.deepEqual(keys.byId([{ ...request, ref: "bob", operation: "open", id: key.id }]), [
    { code: "not-found" },
  ]);
});

test("a key that the keyring gives out shows its secret to nobody who prints it", () => {
  const keys = Keyring.memory();
  const [key] = keys.current([{ kind: "subject", ref: "ada", tenant: "", operation: "seal" }]);
  assert.deepEqual([key.secret.length, key.id.length, key.erasable], [32, 16, true]);
  const secret = [
    Buffer.from(key.secret).toString("hex"),
    key.secret.slice(0, 6).join(","),
    key.secret.slice(0, 6).join(", "),
    "secret",
  ];
  for (const printed of [
    inspect(key),
    inspect(key, { showHidden: true, depth: 9 }),
    inspect({ nested: [key] }, { depth: 9 }),
    JSON.stringify(key),
    JSON.stringify([key]),
    String(key),
    `${Object.entries(key)}`,
  ]) {
    for (const part of secret) assert.ok(!printed.includes(part), printed);
  }
});

test("keysFrom copies what it is given, so that the host may wipe its own at once", () => {
  const key = {
    id: new Uint8Array(16).fill(1),
    secret: Uint8Array.from({ length: 32 }, (_, index) => 201 - 3 * index),
    expires: 9e12,
    erasable: false,
  };
  const answers = [{ ...key, secret: key.secret.slice() }];
  const [request] = policy.requiredKeys(document, context, "seal");
  const source = keysFrom([request], answers);
  answers[0].secret.fill(0);
  answers[0].id = new Uint8Array(16);
  answers[0] = { code: "erased" };
  const { document: sealed, verdict } = policy.sealSync(document, context, source);
  assert.deepEqual(
    [verdict.sealed[0].keyIds, verdict.codes.includes("unerasable-key")],
    [["01".repeat(16)], true],
  );
  assert.equal(
    policy.openSync(sealed, context, { current: () => [], byId: () => [key] }).document,
    document,
  );
  const [held] = source.current([request]);
  assert.deepEqual(
    [held.id, held.secret, held.expires, held.erasable],
    [key.id, key.secret, key.expires, false],
  );
  assert.doesNotMatch(inspect(held, { showHidden: true }) + JSON.stringify(held), /secret|201/);
  assert.deepEqual(source.current([{ ...request, ref: "bob" }]), [{ code: "unavailable" }]);
  assert.deepEqual(keysFrom([request], [{ code: "denied" }]).byId([request]), [{ code: "denied" }]);
});

test("requests are counted as they cross, not as their list writes itself", () => {
  const { Policy, Keyring } = instantiate(bytes.evaluator);
  const keys = Keyring.memory();
  const request = { kind: "subject", ref: "ada", tenant: "", operation: "seal" };
  const listed = Object.assign([request], { toJSON: () => [request, request, request] });
  assert.equal(keys.current(listed).length, 1);
  assert.equal(keys.current([{ ...request, toJSON: () => [] }])[0].secret.length, 32);
  Object.defineProperty(Array.prototype, "toJSON", { value: () => "nothing", configurable: true });
  try {
    assert.throws(() => keys.current([request]), { code: "internal" });
  } finally {
    delete Array.prototype.toJSON;
  }
  assert.ok(Policy.compile(schema).sealSync(document, context, keys).document);
});

test("a keyring whose answers somebody watches is asked, not bypassed", () => {
  const keys = Keyring.memory();
  const asked = [];
  keys.current = function (requests) {
    asked.push(...requests);
    return Object.getPrototypeOf(this).current.call(this, requests);
  };
  policy.sealSync(document, context, keys);
  assert.equal(asked.length, 1);
});

for (const [where, keyring] of Object.entries({
  "before restart()": keptOver,
  "of another entry": () => [evaluator, full.Keyring.memory()],
})) {
  test(`a keyring ${where} is asked each time, and what it erases is erased at once (h28)`, async () => {
    const [{ Policy }, keys] = keyring();
    const policy = Policy.compile(schema);
    const at = { ...context, now: 1_795_339_800_000 };
    const { document: sealed, verdict } = policy.sealSync(document, at, keys);
    const ways = {
      open: async () => (await policy.open(sealed, at, keys)).access.withheld[0]?.reason,
      openSync: () => policy.openSync(sealed, at, keys).access.withheld[0]?.reason,
      openMany: async () =>
        (await policy.openMany([{ document: sealed, context: at }], keys))[0].ok.access.withheld[0]
          ?.reason,
      checkDeep: async () =>
        (await policy.checkDeep(sealed, at, keys)).codes.includes("withheld")
          ? "erased"
          : undefined,
      checkDeepSync: () =>
        policy.checkDeepSync(sealed, at, keys).codes.includes("withheld") ? "erased" : undefined,
      seal: () =>
        policy.seal(document, at, keys).then(
          () => undefined,
          ({ code }) => code,
        ),
      sealSync: () => {
        try {
          policy.sealSync(document, at, keys);
        } catch ({ code }) {
          return code;
        }
      },
      sealMany: async () =>
        (await policy.sealMany([{ document, context: at }], keys))[0].error?.code,
    };
    for (const [name, way] of Object.entries(ways)) assert.equal(await way(), undefined, name);
    await keys.erase("ada", { reason: "asked for it" });
    for (const [name, way] of Object.entries(ways)) assert.equal(await way(), "erased", name);
    assert.equal(verdict.shredLatencyMs, 0);
    policy[Symbol.dispose]();
    assert.throws(() => policy.openSync(sealed, at, keys), { code: "internal" });
  });
}

function keptOver() {
  const api = instantiate(bytes.full);
  const keys = api.Keyring.memory();
  api.restart();
  return [api, keys];
}

test("the copies made of a key are wiped, the host's own bytes are not", () => {
  const key = {
    id: new Uint8Array(16).fill(1),
    secret: Uint8Array.from({ length: 32 }, (_, index) => 201 - 3 * index),
  };
  const source = { current: () => [key], byId: () => [key] };
  const made = [];
  const { Uint8Array: original } = globalThis;
  globalThis.Uint8Array = new Proxy(original, {
    construct(target, given) {
      const bytes = Reflect.construct(target, given);
      made.push(bytes);
      return bytes;
    },
  });
  let sealed;
  try {
    sealed = policy.sealSync(document, context, source).document;
    policy.openSync(sealed, context, source);
  } finally {
    globalThis.Uint8Array = original;
  }
  const holds = (bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(Buffer.from(key.secret));
  assert.ok(
    made.some((bytes) => bytes.length === 62),
    "the records of the answers were seen",
  );
  assert.ok(!made.some(holds), "a copy of the secret is left");
  assert.equal(key.secret[1], 198);
});

test("a key that cannot be destroyed is a warning", () => {
  const keys = oneKey();
  const lasting = {
    ...keys,
    current: (requests) => keys.current(requests).map((key) => ({ ...key, erasable: false })),
  };
  assert.deepEqual(
    policy.sealSync(document, context, lasting).verdict.codes.includes("unerasable-key"),
    true,
  );
});
