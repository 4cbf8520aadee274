// Writes workerd's configuration: one Worker of everything that esbuild left in `dist`.
import { readdirSync, writeFileSync } from "node:fs";

const modules = readdirSync("dist").map((name) => {
  const kind = name.endsWith(".wasm") ? "wasm" : "esModule";
  return `    (name = "${name}", ${kind} = embed "dist/${name}"),`;
});
// The Worker's own module comes first.
modules.sort((a, b) => Number(b.includes("worker.js")) - Number(a.includes("worker.js")));
writeFileSync(
  "config.capnp",
  `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);

const worker :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  modules = [
${modules.join("\n")}
  ],
);
`,
);
