// One value of 64 bytes against MongoDB's explicit client-side encryption, both with their key at
// hand: text to sealed text, and back. The peer has no server here: its key vault is a list, and its
// key is cached after the first look into it. The argument names our build: `fieldseal` or
// `fieldseal/full`.
import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { evaluator, full } from "../packed.mjs";
import { awaitedRounds, figure, report } from "../../../js/bench/rounds.mjs";

/** Asked for one value. */
const AT_LEAST = 2;

/** Values of one document, where there are more than one. */
const MANY = 16;

const require = createRequire(import.meta.url);
const { MongoClient, ClientEncryption, BSON } = require("mongodb");
const { MongoCrypt } = require("mongodb-client-encryption");

const value = randomBytes(48).toString("base64");
const random = "AEAD_AES_256_CBC_HMAC_SHA_512-Random";
const deterministic = "AEAD_AES_256_CBC_HMAC_SHA_512-Deterministic";

// As its users have it: the driver's ClientEncryption, with a local master key.
const vault = [];
let looked = 0;
const keyVaultClient = {
  db: () => ({
    collection: () => ({
      insertOne: async (key) => ({ insertedId: vault.push(key) && key._id }),
      find: () => ({ toArray: async () => (looked++, vault) }),
    }),
  }),
};
const client = new MongoClient("mongodb://localhost");
const kmsProviders = { local: { key: randomBytes(96) } };
const mongodb = new ClientEncryption(client, {
  keyVaultNamespace: "keys.vault",
  keyVaultClient,
  kmsProviders,
  keyExpirationMS: 0,
});
const keyId = await mongodb.createDataKey("local");
const encrypted = await mongodb.encrypt(value, { keyId, algorithm: random });
assert.equal(await mongodb.decrypt(encrypted), value);

// As little of it as can be: the native addon without the driver, and without a promise.
const bare = new MongoCrypt({
  kmsProviders: BSON.serialize(kmsProviders),
  errorWrapper: (error) => error,
  keyExpirationMS: 0,
});
function run(context) {
  const [NEEDS_KEYS, READY] = [3, 5];
  if (context.state === NEEDS_KEYS) {
    context.nextMongoOperation();
    for (const key of vault) context.addMongoOperationResponse(BSON.serialize(key));
    context.finishMongoOperation();
  }
  assert(context.state === READY);
  return BSON.deserialize(context.finalize()).v;
}
const options = { keyId: keyId.buffer, algorithm: random, expressionMode: false };
const encryptBare = () =>
  run(bare.makeExplicitEncryptionContext(BSON.serialize({ v: value }), options));
const decryptBare = () => run(bare.makeExplicitDecryptionContext(BSON.serialize({ v: encrypted })));
assert.equal(decryptBare(), value);
assert.equal(run(bare.makeExplicitDecryptionContext(BSON.serialize({ v: encryptBare() }))), value);
assert.equal(bare.cryptoHooksProvider, "native_openssl");

const sealing = {
  "ClientEncryption.encrypt, random": () => mongodb.encrypt(value, { keyId, algorithm: random }),
  "ClientEncryption.encrypt, deterministic": () =>
    mongodb.encrypt(value, { keyId, algorithm: deterministic }),
  "MongoCrypt alone, random": encryptBare,
};
const opening = {
  "ClientEncryption.decrypt": () => mongodb.decrypt(encrypted),
  "MongoCrypt alone": decryptBare,
};
const context = { record: "r", subject: "s" };
// One build a process, as its users have it: calls that meet two are slower.
const builds = { fieldseal: evaluator, "fieldseal/full": full };
const name = process.argv[2] ?? "fieldseal";
const { Policy, Keyring } = builds[name];
const keys = Keyring.memory();
const one = Policy.compile({
  "x-schema-family": "one",
  properties: { v: { type: "string", "x-protection": {} } },
});
const many = Policy.compile({
  "x-schema-family": "many",
  items: { type: "string", "x-protection": {} },
});
const [text, list] = [JSON.stringify({ v: value }), JSON.stringify(Array(MANY).fill(value))];
const [sealed, sealedList] = [
  one.sealSync(text, context, keys).document,
  many.sealSync(list, context, keys).document,
];
assert.equal(one.openSync(sealed, context, keys).document, text);
sealing[`${name}, await seal`] = () => one.seal(text, context, keys);
sealing[`${name}, sealSync`] = () => one.sealSync(text, context, keys);
sealing[`${name}, sealSync, ${MANY} values a document`] = () => many.sealSync(list, context, keys);
opening[`${name}, await open`] = () => one.open(sealed, context, keys);
opening[`${name}, openSync`] = () => one.openSync(sealed, context, keys);
opening[`${name}, openSync, ${MANY} values a document`] = () =>
  many.openSync(sealedList, context, keys);

console.log(
  `one value of ${value.length} bytes, ${process.version}, libmongocrypt ${MongoCrypt.libmongocryptVersion}`,
);
for (const [title, verb, sides, peer, ours] of [
  ["seal one value", "seal", sealing, "ClientEncryption.encrypt, random", `${name}, await seal`],
  ["open one value", "open", opening, "ClientEncryption.decrypt", `${name}, await open`],
]) {
  const medians = await awaitedRounds(sides, { calls: 1000 });
  for (const name of Object.keys(medians))
    if (name.includes(`${MANY} values`)) medians[name] /= MANY;
  report(title, medians, peer);
  figure(`value.${verb}`, medians[peer] / medians[ours]);
  figure(`value.${verb}Sync`, medians[peer] / medians[`${name}, ${verb}Sync`]);
  const many = ours
    .replace("await ", "")
    .replace(/\w+$/, (verb) => `${verb}Sync, ${MANY} values a document`);
  console.log(
    `  ${(medians[peer] / medians[ours]).toFixed(2)}× with one value a document, ${(medians[peer] / medians[many]).toFixed(2)}× with ${MANY}; ${AT_LEAST}× is asked for`,
  );
}
assert.equal(looked, 1, "the peer's key was cached");
await client.close();
