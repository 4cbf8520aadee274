// The table of `cargo xtask bench --table`: every row has its figures, or the command fails.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { measurements } from "../../benches/table/measurements.mjs";
import { cells, read, table } from "../../benches/table/print.mjs";
import { rows } from "../../benches/table/rows.mjs";

const ids = rows.flatMap((row) => row.ids);
/** Lines with a figure for each id but one. */
const lines = (without) =>
  ids
    .filter((id) => id !== without)
    .map((id) => `${JSON.stringify({ id, value: 1 })}\n`)
    .join("");
const row = { name: "a", asked: "≥ 2×", ids: ["a"], show: String, reached: (value) => value >= 2 };

test("a row is reached, is not, or is only printed", () => {
  const word = (row, value) => cells(row, new Map([["a", { value }]])).reached;
  assert.equal(word(row, 2), "yes");
  assert.equal(word(row, 1.99), "no");
  assert.equal(word({ ...row, reached: undefined }, 1), "printed");
});

test("a table without one of its figures lacks a row, and says why", () => {
  assert.equal(table(rows, read(lines())).lacking, 0);
  for (const id of ids) {
    const { text, lacking } = table(rows, read(lines(id)));
    assert.equal(lacking, 1, id);
    assert.match(text, new RegExp(`nothing measured ${id} \\| no figure \\|`));
  }
  const reason = "this clone lacks the commit";
  const { measured, reached } = cells(row, read(`{"id":"a","absent":"${reason}"}`));
  assert.deepEqual([measured, reached], [`absent: ${reason}`, "no figure"]);
  for (const value of ["null", '"fast"', "[]"])
    assert.equal(cells(row, read(`{"id":"a","value":${value}}`)).reached, "no figure");
});

test("the command ends with 1 if a row lacks a figure", () => {
  const folder = mkdtempSync(join(tmpdir(), "fieldseal-table-"));
  const program = fileURLToPath(new URL("../../benches/table/table.mjs", import.meta.url));
  const printed = (figures) => {
    const file = join(folder, "figures.ndjson");
    writeFileSync(file, figures);
    return spawnSync(process.execPath, [program, "--print", file], { encoding: "utf8" });
  };
  try {
    assert.equal(printed(lines()).status, 0);
    const { status, stdout } = printed(lines("order.hand"));
    assert.equal(status, 1);
    assert.match(stdout, /nothing measured order\.hand \| no figure/);
    assert.match(stdout, new RegExp(`${rows.length - 1} rows have their figures, 1 lack one`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a figure that is noted is read, and each row has a measurement", () => {
  const folder = mkdtempSync(join(tmpdir(), "fieldseal-figure-"));
  try {
    const file = join(folder, "figures.ndjson");
    const rounds = new URL("../bench/rounds.mjs", import.meta.url).href;
    const script = `import { absent, figure } from "${rounds}"; figure("a", 2.5); absent("b", "no")`;
    const given = ["--input-type=module", "--eval", script];
    const env = { ...process.env, FIELDSEAL_FIGURES: file };
    assert.equal(spawnSync(process.execPath, given, { env }).status, 0);
    const figures = read(readFileSync(file, "utf8"));
    assert.deepEqual(
      [...figures],
      [
        ["a", { value: 2.5 }],
        ["b", { absent: "no" }],
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const names = measurements.map(({ name }) => name);
  for (const { name, by } of rows) assert.ok(names.includes(by), `${name}: ${by}`);
  assert.equal(new Set(ids).size, ids.length, "each id is in one row");
});
