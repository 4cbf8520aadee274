import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { artefacts, project, run } from "./packed.mjs";

const builds = [["fieldseal", "full"], ["fieldseal/lite", "lite"]];

test("Node imports and requires both entries without any initialisation", (t) => {
  const folder = project(t);
  for (const [entry, build] of builds) {
    const imported = run(folder, "node", ["--input-type=module", "-e", `import { version } from "${entry}"; console.log(JSON.stringify(version()))`]);
    const required = run(folder, "node", ["--input-type=commonjs", "--no-warnings", "-e", `console.log(JSON.stringify(require("${entry}").version()))`]);
    assert.equal(JSON.parse(imported).build, build);
    assert.deepEqual(JSON.parse(required), JSON.parse(imported));
  }
});

test("the modules are exported as files, for content security policies and networks of copies", (t) => {
  const folder = project(t);
  const script = `
    import { createHash } from "node:crypto"; import { readFileSync } from "node:fs"; import { fileURLToPath } from "node:url"; import { version } from "fieldseal";
    const bytes = readFileSync(fileURLToPath(import.meta.resolve("fieldseal/fieldseal.wasm")));
    console.log(createHash("sha256").update(bytes).digest("hex") === version().wasmSha256)`;
  assert.equal(run(folder, "node", ["--input-type=module", "-e", script]).trim(), "true");
});

test("the published manifest names nothing of this repository's tools", (t) => {
  const manifest = JSON.parse(readFileSync(join(project(t), "node_modules/fieldseal/package.json"), "utf8"));
  assert.equal(manifest.devDependencies, undefined);
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.private, undefined);
});

test("the sums list every artefact", () => {
  const listed = readFileSync(join(artefacts, "SHA256SUMS"), "utf8").trim().split("\n").map((line) => line.split("  ")[1]);
  for (const name of ["fieldseal.component.wasm", "fieldseal.core.wasm", "fieldseal-lite.component.wasm", "fieldseal-lite.core.wasm", "fieldseal.wit", "fieldseal-wit.wasm", "sizes.json"]) {
    assert.ok(listed.includes(name), `${name} is not in SHA256SUMS`);
  }
});
