// Keys of your own, fetched before a synchronous call: `requiredKeys` returns the requests, and
// `keysFrom` makes a key source of their answers.
import {
  type ByIdRequest,
  type CurrentRequest,
  type Key,
  type KeyAnswer,
  Policy,
  keysFrom,
} from "fieldseal";

const store = new Map<string, Key>();

/** Stands for a key management service: one key a person, made on first use. */
async function currentKey({ kind, tenant, ref }: CurrentRequest): Promise<KeyAnswer> {
  const name = `${kind}/${tenant}/${ref}`;
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const key = store.get(name) ?? { id: random(16), secret: random(32) };
  store.set(name, key);
  return key;
}

/** Finds the key that an envelope names, if it is that owner's. */
async function keyById({ kind, tenant, ref, id }: ByIdRequest): Promise<KeyAnswer> {
  for (const [name, key] of store) {
    const isOwner =
      ref === undefined
        ? name.startsWith(`${kind}/${tenant}/`)
        : name === `${kind}/${tenant}/${ref}`;
    if (isOwner && key.id.join() === id.join()) return key;
  }
  return { code: "not-found" };
}

const policy = Policy.compile({
  "x-schema-family": "https://example.com/tickets",
  properties: {
    author: {
      type: "object",
      properties: {
        id: { type: "integer" },
        name: { type: "string", "x-protection": { subject: "1/id" } },
      },
    },
  },
});
const context = { tenant: "acme", record: "ticket-12", purpose: "essential.service" };
const ticket = { author: { id: 41, name: "Ada" } };

const toSeal = policy.requiredKeys(ticket, context, "seal");
const sealingKeys = keysFrom(toSeal, await Promise.all(toSeal.map(currentKey)));
const sealed = policy.sealSync(ticket, context, sealingKeys).document;

const toOpen = policy.requiredKeys(sealed, context, "open");
const openingKeys = keysFrom(toOpen, await Promise.all(toOpen.map(keyById)));
const opened = policy.openSync(sealed, context, openingKeys);
console.log(sealed.author.name.slice(0, 3), opened.document.author.name, opened.access.revealed);
