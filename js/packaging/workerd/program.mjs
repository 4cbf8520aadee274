// Seals an order, opens it, and forgets its customer.
import { Keyring, Policy } from "fieldseal";

const schema = {
  "x-schema-family": "urn:example:orders",
  properties: {
    customer: { type: "string" },
    email: { type: ["string", "null"], "x-protection": { subject: "1/customer" } },
  },
};
/** Compiled by the first call: outside of a handler a Worker has no random bytes. */
let policy;

export async function program() {
  policy ??= Policy.compile(schema);
  const keys = Keyring.memory(); // or { current, byId } over your own key store
  const context = { record: "order-7" };
  const order = { customer: "cust-1", email: "ada@example.org" };
  const sealed = await policy.seal(order, context, keys);
  const opened = await policy.open(sealed.document, context, keys);
  await keys.erase("cust-1", { reason: "GDPR Art. 17 request" });
  const forgotten = await policy.open(sealed.document, context, keys);
  const emails = [sealed, opened, forgotten].map(({ document }) => document.email);
  return `sealed ${emails[0]}, opened ${emails[1]}, forgotten ${emails[2]}`;
}
