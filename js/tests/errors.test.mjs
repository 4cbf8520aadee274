// Bad input, a table for each public function: every code that can be had there, and no message
// with what was given.
import assert from "node:assert/strict";
import { test } from "node:test";
import { context, document, evaluator, full, oneKey, schema } from "./fieldseal.mjs";

const { FieldSealError, Keyring, Policy, keysFrom } = evaluator;
const SECRETIVE = /ada|example|Fs1[A-Za-z0-9_-]{20}/;

async function refused(what, code, call) {
  let thrown;
  try {
    await call();
  } catch (error) {
    thrown = error;
  }
  assert.ok(
    thrown instanceof FieldSealError,
    `${what}: ${thrown === undefined ? "nothing was thrown" : thrown.stack}`,
  );
  assert.equal(thrown.code, code, `${what}: ${thrown.message}`);
  assert.ok(thrown.message.length > 0);
  assert.doesNotMatch(`${thrown.message}${JSON.stringify(thrown.findings)}`, SECRETIVE, what);
  return thrown;
}

const policy = Policy.compile(schema);
const keys = oneKey();
const sealed = policy.sealSync(document, context, keys).document;
const cycle = { email: "ada" };
cycle.cycle = cycle;
let bottomless = [];
for (let levels = 0; levels < 50_000; levels++) bottomless = [bottomless];
const key = keys.current([1])[0];
const answering = (answers) => ({ current: () => answers, byId: () => answers });
const refusing = (code) => answering([{ code }]);
const failing = () => {
  throw new Error("the vault is down");
};
const erased = () => {
  throw new FieldSealError("not what happened here", { code: "erased" });
};
function revoked() {
  const { proxy, revoke } = Proxy.revocable([key], {});
  revoke();
  return proxy;
}

