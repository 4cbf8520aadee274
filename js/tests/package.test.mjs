// The packed tarball: what it holds, and its types. `packaging/run.mjs` runs it on every host.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const js = fileURLToPath(new URL("..", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(js, "package.json"), "utf8"));
const tarball = join(root, `target/package/fieldseal-${version}.tgz`);
const project = mkdtempSync(join(tmpdir(), "fieldseal-package-"));
const installed = join(project, "node_modules/fieldseal");
after(() => rmSync(project, { recursive: true, force: true }));

/** Runs a program to its end, which must be a good one, and returns what it printed. */
function run(program, given, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, given, {
    cwd: project,
    encoding: "utf8",
    timeout: 120_000,
    ...options,
  });
  assert.ok(error === undefined, `${program}: ${error}`);
  assert.equal(status, 0, `${program} ${given.join(" ")}\n${stdout}\n${stderr}`);
  return stdout;
}

before(() => {
  writeFileSync(join(project, "package.json"), '{"name":"empty","private":true}');
  const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const shell = process.platform === "win32";
  run("npm", ["install", "--offline", ...quietly, tarball], { shell });
});

const shipped = () => JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));

test("the tarball holds what is needed and nothing else", () => {
  const listed = run("tar", ["-tzf", tarball]).trim().split("\n");
  const files = listed.map((path) => path.replace(/^package\//, ""));
  const allowed = [
    /^(package\.json|README\.md|CHANGELOG\.md|LICENSE-(APACHE|MIT))$/,
    /^docs\/([a-z0-9-]+\/)*[a-z0-9.-]+\.(md|json|txt)$/,
    /^docs\/README\.md$/,
    /^dist\/[a-z0-9.-]+\.js$/,
    /^dist\/(index|full|slim|types(-[a-z]+)?|error|keys-from)\.d\.ts$/,
    /^dist\/wasm\/((evaluator|full)\.(wasm|d\.wasm\.ts|inline\.js|digest\.js)|fast\.(wasm|inline\.js|digest\.js)|glue\.js)$/,
  ];
  assert.deepEqual(
    files.filter((path) => !allowed.some((pattern) => pattern.test(path))),
    [],
  );
  for (const page of readdirSync(join(root, "docs"), { recursive: true }))
    if (page.endsWith(".md")) assert.ok(files.includes(`docs/${page}`), page);
  const { exports, main, types, typesVersions, ...manifest } = shipped();
  const named = JSON.stringify([exports, main, types, typesVersions]).match(/\.\/dist\/[^"]+/g);
  assert.ok(named.length > 10);
  for (const path of named) assert.ok(files.includes(path.slice(2)), path);
  for (const member of ["dependencies", "devDependencies", "scripts", "private"])
    assert.equal(manifest[member], undefined, member);
});

test("each entry has its types first, and is found without exports too", () => {
  const { exports, main, types, typesVersions } = shipped();
  for (const [name, conditions] of Object.entries(exports)) {
    if (name === "./package.json") continue;
    assert.equal(Object.keys(conditions)[0], "types", name);
    const [, subpath] = name.split("./");
    const found = subpath === undefined ? types : typesVersions["*"][subpath][0];
    assert.equal(found, conditions.types, name);
  }
  assert.equal(main, exports["."].default);
  for (const name of [".", "./full"]) assert.equal(Object.keys(exports[name])[1], "workerd");
  assert.deepEqual(exports["./lite"], exports["."]);
});

test("no entry needs Node, evaluates text or awaits at its top", () => {
  for (const file of readdirSync(join(installed, "dist")).filter((name) => name.endsWith(".js"))) {
    const text = readFileSync(join(installed, "dist", file), "utf8");
    assert.doesNotMatch(text, /["']node:|\brequire\(|\beval\(|new Function\(|^await /m, file);
  }
});

test("every project of the packaging tests has a line in their README", () => {
  const folder = join(js, "packaging");
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const projects = readdirSync(folder).filter((name) =>
    existsSync(join(folder, name, "package.json")),
  );
  assert.ok(projects.length > 10);
  for (const name of projects) {
    const { description, fieldseal, devDependencies } = JSON.parse(
      readFileSync(join(folder, name, "package.json"), "utf8"),
    );
    assert.ok(readme.includes(`| [${name}](${name}) | ${description} | ${fieldseal.in} |`), name);
    for (const exact of Object.values(devDependencies ?? {})) assert.match(exact, /^\d/, name);
  }
});

test("the types of examples and of the contract hold under --strict, and the examples run", () => {
  const folder = join(project, "types");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const sources = [];
  for (const [from, name] of [
    ["examples", /\.ts$/],
    ["tests", /^contract\.(d\.)?ts$|^contract-of-types\.ts$/],
  ]) {
    for (const file of readdirSync(join(js, from)).filter((file) => name.test(file))) {
      copyFileSync(join(js, from, file), join(folder, file));
      sources.push(file);
    }
  }
  const [, example] = /```ts\n(.*?)```/s.exec(readFileSync(join(js, "README.md"), "utf8"));
  writeFileSync(join(folder, "readme.ts"), example);
  sources.push("readme.ts");
  // Nothing of the package needs Node's types; an example may.
  const needsNode = (file) => readFileSync(join(folder, file), "utf8").includes('"node:');
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--outDir", "out"];
  const language = ["--target", "es2022", "--module", "nodenext"];
  const lib = ["--lib", "es2022,esnext.disposable,dom"];
  const compile = (types, files) => {
    const tsc = join(js, "node_modules/typescript/bin/tsc");
    run(process.execPath, [tsc, ...strict, ...language, ...lib, ...types, ...files], {
      cwd: folder,
    });
  };
  const [forNode, others] = [sources.filter(needsNode), sources.filter((file) => !needsNode(file))];
  compile(["--types", ""], others);
  compile(["--types", "node", "--typeRoots", join(js, "node_modules/@types")], forNode);
  writeFileSync(join(folder, "out/package.json"), '{"type":"module"}');
  for (const file of sources.filter((file) => !file.startsWith("contract"))) {
    const script = join("out", file.replace(/ts$/, "js"));
    assert.match(run(process.execPath, [script], { cwd: folder }), /\S/, file);
  }
});
