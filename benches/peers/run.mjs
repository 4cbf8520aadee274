// Runs every comparison in turn. `cargo xtask bench` starts it after it has built what is ours.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { addon } from "./mongodb/addon.mjs";
import { nodeModules, pythonPackages } from "./packages.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const native = fileURLToPath(
  new URL("../../target/release/examples/native_rounds", import.meta.url),
);

/** Runs a script of this folder with its output shown. */
function run(program, ...given) {
  const { status, error } = spawnSync(program, given, {
    cwd: here,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PYTHONPATH: pythonPackages.folder },
  });
  if (error !== undefined || status !== 0) {
    throw new Error(`${program} ${given.join(" ")} ended with ${error ?? status}`);
  }
}

/** Each comparison: its name, whatever it needs besides this repository, and its scripts. */
const comparisons = [
  {
    name: "one order against ajv and node:crypto",
    needs: [nodeModules],
    scripts: [[process.execPath, "order.mjs"]],
  },
  {
    name: "webhooks against ajv and node:crypto",
    needs: [nodeModules],
    scripts: [[process.execPath, "webhooks.mjs"]],
  },
  {
    name: "values against Python's cryptography",
    needs: [pythonPackages],
    scripts: [["python3", "values.py", native]],
  },
  {
    name: "one value against mongodb-client-encryption",
    needs: [nodeModules, pythonPackages, addon],
    scripts: ["fieldseal", "fieldseal/full"].map((build) => [
      process.execPath,
      "mongodb/one-value.mjs",
      build,
    ]),
  },
];

let leftOut = 0;
for (const { name, needs, scripts } of comparisons) {
  console.log(`\n== ${name}`);
  try {
    for (const needed of needs) needed.install();
  } catch (error) {
    leftOut += 1;
    console.log(`left out, since this machine cannot have the peer: ${error.message}`);
    continue;
  }
  for (const script of scripts) run(...script);
}
console.log(`\n${comparisons.length - leftOut} comparisons ran, ${leftOut} left out`);
