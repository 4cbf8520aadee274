// Runs the program of docs/postgresql-key-source.md against a PostgreSQL server of its own, which it
// starts and stops: node tests/postgresql.mjs. Needs the server's programs (Debian: postgresql) and
// the package `pg` in node_modules.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { staged } from "./fieldseal.mjs";

const page = readFileSync(new URL("../../docs/postgresql-key-source.md", import.meta.url), "utf8");
const blocks = (kind) =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block]) => block);
const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "fieldseal-postgresql-"));
const data = join(folder, "data");
const environment = {
  ...process.env,
  PGHOST: folder,
  PGPORT: "54329",
  PGUSER: "postgres",
  PGDATABASE: "postgres",
  FIELDSEAL_WRAPPING_KEY: randomBytes(32).toString("base64"),
};
// The server refuses to run as root, and Debian's package makes a user for it.
const server = process.getuid() === 0 ? idOf("postgres") : {};

function idOf(name) {
  const row = readFileSync("/etc/passwd", "utf8").match(
    new RegExp(`^${name}:[^:]*:(\\d+):(\\d+)`, "m"),
  );
  assert.ok(row, `no user ${name}: install PostgreSQL`);
  return { uid: Number(row[1]), gid: Number(row[2]) };
}

/** Where Debian keeps the programs of the newest version; elsewhere they are on the path. */
function program(name) {
  const base = "/usr/lib/postgresql";
  try {
    const newest = readdirSync(base)
      .sort((a, b) => Number(a) - Number(b))
      .at(-1);
    return join(base, newest, "bin", name);
  } catch {
    return name;
  }
}

function run(file, given, options = {}) {
  const { error, status, stdout, stderr } = spawnSync(file, given, {
    cwd: folder,
    encoding: "utf8",
    env: environment,
    timeout: 60_000,
    ...options,
  });
  assert.ok(error === undefined, `${file}: ${error}`);
  assert.equal(status, 0, `${file} ${given.join(" ")}\n${stdout}\n${stderr}`);
  return stdout;
}

const quiet = { ...server, stdio: "ignore" };
if (server.uid !== undefined) chownSync(folder, server.uid, server.gid);
try {
  run(program("initdb"), ["-D", data, "-A", "trust", "-U", "postgres"], quiet);
  const options = `-p ${environment.PGPORT} -k ${folder} -c listen_addresses=''`;
  run(program("pg_ctl"), ["-D", data, "-o", options, "-w", "start"], quiet);
  try {
    writeFileSync(join(folder, "tables.sql"), blocks("sql").join("\n"));
    run("psql", ["-q", "-v", "ON_ERROR_STOP=1", "-f", "tables.sql"]);
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(fileURLToPath(staged), join(folder, "node_modules/fieldseal"), "junction");
    for (const name of readdirSync(modules).filter((name) => name.startsWith("pg"))) {
      symlinkSync(join(modules, name), join(folder, "node_modules", name), "junction");
    }
    const code = blocks("js").join("\n");
    writeFileSync(join(folder, "page.mjs"), code);
    const printed = run(process.execPath, ["page.mjs"]).trimEnd().split("\n");
    const expected = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
    assert.deepEqual(printed, expected);
    console.log(`${printed.length} passed, 0 failed`);
  } finally {
    run(program("pg_ctl"), ["-D", data, "-m", "fast", "-w", "stop"], quiet);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
