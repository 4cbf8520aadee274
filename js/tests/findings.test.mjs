// The warnings and notes of a schema that compiles.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  beyond,
  bytes,
  context,
  evaluator,
  full,
  instantiate,
  replaceEntropy,
  schema,
} from "./fieldseal.mjs";

const marker = { "x-protection": {} };
/** A schema for each warning, and the place that it names. */
const warnings = [
  ["nothing-marked", "", { "x-schema-family": "f", properties: { a: {} } }],
  ["family-by-id", "/$id", { $id: "https://example.org/v1", properties: { a: marker } }],
  [
    "marker-unreached",
    "/$defs/person",
    { "x-schema-family": "f", properties: { a: marker }, $defs: { person: marker } },
  ],
  [
    "marker-absorbed",
    "/properties/a/properties/b",
    {
      "x-schema-family": "f",
      properties: {
        a: {
          ...marker,
          properties: { b: { "x-protection": { suite: "chacha20-poly1305" } } },
        },
      },
    },
  ],
  [
    "nullable-ignored",
    "/properties/a/nullable",
    {
      "x-schema-family": "f",
      properties: { a: { type: "string", nullable: true, ...marker } },
    },
  ],
  [
    "unresolvable-ref-unused",
    "urn:other#/$defs/unused/$ref",
    { "x-schema-family": "f", properties: { a: { $ref: "urn:other" } } },
    { references: { "urn:other": { ...marker, $defs: { unused: { $ref: "urn:nowhere" } } } } },
  ],
  [
    "placeholder-refused",
    "/properties/a",
    { "x-schema-family": "f", properties: { a: { type: "string", minLength: 3, ...marker } } },
  ],
];

for (const [name, { Policy }] of Object.entries({ evaluator, full })) {
  test(`${name}: a schema without a slip has no findings`, () => {
    assert.deepEqual(Policy.compile(schema).findings, []);
  });

  for (const [id, pointer, given, options] of warnings) {
    test(`${name}: ${id} is a warning with a place and a fix`, () => {
      const { findings } = Policy.compile(given, options);
      assert.deepEqual(
        findings.map((finding) => [finding.id, finding.severity, finding.pointer]),
        [[id, "warning", pointer]],
      );
      for (const text of [findings[0].message, findings[0].fix])
        assert.ok(typeof text === "string" && text.length > 10, text);
      assert.deepEqual(Policy.compile(JSON.stringify(given), options).findings, findings);
    });
  }

  test(`${name}: findings are read once, and nobody changes them`, () => {
    const policy = Policy.compile(warnings[0][2]);
    const { findings } = policy;
    assert.equal(policy.findings, findings);
    assert.throws(() => findings.push(1), TypeError);
    assert.throws(() => (findings[0].id = "other"), TypeError);
    assert.throws(() => (policy.findings = []), TypeError);
    policy[Symbol.dispose]();
    assert.equal(policy.findings, findings, "what was read stays");
    const gone = Policy.compile(warnings[0][2]);
    gone[Symbol.dispose]();
    assert.throws(() => gone.findings, { name: "FieldSealError", code: "internal" });
  });

  test(`${name}: what names an option is mended by that option`, () => {
    const [, , given] = warnings.find(([id]) => id === "nullable-ignored");
    const policy = Policy.compile(given, { dialect: "openapi-3.0" });
    assert.deepEqual(policy.findings, []);
    assert.throws(
      () => Policy.compile(given, { dialect: "openapi" }),
      ({ findings }) => {
        assert.deepEqual(
          [findings[0].id, findings[0].pointer],
          ["option-malformed", "options#/dialect"],
        );
        return true;
      },
    );
  });

  test(`${name}: the option cache is gone, and its message names cacheKeys`, () => {
    assert.throws(
      () => Policy.compile(schema, { cache: { entries: 0 } }),
      ({ code, findings }) => {
        const [{ id, pointer, message, fix }] = findings;
        assert.deepEqual([code, id, pointer], ["schema", "option-unknown", "options#/cache"]);
        assert.match(message, /cacheKeys/);
        assert.match(fix, /cache/);
        return true;
      },
    );
    assert.equal("evict" in Policy.compile(schema), false);
  });

  test(`${name}: coverage is as its types say`, () => {
    const policy = Policy.compile({
      "x-schema-family": "f",
      "x-retention": { contract: { period: "P10Y", from: "created", bucket: "P1Y" } },
      properties: {
        a: { "x-protection": { retention: "contract", rectifiable: true, erased: "gone" } },
        b: { type: "string" },
        c: { "x-protection": { mode: "pseudonym", domain: "stat" } },
      },
    });
    const { locations, clear, open, incomplete, loosened, indexes } = policy.coverage();
    assert.deepEqual(locations[0], {
      schemaPointer: "/properties/a",
      documentPattern: "/a",
      mode: "sealed",
      subject: "call",
      retention: "contract",
      rectifiable: true,
      erased: "gone",
      bind: "record-field",
      suite: "aes-256-gcm",
      purposes: [],
      categories: [],
      lawfulBasis: [],
    });
    assert.deepEqual([locations[1].suite, locations[1].subject], ["pseudonym", false]);
    assert.ok(!("erased" in locations[1]));
    assert.deepEqual(clear, [{ schemaPointer: "/properties/b", documentPattern: "/b" }]);
    assert.deepEqual(open, [{ schemaPointer: "", documentPattern: "", by: "absent" }]);
    assert.deepEqual([incomplete, loosened, indexes], [[], [], []]);
  });
}