const documents = [
  ["no JSON", "document", '{"email": ada}'],
  ["a repeated member", "document", '{"email":"ada","email":"ada"}'],
  ["two documents", "document", "{} {}"],
  ["no text at all", "document", ""],
  ["a lone surrogate", "document", '{"email":"ada\ud800"}'],
  ["an escaped lone surrogate", "document", '{"email":"ada\\ud800"}'],
  ["invalid UTF-8", "document", Uint8Array.of(0x22, 0xff, 0x22)],
  ["a cycle", "document", cycle],
  ["a BigInt", "document", { email: "ada", big: 1n }],
  ["an unsafe integer", "document", { email: "ada", big: 2 ** 53 }],
  ["a great one", "document", { email: "ada", big: [1e300] }],
  ["what toJSON throws", "document", { toJSON: failing }],
  ["what toJSON leaves out", "document", { toJSON: () => undefined }],
  ["undefined", "document", undefined],
  ["null", "document", null],
  ["a number", "document", 7],
  ["a function", "document", () => {}],
  ["an ArrayBuffer", "document", new ArrayBuffer(2)],
  ["other views", "document", new Uint16Array(1)],
  ["too deep", "limit", "[".repeat(129) + "]".repeat(129)],
  ["too deep a value", "limit", JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`)],
  ["deeper than JSON.stringify goes", "limit", bottomless],
  [
    "deeper than a walk for its numbers goes",
    "limit",
    JSON.parse(`${"[".repeat(4000)}9007199254740991${"]".repeat(4000)}`),
  ],
  ["more than the policy allows", "limit", new Uint8Array(2 ** 27)],
  ["more than a module's memory", "limit", new Uint8Array(3 * 2 ** 30)],
];
const contexts = [
  ["no context", undefined],
  ["null", null],
  ["a string", "ada"],
  ["a number for a record", { ...context, record: 7 }],
  ["null for a purpose", { ...context, purpose: null }],
  ["a lone surrogate", { ...context, subject: "ada\udc00" }],
  ["an invalid date", { ...context, at: new Date(Number.NaN) }],
  ["no date", { ...context, at: "yesterday" }],
  ["a date without a time", { ...context, at: Object.create(Date.prototype) }],
  ["a fraction of now", { ...context, now: 1.5 }],
  ["a time before 1970", { ...context, now: -1 }],
  ["a time after 9999", { ...context, now: Number.MAX_SAFE_INTEGER }],
  ["no subject", { record: "7" }],
  ["an empty record", { ...context, record: "" }],
];

for (const [verb, good] of [
  ["seal", document],
  ["open", sealed],
]) {
  const call = (...given) => policy[`${verb}Sync`](...given);
  const later = (...given) => policy[verb](...given);

  test(`${verb}: documents`, async () => {
    for (const [what, code, bad] of documents) {
      const error = await refused(what, code, () => call(bad, context, keys));
      assert.equal(
        (await refused(what, code, () => later(bad, context, keys))).message,
        error.message,
      );
      assert.equal(
        (await refused(what, code, () => policy.requiredKeys(bad, context, verb))).code,
        code,
      );
    }
    assert.equal(
      (await refused("offset", "document", () => call('{"é":1,}', context, keys))).offset,
      8,
    );
    assert.equal(
      (await refused("offset of a surrogate", "document", () => call('"é\ud800"', context, keys)))
        .offset,
      3,
    );
  });

  test(`${verb}: contexts`, async () => {
    for (const [what, bad] of contexts) {
      await refused(what, "context", () => call(good, bad, keys));
      await refused(what, "context", () => later(good, bad, keys));
      await refused(what, "context", () => policy.requiredKeys(good, bad, verb));
    }
    assert.equal(
      (await refused("place", "context", () => call(good, { record: "7" }, keys))).pointer,
      "/email",
    );
  });

  test(`${verb}: key sources and their answers`, async () => {
    const bad = [
      ["no source", "context", undefined],
      ["an empty source", "context", {}],
      ["half a source", "context", { current: 1, byId: 1 }],
      ["a wrong number", "internal", answering([])],
      ["too many", "internal", answering([key, key])],
      ["no list", "internal", answering({ 0: key, length: 1 })],
      ["null", "internal", answering([null])],
      ["a hole", "internal", answering(new Array(1))],
      ["an unknown code", "internal", refusing("gone")],
      ["a short id", "internal", answering([{ ...key, id: new Uint8Array(15) }])],
      ["a long secret", "internal", answering([{ ...key, secret: new Uint8Array(33) }])],
      ["a secret in hex", "internal", answering([{ ...key, secret: "02".repeat(32) }])],
      [
        "a short secret that says otherwise",
        "internal",
        answering([
          { ...key, secret: Object.defineProperty(new Uint8Array(31), "length", { value: 32 }) },
        ]),
      ],
      ["no number of milliseconds", "internal", answering([{ ...key, expires: "soon" }])],
      ["no boolean", "internal", answering([{ ...key, erasable: 1 }])],
      [
        "a getter that throws",
        "internal",
        answering([
          {
            id: key.id,
            get secret() {
              return failing();
            },
          },
        ]),
      ],
      [
        "a getter that throws an error of ours",
        "internal",
        answering([
          {
            id: key.id,
            get secret() {
              return erased();
            },
          },
        ]),
      ],
      [
        "a code that throws one",
        "internal",
        answering([
          {
            get code() {
              return erased();
            },
          },
        ]),
      ],
      [
        "a list that throws one",
        "internal",
        answering(
          new Proxy([key], { get: (list, name) => (name === "0" ? erased() : list[name]) }),
        ),
      ],
      [
        "a list without a length",
        "internal",
        answering(
          new Proxy([key], { get: (list, name) => (name === "length" ? erased() : list[name]) }),
        ),
      ],
      ["not-found", "not-found", refusing("not-found")],
      ["unavailable", "unavailable", refusing("unavailable")],
      ["an expired key", "unavailable", answering([{ ...key, expires: 1 }])],
      ["what throws", "unavailable", { current: failing, byId: failing }],
      ["what throws an error of ours", "unavailable", { current: erased, byId: erased }],
      [
        "a source whose functions throw one",
        "unavailable",
        {
          get current() {
            return erased();
          },
          get byId() {
            return erased();
          },
        },
      ],
      [
        "answers that throw one when asked whether they are a promise",
        "unavailable",
        answering(Object.defineProperty([key], "then", { get: erased })),
      ],
      ["answers that were revoked", "unavailable", answering(revoked())],
    ];
    for (const [what, code, source] of bad) {
      await refused(what, code, () => call(good, context, source));
      await refused(what, code, () => later(good, context, source));
    }
    for (const code of ["erased", "restricted", "denied"]) {
      await refused(code, code, () =>
        call(good, verb === "open" ? { ...context, strict: true } : context, refusing(code)),
      );
    }
    assert.match(
      (
        await refused("cause", "unavailable", () =>
          call(good, context, { current: failing, byId: failing }),
        )
      ).cause.message,
      /vault/,
    );
    const hiding = answering([
      {
        id: key.id,
        get secret() {
          return erased();
        },
      },
    ]);
    for (const ask of [call, later])
      assert.equal(
        (await refused("cause of a getter", "internal", () => ask(good, context, hiding))).cause
          .code,
        "erased",
      );
    const rejecting = { current: async () => failing(), byId: async () => failing() };
    assert.match(
      (await refused("rejection", "unavailable", () => later(good, context, rejecting))).cause
        .message,
      /vault/,
    );
    assert.match(
      (await refused("a promise", "internal", () => call(good, context, rejecting))).message,
      /promise/,
    );
    // None of it has harmed the instance.
    assert.ok(call(good, context, keys).document);
  });
}

test("seal: clear documents that do not fit, conflicts and envelopes in the wrong place", async () => {
  await refused("invalid", "invalid", () => policy.sealSync('{"email":7}', context, keys));
  await refused("already sealed", "already-sealed", () => policy.sealSync(sealed, context, keys));
  assert.equal(
    Policy.compile(schema, { nonconforming: "seal" }).sealSync('{"email":7}', context, keys).verdict
      .level,
    "warn",
  );
});

test("open: what must be sealed and is not, and envelopes that are not as they were", async () => {
  const at = (text) => policy.openSync(JSON.stringify({ email: text }), context, keys);
  const envelope = JSON.parse(sealed).email;
  await refused("clear text", "not-sealed", () => at("ada@example.com"));
  await refused("another suite", "unsupported", () =>
    at(`Fs1${"_".repeat(2)}${envelope.slice(5)}`),
  );
  await refused("a bit", "integrity", () =>
    at(envelope.slice(0, -2) + (envelope.endsWith("A") ? "Q" : "A") + envelope.at(-1)),
  );
  await refused("another field", "integrity", () =>
    policy.openSync(JSON.stringify({ phone: envelope }), context, keys),
  );
  assert.equal((await refused("place", "not-sealed", () => at("ada"))).pointer, "/email");
  const loose = Policy.compile({
    "x-schema-family": "loose",
    properties: { size: { "x-protection": {} } },
  });
  const great = loose.sealSync('{"size":1e400}', context, keys).document;
  await refused("a number that JavaScript lacks", "document", () =>
    loose.openSync(JSON.parse(great), context, keys),
  );
  assert.equal(loose.openSync(great, context, keys).document, '{"size":1e400}');
  const withheld = policy.openSync(sealed, context, refusing("erased"));
  assert.deepEqual(
    [JSON.parse(withheld.document).email, withheld.access.withheld.map(({ reason }) => reason)],
    ["", ["erased"]],
  );
});

test("open and openMany: strict is a boolean", async () => {
  await refused("strict", "context", () =>
    policy.open(sealed, { ...context, strict: "yes" }, keys),
  );
  await refused("strict", "context", () => policy.openMany([], keys, { strict: 1 }));
});

test("check: documents", async () => {
  for (const [what, code, bad] of documents) await refused(what, code, () => policy.check(bad));
});

test("requiredKeys: operations", async () => {
  await refused("unknown", "context", () => policy.requiredKeys(document, context, "look"));
  await refused("missing", "context", () => policy.requiredKeys(document, context));
  await refused("not built", "unsupported", () => policy.requiredKeys(sealed, context, "reseal"));
});

test("coverageText: formats", () =>
  refused("unknown", "context", () => policy.coverageText("html")));

test("compile: schemas and options, all findings at once", async () => {
  const bad = [
    ["nothing", undefined],
    ["null", null],
    ["a number", 7],
    ["no JSON", "{"],
    ["a cycle", cycle],
    ["a lone surrogate", '{"$comment":"\ud800"}'],
    ["a BigInt", { a: 1n }],
    ["no family", { properties: {} }],
    ["an unknown member", { ...schema, properties: { a: { "x-protection": { colour: "red" } } } }],
    [
      "a later member",
      { ...schema, properties: { a: { "x-protection": { mask: { keepFirst: 1 } } } } },
    ],
  ];
  for (const [what, given] of bad)
    assert.ok(
      (await refused(what, "schema", () => Policy.compile(given))).findings.length > 0,
      what,
    );
  const options = [
    7,
    "",
    null,
    [],
    { colour: 1 },
    { overlay: { "/nowhere": {} } },
    { suite: "rot13" },
    { draft: "5" },
    { clear: "maybe" },
    { mediaTypes: "a/b" },
    { cache: { entries: 10 } },
    { limits: { depth: 1000 } },
    cycle,
  ];
  for (const given of options)
    await refused(`options ${typeof given}`, "schema", () => Policy.compile(schema, given));
  const both = await refused("two faults", "schema", () =>
    Policy.compile({
      "x-schema-family": "f",
      properties: { a: { "x-protection": { b: 1 } }, c: { "x-protection": 1 } },
    }),
  );
  assert.deepEqual(
    both.findings.map(({ pointer }) => pointer.split("/").slice(0, 3).join("/")),
    ["/properties/a", "/properties/c"],
  );
  for (const finding of both.findings)
    assert.deepEqual(
      [typeof finding.id, finding.severity, typeof finding.message],
      ["string", "error", "string"],
    );
  await refused("too large", "limit", () =>
    Policy.compile(schema, { limits: { schemaBytes: 10 } }),
  );
});

test("a policy and a keyring come from their functions", async () => {
  await refused("policy", "internal", () => new Policy());
  await refused("keyring", "internal", () => new Keyring());
});

test("sealMany and openMany: an outcome for every document, in order (v29)", async () => {
  const calls = [
    { document, context },
    { document: "{", context },
    { document: undefined, context },
    { document, context: { now: -1 } },
    { document: '{"id":"7"}', context: {} },
    7,
  ];
  const codes = (results) =>
    results.map((result) =>
      "ok" in result ? "ok" : result.error instanceof FieldSealError && result.error.code,
    );
  const around = { current: (requests) => keys.current(requests), byId: keys.byId };
  for (const source of [keys, around, Keyring.memory()]) {
    assert.deepEqual(codes(await policy.sealMany(calls, source)), [
      "ok",
      "document",
      "document",
      "context",
      "ok",
      "context",
    ]);
  }
  const down = await policy.sealMany(calls, { current: async () => failing(), byId: failing });
  assert.deepEqual(codes(down), [
    "unavailable",
    "document",
    "document",
    "context",
    "ok",
    "context",
  ]);
  assert.match(down[0].error.cause.message, /vault/);
  assert.equal(down[0].error.pointer, "/email", "which value lacks its key is the core's to say");
  const hidden = await policy.sealMany(
    calls,
    answering([
      {
        id: key.id,
        get secret() {
          return erased();
        },
      },
    ]),
  );
  assert.deepEqual([hidden[0].error.code, hidden[0].error.cause.code], ["internal", "erased"]);
  for (const answers of [[], [key, key], [null], [{ code: "gone" }], undefined]) {
    const results = await policy.sealMany(calls, answering(answers));
    assert.deepEqual(
      codes(results),
      ["internal", "document", "document", "context", "internal", "context"],
      "such a source fails what was not refused before",
    );
    assert.match(results[0].error.message, /key/);
  }
  assert.deepEqual(
    codes(
      await policy.openMany(
        [
          { document: sealed, context },
          { document, context },
        ],
        keys,
      ),
    ),
    ["ok", "not-sealed"],
  );
  assert.deepEqual(
    codes(
      await policy.openMany([{ document: sealed, context }], refusing("erased"), { strict: true }),
    ),
    ["erased"],
  );
  for (const bad of [undefined, null, 7, "calls", {}])
    await refused("no iterable", "context", () => policy.sealMany(bad, keys));
  await assert.rejects(
    policy.sealMany(
      (function* () {
        yield* failing();
      })(),
      keys,
    ),
    /vault/,
  );
});

test("keysFrom: requests and answers belong together", async () => {
  const requests = policy.requiredKeys(document, context, "seal");
  await refused("no requests", "internal", () => keysFrom(undefined, []));
  await refused("no answers", "internal", () => keysFrom(requests));
  await refused("too few", "internal", () => keysFrom(requests, []));
  await refused("malformed", "internal", () => keysFrom(requests, [{ id: 1 }]));
  await refused("malformed requests", "internal", () =>
    keysFrom([{ ...requests[0], ref: 7 }], [key]),
  );
});

test("Keyring: whom, what and why", async () => {
  const ring = Keyring.memory();
  const people = [
    undefined,
    null,
    7,
    "",
    "ada\ud800",
    {},
    { kind: "subject" },
    { kind: "person", ref: "ada" },
    { kind: "subject", ref: "ada", tenant: 7 },
  ];
  for (const verb of ["provision", "restrict", "lift"]) {
    for (const person of people)
      await refused(`${verb} ${typeof person}`, "context", () => ring[verb](person));
  }
  for (const person of people.slice(0, 3))
    await refused("state", "context", () => ring.state(person));
  for (const why of [undefined, null, {}, { reason: 7 }])
    await refused("no reason", "context", () => ring.erase("ada", why));
  const request = {
    kind: "subject",
    ref: "ada",
    tenant: "",
    operation: "seal",
    purpose: "p",
    caller: "c",
    id: new Uint8Array(16),
  };
  const asking = [
    undefined,
    {},
    [{}],
    [{ kind: "subject" }],
    [null],
    new Array(1),
    [
      {
        ...request,
        get ref() {
          return erased();
        },
      },
    ],
    revoked(),
  ];
  for (const member of ["kind", "ref", "tenant", "operation", "purpose", "caller"]) {
    for (const value of [7, null, true, ["ada"], new String("ada"), { toJSON: () => "ada" }])
      asking.push([request, { ...request, [member]: value }]);
  }
  for (const id of [
    "01".repeat(16),
    new Uint8Array(15),
    Object.defineProperty(new Uint8Array(17), "length", { value: 16 }),
    [...request.id],
    null,
  ])
    asking.push([{ ...request, id }]);
  for (const asked of asking) {
    await refused("requests", "internal", () => ring.current(asked));
    await refused("requests", "internal", () => ring.byId(asked));
  }
  await refused("a clock without a time", "context", () =>
    Keyring.memory({ now: () => Number.NaN }).provision("ada"),
  );
});

test("full: refuses what the default entry refuses, with the same class and the same words", () => {
  const policies = [evaluator, full].map((api) => api.Policy.compile(schema));
  for (const text of ["{", '{"email":7}', '{"guest":{"id":1,"name":7}}', "[]"]) {
    const [first, second] = policies.map((policy) => {
      try {
        return policy.sealSync(text, context, keys).document;
      } catch (error) {
        return error;
      }
    });
    for (const error of [first, second])
      assert.ok(error instanceof FieldSealError && error instanceof full.FieldSealError, text);
    assert.deepEqual({ ...second, message: second.message }, { ...first, message: first.message });
  }
});

test("FieldSealError is an Error like others", () => {
  const error = new FieldSealError("message", { code: "limit", cause: 1 });
  assert.deepEqual(
    [error.name, error.message, error.code, error.cause, Object.keys(error)],
    ["FieldSealError", "message", "limit", 1, ["code"]],
  );
  assert.equal(String(error), "FieldSealError: message");
  assert.equal(new FieldSealError().code, "internal");
});
