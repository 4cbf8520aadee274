import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const PAGE = {
  "/": ["index.html", "text/html"],
  "/dist/page.js": ["dist/page.js", "text/javascript"],
};

const server = createServer((request, response) => {
  const [file, type] = PAGE[request.url] ?? [];
  if (file === undefined) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": type });
  response.end(readFileSync(new URL(file, import.meta.url)));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
