// The order against the same peer on other runtimes, whose programs npm has. The versions are those
// of the projects in `js/packaging/`.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { absent } from "../../js/bench/rounds.mjs";
import { once, quietly } from "../peers/packages.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const manifest = (project) =>
  JSON.parse(readFileSync(path(`../../js/packaging/${project}/package.json`), "utf8"));

/** A Node of this major version. */
function node(major) {
  const version = manifest("node-esm").fieldseal.nodes.find((known) =>
    known.startsWith(`${major}.`),
  );
  const name = `node-${process.platform}-${process.arch}`;
  return { id: `node-${major}`, name, version, program: `${name}/bin/node`, before: [] };
}

/** A runtime whose package has its name; its program may come from its own install script. */
function runtime(name, { install, before }) {
  const version = manifest(name).devDependencies[name];
  return { id: name, name, version, program: `.bin/${name}`, install, before };
}

const runtimes = [
  node(22),
  node(24),
  runtime("deno", { before: ["run", "--allow-all", "--no-remote", "--node-modules-dir=manual"] }),
  runtime("bun", { install: "bun/install.js", before: ["run"] }),
];

/** Returns the program of a runtime, which is fetched once for each version. */
function fetched({ id, name, version, program, install }) {
  const folder = path(`../../target/table/runtimes/${id}/`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}package.json`, '{ "private": true }\n');
  once(`${folder}.stamp`, `${name}@${version}`, () => {
    const options = [
      "--ignore-scripts",
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ];
    quietly("npm", ["install", ...options, `${name}@${version}`], { cwd: folder });
    if (install !== undefined)
      quietly(process.execPath, [`node_modules/${install}`], { cwd: folder });
  });
  return `${folder}node_modules/${program}`;
}

for (const { before, ...one } of runtimes) {
  console.log(`\n${one.name} ${one.version}`);
  const lack = (reason) => {
    console.log(reason);
    for (const what of ["hand", "clear"]) absent(`${one.id}.${what}`, reason);
  };
  try {
    const program = fetched(one);
    const { status, error } = spawnSync(program, [...before, "order.mjs", "fieldseal", one.id], {
      cwd: path("../peers/"),
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    if (status !== 0) lack(`${one.name} ${one.version} ended with ${error?.code ?? status}`);
  } catch (error) {
    lack(`${one.name} ${one.version} cannot be had: ${error.message.split("\n", 1)[0]}`);
  }
}
