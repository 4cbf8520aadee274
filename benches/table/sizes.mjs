// Sizes of the core modules, as `cargo xtask package` wrote them.
import { readFileSync } from "node:fs";
import { figure } from "../../js/bench/rounds.mjs";

const file = new URL("../../target/package/sizes.json", import.meta.url);
const sizes = JSON.parse(readFileSync(file, "utf8"));
for (const [id, name] of [
  ["size.evaluator", "fieldseal.core.wasm"],
  ["size.full", "fieldseal-full.core.wasm"],
]) {
  const { brotli } = sizes[name];
  console.log(`${name}: ${brotli} bytes, brotli`);
  figure(id, brotli);
}
