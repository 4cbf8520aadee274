import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { project } from "./packed.mjs";

const types = { ".js": "text/javascript", ".wasm": "application/wasm" };

/** Serves the package's files and one page whose script is `script`, under the policy that the README asks for. */
async function serve(folder, script) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, "http://localhost").pathname);
    response.setHeader("content-security-policy", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
    if (path === "/") return response.setHeader("content-type", "text/html").end('<!doctype html><title>fieldseal</title><pre id="out"></pre><script type="module" src="/main.js"></script>');
    if (path === "/main.js") return response.setHeader("content-type", types[".js"]).end(script);
    try {
      const bytes = readFileSync(join(folder, "node_modules", path));
      response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream").end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

test("Chromium runs the default entry under a strict content security policy", async (t) => {
  const folder = project(t);
  const profile = mkdtempSync(join(tmpdir(), "fieldseal-browser-"));
  const script = `
    const out = document.getElementById("out");
    try {
      const { version } = await import("/fieldseal/dist/index.js");
      out.textContent = "ran " + version().build;
    } catch (error) { out.textContent = "failed: " + error; }`;
  const server = await serve(folder, script);
  t.after(() => {
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  // CI runs as root in a container, where Chromium's own sandbox cannot start; the page is ours.
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${profile}`, "--virtual-time-budget=20000", "--dump-dom"];
  const page = `http://127.0.0.1:${server.address().port}/`;
  const { stdout } = await promisify(execFile)("chromium", [...flags, page], { timeout: 120_000, maxBuffer: 1 << 24 });
  assert.match(stdout, /<pre id="out">ran full<\/pre>/);
});
