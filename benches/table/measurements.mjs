// The measurements, each a process that appends its figures to the file that `FIELDSEAL_FIGURES`
// names, with `figure` of `js/bench/rounds.mjs` or of `core/benches/support`.
import { addon } from "../peers/mongodb/addon.mjs";
import { nodeModules, pythonPackages } from "../peers/packages.mjs";

export const measurements = [
  { name: "sizes", arguments: ["sizes.mjs"] },
  { name: "start", arguments: ["start.mjs"] },
  { name: "order", needs: [nodeModules], arguments: ["../peers/order.mjs", "fieldseal"] },
  { name: "webhooks", needs: [nodeModules], arguments: ["../peers/webhooks.mjs"] },
  {
    name: "one value",
    needs: [nodeModules, pythonPackages, addon],
    arguments: ["../peers/mongodb/one-value.mjs", "fieldseal"],
  },
  {
    name: "native against WebAssembly",
    arguments: ["../../js/bench/native-against-wasm.mjs", "server"],
  },
  { name: "the commit before", arguments: ["before.mjs"] },
  { name: "Blaze", needs: [nodeModules], arguments: ["blaze.mjs"] },
  { name: "wasmtime", arguments: ["wasmtime.mjs"] },
  { name: "memory", arguments: ["memory.mjs"] },
  { name: "other runtimes", needs: [nodeModules], arguments: ["runtimes.mjs"] },
  {
    name: "values, native",
    program: process.env.CARGO ?? "cargo",
    arguments: ["bench", "--quiet", "--locked", "--package", "fieldseal", "--bench", "values"],
  },
  { name: "values, WebAssembly", arguments: ["../../js/bench/values.mjs"] },
];
