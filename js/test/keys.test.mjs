// The keyring and what becomes of secrets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { context, document, full, oneKey, schema } from "./fieldseal.mjs";

const { Keyring, Policy } = full;
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
  assert.equal(policy.openSync(sealed, { ...context, purpose: "legal_claims" }, keys).document, document);
  await keys.lift("ada");
  assert.equal(policy.openSync(sealed, context, keys).document, document);
  await keys.erase("ada", { reason: "asked for it" });
  assert.equal(await keys.state("ada"), "erased");
  assert.equal(JSON.parse(policy.openSync(sealed, context, keys).document).email, "");
  assert.throws(() => policy.openSync(sealed, { ...context, strict: true }, keys), { code: "erased" });
  assert.throws(() => policy.sealSync(document, context, keys), { code: "erased" });
  for (const verb of ["provision", "restrict", "lift"]) await assert.rejects(keys[verb]("ada"), { code: "erased" });
  assert.equal(policy.openSync(brother, { ...context, subject: "bob" }, keys).document, document);
  assert.equal(await keys.state({ kind: "subject", ref: "ada", tenant: "other" }), "never");
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
  assert.deepEqual(keys.byId([{ ...request, ref: "bob", operation: "open", id: key.id }]), [{ code: "not-found" }]);
});

test("a key that the keyring gives out shows its secret to nobody who prints it", () => {
  const keys = Keyring.memory();
  const [key] = keys.current([{ kind: "subject", ref: "ada", tenant: "", operation: "seal" }]);
  assert.deepEqual([key.secret.length, key.id.length, key.erasable], [32, 16, true]);
  const secret = [Buffer.from(key.secret).toString("hex"), key.secret.slice(0, 6).join(","), key.secret.slice(0, 6).join(", "), "secret"];
  for (const printed of [inspect(key), inspect(key, { showHidden: true, depth: 9 }), inspect({ nested: [key] }, { depth: 9 }), JSON.stringify(key), JSON.stringify([key]), String(key), `${Object.entries(key)}`]) {
    for (const part of secret) assert.ok(!printed.includes(part), printed);
  }
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

test("the copies made of a key are wiped, the host's own bytes are not", () => {
  const key = { id: new Uint8Array(16).fill(1), secret: Uint8Array.from({ length: 32 }, (_, index) => 201 - 3 * index) };
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
  const holds = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(Buffer.from(key.secret));
  assert.ok(made.some((bytes) => bytes.length === 58), "the records of the answers were seen");
  assert.ok(!made.some(holds), "a copy of the secret is left");
  assert.equal(key.secret[1], 198);
});

test("a key that cannot be destroyed is a warning", () => {
  const keys = oneKey();
  const lasting = { ...keys, current: (requests) => keys.current(requests).map((key) => ({ ...key, erasable: false })) };
  assert.deepEqual(policy.sealSync(document, context, lasting).verdict.codes.includes("unerasable-key"), true);
});
