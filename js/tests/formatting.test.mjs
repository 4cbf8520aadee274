// The code reads alike, whoever wrote it: prettier's style at 100 columns.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("sources, tests and examples are formatted", () => {
  const js = fileURLToPath(new URL("..", import.meta.url));
  const { status, stderr } = spawnSync(
    process.execPath,
    ["node_modules/prettier/bin/prettier.cjs", "--check", "src", "tests", "examples"],
    { cwd: js, encoding: "utf8" },
  );
  assert.equal(status, 0, `${stderr}\nnpx prettier --write src tests examples`);
});
