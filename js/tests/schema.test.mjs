// Schemas and options as values: nothing in them is left out or written as something else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluator, full, schema } from "./fieldseal.mjs";

const marker = { "x-protection": {} };
const entries = [["/properties/id", marker]];
class Marker {
  mode = "deterministic";
}
const cycle = { "/properties/id": {} };
cycle["/properties/id"].self = cycle;

for (const [name, { Policy, FieldSealError }] of Object.entries({ evaluator, full })) {
  const refused = (what, given, options) => {
    try {
      Policy.compile(given, options);
    } catch (error) {
      assert.ok(error instanceof FieldSealError, `${what}: ${error}`);
      assert.equal(error.code, "schema", `${what}: ${error.message}`);
      const [finding, ...more] = error.findings;
      assert.deepEqual([finding.severity, more, finding.message.length > 0], ["error", [], true]);
      assert.equal(error.pointer, finding.pointer);
      return [finding.id, finding.pointer];
    }
    return assert.fail(`${what} compiled`);
  };

  test(`${name}: options that would be written as {} or left out are findings, with their place`, () => {
    const options = [
      ["option-malformed", "options#", new Map([["overlay", {}]])],
      ["option-malformed", "options#", Promise.resolve({})],
      ["option-malformed", "options#", "clear"],
      ["option-malformed", "options#", () => ({})],
      ["overlay-malformed", "options#/overlay", { overlay: new Map(entries) }],
      ["overlay-malformed", "options#/overlay", { overlay: Promise.resolve({}) }],
      ["overlay-malformed", "options#/overlay", { overlay: () => Object.fromEntries(entries) }],
      ["overlay-malformed", "options#/overlay", { overlay: Symbol("overlay") }],
      ["overlay-malformed", "options#/overlay/~1a", { overlay: { "/a": new Map([marker]) } }],
      [
        "overlay-malformed",
        "options#/overlay/~1a/x-protection",
        { overlay: { "/a": { "x-protection": new Marker() } } },
      ],
      ["overlay-malformed", "options#/overlay/~1properties~1id/self", { overlay: cycle }],
      ["reference-malformed", "options#/references", { references: new Map([["urn:a", {}]]) }],
      ["reference-malformed", "options#/references/urn:a", { references: { "urn:a": new Set() } }],
      ["option-malformed", "options#/mediaTypes", { mediaTypes: new Set(["a/b"]) }],
      ["option-malformed", "options#/limits", { limits: new Map([["depth", 3]]) }],
      ["option-malformed", "options#/limits/depth", { limits: { depth: Number.NaN } }],
      ["option-malformed", "options#/limits/depth", { limits: { depth: 3n } }],
      ["option-malformed", "options#/suite", { suite: new String("aes-256-gcm") }],
    ];
    for (const [id, pointer, given] of options)
      assert.deepEqual(refused(`${id} ${pointer}`, schema, given), [id, pointer]);
  });

  test(`${name}: schemas that would be written as something else are findings, with their place`, () => {
    const schemas = [
      ["", new Map(Object.entries(schema))],
      ["", Promise.resolve(schema)],
      ["/properties", { ...schema, properties: new Map() }],
      [
        "/properties/id/x-protection",
        { ...schema, properties: { id: { "x-protection": new Marker() } } },
      ],
      ["/maximum", { ...schema, maximum: Number.POSITIVE_INFINITY }],
      ["/maximum", { ...schema, maximum: 1n }],
    ];
    for (const [pointer, given] of schemas)
      assert.deepEqual(refused(pointer, given), ["not-json", pointer]);
  });

  test(`${name}: numbers, functions and absent options that are no slip compile`, () => {
    Policy.compile({ ...schema, maximum: 1e300, render: () => {} });
    Policy.compile(schema, { overlay: undefined, limits: undefined });
    Policy.compile({ toJSON: () => schema }, { toJSON: () => ({ suite: "chacha20-poly1305" }) });
  });

  test(`${name}: a schema that nests too deep is over a limit`, () => {
    let deep = {};
    for (let level = 0; level < 10_000; level++) deep = { not: deep };
    assert.throws(() => Policy.compile({ ...schema, not: deep }), { code: "limit" });
    assert.throws(() => Policy.compile(schema, { overlay: { "": deep } }), { code: "limit" });
  });
}