for (const [name, { Policy, Keyring }] of Object.entries({ evaluator, full })) {
  test(`${name}: verify: "sealed" judges what was sealed, and the verdict says so`, () => {
    const keys = Keyring.memory();
    const judged = Policy.compile(schema, { verify: "sealed" });
    const { verdict } = judged.sealSync('{"email":"ada@example.org"}', context, keys);
    assert.equal(verdict.verified, "sealed");
    const plain = Policy.compile(schema);
    assert.ok(!("verified" in plain.sealSync('{"email":"a"}', context, keys).verdict));
  });

  test(`${name}: verify: "sealed" is refused where nothing can judge`, () => {
    assert.throws(
      () => Policy.compile(schema, { verify: "sealed", validation: "off" }),
      ({ code, findings: [finding] }) =>
        code === "schema" &&
        finding.id === "option-malformed" &&
        finding.pointer === "options#/verify",
    );
  });

  test(`${name}: validation: "off" judges no document, and every verdict says so`, () => {
    const keys = Keyring.memory();
    for (const given of [schema, beyond]) {
      const policy = Policy.compile(given, { validation: "off" });
      assert.equal(policy.coverage().validator, "off");
      const { document, verdict } = policy.sealSync('{"id":7,"email":1}', context, keys);
      assert.deepEqual(verdict.codes, ["unvalidated"]);
      assert.equal(policy.openSync(document, context, keys).document, '{"id":7,"email":1}');
      assert.ok(policy.check(document).codes.includes("unvalidated"));
    }
  });
}

test("a schema beyond the evaluator is refused by the default entry, and full compiles it", () => {
  assert.throws(
    () => evaluator.Policy.compile(beyond),
    ({ code, findings }) => {
      assert.deepEqual(
        findings.map(({ id, severity, pointer }) => [id, severity, pointer]),
        [["validator-needed", "error", "/properties/id/pattern"]],
      );
      assert.match(findings[0].fix, /`fieldseal\/full`/);
      return code === "schema";
    },
  );
  const policy = full.Policy.compile(beyond);
  assert.equal(policy.coverage().validator, "crate");
  assert.deepEqual(policy.coverage().undecided, [
    { keyword: "pattern", schemaPointer: "/properties/id/pattern" },
  ]);
  assert.match(policy.coverageText("text"), /the evaluator cannot decide +keyword\n/u);
  const [keys, seal] = [full.Keyring.memory(), (text) => policy.sealSync(text, context, keys)];
  assert.equal(seal('{"id":"aa","email":1}').verdict.codes[0], "conforming");
  assert.throws(() => seal('{"id":"ab","email":1}'), { code: "invalid", pointer: "/id" });
  for (const { Policy } of [evaluator, full])
    assert.equal(Policy.compile(schema).coverage().validator, "evaluator");
  for (const { Policy } of [evaluator, full])
    assert.deepEqual(Policy.compile(schema).coverage().undecided, []);
});

test("only a schema that needs the crate needs random bytes to compile", () => {
  const fresh = instantiate(new WebAssembly.Module(bytes.full));
  const none = new Error("no random bytes here");
  replaceEntropy(() => {
    throw none;
  });
  try {
    const policy = fresh.Policy.compile(schema);
    assert.equal(policy.coverage().validator, "evaluator");
    assert.ok(policy.schemas().sealed);
    assert.throws(() => fresh.Policy.compile(beyond), { code: "internal", cause: none });
    assert.throws(() => fresh.Policy.compile({ properties: {} }), { code: "schema" });
  } finally {
    replaceEntropy();
  }
  assert.equal(fresh.Policy.compile(beyond).coverage().validator, "crate");
});
