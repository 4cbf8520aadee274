// The case files that every runtime must pass, on Node.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { runFile } from "./cases.mjs";
import { bytes, full, instantiate, lite, replaceEntropy } from "./fieldseal.mjs";

const folder = new URL("../../core/tests/cases/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("there are case files", () => assert.ok(files.length > 0));

for (const name of files) {
  const file = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  for (const [entry, api] of Object.entries({ full, lite, slim: instantiate(bytes.full) })) {
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
    for (const step of one.steps ?? [])
      for (const member of ["expect", "lite"])
        if (step[member]) step[member] = { ...step[member], other: 1 };
  }
  assert.ok((await runFile(file, full, replaceEntropy)).length >= file.cases.length);
});
