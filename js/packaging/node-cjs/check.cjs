// Both ways of loading give one package, and every entry is there.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const full = require("fieldseal");
const lite = require("fieldseal/lite");
const { instantiate } = require("fieldseal/slim");

assert.deepEqual([full.version().build, lite.version().build], ["full", "lite"]);
for (const [name, build] of [
  ["fieldseal.wasm", "full"],
  ["fieldseal-lite.wasm", "lite"],
]) {
  const module = readFileSync(require.resolve(`fieldseal/${name}`));
  assert.equal(instantiate(module).version().build, build);
}
import("fieldseal").then(({ Policy }) => assert.equal(Policy, full.Policy));
