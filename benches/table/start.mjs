// The time of import, compilation and first seal in a fresh process, over that of an empty one, in
// turn. Node finds the default entry of the package as it does for a user.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { answeredRounds, figure, report } from "../../js/bench/rounds.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const folder = path("../../target/table/start/");
const modules = `${folder}node_modules`;
mkdirSync(modules, { recursive: true });
if (!existsSync(`${modules}/fieldseal`))
  symlinkSync(path("../../target/npm"), `${modules}/fieldseal`);
copyFileSync(path("start/first-seal.mjs"), `${folder}first-seal.mjs`);
writeFileSync(`${folder}empty.mjs`, "");

/** Microseconds of one process. */
const run = (script) => () => {
  const begun = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, [script, path("../../core/benches/data/")], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
  return Number(process.hrtime.bigint() - begun) / 1000;
};
const medians = await answeredRounds(
  { "an empty process": run("empty.mjs"), "a first seal": run("first-seal.mjs") },
  { count: 20, warmup: 2 },
);
report("a fresh process", medians);
figure("start", (medians["a first seal"] - medians["an empty process"]) / 1000);
