// The same order sealed and opened by the native core and by its WebAssembly in Node, in turns. An
// argument measures one build alone: `server`, the default entry as servers get it, `evaluator` or
// `full`.
import { readFileSync } from "node:fs";
import { evaluator, fast, full } from "../tests/fieldseal.mjs";
import { native } from "./native.mjs";
import { figure } from "./rounds.mjs";

/** Issue 3, section 8. */
const AT_MOST = 8;
const CALLS = 500;
const ROUNDS = 21;

const data = new URL("../../core/benches/data/", import.meta.url);
const text = readFileSync(new URL("order.json", data), "utf8");
const schema = JSON.parse(readFileSync(new URL("order.schema.json", data), "utf8"));
const context = { record: "ord-2026-11-000417" };

const [alone] = process.argv.slice(2);
const builds = alone === undefined ? { evaluator, full } : { [alone]: { server: fast, evaluator, full }[alone] };
const sides = {};
for (const [name, { Policy, Keyring }] of Object.entries(builds)) {
  const policy = Policy.compile(schema);
  const keys = Keyring.memory();
  const sealed = policy.sealSync(text, context, keys).document;
  sides[name] = { seal: () => policy.sealSync(text, context, keys), open: () => policy.openSync(sealed, context, keys) };
}
const other = native();
const times = Object.fromEntries(["native", ...Object.keys(sides)].map((name) => [name, { seal: [], open: [] }]));
for (let round = -3; round < ROUNDS; round++) {
  for (const what of ["seal", "open"]) {
    const nanoseconds = await other.round(CALLS, what);
    if (round >= 0) times.native[what].push(nanoseconds / 1000);
    for (const [name, verbs] of Object.entries(sides)) {
      const begun = process.hrtime.bigint();
      for (let call = 0; call < CALLS; call++) verbs[what]();
      if (round >= 0) times[name][what].push(Number(process.hrtime.bigint() - begun) / 1000 / CALLS);
    }
  }
}
other.end();
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
let worst = 0;
for (const what of ["seal", "open"]) {
  const base = median(times.native[what]);
  console.log(`\n${what} one order: native ${base.toFixed(1)} µs`);
  for (const name of Object.keys(sides)) {
    const ratio = median(times[name][what]) / base;
    figure(`wasm.${name}.${what}`, ratio);
    console.log(`  wasm ${name} in Node ${median(times[name][what]).toFixed(1)} µs, ${ratio.toFixed(2)}× native`);
    if (name !== "full") worst = Math.max(worst, ratio);
  }
}
console.log(`\nat most ${AT_MOST}× is asked for`);
if (worst > AT_MOST) process.exitCode = 1;
