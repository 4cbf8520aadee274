// The JavaScript on the pages runs and prints what the comments behind `console.log` say. The blocks
// of one page are one program; `…` in a comment stands for any text.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
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
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { staged } from "./fieldseal.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "fieldseal-pages-"));
after(() => rmSync(project, { recursive: true, force: true }));
mkdirSync(join(project, "node_modules"));
symlinkSync(fileURLToPath(staged), join(project, "node_modules/fieldseal"), "junction");

/** The program of a page, or the empty text. */
function programOf(page) {
  const blocks = readFileSync(join(root, page), "utf8").matchAll(/^```js\n(.*?)^```$/gms);
  return [...blocks].map(([, block]) => block).join("\n");
}

/** What the comments say that a program prints. */
function announced(program) {
  return [...program.matchAll(/console\.log\(.*\);(?: \/\/ (.*))?$/gm)].map(([line, text]) => {
    assert.notEqual(text, undefined, `nothing says what this prints: ${line}`);
    return text;
  });
}

function matches(text, printed) {
  const parts = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(printed);
}

const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)]
  .filter((page) => page.endsWith(".md"))
  .map((page) => ({ page, program: programOf(page) }))
  .filter(({ program }) => program !== "");

test("the pages have examples", () => {
  assert.ok(pages.length >= 9, `${pages.length}`);
});

for (const { page, program } of pages) {
  test(page, () => {
    const file = join(project, `${page.replaceAll("/", "-")}.mjs`);
    writeFileSync(file, program);
    const needsServer = program.includes('from "pg"');
    const given = needsServer ? ["--check", file] : [file];
    const { status, stdout, stderr } = spawnSync(process.execPath, given, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    if (needsServer) return; // postgresql.mjs beside this file runs it against a server
    const [expected, printed] = [announced(program), stdout.trimEnd().split("\n")];
    assert.equal(printed.length, expected.length, stdout);
    expected.forEach((text, index) => {
      assert.ok(matches(text, printed[index]), `${text}\n${printed[index]}`);
    });
  });
}
