import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { js, project, run } from "./packed.mjs";

/** A worker over the package's files: workerd resolves no packages, so each file is named, under the paths that the manifest's `workerd` condition leads to. */
function configuration(folder, main) {
  const home = join(folder, "node_modules/fieldseal");
  const files = readdirSync(join(home, "dist"), { recursive: true, encoding: "utf8" }).filter((name) => /\.(js|wasm)$/.test(name) && !/inline/.test(name));
  const modules = files.map((name) => `(name = "fieldseal/dist/${name}", ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed "node_modules/fieldseal/dist/${name}")`);
  writeFileSync(join(folder, "main.js"), main(JSON.parse(readFileSync(join(home, "package.json"), "utf8")).exports));
  writeFileSync(join(folder, "test.capnp"), `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = (compatibilityDate = "2025-01-01", modules = [
  (name = "main.js", esModule = embed "main.js"),
  ${modules.join(",\n  ")}
]))]);
`);
}

test("workerd takes both entries by static import of the module", (t) => {
  const folder = project(t);
  configuration(folder, (exports) => `
    import * as full from "./fieldseal/${exports["."].workerd.slice(2)}";
    import * as lite from "./fieldseal/${exports["./lite"].workerd.slice(2)}";
    export default { test() {
      const builds = [full.version().build, lite.version().build].join();
      if (builds !== "full,lite") throw new Error(builds);
    } };`);
  // Ends with an error code when the handler throws; names the test that it ran on the standard error stream.
  assert.doesNotThrow(() => run(folder, join(js, "node_modules/workerd/bin/workerd"), ["test", "test.capnp"]));
});
