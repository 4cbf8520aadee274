// Runs each project of this folder as a user would: copied to an empty place, with the packed
// package installed. `node packaging/run.mjs test` runs those that `cargo xtask test` runs, `cases`
// those that take longer, and names run just these.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { textOf } from "./chromium.mjs";
import { input } from "./input.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(here, "../package.json"), "utf8"));
const tarball = join(root, `target/package/fieldseal-${version}.tgz`);
/** The sentence that every project prints, or shows on its page. */
const EXPECTED = /sealed Fs1[\w-]+, opened ada@example\.org, forgotten null/g;
const CONFORMS = /conforms .*/g;
/** Returns true for a text with enough such sentences, or with a failure. */
const says = (text, expected, times = 1) =>
  (text.match(expected) ?? []).length >= times || /failed: /.test(text);

const projects = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const manifest = JSON.parse(readFileSync(join(here, name, "package.json"), "utf8"));
    return { name, ...manifest.fieldseal };
  })
  // The same on other versions of Node, as npm publishes their programs.
  .flatMap((project) => [
    project,
    ...(project.nodes ?? []).map((node) => ({ ...project, node, in: "cases" })),
  ]);

/** Runs a program to its end, which must be a good one, and returns what it printed. */
function run({ folder, env }, program, ...given) {
  const { status, error, stdout, stderr } = spawnSync(program, given, {
    cwd: folder,
    env,
    encoding: "utf8",
    timeout: 300_000,
  });
  if (status === 0) return stdout;
  throw new Error(`${program} ${given.join(" ")}: ${error ?? status}\n${stdout}\n${stderr}`);
}

const QUIET = {
  NO_COLOR: "1",
  FORCE_COLOR: "0",
  NEXT_TELEMETRY_DISABLED: "1",
  NO_UPDATE_CHECK: "1",
};

/** Returns the text of a project: its test prints it, or its page shows it. */
async function outcome(place, { page, times }, expected) {
  run(place, "npm", "run", "--silent", "build", "--if-present");
  if (!page) return run(place, "npm", "test", "--silent");
  const server = spawn("npm", ["start", "--silent"], {
    cwd: place.folder,
    env: place.env,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => server.on("exit", resolve));
  try {
    const address = await addressOf(server, ended);
    return await textOf(address, (text) => says(text, expected, times));
  } finally {
    // By its group: npm's child is the server.
    if (server.exitCode === null) process.kill(-server.pid, "SIGTERM");
    await ended;
  }
}

/** Returns the address that a server prints when it is ready. */
async function addressOf(server, ended) {
  let text = "";
  const printed = new Promise((resolve) => {
    server.stdout.setEncoding("utf8").on("data", (part) => {
      text += part;
      const [address] = /http:\/\/127\.0\.0\.1:\d+\/?/.exec(text) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  const fail = (why) => Promise.reject(new Error(`${why}: ${text}`));
  const early = ended.then(() => fail("the server ended"));
  const late = wait(60_000, undefined, { ref: false }).then(() => fail("no address in 60 s"));
  return Promise.race([printed, early, late]);
}

/** The line that the conformance program prints on every engine. */
let reference;

async function check(project) {
  const folder = mkdtempSync(join(tmpdir(), `fieldseal-${project.name}-`));
  try {
    cpSync(join(here, project.name), folder, { recursive: true });
    const place = { folder, env: { ...process.env, ...QUIET } };
    const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const install = ["install", "--no-save", "--prefer-offline", ...quietly, tarball];
    if (project.node === undefined) {
      run(place, "npm", ...install);
    } else {
      const program = `node-${process.platform}-${process.arch}`;
      run(place, "npm", ...install, `${program}@${project.node}`);
      const path = join(folder, "node_modules", program, "bin");
      place.env.PATH = `${path}${delimiter}${process.env.PATH}`;
      const version = run(place, "node", "--version").trim();
      if (version !== `v${project.node}`) throw new Error(`this is Node ${version}`);
    }
    const text = await outcome(place, project, EXPECTED);
    if ((text.match(EXPECTED) ?? []).length < (project.times ?? 1))
      throw new Error(`it says: ${text}`);
    if (!project.conformance) return;
    cpSync(join(here, "conformance.mjs"), join(folder, "program.mjs"));
    cpSync(join(here, "../tests/cases.mjs"), join(folder, "cases.mjs"));
    writeFileSync(
      join(folder, "input.mjs"),
      `export const text = ${JSON.stringify(JSON.stringify(input()))};\n`,
    );
    const [line] = (await outcome(place, project, CONFORMS)).match(CONFORMS) ?? [];
    reference ??= line;
    if (line === undefined || line !== reference)
      throw new Error(`${line}\nelsewhere ${reference}`);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const [named = "test", ...more] = process.argv.slice(2);
const isKind = named === "test" || named === "cases";
const chosen = projects.filter((project) =>
  isKind ? project.in === named : [named, ...more].includes(project.name),
);
// Node comes first: it says what the others must say.
const isNode = ({ name, node }) => name === "node-esm" && node === undefined;
if (chosen.some(({ conformance }) => conformance) && !chosen.some(isNode))
  chosen.push(projects.find(isNode));
chosen.sort((a, b) => Number(isNode(b)) - Number(isNode(a)));
/** Characters of a failure: a case that differs shows whole documents. */
const MOST_PRINTED = 4000;
let failed = 0;
for (const project of chosen) {
  const begun = performance.now();
  const error = await check(project).catch((error) => error);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const name = project.node === undefined ? project.name : `${project.name} ${project.node}`;
  console.log(`${error === undefined ? "ok" : "FAILED"} ${name}, ${seconds} s`);
  if (error === undefined) continue;
  console.log(String(error.stack ?? error).slice(0, MOST_PRINTED));
  failed++;
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && chosen.length > 0 ? 0 : 1;
