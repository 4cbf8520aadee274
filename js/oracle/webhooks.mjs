// What the independent evaluation marks in GitHub's published webhook payloads, with the
// demonstration's overlay.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { evaluator } from "./evaluator.mjs";

const require = createRequire(import.meta.url);
const OVERLAY = new URL("../../core/tests/data/webhooks-overlay.json", import.meta.url);

/** The schema at an RFC 6901 pointer. */
function at(schema, pointer) {
  const tokens = pointer.split("/").slice(1).map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  return tokens.reduce((value, token) => value[token], schema);
}

/** Formats annotate, in the core as a rule; the evaluator asserts them in draft 7. */
function withoutFormats(value) {
  if (value === null || typeof value !== "object") return;
  if (typeof value.format === "string") delete value.format;
  Object.values(value).forEach(withoutFormats);
}

/**
 * A line for each payload, in the order of the package: whether it conforms, and where markers
 * apply.
 */
export async function webhooks(out) {
  const schema = structuredClone(require("@octokit/webhooks-schemas/schema.json"));
  for (const [pointer, keywords] of Object.entries(JSON.parse(readFileSync(OVERLAY, "utf8")))) Object.assign(at(schema, pointer), keywords);
  withoutFormats(schema);
  const judge = await evaluator(schema, "7");
  let [valid, marks] = [0, 0];
  const payloads = require("@octokit/webhooks-examples/api.github.com/index.json").flatMap(({ examples }) => examples);
  for (const [number, data] of payloads.entries()) {
    const found = judge.evaluate(data);
    if (found.valid) [valid, marks] = [valid + 1, marks + found.marks.length];
    await out.write({ origin: `payload ${number}`, ...found });
  }
  judge.close();
  return `webhooks: ${payloads.length} payloads, ${valid} valid, ${marks} marks`;
}
