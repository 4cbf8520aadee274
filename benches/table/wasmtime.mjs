// The component in wasmtime: the vector build, the same with wasmtime's support for concurrent
// calls, and the scalar build, all in one process, in turn with the native core.
import { fileURLToPath } from "node:url";
import { native } from "../../js/bench/native.mjs";
import { answeredRounds, figure, report } from "../../js/bench/rounds.mjs";

const CALLS = 500;

const program = new URL("../../target/hosted/examples/wasmtime_rounds", import.meta.url);
const [core, hosted] = [native(), native(fileURLToPath(program))];
const sides = {};
for (const verb of ["seal", "open"]) {
  sides[`${verb}, native`] = async () => (await core.round(CALLS, verb)) / 1000;
  for (const build of ["vector", "concurrent", "scalar"])
    sides[`${verb}, ${build}`] = async () => (await hosted.round(CALLS, `${verb} ${build}`)) / 1000;
}
const medians = await answeredRounds(sides);
core.end();
hosted.end();
report("one order, wasmtime", medians);
for (const verb of ["seal", "open"]) {
  const vector = medians[`${verb}, vector`];
  figure(`wasmtime.${verb}`, vector / medians[`${verb}, native`]);
  figure(`scalar.${verb}`, medians[`${verb}, scalar`] / vector);
  figure(`concurrency.${verb}`, medians[`${verb}, concurrent`] / vector);
}
