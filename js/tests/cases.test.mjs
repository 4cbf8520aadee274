// The case files that every runtime must pass, on Node.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { runFile } from "./cases.mjs";
import { bytes, evaluator, fast, full, instantiate, replaceEntropy } from "./fieldseal.mjs";

const folder = new URL("../../core/conformance/cases/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("there are case files", () => assert.ok(files.length > 0));

for (const name of files) {
  const file = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  for (const [entry, api] of Object.entries({
    evaluator,
    fast,
    full,
    slim: instantiate(bytes.evaluator),
  })) {
    test(`${name}, ${entry}`, async () => {
      assert.ok(file.cases.length > 0);
      assert.deepEqual(await runFile(file, api, replaceEntropy), []);
    });
  }
}

test("the runner sees a difference", async () => {
  const [name] = files;
  const file = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  for (const one of file.cases) {
    if (one.expect) one.expect = { ...one.expect, other: 1 };
    for (const step of one.steps ?? []) if (step.expect) step.expect = { ...step.expect, other: 1 };
  }
  assert.ok((await runFile(file, evaluator, replaceEntropy)).length >= file.cases.length);
});

/** A file with one case about Ada, whose key is in `rows`. */
const fileOf = (source, steps, more = {}) => ({
  format: 1,
  keys: {
    ada: {
      kind: "subject",
      ref: "ada",
      tenant: "",
      id: "01".repeat(16),
      secret: "02".repeat(32),
    },
    mails: { kind: "index", ref: "mail", id: "03".repeat(16), secret: "04".repeat(32) },
  },
  cases: [
    {
      name: "one",
      schema: {
        "x-schema-family": "f",
        properties: {
          a: { "x-protection": {} },
          mail: { "x-protection": { index: { name: "mail", bits: 32 } } },
        },
      },
      source,
      keys: { ada: "live", mails: "live" },
      context: { record: "r", subject: "ada" },
      steps,
      ...more,
    },
  ],
});
const seal = { do: "seal", document: '{"a":1}' };
/** What each step came to: nothing is expected, so that every step differs. */
const came = async (source, ...steps) => {
  const lines = await runFile(fileOf(source, steps), evaluator, replaceEntropy);
  return lines.map((line) => JSON.parse(line.slice(line.lastIndexOf("\nactual   ") + 10)));
};

test("each source of the format is one of the package", async () => {
  const gone = { keys: { ada: "erased" } };
  const batch = { do: "seal-many", calls: [{ document: '{"a":1}' }] };
  const rows = await came("rows", seal, gone, seal, batch);
  assert.match(rows[0].document, /^\{"a":"Fs1/);
  assert.equal(rows[0].asked.length, 1);
  assert.equal(rows[1].error.code, "erased");
  assert.deepEqual(await came("answers", seal, gone, seal, batch), rows);

  const cached = await came("cached", seal, gone, seal, batch);
  assert.deepEqual(cached[0].document, rows[0].document);
  assert.deepEqual(cached[0].asked, rows[0].asked);
  assert.deepEqual([typeof cached[1].document, cached[1].asked], ["string", undefined]);
  assert.equal(cached[1].verdict.shredLatencyMs, 300_000);
  for (const source of [
    { kind: "cached", entries: 0 },
    { kind: "cached", maxAgeMs: 0 },
  ])
    assert.equal((await came(source, seal, gone, seal))[1].error.code, "erased");
});

test("a keyring is a source whose verbs are steps", async () => {
  const who = { kind: "subject", ref: "ada" };
  const verbs = ["restrict", "lift", "erase", "reopen"].map((verb) => ({ do: verb, who }));
  const bucket = { kind: "retention", ref: "contract/2036" };
  const [sealed, restricted, lifted, erased, reopened, rotated, kept, early, due] = await came(
    "keyring",
    seal,
    ...verbs,
    { do: "rotate", who, minVersion: 2 },
    { do: "destroy", who: bucket },
    { do: "destroy", who: bucket, early: true },
    { do: "due", at: 0 },
  );
  assert.deepEqual([typeof sealed.document, sealed.asked], ["string", undefined]);
  assert.deepEqual([restricted, lifted], [{ state: "restricted" }, { state: "live" }]);
  const { state, erased: record } = erased;
  assert.deepEqual([state, record.destroyed.length, record.at], ["erased", 1, 1_795_339_800_000]);
  assert.deepEqual([reopened, rotated], [{ state: "reopened" }, { state: "reopened" }]);
  assert.deepEqual([kept, early.state], [{ error: { code: "context" } }, "erased"]);
  assert.deepEqual(due, { due: [] });
});

test("a case of one build runs in that build alone", async () => {
  for (const [name, api] of Object.entries({ evaluator, full })) {
    const differences = (build) => runFile(fileOf("rows", [seal], { build }), api, replaceEntropy);
    assert.equal((await differences(name)).length, 1);
    assert.deepEqual(await differences(name === "full" ? "evaluator" : "full"), []);
  }
});

test("index values are a verb", async () => {
  const document = { do: "seal", document: '{"mail":"a@b"}' };
  const search = { do: "index-values", name: "mail", value: '"a@b"' };
  const [sealed, found, none] = await came("rows", document, search, { ...search, name: "mial" });
  assert.deepEqual(found.tokens, [sealed.indexes[0].value]);
  assert.deepEqual(found.asked, [{ kind: "index", ref: "mail", tenant: "", operation: "seal" }]);
  assert.deepEqual(none, { error: { code: "context" } });
});

test("the runner refuses what it does not know, by name", async () => {
  const who = { kind: "subject", ref: "ada" };
  const files = [
    [/format 1 and not 2/, { ...fileOf("rows", []), format: 2 }],
    [/the source kind vault/, fileOf("vault", [])],
    [/`entries` of the source kind rows/, fileOf({ kind: "rows", entries: 1 }, [])],
    [/the verb reseal/, fileOf("rows", [{ ...seal, do: "reseal" }])],
    [/the verb erase/, fileOf("rows", [{ do: "erase", who }])],
    [/the verb undefined/, fileOf("rows", [{}])],
    [/`strict` of the verb seal/, fileOf("rows", [{ ...seal, strict: true }])],
    [/`now` of the verb seal/, fileOf("keyring", [{ ...seal, now: 1 }])],
    [/`more` of a case/, fileOf("rows", [], { more: 1 })],
    [/the build small/, fileOf("rows", [], { build: "small" })],
    [/`more` of a step/, fileOf("rows", [{ keys: {}, more: 1 }])],
    [/`strict` of a call/, fileOf("rows", [{ do: "seal-many", calls: [{ strict: true }] }])],
  ];
  for (const [message, file] of files)
    await assert.rejects(runFile(file, evaluator, replaceEntropy), message);
});
