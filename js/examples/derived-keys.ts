// A key source that stores no keys: each is derived from one master key and a context value of its
// owner, a person or a period, as a talk on GDPR and event sourcing proposes. Deleting the context
// value shreds what was sealed.
//
// The context value is random and lives in the deletable store alone. A key is gone when nobody can
// make it again: were the context value a customer number or a year, the master and a guess would
// bring every forgotten person back, today and from any backup. So the store of context values
// needs the care of a key store: no copy in an event, a log, or a backup that cannot forget. What
// the master adds is that the store alone, when it is stolen, opens nothing. If that is not needed,
// keep random keys, as `Keyring` does.
import { strict as assert } from "node:assert";
import { hkdfSync, randomBytes } from "node:crypto";
import { type KeyAnswer, type KeyRequest, Policy, type SyncKeySource } from "fieldseal";

/**
 * The id, random too, stays when the context value is deleted, so that a forgotten person is told
 * from an unknown one.
 */
interface Row {
  kind: string;
  tenant: string;
  ref: string;
  id: Uint8Array;
  context: Uint8Array | undefined;
}

class DerivedKeys implements SyncKeySource {
  readonly store: Row[] = [];

  constructor(readonly master: Uint8Array) {}

  /**
   * HKDF-SHA-256 (RFC 5869) of the master, salted by the context value, as the example in Rust
   * derives it: services in both languages can share one store.
   */
  secret(context: Uint8Array): Uint8Array {
    return new Uint8Array(hkdfSync("sha256", this.master, context, "derived key", 32));
  }

  current(requests: KeyRequest[]): KeyAnswer[] {
    return requests.map(({ kind, tenant, ref }) => {
      if (ref === undefined) return { code: "not-found" };
      let row = this.store.find(
        (row) => row.kind === kind && row.tenant === tenant && row.ref === ref,
      );
      if (row === undefined)
        this.store.push(
          (row = { kind, tenant, ref, id: randomBytes(16), context: randomBytes(32) }),
        );
      return this.#answer(row);
    });
  }

  byId(requests: KeyRequest[]): KeyAnswer[] {
    return requests.map(({ kind, tenant, ref, id = new Uint8Array() }) => {
      const named = (row: Row) =>
        row.kind === kind && row.tenant === tenant && (ref === undefined || row.ref === ref);
      const row = this.store.find((row) => named(row) && Buffer.from(row.id).equals(id));
      return row === undefined ? { code: "not-found" } : this.#answer(row);
    });
  }

  forget(kind: string, ref: string): void {
    for (const row of this.store) if (row.kind === kind && row.ref === ref) row.context = undefined;
  }

  #answer({ id, context }: Row): KeyAnswer {
    return context === undefined ? { code: "erased" } : { id, secret: this.secret(context) };
  }
}

const policy = Policy.compile({
  "x-schema-family": "urn:example:orders",
  "x-retention": { contract: { period: "P10Y", from: "created", bucket: "P1Y" } },
  properties: {
    customer: {},
    email: {
      type: ["string", "null"],
      "x-protection": { subject: "1/customer", retention: "contract" },
    },
  },
});
const keys = new DerivedKeys(randomBytes(32));
const [context, clear] = [
  { record: "order-7", at: "2026-11-24T00:00:00Z" },
  '{"customer": "cust-1", "email": "ada@example.org"}',
];

const sealed = policy.sealSync(clear, context, keys).document;
assert.equal(policy.openSync(sealed, context, keys).document, clear);
const bobs = '{"customer": "cust-2", "email": "bob@example.org"}';
const other = policy.sealSync(bobs, context, keys).document;

keys.forget("subject", "cust-1");
// The policy keeps keys for five minutes: it is told, or waits.
policy.evict("cust-1");
assert.equal(
  policy.openSync(sealed, context, keys).document,
  '{"customer": "cust-1", "email": null}',
);
// And no new context value is made in silence.
assert.throws(() => policy.sealSync(clear, context, keys), { code: "erased" });

// Somebody with the master, the sealed document and a guess: it names the right key, and opens
// nothing.
const guess = (requests: KeyRequest[]): KeyAnswer[] =>
  requests.map(({ id = new Uint8Array() }) => ({ id, secret: keys.secret(Buffer.from("cust-1")) }));
assert.throws(() => policy.openSync(sealed, context, { current: guess, byId: guess }), {
  code: "integrity",
});

// A period ends as a person is forgotten: the context value of its bucket is deleted, and
// everybody's values of that time are gone.
assert.equal(policy.openSync(other, context, keys).document, bobs);
keys.forget("retention", "contract/2036");
policy.evict();
assert.equal(
  policy.openSync(other, context, keys).document,
  '{"customer": "cust-2", "email": null}',
);
// In every language the same.
assert(
  Buffer.from(new DerivedKeys(new Uint8Array(32)).secret(new Uint8Array(32).fill(1)))
    .toString("hex")
    .startsWith("995495c84937bfc1"),
);
console.log("sealed, opened, forgotten: the master alone does not bring it back");
