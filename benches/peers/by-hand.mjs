// The peer: the same job written by hand, and well, out of what Node users have: ajv and
// node:crypto. Per value a key by HKDF, AES-256-GCM, base64url; no padding, no commitment to the
// key, no canonical context: less than an envelope of ours gives.
import { createCipheriv, hkdfSync, randomFillSync } from "node:crypto";
import Ajv from "ajv";

const pool = Buffer.alloc(4096);
let used = pool.length;

/** 12 random bytes out of a pool. */
function nonce() {
  if (used + 12 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += 12));
}

/** The compiled validator; `format` is an annotation, as it is for us. */
export function validator(schema) {
  return new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema);
}

/** One value: its JSON text under a key of its own. */
function sealValue(secret, info, value) {
  const iv = nonce();
  const key = Buffer.from(hkdfSync("sha256", secret, "", info, 32));
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(info));
  const body = cipher.update(JSON.stringify(value), "utf8");
  cipher.final();
  return Buffer.concat([iv, body, cipher.getAuthTag()]).toString("base64url");
}

/**
 * Text in, sealed text out. `places` says what is to be sealed: the way to the object, the member,
 * and whose it is.
 */
export function seal(text, validate, places, record, secretOf) {
  const document = JSON.parse(text);
  const fits = validate(document);
  for (const { way, member, subject, field } of places) {
    let parent = document;
    for (const step of way) parent = parent[step];
    parent[member] = sealValue(
      secretOf(subject),
      `${record}\n${subject}\n${field}`,
      parent[member],
    );
  }
  return { document: JSON.stringify(document), fits };
}

/** The same text in and out, validated, with nothing sealed. */
export function pass(text, validate) {
  const document = JSON.parse(text);
  const fits = validate(document);
  return { document: JSON.stringify(document), fits };
}
