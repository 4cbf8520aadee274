// The rows of the table. A row has the ids of its figures, its name, the measurement that gives
// them, the text of the aim, a text of the figures, and a test of the aim; a row without a test is
// only printed.
const times = (value) => `${value.toFixed(2)}×`;
const thousands = (value) => `${value.toFixed(0)},000`;
/** In KB of 1,000 bytes. */
const kilobytes = (value) => `${(value / 1000).toFixed(0)} KB`;
const megabytes = (value) => `${(value / 2 ** 20).toFixed(1)} MB`;
const atLeast = (bound) => ({
  asked: `≥ ${bound}×`,
  show: (...ratios) => ratios.map(times).join(", "),
  reached: (ratio) => ratio >= bound,
});
const atMost = (bound) => ({
  asked: `≤ ${bound}× as long`,
  show: (...ratios) => ratios.map(times).join(", "),
  reached: (...ratios) => ratios.every((ratio) => ratio <= bound),
});

/** 30 MB in units of 1,048,576 bytes, as the test of the component counts them. */
const MOST_MEMORY = 30 * 2 ** 20;

const elsewhere = (name, id) => ({
  name: `the order on ${name}, against the same peer there`,
  by: "other runtimes",
  ids: [`${id}.hand`, `${id}.clear`],
  asked: "printed; never below 1×",
  show: (hand, clear) => `${times(hand)}; ${times(clear)} as long as without encryption`,
  reached: (hand) => hand >= 1,
});

const values = (where, whose, side, person) => ({
  name: `single values of 64 bytes without a document, ${where}, ${whose}, a second and core`,
  asked: "printed",
  by: `values, ${where}`,
  ids: ["seal", "open", "sealAlone", "openAlone"].map((what) => `values.${side}.${person}.${what}`),
  show: (seal, open, sealAlone, openAlone) =>
    `${thousands(seal)} sealed and ${thousands(open)} opened in batches of 1,000; ` +
    `${thousands(sealAlone)} and ${thousands(openAlone)} one by one`,
});

export const rows = [
  {
    name: "sealing one order, Node 20, against ajv + `hkdfSync` per value",
    by: "order",
    ids: ["order.hand"],
    ...atLeast(4.5),
  },
  {
    name: "the same against `JSON.parse` + ajv + `JSON.stringify` without encryption",
    by: "order",
    ids: ["order.clear"],
    ...atMost(2.5),
  },
  {
    name: "329 webhook payloads, Node 20, against ajv + `hkdfSync` per value",
    by: "webhooks",
    ids: ["webhooks.hand"],
    ...atLeast(6),
  },
  {
    name: "sealing one value of 64 bytes as a document, against `mongodb-client-encryption`",
    by: "one value",
    ids: ["value.seal", "value.sealSync"],
    ...atLeast(3),
    show: (awaited, sync) => `${times(awaited)} awaited, ${times(sync)} with \`sealSync\``,
  },
  {
    name: "opening such a document, against the same",
    by: "one value",
    ids: ["value.open", "value.openSync"],
    ...atLeast(2.3),
    show: (awaited, sync) => `${times(awaited)} awaited, ${times(sync)} with \`openSync\``,
  },
  {
    name: "sealing one order natively, against the commit before issue 16",
    by: "the commit before",
    ids: ["before.seal", "before.open", "before.microseconds"],
    ...atLeast(1.7),
    show: (seal, open, own) => `${times(seal)} in ${own.toFixed(1)} µs; opening ${times(open)}`,
  },
  {
    name: "one order natively, against Blaze (`@sourcemeta/jsonschema`), which only validates it",
    by: "Blaze",
    ids: ["blaze.microseconds", "blaze.validate", "blaze.seal"],
    asked: "printed",
    show: (blaze, validate, seal) =>
      `Blaze ${blaze.toFixed(2)} µs; validating ${times(validate)} as long, ` +
      `sealing ${times(seal)} as long`,
  },
  {
    name: "WebAssembly in Node against native, sealing and opening one order, server entry",
    by: "native against WebAssembly",
    ids: ["wasm.server.seal", "wasm.server.open"],
    ...atMost(2.8),
  },
  {
    name: "import + compile + first seal in a fresh process, default entry, over an empty one",
    by: "start",
    ids: ["start"],
    asked: "≤ 60 ms",
    show: (milliseconds) => `${milliseconds.toFixed(0)} ms`,
    reached: (milliseconds) => milliseconds <= 60,
  },
  {
    name: "core module of the evaluator build, brotli",
    by: "sizes",
    ids: ["size.evaluator"],
    asked: "≤ 260 KB",
    show: kilobytes,
    reached: (bytes) => bytes <= 260_000,
  },
  {
    name: "core module of the full build, brotli",
    by: "sizes",
    ids: ["size.full"],
    asked: "≤ 930 KB",
    show: kilobytes,
    reached: (bytes) => bytes <= 930_000,
  },
  {
    name: "a document of 10 MB with 10,000 values: WebAssembly's memory, and after a second one",
    by: "memory",
    ids: ["memory.first", "memory.second"],
    asked: "≤ 30 MB, and no more",
    show: (first, second) => `${megabytes(first)}, ${megabytes(second)}`,
    reached: (first, second) => first <= MOST_MEMORY && second === first,
  },
  elsewhere("Node 22", "node-22"),
  elsewhere("Node 24", "node-24"),
  elsewhere("Deno", "deno"),
  elsewhere("Bun", "bun"),
  {
    name: "the scalar build against the vector build in wasmtime, sealing and opening one order",
    by: "wasmtime",
    ids: ["scalar.seal", "scalar.open", "wasmtime.seal", "wasmtime.open"],
    asked: "printed",
    show: (seal, open, vectorSeal, vectorOpen) =>
      `${times(seal)} and ${times(open)} as long; the vector build takes ` +
      `${times(vectorSeal)} and ${times(vectorOpen)} as long as the native core`,
  },
  {
    name: "wasmtime's `concurrency_support` on, against the same component with it off",
    by: "wasmtime",
    ids: ["concurrency.seal", "concurrency.open"],
    asked: "printed",
    show: (seal, open) => `${times(seal)} and ${times(open)} as long`,
  },
  values("native", "one person", "native", "one"),
  values("native", "a person each", "native", "each"),
  values("WebAssembly", "one person", "wasm", "one"),
  values("WebAssembly", "a person each", "wasm", "each"),
];
