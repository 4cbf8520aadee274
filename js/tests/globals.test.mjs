// An engine that lacks something is told so by name, while the module loads.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { staged } from "./fieldseal.mjs";

const missing = {
  TextEncoder: "delete globalThis.TextEncoder",
  TextDecoder: "delete globalThis.TextDecoder",
  WebAssembly: "delete globalThis.WebAssembly",
  FinalizationRegistry: "delete globalThis.FinalizationRegistry",
  "crypto.getRandomValues": "Object.defineProperty(globalThis, 'crypto', { value: {} })",
  "TextEncoder, WebAssembly": "delete globalThis.TextEncoder; delete globalThis.WebAssembly",
};

for (const entry of ["index", "full", "slim"]) {
  test(`${entry}: names the globals that an engine lacks`, () => {
    const file = new URL(`dist/${entry}.js`, staged).href;
    for (const [names, remove] of Object.entries(missing)) {
      const script = `${remove};
        import("${file}").then(
          () => console.log("loaded"),
          ({ name, code, message }) => console.log(JSON.stringify([name, code, message])),
        );`;
      const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
      const [name, code, message] = JSON.parse(stdout || "[]");
      assert.deepEqual([name, code], ["FieldSealError", "internal"], `${names}: ${stderr}`);
      assert.ok(message.includes(`lacks ${names}`), message);
    }
  });
}
