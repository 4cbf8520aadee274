// The public head of an envelope.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, evaluator, full, instantiate } from "./fieldseal.mjs";

const context = { record: "r", subject: "ada", at: "2026-11-22T09:30:00Z" };
const schema = {
  "x-schema-family": "f",
  "x-retention": { contract: { period: "P10Y", from: "created", bucket: "P1Y" } },
  properties: {
    plain: { "x-protection": {} },
    all: {
      "x-protection": { retention: "contract", rectifiable: true, suite: "chacha20-poly1305" },
    },
    nobody: { "x-protection": { subject: false, bind: "none", pad: false, retention: "contract" } },
  },
};

for (const [name, { Policy, Keyring, inspectEnvelope }] of Object.entries({
  evaluator,
  full,
  slim: instantiate(bytes.evaluator),
})) {
  const sealed = Policy.compile(schema).sealSync(
    { plain: "Ada", all: "Ada", nobody: "Ada" },
    context,
    Keyring.memory(),
  );
  const ids = Object.fromEntries(
    sealed.verdict.sealed.map(({ pointer, keyIds }) => [pointer, keyIds]),
  );

  test(`${name}: the head of an envelope says what protects it, and nothing of the value`, () => {
    const { plain, all, nobody } = sealed.document;
    const { keys, ...rest } = inspectEnvelope(plain);
    assert.deepEqual(rest, {
      version: 1,
      suite: "aes-256-gcm",
      bind: "record-field",
      padded: true,
      subjectBound: true,
      bytes: Buffer.from(plain, "base64url").length,
      textBytes: 32,
    });
    assert.deepEqual(keys, [{ kind: "subject", id: ids["/plain"][0] }]);
    const whole = inspectEnvelope(all);
    assert.equal(whole.suite, "chacha20-poly1305");
    assert.deepEqual(
      whole.keys.map(({ kind }) => kind),
      ["subject", "retention", "item"],
    );
    assert.deepEqual(whole.keys.map(({ id }) => id).sort(), ids["/all"]);
    const least = inspectEnvelope(nobody);
    assert.deepEqual(
      [least.bind, least.padded, least.textBytes, least.keys.map(({ kind }) => kind)],
      ["none", false, '"Ada"'.length, ["retention"]],
    );
    assert.doesNotMatch(JSON.stringify([whole, least]), /\bAda\b|\bada\b/);
  });

  test(`${name}: what is no whole envelope is refused, and not repeated`, () => {
    const { plain } = sealed.document;
    const bad = [
      ["not-sealed", "Ada"],
      ["not-sealed", ""],
      ["not-sealed", JSON.stringify(plain)],
      ["not-sealed", ` ${plain}`],
      ["unsupported", `Fs1__${plain.slice(5)}`],
      ["integrity", "Fs1"],
      ["integrity", plain.slice(0, 40)],
      ["integrity", `${plain}=`],
      ["integrity", `${plain.slice(0, -1)}!`],
      ["context", undefined],
      ["context", null],
      ["context", 7],
      ["context", { text: plain }],
      ["context", Buffer.from(plain)],
    ];
    for (const [code, text] of bad) {
      assert.throws(
        () => inspectEnvelope(text),
        (error) => {
          assert.deepEqual([error.name, error.code], ["FieldSealError", code], `${text}`);
          assert.doesNotMatch(error.message, /Ada|Fs1[\w-]{5}/);
          return true;
        },
        `${code} ${text}`,
      );
    }
    assert.throws(() => inspectEnvelope(`${plain}\ud800`), { name: "FieldSealError" });
  });
}
