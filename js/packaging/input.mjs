// The input of the conformance program: one real payload with its schema and marks, and the case
// files.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const core = (path) => new URL(`../../core/${path}`, import.meta.url);

export function input() {
  const [push] = require("@octokit/webhooks-examples/api.github.com/index.json").find(
    ({ name }) => name === "push",
  ).examples;
  const files = readdirSync(core("conformance/cases/")).filter((name) => name.endsWith(".json"));
  if (files.length === 0) throw new Error("no case files");
  return {
    payload: JSON.stringify(push, undefined, 2),
    schema: readFileSync(require.resolve("@octokit/webhooks-schemas/schema.json"), "utf8"),
    overlay: JSON.parse(readFileSync(core("tests/data/webhooks-overlay.json"), "utf8")),
    cases: Object.fromEntries(
      files.map((name) => [
        name,
        JSON.parse(readFileSync(core(`conformance/cases/${name}`), "utf8")),
      ]),
    ),
  };
}
