// The package as it is packed, and what tests of several files need.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

export const staged = new URL("../../target/npm/", import.meta.url);
const dist = new URL("dist/", staged);
/** The default entry. */
export const evaluator = await import(new URL("index.js", dist).href);
/** The default entry as servers get it. */
export const fast = await import(new URL("index.server.js", dist).href);
export const full = await import(new URL("full.js", dist).href);
export const { instantiate } = await import(new URL("slim.js", dist).href);
export const bytes = {
  evaluator: readFileSync(new URL("wasm/evaluator.wasm", dist)),
  full: readFileSync(new URL("wasm/full.wasm", dist)),
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
/** A schema with a keyword that the evaluator cannot decide: a pattern with a back reference. */
export const beyond = {
  "x-schema-family": "customers",
  properties: { id: { pattern: "^(.)\\1$" }, email: { "x-protection": {} } },
};
export const context = { record: "7", subject: "ada" };
export const document = '{ "id": "7",  "email": "ada@example.com" }';

/** A source that answers every request with one key. */
export const oneKey = () => {
  const key = { id: new Uint8Array(16).fill(1), secret: new Uint8Array(32).fill(2) };
  const answer = (requests) => requests.map(() => key);
  return { current: answer, byId: answer };
};

/**
 * A source that makes a key for each kind and owner on first use. It counts its questions, seals
 * under the newest version, and forgets whom it is told to forget.
 */
export function store() {
  const versions = new Map();
  const erased = new Set();
  const name = ({ kind, tenant, ref }) => JSON.stringify([kind, tenant, ref]);
  const make = () => ({ id: randomBytes(16), secret: randomBytes(32) });
  const source = {
    asked: [],
    current(requests) {
      source.asked.push(requests);
      return requests.map((request) => {
        if (erased.has(request.ref)) return { code: "erased" };
        if (!versions.has(name(request))) versions.set(name(request), [make()]);
        return versions.get(name(request)).at(-1);
      });
    },
    byId(requests) {
      source.asked.push(requests);
      return requests.map(({ ref, id }) => {
        if (erased.has(ref)) return { code: "erased" };
        const all = [...versions.values()].flat();
        return all.find((key) => Buffer.compare(key.id, id) === 0) ?? { code: "not-found" };
      });
    },
    rotate: (ref) => versions.get(name({ kind: "subject", tenant: "", ref })).push(make()),
    erase: (ref) => erased.add(ref),
  };
  return source;
}

/** The same answers, later. */
export const slow = (source) => ({
  current: async (requests) => source.current(requests),
  byId: async (requests) => source.byId(requests),
});
