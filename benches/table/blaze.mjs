// The native core in turn with Blaze, the validator of `@sourcemeta/jsonschema`, on the same order.
// Its command line loops over a document that it read before and prints the mean of one validation,
// which is compared with our judging of a document that was read before, and with all of sealing.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { native } from "../../js/bench/native.mjs";
import { absent, answeredRounds, figure, report } from "../../js/bench/rounds.mjs";

const CALLS = 2_000;
/** Validations of one process of the peer. */
const LOOP = 100_000;
const IDS = ["blaze.microseconds", "blaze.validate", "blaze.seal"];

const require = createRequire(new URL("../peers/package.json", import.meta.url));
const data = (name) => fileURLToPath(new URL(`../../core/benches/data/${name}`, import.meta.url));

/** Microseconds of one validation. */
async function blaze({ spawn }) {
  const files = [data("order.schema.json"), data("order.json")];
  const options = ["--fast", "--benchmark", "--loop", String(LOOP)];
  const { code, stdout, stderr } = await spawn(["validate", ...files, ...options]);
  const [, mean] = /: PASS ([\d.]+) \+- [\d.]+ us/.exec(stdout) ?? [];
  if (code !== 0 || mean === undefined) throw new Error(`it says: ${stdout}${stderr}`);
  return Number(mean);
}

let peer;
try {
  peer = require("@sourcemeta/jsonschema");
  await blaze(peer);
} catch (error) {
  const reason = `its command line cannot be driven here: ${error.message.split("\n", 1)[0]}`;
  for (const id of IDS) absent(id, reason);
  console.log(reason);
  process.exit();
}
const core = native();
const ours = (verb) => async () => (await core.round(CALLS, verb)) / 1000;
const medians = await answeredRounds(
  { blaze: () => blaze(peer), validate: ours("validate"), seal: ours("seal") },
  { count: 11, warmup: 1 },
);
core.end();
report("one order, native", medians);
figure("blaze.microseconds", medians.blaze);
figure("blaze.validate", medians.validate / medians.blaze);
figure("blaze.seal", medians.seal / medians.blaze);
