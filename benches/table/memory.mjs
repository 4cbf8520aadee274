// The memory of the default entry's instance after one document of 10 MB with 10,000 values, and
// after a second one.
import { figure } from "../../js/bench/rounds.mjs";

const VALUES = 10_000;

const { Instance } = WebAssembly;
const memories = [];
WebAssembly.Instance = function (compiled, imports) {
  const instance = new Instance(compiled, imports);
  memories.push(instance.exports.memory);
  return instance;
};
const { Keyring, Policy } = await import("../../target/npm/dist/index.server.js");
const policy = Policy.compile({
  "x-schema-family": "lists",
  properties: { list: { items: { type: "string", "x-protection": {} } } },
});
const keys = Keyring.memory();
const document = JSON.stringify({ list: Array(VALUES).fill("x".repeat(1_000)) });

/** Bytes after one more sealed document. */
function after(record) {
  const context = { record, subject: "ada" };
  const sealed = policy.sealSync(document, context, keys).document;
  if (sealed.match(/"Fs1/g)?.length !== VALUES) throw new Error("every value is sealed");
  return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}
const [first, second] = [after("first"), after("second")];
if (first === 0) throw new Error("the memory was not found");
console.log(`${document.length} bytes: memory of ${first} bytes, then ${second}`);
figure("memory.first", first);
figure("memory.second", second);
