// Both ways of loading give one package, and every entry is there.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const fieldseal = require("fieldseal");
const full = require("fieldseal/full");
const { instantiate } = require("fieldseal/slim");

assert.deepEqual([fieldseal.version().build, full.version().build], ["evaluator", "full"]);
// Another name of the same entry: not a second module, nor a second instance.
assert.equal(require("fieldseal/lite"), fieldseal);
for (const [name, build] of [
  ["fieldseal.wasm", "evaluator"],
  ["fieldseal-full.wasm", "full"],
]) {
  const module = readFileSync(require.resolve(`fieldseal/${name}`));
  assert.equal(instantiate(module).version().build, build);
}
import("fieldseal").then(({ Policy }) => assert.equal(Policy, fieldseal.Policy));
