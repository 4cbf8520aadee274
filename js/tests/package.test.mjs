// The packed tarball in an empty project, on every host that it names.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const js = fileURLToPath(new URL("..", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);
const manifest = JSON.parse(readFileSync(join(js, "package.json"), "utf8"));
const tarball = join(root, `target/package/fieldseal-${manifest.version}.tgz`);
const project = mkdtempSync(join(tmpdir(), "fieldseal-package-"));
const installed = join(project, "node_modules/fieldseal");
after(() => rmSync(project, { recursive: true, force: true }));

/** Runs a program to its end, which must be a good one, and gives what it printed. */
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
  writeFileSync(join(project, "package.json"), '{"name":"empty","private":true,"type":"commonjs"}');
  run(
    "npm",
    [
      "install",
      "--offline",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      tarball,
    ],
    { shell: process.platform === "win32" },
  );
});

/**
 * What each host runs: one real payload, sealed with the entropy of the case files and opened
 * again.
 */
const payload = pick(require("@octokit/webhooks-examples/api.github.com/index.json"));
const schema = readFileSync(require.resolve("@octokit/webhooks-schemas/schema.json"), "utf8");
const overlay = readFileSync(join(root, "core/tests/data/webhooks-overlay.json"), "utf8");
const MAIN = `
export async function main({ Policy, restart }, { schema, overlay, payload }) {
  restart();
  const original = crypto.getRandomValues.bind(crypto);
  let next = 0;
  crypto.getRandomValues = (buffer) => {
    if (buffer.length !== 4096) return original(buffer);
    for (let at = 0; at < buffer.length; at++) buffer[at] = next++ % 251;
    return buffer;
  };
  const policy = Policy.compile(schema, { overlay: JSON.parse(overlay), nonconforming: "seal" });
  const key = { id: new Uint8Array(16).fill(7), secret: new Uint8Array(32).fill(9) };
  const keys = { current: async (requests) => requests.map(() => key), byId: async (requests) => requests.map(() => key) };
  const context = { record: "event-1", now: 1795339800000 };
  const sealed = await policy.seal(payload, context, keys);
  const opened = await policy.open(sealed.document, context, keys);
  crypto.getRandomValues = original;
  if (opened.document !== payload) throw new Error("what was opened is not what was sealed");
  return JSON.stringify({ document: sealed.document, verdict: sealed.verdict });
}`;

function pick(examples) {
  const push = examples.find(({ name }) => name === "push");
  return JSON.stringify(push.examples[0], undefined, 2);
}

const input = () => ({ schema, overlay, payload });
const inNode = (script) => run(process.execPath, ["--no-warnings", script]);
let expected;

function prepare() {
  writeFileSync(join(project, "main.mjs"), MAIN);
  writeFileSync(join(project, "input.json"), JSON.stringify(input()));
  writeFileSync(
    join(project, "import.mjs"),
    `
    import { readFileSync } from "node:fs";
    import * as api from "fieldseal";
    import { main } from "./main.mjs";
    process.stdout.write(await main(api, JSON.parse(readFileSync("input.json", "utf8"))));`,
  );
  expected ??= inNode("import.mjs");
}

test("the tarball holds what is needed and nothing else", () => {
  const files = run("tar", ["-tzf", tarball])
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""))
    .sort();
  const allowed =
    /^(package\.json|README\.md|CHANGELOG\.md|LICENSE-(APACHE|MIT)|dist\/[a-z0-9.-]+\.js|dist\/(index|lite|slim|types|error|keys-from)\.d\.ts|dist\/wasm\/(full|lite)\.(wasm|d\.wasm\.ts|inline\.js|digest\.js)|dist\/wasm\/glue\.js)$/;
  assert.deepEqual(
    files.filter((path) => !allowed.test(path)),
    [],
  );
  const shipped = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const named = JSON.stringify(shipped.exports)
    .match(/\.\/[^"]+\.(js|ts|wasm|json)/g)
    .map((path) => path.slice(2));
  for (const path of named.filter((path) => path.startsWith("dist/")))
    assert.ok(files.includes(path), path);
  for (const member of ["dependencies", "devDependencies", "scripts", "private"])
    assert.equal(shipped[member], undefined, member);
  assert.equal(Object.keys(shipped.exports["."])[0], "types");
  assert.equal(Object.keys(shipped.exports["."])[1], "workerd");
});

