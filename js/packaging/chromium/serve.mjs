// Serves this folder. The policy lets WebAssembly and the import map run, and nothing else inline.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const file = (path) => readFileSync(new URL(`.${path}`, import.meta.url));
const [, map] = /<script type="importmap">([^]*?)<\/script>/.exec(file("/index.html").toString());
const digest = createHash("sha256").update(map).digest("base64");
const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${digest}'`;

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const path = pathname === "/" ? "/index.html" : pathname;
  try {
    const body = file(path);
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": policy });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
