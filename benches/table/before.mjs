// The native core in turn with the one of the commit before issue 16, which is built once below
// `target/`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { native } from "../../js/bench/native.mjs";
import { absent, answeredRounds, figure, report } from "../../js/bench/rounds.mjs";
import { quietly } from "../peers/packages.mjs";

const BEFORE = "88b86d5d1c91";
const CALLS = 2_000;

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = `${root}target/table/${BEFORE}/`;
const program = `${folder}target/release/examples/native_rounds`;

/** Returns true if the repository has the commit, which a shallow clone may lack. */
const isKnown = () =>
  spawnSync("git", ["cat-file", "-e", `${BEFORE}^{commit}`], { cwd: root }).status === 0;

/** The files of the commit, without a worktree that the repository would remember. */
function build() {
  mkdirSync(folder, { recursive: true });
  const archive = `${folder}archive.tar`;
  quietly("git", ["archive", "--output", archive, BEFORE], { cwd: root });
  quietly("tar", ["xf", archive], { cwd: folder });
  console.log("building the commit before");
  const options = ["--quiet", "--locked", "--release", "--target-dir", `${folder}target`];
  const what = ["--package", "fieldseal", "--example", "native_rounds"];
  quietly(process.env.CARGO ?? "cargo", ["build", ...options, ...what], { cwd: folder });
}

if (!existsSync(program) && !isKnown()) {
  const reason = `this clone lacks the commit ${BEFORE}: git fetch --unshallow brings it`;
  for (const id of ["before.seal", "before.open", "before.microseconds"]) absent(id, reason);
} else {
  if (!existsSync(program)) build();
  const [before, now] = [native(program), native()];
  const side = (core, verb) => async () => (await core.round(CALLS, verb)) / 1000;
  const medians = await answeredRounds({
    "seal, before": side(before, "seal"),
    "seal, now": side(now, "seal"),
    "open, before": side(before, "open"),
    "open, now": side(now, "open"),
  });
  before.end();
  now.end();
  report("one order, native", medians);
  for (const verb of ["seal", "open"])
    figure(`before.${verb}`, medians[`${verb}, before`] / medians[`${verb}, now`]);
  figure("before.microseconds", medians["seal, now"]);
}
