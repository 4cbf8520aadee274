// `cargo xtask bench --table`: runs the measurements one after the other and prints the table of
// their figures. It ends with 1 if a row lacks a figure. `--print FILE` prints the table of figures
// that were measured before, and names of measurements run only those.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { measurements } from "./measurements.mjs";
import { read, table } from "./print.mjs";
import { rows } from "./rows.mjs";

const folder = fileURLToPath(new URL("../../target/table/", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));

/** The ids of the figures that a measurement gives. */
const idsOf = (name) => rows.filter(({ by }) => by === name).flatMap(({ ids }) => ids);

/** Drops the figures of a measurement that runs once more. */
function forget(name, file) {
  const ids = idsOf(name);
  const lines = readFileSync(file, "utf8").split("\n");
  const kept = lines.filter((line) => line !== "" && !ids.includes(JSON.parse(line).id));
  writeFileSync(file, kept.map((line) => `${line}\n`).join(""));
}

/** Runs a measurement. Where it fails, its figures are absent with the reason. */
function measure({ name, needs = [], program = process.execPath, arguments: given }, file) {
  console.log(`\n== ${name}`);
  forget(name, file);
  const fail = (reason) => {
    console.log(`no figure: ${reason}`);
    const known = read(readFileSync(file, "utf8"));
    for (const id of idsOf(name).filter((id) => !known.has(id)))
      appendFileSync(file, `${JSON.stringify({ id, absent: reason })}\n`);
  };
  try {
    for (const needed of needs) needed.install();
  } catch (error) {
    return fail(`this machine cannot have the peer: ${error.message.split("\n", 1)[0]}`);
  }
  const { status, error } = spawnSync(program, given, {
    cwd: here,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, FIELDSEAL_FIGURES: file },
  });
  if (error !== undefined || status !== 0) fail(`${name} ended with ${error?.code ?? status}`);
}

function print(file) {
  const { text, lacking } = table(rows, read(readFileSync(file, "utf8")));
  console.log(`\n${text}\n\n${rows.length - lacking} rows have their figures, ${lacking} lack one`);
  if (lacking > 0) process.exitCode = 1;
}

const [first, ...rest] = process.argv.slice(2);
if (first === "--print") {
  print(rest[0]);
} else {
  if (!process.version.startsWith("v20."))
    throw new Error(`the table is asked for on Node 20, and this is ${process.version}`);
  const chosen = [first, ...rest].filter((name) => name !== undefined);
  const file = `${folder}figures.ndjson`;
  mkdirSync(folder, { recursive: true });
  if (chosen.length === 0) rmSync(file, { force: true });
  appendFileSync(file, "");
  for (const measurement of measurements)
    if (chosen.length === 0 || chosen.includes(measurement.name)) measure(measurement, file);
  print(file);
}
