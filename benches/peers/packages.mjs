// Packages of others, fetched once for each state of their list. No install script of a package
// runs.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Runs a program quietly to its end; what it complained about becomes the error. */
export function quietly(program, given, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, given, {
    cwd: path("."),
    encoding: "utf8",
    ...options,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.trim()}`);
  return stdout.trim();
}

/** Does something once for each state of what it depends on. */
export function once(stamp, state, action) {
  const digest = createHash("sha256").update(state).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  action();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

export const nodeModules = {
  folder: path("node_modules/"),
  install() {
    const options = [
      "--ignore-scripts",
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ];
    once(path("node_modules/.stamp"), readFileSync(path("package-lock.json")), () =>
      quietly("npm", ["install", ...options]),
    );
  },
};

export const pythonPackages = {
  folder: path("../../target/peers/python/"),
  install() {
    const { folder } = pythonPackages;
    const options = ["--no-compile", "--no-deps", "--only-binary", ":all:", "--quiet"];
    options.push("--disable-pip-version-check", "--root-user-action=ignore");
    once(`${folder}.stamp`, readFileSync(path("requirements.txt")), () => {
      rmSync(folder, { recursive: true, force: true });
      const list = ["--target", folder, "-r", "requirements.txt"];
      quietly("python3", ["-m", "pip", "install", ...options, ...list]);
    });
  },
};
