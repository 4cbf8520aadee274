// Seals an order, opens it, and forgets its customer.
import { type Context, Keyring, type Opened, Policy } from "fieldseal";

interface Order {
  customer: string;
  email: string | null;
}

const policy = Policy.compile({
  "x-schema-family": "urn:example:orders",
  properties: {
    customer: { type: "string" },
    email: { type: ["string", "null"], "x-protection": { subject: "1/customer" } },
  },
});
const keys = Keyring.memory(); // or { current, byId } over your own key store
const context: Context = { record: "order-7" };
const order: Order = { customer: "cust-1", email: "ada@example.org" };

const sealed = await policy.seal(order, context, keys);
const opened: Opened<Order> = await policy.open(sealed.document, context, keys);
await keys.erase("cust-1", { reason: "GDPR Art. 17 request" });
const forgotten = policy.openSync(sealed.document, context, keys);
const emails = [sealed, opened, forgotten].map(({ document }) => document.email);
console.log(`sealed ${emails[0]}, opened ${emails[1]}, forgotten ${emails[2]}`);
