// A key source that stores no keys: each is derived from one master key and a context value of its
// owner, a data subject or a period, as a talk on GDPR and event sourcing proposes. Deleting the
// context value shreds what was sealed.
//
// The context value is random and lives in the deletable store alone. A key is destroyed when
// nobody can derive it again: were the context value a customer number or a year, the master and a
// guess would bring every forgotten person back, today and from any backup. The store of context
// values therefore needs the care of a key store: no copy in an event, a log, or a backup that
// cannot forget. The master adds that the store alone, when it is stolen, opens nothing. Keep
// random keys, as `Keyring` does, if you do not need that.
import { strict as assert } from "node:assert";
import { hkdfSync, randomBytes } from "node:crypto";
import {
  type ByIdRequest,
  type CurrentRequest,
  type KeyAnswer,
  Policy,
  type SyncKeySource,
  cacheKeys,
} from "fieldseal";

/**
 * A row of the store. The id, random too, stays when the context value is deleted: a forgotten
 * person then differs from an unknown one.
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
   * Derives a key: HKDF-SHA-256 (RFC 5869) of the master, salted by the context value. The example
   * in Rust does the same, and services in both languages can share one store.
   */
  secret(context: Uint8Array): Uint8Array {
    return new Uint8Array(hkdfSync("sha256", this.master, context, "derived key", 32));
  }

  current(requests: CurrentRequest[]): KeyAnswer[] {
    return requests.map(({ kind, tenant, ref }) => {
      const known = this.store.find(
        (row) => row.kind === kind && row.tenant === tenant && row.ref === ref,
      );
      if (known !== undefined) return this.#answer(known);
      const row = { kind, tenant, ref, id: randomBytes(16), context: randomBytes(32) };
      this.store.push(row);
      return this.#answer(row);
    });
  }

  byId(requests: ByIdRequest[]): KeyAnswer[] {
    return requests.map(({ kind, tenant, ref, id }) => {
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
const derived = new DerivedKeys(randomBytes(32));
const keys = cacheKeys(derived);
const context = { record: "order-7", at: "2026-11-24T00:00:00Z" };
const clear = '{"customer": "cust-1", "email": "ada@example.org"}';

const sealed = policy.sealSync(clear, context, keys).document;
assert.equal(policy.openSync(sealed, context, keys).document, clear);
const bobs = '{"customer": "cust-2", "email": "bob@example.org"}';
const other = policy.sealSync(bobs, context, keys).document;

derived.forget("subject", "cust-1");
// The cache keeps a key for five minutes: evict this one at once.
keys.evict("cust-1");
const forgotten = policy.openSync(sealed, context, keys).document;
assert.equal(forgotten, '{"customer": "cust-1", "email": null}');
// And no new context value is made in silence.
assert.throws(() => policy.sealSync(clear, context, keys), { code: "erased" });

// An attacker with the master, the sealed document and a guess names the right key, and opens
// nothing.
const guess: SyncKeySource = {
  current: () => [],
  byId: (requests) =>
    requests.map(({ id }) => ({ id, secret: derived.secret(Buffer.from("cust-1")) })),
};
assert.throws(() => policy.openSync(sealed, context, guess), { code: "integrity" });

// A period ends as a person is forgotten: the context value of its bucket is deleted, and
// everybody's values of that time are unreadable.
assert.equal(policy.openSync(other, context, keys).document, bobs);
derived.forget("retention", "contract/2036");
keys.evict("contract/2036");
const ended = policy.openSync(other, context, keys).document;
assert.equal(ended, '{"customer": "cust-2", "email": null}');

// Every language derives the same key.
const known = new DerivedKeys(new Uint8Array(32)).secret(new Uint8Array(32).fill(1));
assert(Buffer.from(known).toString("hex").startsWith("995495c84937bfc1"));
console.log("sealed, opened, forgotten: the master alone does not bring it back");
