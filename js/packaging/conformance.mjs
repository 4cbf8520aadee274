// Stands in for the program of a project: seals a payload with known entropy, passes the case files
// in both builds, and says what must be the same on every engine.
import * as evaluator from "fieldseal";
import * as full from "fieldseal/full";
import { instantiate } from "fieldseal/slim";
import { runFile } from "./cases.mjs";
import { text } from "./input.mjs";

const original = crypto.getRandomValues.bind(crypto);
const replaceEntropy = (next) => {
  crypto.getRandomValues = next === undefined ? original : (buffer) => next(buffer, original);
};

export async function program() {
  const input = JSON.parse(text);
  const outcomes = [await seal(evaluator, input), await seal(full, input)];
  // A page can also fetch the module.
  if (globalThis.document !== undefined) {
    const fetched = fetch("/node_modules/fieldseal/dist/wasm/evaluator.wasm");
    outcomes.push(await seal(instantiate(await WebAssembly.compileStreaming(fetched)), input));
  }
  if (outcomes.some((outcome) => outcome !== outcomes[0])) throw new Error("the entries differ");
  let cases = 0;
  for (const [name, file] of Object.entries(input.cases)) {
    for (const api of [evaluator, full]) {
      const differences = await runFile(file, api, replaceEntropy);
      if (differences.length > 0) throw new Error(`${name}: ${differences.join("\n")}`);
      cases += file.cases.length;
    }
  }
  return `conforms in ${cases} cases: ${outcomes[0]}`;
}

async function seal({ Policy, restart }, { schema, overlay, payload }) {
  restart();
  let next = 0;
  replaceEntropy((buffer) => {
    if (buffer.length !== 4096) return original(buffer);
    for (let at = 0; at < buffer.length; at++) buffer[at] = next++ % 251;
    return buffer;
  });
  const policy = Policy.compile(schema, { overlay, nonconforming: "seal" });
  const key = { id: new Uint8Array(16).fill(7), secret: new Uint8Array(32).fill(9) };
  const answer = async (requests) => requests.map(() => key);
  const keys = { current: answer, byId: answer };
  const context = { record: "event-1", now: 1_795_339_800_000 };
  const sealed = await policy.seal(payload, context, keys);
  const opened = await policy.open(sealed.document, context, keys);
  replaceEntropy(undefined);
  if (opened.document !== payload) throw new Error("what was opened is not what was sealed");
  const bytes = new TextEncoder().encode(JSON.stringify([sealed.document, sealed.verdict]));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