test("no entry needs Node, evaluates text or awaits at its top", () => {
  for (const file of readdirSync(join(installed, "dist")).filter((name) => name.endsWith(".js"))) {
    const text = readFileSync(join(installed, "dist", file), "utf8");
    assert.doesNotMatch(text, /["']node:|\brequire\(|\beval\(|new Function\(|^await /m, file);
  }
});

test("Node: import and require give one API, and the same bytes", () => {
  prepare();
  assert.match(expected, /Fs1/);
  writeFileSync(
    join(project, "require.cjs"),
    `
    const api = require("fieldseal");
    const lite = require("fieldseal/lite");
    const { instantiate } = require("fieldseal/slim");
    const { readFileSync } = require("node:fs");
    if (lite.version().build !== "lite" || api.version().build !== "full") throw new Error("the wrong build");
    if (instantiate(readFileSync(require.resolve("fieldseal/fieldseal-lite.wasm"))).version().build !== "lite") throw new Error("the wrong module");
    import("fieldseal").then(async (imported) => {
      if (imported.Policy !== api.Policy) throw new Error("two packages in one process");
      const { main } = await import("./main.mjs");
      process.stdout.write(await main(api, JSON.parse(readFileSync("input.json", "utf8"))));
    });`,
  );
  assert.equal(inNode("require.cjs"), expected);
});

test("workerd: the static module seals and opens the payload to the same bytes, and passes the case files", async () => {
  prepare();
  const folder = join(project, "worker");
  mkdirSync(folder);
  cpSync(join(installed, "dist"), join(folder, "dist"), { recursive: true });
  copyFileSync(join(js, "tests/cases.mjs"), join(folder, "cases.mjs"));
  copyFileSync(join(project, "main.mjs"), join(folder, "main.mjs"));
  const cases = caseFiles();
  writeFileSync(join(folder, "input.json"), JSON.stringify({ ...input(), expected, cases }));
  writeFileSync(
    join(folder, "test.mjs"),
    `
    import * as full from "./dist/index.workerd.js";
    import * as lite from "./dist/lite.workerd.js";
    import { main } from "./main.mjs";
    import { runFile } from "./cases.mjs";
    import input from "./input.json";
    export default {
      async test() {
        const actual = await main(full, input);
        if (actual !== input.expected) throw new Error("other bytes than on Node:\\n" + actual + "\\n" + input.expected);
        const original = crypto.getRandomValues.bind(crypto);
        const replace = (next) => { crypto.getRandomValues = next === undefined ? original : (buffer) => next(buffer, original); };
        for (const [name, file] of Object.entries(input.cases)) {
          for (const api of [full, lite]) {
            const differences = await runFile(file, api, replace);
            if (differences.length > 0) throw new Error(name + " " + api.version().build + ": " + differences.join("\\n"));
          }
        }
        console.log("passed");
      },
    };`,
  );
  const shipped = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")).exports;
  assert.deepEqual(
    [shipped["."].workerd, shipped["./lite"].workerd],
    ["./dist/index.workerd.js", "./dist/lite.workerd.js"],
  );
  const dist = readdirSync(join(folder, "dist"), { recursive: true }).map((path) =>
    `dist/${path}`.replaceAll("\\", "/"),
  );
  const modules = [
    ...[
      "test.mjs",
      "main.mjs",
      "cases.mjs",
      ...dist.filter((path) => path.endsWith(".js") && !path.includes("inline")),
    ].map((path) => `(name = "${path}", esModule = embed "${path}")`),
    ...dist
      .filter((path) => path.endsWith(".wasm"))
      .map((path) => `(name = "${path}", wasm = embed "${path}")`),
    `(name = "input.json", json = embed "input.json")`,
  ];
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (services = [(name = "main", worker = (compatibilityDate = "2025-11-01", modules = [${modules.join(", ")}]))]);`,
  );
  const { status, stdout, stderr } = spawnSync(
    require("workerd").default,
    ["test", "config.capnp"],
    { cwd: folder, encoding: "utf8", timeout: 120_000 },
  );
  assert.equal(status, 0, `${stdout}\n${stderr}`);
});

test("headless Chromium: one page under a strict content security policy, the same bytes", async () => {
  prepare();
  const types = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".html": "text/html",
    ".wasm": "application/wasm",
  };
  const page = `<!doctype html><title>fieldseal</title><script type="module" src="/page.mjs"></script>`;
  const script = `
    const report = (body) => fetch("/result", { method: "POST", body });
    try {
      const [api, { instantiate }, { main }] = await Promise.all([import("/node_modules/fieldseal/dist/index.js"), import("/node_modules/fieldseal/dist/slim.js"), import("/main.mjs")]);
      const input = await (await fetch("/input.json")).json();
      const slim = instantiate(await WebAssembly.compileStreaming(fetch("/node_modules/fieldseal/dist/wasm/full.wasm")));
      const results = [await main(api, input), await main(slim, input)];
      await report(results[0] === results[1] ? results[0] : "the entries differ");
    } catch (error) { await report("failed: " + error + error?.stack + error?.cause); }`;
  let answer;
  const answered = new Promise((resolve) => (answer = resolve));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (request.method === "POST") {
      let body = "";
      request.on("data", (part) => (body += part)).on("end", () => (response.end(), answer(body)));
      return;
    }
    const generated = { "/": page, "/page.mjs": script }[pathname];
    try {
      const body = generated ?? readFileSync(join(project, pathname));
      response.writeHead(200, {
        "content-type": types[extname(pathname) || ".html"],
        "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const profile = join(project, "profile");
  const browser = spawn(
    "chromium",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
      `--user-data-dir=${profile}`,
      "--remote-debugging-port=0",
      `http://127.0.0.1:${server.address().port}/`,
    ],
    { stdio: "ignore" },
  );
  const ended = new Promise((resolve) => browser.on("exit", resolve));
  const missing = new Promise((_, reject) => browser.on("error", reject));
  let deadline;
  const late = new Promise(
    (_, reject) =>
      (deadline = setTimeout(
        () => reject(new Error("the page did not answer within 90 s")),
        90_000,
      )),
  );
  try {
    assert.equal(await Promise.race([answered, missing, late]), expected);
  } finally {
    clearTimeout(deadline);
    browser.kill("SIGTERM");
    server.closeAllConnections();
    server.close();
    if (browser.pid !== undefined) await ended;
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
  for (const [file, readme] of [
    ["package-readme.ts", join(js, "README.md")],
    ["readme.ts", join(root, "README.md")],
  ]) {
    const example = /```[jt]s\n(.*?)```/s.exec(readFileSync(readme, "utf8"))[1];
    assert.ok(
      example.trim().split("\n").length <= 20,
      `the example of ${file} has 20 lines at most`,
    );
    writeFileSync(join(folder, file), example);
    sources.push(file);
  }
  // Nothing of the package needs Node's types; an example may.
  const needsNode = (file) => readFileSync(join(folder, file), "utf8").includes('"node:');
  const compile = (types, files) => {
    const options = [
      "--strict",
      "--exactOptionalPropertyTypes",
      "--target",
      "es2022",
      "--module",
      "nodenext",
      "--lib",
      "es2022,esnext.disposable,dom",
      "--outDir",
      "out",
    ];
    run(
      process.execPath,
      [join(js, "node_modules/typescript/bin/tsc"), ...options, ...types, ...files],
      { cwd: folder },
    );
  };
  compile(
    ["--types", ""],
    sources.filter((file) => !needsNode(file)),
  );
  compile(
    ["--types", "node", "--typeRoots", join(js, "node_modules/@types")],
    sources.filter(needsNode),
  );
  writeFileSync(join(folder, "out/package.json"), '{"type":"module"}');
  for (const file of sources.filter((file) => !file.startsWith("contract"))) {
    const printed = run(process.execPath, [join("out", file.replace(/ts$/, "js"))], {
      cwd: folder,
    });
    assert.match(printed, /\S/, file);
  }
});

function caseFiles() {
  const folder = join(root, "core/tests/cases");
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  assert.ok(files.length > 0, "there are case files");
  return Object.fromEntries(
    files.map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))]),
  );
}
