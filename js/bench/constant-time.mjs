// The time of AES and GHASH in V8 for two classes of secrets, in random order: Welch's t of the two, as in *dude, is my
// code constant time?* (Reparaz, Balasch, Verbauwhede, 2017). A |t| above 10 is a leak; below 4.5 this number of
// measurements shows none. A tag that is right against one that is wrong, which a caller may learn, shows that the test
// would see a difference. `core/benches/constant_time.rs` is the same of native code.
import { readFileSync } from "node:fs";

const MEASUREMENTS = 20_000;
/** Calls in one measurement, since a clock cannot resolve a single call. */
const CALLS = 20;
const LEAK = 10;

const module = new WebAssembly.Module(readFileSync(new URL("../../target/modules/primitives.core.wasm", import.meta.url)));
const { memory, cabi_realloc, aes256, encrypt, decrypt, cabi_post_aes256, cabi_post_encrypt, cabi_post_decrypt } = new WebAssembly.Instance(module).exports;

/** A list of bytes that the callee owns: its address and length. */
function list(bytes) {
  const at = bytes.length === 0 ? 1 : cabi_realloc(0, 0, 1, bytes.length);
  new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
  return [at, bytes.length];
}

/** One empty string of associated data. */
function strings() {
  const at = cabi_realloc(0, 0, 4, 8);
  new Uint32Array(memory.buffer, at, 2).set([1, 0]);
  return [at, 1];
}

let state = 1;
function draw() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state >>> 16;
}
const random = (length) => new Uint8Array(length).map(draw);

const NONCE = new Uint8Array(12);
const gcm = (key, text) => encrypt(0, ...list(key), ...list(NONCE), ...strings(), ...list(text));
const opened = (key, text, tag) => decrypt(0, ...list(key), ...list(NONCE), ...strings(), ...list(text), ...list(tag));

/** Ciphertext and tag. */
function sealed(key, text) {
  const at = gcm(key, text);
  const [, from, length, tagFrom, tagLength] = new Uint32Array(memory.buffer, at, 5);
  const both = [new Uint8Array(memory.buffer, from, length).slice(), new Uint8Array(memory.buffer, tagFrom, tagLength).slice()];
  cabi_post_encrypt(at);
  return both;
}

/** Mean and variance of the mean. */
function moments(times) {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1);
  return [mean, variance / times.length];
}

/** Welch's t of one call for the two classes of its arguments. */
function compare(name, classes, call, leaks = false) {
  const times = [[], []];
  for (let measurement = -MEASUREMENTS / 10; measurement < MEASUREMENTS; measurement++) {
    const drawn = draw() & 1;
    // The same arrays for both classes, whose addresses would differ.
    const given = classes[drawn].map((bytes, at) => (shared[at] ??= new Uint8Array(4096)).subarray(0, bytes.length));
    given.forEach((array, at) => array.set(classes[drawn][at]));
    const begun = process.hrtime.bigint();
    for (let at = 0; at < CALLS; at++) call(...given);
    const taken = Number(process.hrtime.bigint() - begun) / CALLS;
    if (measurement >= 0) times[drawn].push(taken);
  }
  // Interruptions by the system are unrelated to the classes: the slowest tenth is dropped.
  const most = times.flat().sort((a, b) => a - b)[Math.floor(MEASUREMENTS * 0.9)];
  const [[one, ofOne], [other, ofOther]] = times.map((list) => moments(list.filter((time) => time <= most)));
  const t = (one - other) / Math.sqrt(ofOne + ofOther);
  console.log(`  ${name.padEnd(64)} ${one.toFixed(0).padStart(6)} ns and ${other.toFixed(0).padStart(6)} ns, t = ${t.toFixed(1).padStart(7)}`);
  if (Math.abs(t) > LEAK !== leaks) process.exitCode = 1;
}
const shared = [];

const [zeros, text, key] = [new Uint8Array(1024), random(1024), random(32)];
const noKey = new Uint8Array(32);
const [ciphertext, tag] = sealed(key, text);
const wrong = (place) => tag.map((byte, at) => (at === place ? byte ^ 1 : byte));

console.log(`\nWelch's t of two classes in V8, ${MEASUREMENTS} measurements of ${CALLS} calls`);
const aes = (key, blocks) => cabi_post_aes256(aes256(...list(key), ...list(blocks)));
const enciphered = (key, text) => cabi_post_encrypt(gcm(key, text));
const refused = (key, text, tag) => cabi_post_decrypt(opened(key, text, tag));
compare("AES: a key of zeros or another", [[noKey, text], [key, text]], aes);
compare("AES: blocks of zeros or others", [[key, zeros], [key, text]], aes);
compare("GCM: key and text of zeros or others", [[noKey, zeros], [key, text]], enciphered);
compare("GHASH: another hash key, the tag wrong", [[noKey, ciphertext, tag], [random(32), ciphertext, tag]], refused);
compare("GHASH: a ciphertext of zeros or another, the tag wrong", [[key, zeros, tag], [key, text, tag]], refused);
compare("tag: wrong in its first or in its last byte", [[key, ciphertext, wrong(0)], [key, ciphertext, wrong(15)]], refused);
compare("  the tag wrong or right, which the caller learns", [[key, ciphertext, wrong(0)], [key, ciphertext, tag]], refused, true);
