// The package as it is packed, and what tests of several files need.
import { readFileSync } from "node:fs";

export const staged = new URL("../../target/npm/", import.meta.url);
const dist = new URL("dist/", staged);
export const full = await import(new URL("index.js", dist).href);
export const lite = await import(new URL("lite.js", dist).href);
export const { instantiate } = await import(new URL("slim.js", dist).href);
export const bytes = {
  full: readFileSync(new URL("wasm/full.wasm", dist)),
  lite: readFileSync(new URL("wasm/lite.wasm", dist)),
};

const original = globalThis.crypto.getRandomValues.bind(globalThis.crypto);

/** Replaces the host's entropy by `next(buffer, original)`; undefined puts it back. */
export function replaceEntropy(next) {
  globalThis.crypto.getRandomValues =
    next === undefined ? original : (buffer) => next(buffer, original);
}

export const schema = {
  "x-schema-family": "customers",
  type: "object",
  properties: {
    id: { type: "string" },
    email: { type: "string", "x-protection": {} },
    phone: { type: "string", "x-protection": {} },
    guest: {
      type: "object",
      properties: { id: {}, name: { type: "string", "x-protection": { subject: "1/id" } } },
    },
  },
};
export const context = { record: "7", subject: "ada" };
export const document = '{ "id": "7",  "email": "ada@example.com" }';

/** A source that answers every request with one key. */
export const oneKey = () => {
  const key = { id: new Uint8Array(16).fill(1), secret: new Uint8Array(32).fill(2) };
  const answer = (requests) => requests.map(() => key);
  return { current: answer, byId: answer };
};
