// The facade's behaviour on good input, on every entry.
import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
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

const entries = {
  evaluator,
  full,
  "slim evaluator": instantiate(new WebAssembly.Module(bytes.evaluator)),
  "slim full": instantiate(bytes.full),
};

for (const [name, api] of Object.entries(entries)) {
  const { Policy, Keyring, keysFrom } = api;

  test(`${name}: seals and opens text byte for byte, synchronously and not (v02_v08)`, async () => {
    const policy = Policy.compile(schema);
    const keys = Keyring.memory();
    const sealed = await policy.seal(document, context, keys);
    assert.doesNotMatch(sealed.document, /ada@/);
    assert.match(sealed.document, /^\{ "id": "7",  "email": "Fs1/);
    assert.deepEqual(sealed.indexes, []);
    const opened = await policy.open(sealed.document, context, keys);
    assert.equal(opened.document, document);
    assert.deepEqual(opened.access.revealed, [{ pointer: "/email", count: 1 }]);
    assert.equal(
      policy.openSync(policy.sealSync(document, context, keys).document, context, keys).document,
      document,
    );
    assert.equal(sealed.verdict.engine, `fieldseal ${api.version().crate}`);
    assert.equal(sealed.verdict.codes[0], "conforming");
  });

  test(`${name}: the same bytes from one crossing under its own keyring and from two steps under a source around it`, async () => {
    const policy = Policy.compile(schema);
    const keys = Keyring.memory();
    const around = {
      current: (requests) => keys.current(requests),
      byId: async (requests) => keys.byId(requests),
    };
    const at = { ...context, now: 1_795_339_800_000 };
    const sealed = policy.sealSync(document, at, around);
    assert.equal(policy.openSync(sealed.document, at, keys).document, document);
    const [own, other] = [
      policy.openSync(sealed.document, at, keys),
      await policy.open(sealed.document, at, around),
    ];
    assert.deepEqual(own, other);
    const many = [{ document: sealed.document, context: at }];
    assert.deepEqual(await policy.openMany(many, keys), await policy.openMany(many, around));
    assert.deepEqual(await policy.openMany(many, keys), [{ ok: own }]);
  });

  test(`${name}: a result has the kind that was given`, () => {
    const policy = Policy.compile(schema);
    const keys = oneKey();
    const value = { id: "7", email: "ada@example.com", absent: undefined, when: new Date(0) };
    const sealed = policy.sealSync(value, context, keys);
    assert.match(sealed.document.email, /^Fs1/);
    assert.deepEqual(policy.openSync(sealed.document, context, keys).document, {
      id: "7",
      email: "ada@example.com",
      when: "1970-01-01T00:00:00.000Z",
    });
    const utf8 = new TextEncoder().encode('{"email":"ädä€😀"}');
    const inBytes = policy.sealSync(utf8, context, keys).document;
    assert.equal(Object.getPrototypeOf(inBytes), Uint8Array.prototype);
    assert.deepEqual(policy.openSync(inBytes, context, keys).document, utf8);
    const buffer = policy.openSync(Buffer.from(inBytes), context, keys).document;
    assert.deepEqual(buffer, Buffer.from(utf8));
    assert.equal(buffer.buffer.byteLength, buffer.length, "clear text is not in a pool");
    assert.equal(
      policy.openSync(new TextDecoder().decode(inBytes), context, keys).document,
      '{"email":"ädä€😀"}',
    );
  });

  test(`${name}: documents over the size of the scratch buffer`, () => {
    const policy = Policy.compile(schema);
    const keys = Keyring.memory();
    const long = JSON.stringify({ email: "é".repeat(100_000) });
    assert.equal(
      policy.openSync(policy.sealSync(long, context, keys).document, context, keys).document,
      long,
    );
  });

  test(`${name}: required keys, awaited, then given to a …Sync call (v29)`, async () => {
    const policy = Policy.compile(schema);
    const keys = Keyring.memory();
    const about = { ...context, purpose: "support", caller: "crm" };
    const both = '{"email":"a","phone":"b","guest":{"id":"bob","name":"Bob"}}';
    const requests = policy.requiredKeys(both, about, "seal");
    assert.deepEqual(
      requests,
      ["ada", "bob"].map((ref) => ({
        kind: "subject",
        ref,
        tenant: "",
        operation: "seal",
        purpose: "support",
        caller: "crm",
      })),
    );
    const source = keysFrom(requests, await keys.current(requests));
    const sealed = policy.sealSync(both, about, source).document;
    const toOpen = policy.requiredKeys(sealed, about, "open");
    assert.ok(toOpen.every(({ id }) => id instanceof Uint8Array && id.length === 16));
    assert.equal(
      policy.openSync(sealed, about, keysFrom(toOpen, keys.byId(toOpen))).document,
      both,
    );
    assert.throws(() => policy.sealSync(both, { ...about, purpose: "other" }, source), {
      code: "unavailable",
    });
  });

  test(`${name}: a source is asked once a batch, never without need, and sees plain requests (v29)`, async () => {
    const policy = Policy.compile(schema);
    const asked = [];
    const key = oneKey();
    const keys = {
      current: (requests) => (asked.push(requests), key.current(requests)),
      byId: key.byId,
    };
    const calls = ["a", "b", "a"].map((subject) => ({
      document,
      context: { ...context, subject },
    }));
    const results = await policy.sealMany(calls.values(), keys);
    assert.ok(results.every((result) => "ok" in result));
    assert.deepEqual(asked, [
      ["a", "b"].map((ref) => ({ kind: "subject", ref, tenant: "", operation: "seal" })),
    ]);
    asked.length = 0;
    await policy.seal('{"id":"7"}', {}, keys);
    assert.deepEqual(await policy.sealMany([], keys), []);
    assert.deepEqual(asked, []);
  });

  test(`${name}: check needs no key (v06)`, () => {
    const policy = Policy.compile(schema);
    const verdict = policy.check(policy.sealSync(document, context, oneKey()).document);
    assert.equal(verdict.operation, "check");
    assert.deepEqual(
      verdict.sealed.map(({ pointer, count }) => [pointer, count]),
      [["/email", 1]],
    );
    assert.equal(policy.check(document).level, "warn");
    assert.deepEqual(policy.check(document).faults, [
      { code: "not-sealed", pointer: "/email", count: 1 },
    ]);
  });

  test(`${name}: checkDeep opens with keys, under either kind, and shows nothing (v06)`, async () => {
    const policy = Policy.compile(schema);
    const own = Keyring.memory();
    const around = {
      current: (requests) => own.current(requests),
      byId: async (requests) => own.byId(requests),
    };
    const sealed = policy.sealSync(document, context, own).document;
    const fine = ["conforming"];
    const verdict = policy.checkDeepSync(sealed, { ...context, now: 1_795_339_800_000 }, own);
    assert.deepEqual(
      [verdict.codes, verdict.operation, verdict.at],
      [fine, "check", "2026-11-22T09:30:00.000Z"],
    );
    for (const keys of [own, around]) {
      assert.deepEqual((await policy.checkDeep(sealed, context, keys)).codes, fine);
      const moved = await policy.checkDeep(sealed, { ...context, record: "another" }, keys);
      assert.deepEqual(moved.faults, [{ code: "integrity", pointer: "/email", count: 1 }]);
      assert.ok(moved.level === "warn" && !JSON.stringify(moved).includes("ada@"));
    }
    await own.erase(context.subject, { reason: "Art. 17" });
    assert.ok((await policy.checkDeep(sealed, context, own)).codes.includes("withheld"));
    assert.throws(() => policy.checkDeepSync(sealed, context, around), { code: "internal" });
  });

  test(`${name}: schemas of both forms (v05)`, () => {
    const policy = Policy.compile(schema);
    const { plaintext, sealed } = policy.schemas();
    assert.deepEqual(plaintext.properties.email, schema.properties.email);
    assert.equal(sealed.$defs.sealed.contentMediaType, "application/vnd.fieldseal.sealed");
    assert.deepEqual(sealed.properties.email, { $ref: "#/$defs/sealed" });
    const compiled = new Ajv2020({ strict: false, validateFormats: false }).compile(sealed);
    assert.equal(compiled(JSON.parse(policy.sealSync(document, context, oneKey()).document)), true);
    assert.equal(compiled(JSON.parse(document)), false);
  });

  test(`${name}: context members reach where they belong`, () => {
    const policy = Policy.compile(schema);
    const keys = oneKey();
    const about = {
      ...context,
      tenant: "t",
      revision: "3",
      at: new Date("2026-01-02T03:04:05Z"),
      now: 1_795_339_800_000,
    };
    const { document: sealed, verdict } = policy.sealSync(document, about, keys);
    assert.equal(verdict.at, "2026-11-22T09:30:00.000Z");
    assert.equal(
      policy.openSync(sealed, { ...about, at: "2026-01-02T03:04:05Z" }, keys).document,
      document,
    );
    for (const member of ["tenant", "record", "revision", "subject"]) {
      assert.throws(
        () => policy.openSync(sealed, { ...about, [member]: "other" }, keys),
        { code: "integrity" },
        member,
      );
    }
  });

  test(`${name}: coverage`, () => {
    const policy = Policy.compile(schema);
    assert.deepEqual(
      policy.coverage().locations.map(({ documentPattern }) => documentPattern),
      ["/email", "/guest/name", "/phone"],
    );
    assert.match(policy.coverageText("markdown"), /^\|/m);
    assert.match(policy.coverageText("text"), /email/);
  });

  test(`${name}: version, with the digest of a module that the package brought`, () => {
    const version = api.version();
    assert.equal(version.build, name.includes("full") ? "full" : "evaluator");
    assert.equal(
      version.crate,
      JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version,
    );
    const digest = name.startsWith("slim")
      ? undefined
      : createHash("sha256").update(bytes[name]).digest("hex");
    assert.equal(version.wasmSha256, digest);
  });

  test(`${name}: a policy is freed once, and calls under way finish`, async () => {
    const policy = Policy.compile(schema);
    const keys = oneKey();
    const calls = policy.seal(document, context, {
      ...keys,
      current: async (requests) => keys.current(requests),
    });
    policy[Symbol.dispose]();
    policy[Symbol.dispose]();
    assert.match((await calls).document, /Fs1/);
    assert.throws(() => policy.check(document), { code: "internal" });
  });

  test(`${name}: the document is read before seal returns`, async () => {
    const policy = Policy.compile(schema);
    const value = { email: "first" };
    const given = new TextEncoder().encode('{"email":"first"}');
    const keys = oneKey();
    const slow = { current: async (requests) => keys.current(requests), byId: keys.byId };
    const promises = [policy.seal(value, context, slow), policy.seal(given, context, slow)];
    value.email = "second";
    given.fill(0);
    const [one, two] = await Promise.all(promises);
    assert.deepEqual(policy.openSync(one.document, context, keys).document, { email: "first" });
    assert.equal(
      new TextDecoder().decode(policy.openSync(two.document, context, keys).document),
      '{"email":"first"}',
    );
  });
}

test("bytes are what they are, whatever a member of theirs says", () => {
  const policy = evaluator.Policy.compile(schema);
  const keys = evaluator.Keyring.memory();
  const lying = (bytes, members) =>
    Object.defineProperties(
      bytes,
      Object.fromEntries(Object.entries(members).map(([name, value]) => [name, { value }])),
    );
  const text = new TextEncoder().encode(document);
  for (const members of [
    { length: 16 },
    { length: 4096 },
    { byteLength: 1, byteOffset: 1, buffer: new ArrayBuffer(9) },
    { [Symbol.iterator]: null },
  ]) {
    const sealed = policy.sealSync(lying(text.slice(), members), context, keys).document;
    assert.deepEqual(policy.openSync(lying(sealed, members), context, keys).document, text);
  }
  class Own extends Uint8Array {
    get length() {
      throw new Error("not to be asked");
    }
  }
  const sealed = policy.sealSync(Own.from(text), context, keys).document;
  assert.deepEqual(policy.openSync(sealed, context, keys).document, text);
  const part = new Uint8Array(text.length + 2).fill(0x7b);
  part.set(text, 1);
  assert.equal(
    new TextDecoder().decode(
      policy.openSync(policy.sealSync(part.subarray(1, -1), context, keys).document, context, keys)
        .document,
    ),
    document,
  );
  const gone = text.slice();
  structuredClone(gone, { transfer: [gone.buffer] });
  assert.throws(() => policy.sealSync(gone, context, keys), { code: "document" });
  assert.throws(
    () =>
      policy.sealSync(
        Object.defineProperty(new Uint16Array(1), Symbol.toStringTag, { value: "Uint8Array" }),
        context,
        keys,
      ),
    { code: "document" },
  );
});

test("entries do not share instances, and print nothing of what they hold", async () => {
  const { inspect } = await import("node:util");
  const policy = evaluator.Policy.compile(schema);
  const keys = full.Keyring.memory();
  const sealed = policy.sealSync(document, context, keys);
  assert.equal(policy.openSync(sealed.document, context, keys).document, document);
  assert.equal(inspect(policy), "Policy {}");
  assert.equal(inspect(policy, { showHidden: true }), "Policy { [findings]: [Getter] }");
  assert.equal(inspect(keys, { showHidden: true }), "Keyring {}");
  assert.equal(JSON.stringify([policy, keys]), "[{},{}]");
});

test("slim takes bytes and modules of any realm, and nothing else", () => {
  const other = createContext({ bytes: bytes.evaluator });
  const given = {
    "a Buffer": bytes.evaluator,
    "an ArrayBuffer": new Uint8Array(bytes.evaluator).buffer,
    "a module": new WebAssembly.Module(bytes.evaluator),
    "bytes of another realm": runInContext("new Uint8Array(bytes)", other),
    "an ArrayBuffer of another realm": runInContext("new Uint8Array(bytes).buffer", other),
    "a module of another realm": runInContext("new WebAssembly.Module(bytes)", other),
  };
  for (const [what, source] of Object.entries(given))
    assert.equal(instantiate(source).version().build, "evaluator", what);
  for (const bad of [undefined, null, "", {}, new Uint8Array(8), new Promise(() => {})])
    assert.throws(() => instantiate(bad), { name: "FieldSealError", code: "internal" });
});

test("a Buffer comes back as a Buffer from every verb, and other bytes as bytes", async () => {
  const policy = evaluator.Policy.compile(schema);
  const keys = oneKey();
  class Bytes extends Uint8Array {}
  const kinds = [
    [Buffer, Buffer.from(document)],
    [Uint8Array, new TextEncoder().encode(document)],
    [Uint8Array, Bytes.from(Buffer.from(document))],
  ];
  for (const [kind, given] of kinds) {
    const batch = async (outcomes) => (await outcomes)[0].ok.document;
    const sealed = {
      seal: (await policy.seal(given, context, keys)).document,
      sealSync: policy.sealSync(given, context, keys).document,
      sealMany: await batch(policy.sealMany([{ document: given, context }], keys)),
    };
    for (const [verb, document] of Object.entries(sealed)) {
      const opened = {
        open: (await policy.open(document, context, keys)).document,
        openSync: policy.openSync(document, context, keys).document,
        openMany: await batch(policy.openMany([{ document, context }], keys)),
      };
      for (const [other, bytes] of Object.entries({ [verb]: document, ...opened }))
        assert.equal(Object.getPrototypeOf(bytes), kind.prototype, other);
      for (const bytes of Object.values(opened)) assert.deepEqual([...bytes], [...given]);
    }
  }
});

test("where Buffer is something else, bytes come back as bytes", () => {
  const policy = evaluator.Policy.compile(schema);
  const keys = oneKey();
  const given = Buffer.from(document);
  const { Buffer: original } = globalThis;
  for (const other of [undefined, {}, { isBuffer: () => true }, () => {}]) {
    globalThis.Buffer = other;
    try {
      const sealed = policy.sealSync(given, context, keys).document;
      assert.equal(Object.getPrototypeOf(sealed), Uint8Array.prototype);
    } finally {
      globalThis.Buffer = original;
    }
  }
});
