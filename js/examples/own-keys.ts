// Keys of your own, fetched before a synchronous call: `requiredKeys` says which, `keysFrom` hands
// them over.
import { type Key, type KeyAnswer, type KeyRequest, Policy, keysFrom } from "fieldseal";

const store = new Map<string, Key>();

/** Stands for a key management service: one key a person, made on first use. */
async function fetchKey({ kind, tenant, ref, operation, id }: KeyRequest): Promise<KeyAnswer> {
  if (operation === "open") {
    const found = [...store.entries()].find(
      ([name, key]) => name.startsWith(`${kind}/${tenant}/`) && key.id.join() === id?.join(),
    );
    return found !== undefined && (ref === undefined || found[0] === `${kind}/${tenant}/${ref}`)
      ? found[1]
      : { code: "not-found" };
  }
  const name = `${kind}/${tenant}/${ref}`;
  const key = store.get(name) ?? {
    id: crypto.getRandomValues(new Uint8Array(16)),
    secret: crypto.getRandomValues(new Uint8Array(32)),
  };
  store.set(name, key);
  return key;
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
const sealed = policy.sealSync(
  ticket,
  context,
  keysFrom(toSeal, await Promise.all(toSeal.map(fetchKey))),
);
const toOpen = policy.requiredKeys(sealed.document, context, "open");
const opened = policy.openSync(
  sealed.document,
  context,
  keysFrom(toOpen, await Promise.all(toOpen.map(fetchKey))),
);
console.log(
  sealed.document.author.name.slice(0, 3),
  opened.document.author.name,
  opened.access.revealed,
);
