// What policies of earlier releases sealed (core/conformance/vectors): every envelope opens, the
// same entropy gives the same bytes again, and so does every token.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { evaluator, full, replaceEntropy } from "./fieldseal.mjs";

const file = JSON.parse(
  readFileSync(
    new URL("../../core/conformance/vectors/saved-0.1-final.json", import.meta.url),
    "utf8",
  ),
);
const SUITES = {
  1: { suite: "aes-256-gcm" },
  2: { mode: "deterministic" },
  3: { suite: "chacha20-poly1305" },
  5: { suite: "aes-256-gcm-iv" },
};
const now = 1_795_339_800_000;
const unhex = (digits) => Uint8Array.from(Buffer.from(digits, "hex"));

afterEach(() => replaceEntropy(undefined));

/** A schema that marks one place. */
function schemaOf(family, path, marker) {
  const inner = path.reduceRight(
    (inner, step) =>
      typeof step === "string"
        ? { properties: { [step]: inner } }
        : { prefixItems: [...Array(step).fill(true), inner] },
    { "x-protection": marker },
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    "x-schema-family": family,
    "x-retention": { r: { period: "P1Y", from: "created", bucket: "P1Y" } },
    ...inner,
  };
}

/** A document that has a text at the path, and `null` in the elements before it. */
const documentOf = (path, text) =>
  path.reduceRight(
    (inner, step) =>
      typeof step === "string"
        ? `{${JSON.stringify(step)}:${inner}}`
        : `[${"null,".repeat(step)}${inner}]`,
    text,
  );

/** A source with these keys, each for its owner alone. */
function sourceOf(tenant, rows) {
  const keys = rows
    .filter(([, , id]) => id !== "")
    .map(([kind, ref, id, secret]) => ({ kind, ref, id: unhex(id), secret: unhex(secret) }));
  const answers = (requests) =>
    requests.map((request) => {
      const own = keys.find(
        ({ kind, ref, id }) =>
          kind === request.kind &&
          tenant === request.tenant &&
          (request.ref === undefined || request.ref === ref) &&
          (request.id === undefined || Buffer.compare(request.id, id) === 0),
      );
      return own === undefined ? { code: "not-found" } : { id: own.id, secret: own.secret };
    });
  return { current: answers, byId: answers };
}

/** Starts the entry anew, and gives these bytes to the first value that it seals. */
function restart(api, entropy) {
  api.restart();
  replaceEntropy((buffer, original) => {
    if (buffer.length !== 4096) return original(buffer);
    buffer.fill(0);
    buffer.set(entropy);
    return buffer;
  });
}

for (const [name, api] of Object.entries({ full, evaluator })) {
  test(`${name}: what policies sealed is sealed again and opens (v08)`, () => {
    for (const row of file.envelopes) {
      const { tenant, family, record, revision, subject, path, plaintext } = row;
      const marker = {
        ...SUITES[row.suite],
        bind: row.bind,
        pad: row.padded,
        rectifiable: row.itemKey !== "",
        ...(row.retentionKey !== "" && { retention: "r" }),
        ...(row.subjectKey === "" ? { subject: false } : !row.subjectBound && { subject: "0" }),
      };
      const keys = sourceOf(tenant, [
        ["subject", subject, row.subjectKeyId, row.subjectKey],
        ["retention", "r/2027", row.retentionKeyId, row.retentionKey],
        ["item", row.itemRef, row.itemKeyId, row.itemKey],
      ]);
      const context = { tenant, record, subject, now, ...(revision !== "" && { revision }) };
      const [clear, sealed] = [plaintext, `"${row.envelope}"`].map((text) =>
        documentOf(path, text),
      );
      restart(api, unhex(row.entropy + (row.iv ?? "")));
      const policy = api.Policy.compile(schemaOf(family, path, marker));
      assert.equal(policy.sealSync(clear, context, keys).document, sealed, row.name);
      const opened = policy.openSync(sealed, { ...context, strict: true }, keys);
      assert.equal(opened.document, clear, row.name);
    }
    assert.equal(file.envelopes.length, 320);
  });

  test(`${name}: the tokens that policies made are made again`, () => {
    for (const row of file.tokens) {
      const isJson = row.normalisation === "json/1";
      const normalize = isJson ? "exact" : row.normalisation.replace("/1", "");
      const { domain, bits, tenant } = row;
      const marker =
        row.kind === "index"
          ? { index: { name: domain, bits, normalize } }
          : { mode: "pseudonym", domain, normalize };
      const keys = sourceOf(tenant, [
        [row.kind, domain, row.keyId ?? "02".repeat(16), row.key],
        ["subject", "p", "01".repeat(16), "11".repeat(32)],
      ]);
      const document = documentOf(["v"], isJson ? row.value : JSON.stringify(row.value));
      const policy = api.Policy.compile(schemaOf("f", ["v"], marker));
      const sealed = policy.sealSync(document, { tenant, record: "r", subject: "p", now }, keys);
      const token = sealed.indexes[0]?.value ?? JSON.parse(sealed.document).v;
      assert.equal(token, row.token, JSON.stringify(row));
    }
    assert.equal(file.tokens.length, 73);
  });
}
