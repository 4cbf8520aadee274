// The packed package, installed where nothing else is.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const js = fileURLToPath(new URL("..", import.meta.url));
export const artefacts = fileURLToPath(new URL("../../target/package", import.meta.url));

/** The tarball that `cargo xtask package` left. */
export function tarball() {
  const name = readdirSync(artefacts).find((name) => /^fieldseal-.*\.tgz$/.test(name));
  if (name === undefined) throw new Error("no tarball in target/package: run `cargo xtask package`");
  return join(artefacts, name);
}

/** An empty project with the package in it, removed when the test ends. */
export function project(test) {
  const folder = mkdtempSync(join(tmpdir(), "fieldseal-packed-"));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "stranger", private: true, type: "module" }));
  execFileSync("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", tarball()], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  return folder;
}

/** What a program prints when it runs in the project. */
export function run(folder, program, args) {
  return execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], timeout: 60_000 });
}
