// The suites against one another in WebAssembly: one value of 64 bytes, which is 96 with its
// padding, enciphered and deciphered under a key of its own, without the derivation that all suites
// share. Drives the core module of host-tests/primitives by the canonical ABI.
import { readFileSync } from "node:fs";
import { rounds } from "./rounds.mjs";

const SUITES = [["aes-256-gcm", 32, 12], ["aes-256-siv", 64, 0], ["chacha20-poly1305", 32, 12]];
const CALLS = 500;

const module = new WebAssembly.Module(readFileSync(new URL("../../target/modules/primitives.core.wasm", import.meta.url)));
const { memory, cabi_realloc, encrypt, decrypt, cabi_post_encrypt, cabi_post_decrypt } = new WebAssembly.Instance(module).exports;

/** A list of bytes that the callee owns: its address and length. */
function list(bytes) {
  const at = bytes.length === 0 ? 1 : cabi_realloc(0, 0, 1, bytes.length);
  new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
  return [at, bytes.length];
}

/** One string of associated data, an empty one, or none. */
function strings(count) {
  if (count === 0) return [4, 0];
  const at = cabi_realloc(0, 0, 4, 8);
  new Uint32Array(memory.buffer, at, 2).set([1, 0]);
  return [at, 1];
}

const text = new Uint8Array(96).map((_, at) => at);
const sides = {};
for (const [suite, [name, keys, nonces]] of SUITES.entries()) {
  const [key, nonce, count] = [new Uint8Array(keys).fill(7), new Uint8Array(nonces), suite === 1 ? 0 : 1];
  const seal = () => encrypt(suite, ...list(key), ...list(nonce), ...strings(count), ...list(text));
  const results = (at) => new Uint32Array(memory.buffer, at, 5);
  const [present, from, length, tagFrom, tagLength] = results(seal());
  if (present !== 1) throw new Error(`${name} refuses`);
  const [ciphertext, tag] = [new Uint8Array(memory.buffer, from, length).slice(), new Uint8Array(memory.buffer, tagFrom, tagLength).slice()];
  const open = () => decrypt(suite, ...list(key), ...list(nonce), ...strings(count), ...list(ciphertext), ...list(tag));
  if (results(open())[0] !== 1) throw new Error(`${name} does not open what it sealed`);
  sides[`${name}, enciphered`] = () => cabi_post_encrypt(seal());
  sides[`${name}, deciphered`] = () => cabi_post_decrypt(open());
}
const medians = rounds(sides, { calls: CALLS, count: 41 });
console.log("\n96 bytes in WebAssembly, with the copies in and out");
for (const [side, median] of Object.entries(medians)) {
  const gcm = medians[`aes-256-gcm, ${side.split(", ")[1]}`];
  console.log(`  ${side.padEnd(32)} ${median.toFixed(2).padStart(6)} µs, ${(median / gcm).toFixed(2)} × aes-256-gcm`);
}
