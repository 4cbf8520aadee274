// Arguments that say something by their members: a slip is refused, in every verb, and named.
import assert from "node:assert/strict";
import { test } from "node:test";
import { context, document, evaluator, full, oneKey, schema } from "./fieldseal.mjs";

/** Slips, and the member that was meant. */
const slips = {
  tenantId: "tenant",
  tennant: "tenant",
  Tenant: "tenant",
  tenan: "tenant",
  recordId: "record",
  revison: "revision",
  subjectID: "subject",
  purposes: "purpose",
  callers: "caller",
  consent: "consents",
  origins: "origin",
  nov: "now",
  AT: "at",
  TENANT: "tenant",
  tenant_id: "tenant",
};
/** Nearer to nothing than a slip would be: the message lists what is known, and repeats nothing. */
const strange = ["ada@example.com", "userIdentifier", "x", ""];

for (const [name, { Policy, FieldSealError }] of Object.entries({ evaluator, full })) {
  const [policy, keys] = [Policy.compile(schema), oneKey()];
  const sealed = policy.sealSync(document, context, keys).document;
  const outcome = async (call) => {
    const result = await Promise.resolve()
      .then(call)
      .catch((error) => error);
    return Array.isArray(result) && "error" in (result[0] ?? {}) ? result[0].error : result;
  };
  /** Every verb that takes a context. */
  const verbs = {
    seal: (about) => policy.seal(document, about, keys),
    sealSync: (about) => policy.sealSync(document, about, keys),
    sealMany: (about) => policy.sealMany([{ document, context: about }], keys),
    open: (about) => policy.open(sealed, about, keys),
    openSync: (about) => policy.openSync(sealed, about, keys),
    openMany: (about) => policy.openMany([{ document: sealed, context: about }], keys),
    checkDeep: (about) => policy.checkDeep(sealed, about, keys),
    checkDeepSync: (about) => policy.checkDeepSync(sealed, about, keys),
    "requiredKeys to seal": (about) => policy.requiredKeys(document, about, "seal"),
    "requiredKeys to open": (about) => policy.requiredKeys(sealed, about, "open"),
  };
  const refused = async (what, about, message) => {
    for (const [verb, call] of Object.entries(verbs)) {
      const error = await outcome(() => call(about));
      assert.ok(error instanceof FieldSealError, `${verb}, ${what}: ${JSON.stringify(error)}`);
      assert.equal(error.code, "context", `${verb}, ${what}`);
      assert.match(error.message, message, `${verb}, ${what}`);
    }
  };

  test(`${name}: an unknown member of a context is refused, and the nearest known one is named`, async () => {
    for (const [slip, meant] of Object.entries(slips))
      await refused(slip, { ...context, [slip]: "acme" }, new RegExp(`\`${slip}\`.*\`${meant}\``));
    for (const other of strange) {
      const about = { ...context, [other]: undefined };
      await refused(
        other,
        about,
        /^a context has a member that is not known; the known members are record, /,
      );
      const { message } = await outcome(() => verbs.sealSync(about));
      assert.ok(other.length < 2 || !message.includes(other), message);
    }
  });

  test(`${name}: strict is a member of the contexts of open alone`, async () => {
    for (const [verb, call] of Object.entries(verbs)) {
      const result = await outcome(() => call({ ...context, strict: false }));
      if (["open", "openSync", "requiredKeys to open"].includes(verb)) {
        assert.ok(!(result instanceof Error), `${verb}: ${result}`);
      } else {
        assert.equal(result.code, "context", verb);
        assert.match(result.message, /option of openMany/);
      }
    }
    const bad = await outcome(() => policy.openMany([], keys, { stric: true }));
    assert.match(bad.message, /did you mean `strict`/);
  });

  test(`${name}: an object without known members is not a context`, async () => {
    const strange = [new Map(Object.entries(context)), Promise.resolve(context), new Date(0)];
    for (const about of [...strange, new Set()]) await refused(`${about}`, about, /plain object/);
    for (const about of [[], [context], () => context])
      assert.equal((await outcome(() => verbs.sealSync(about))).code, "context");
  });

  test(`${name}: contexts of a class, without a prototype and frozen are taken`, async () => {
    class Request {
      get record() {
        return context.record;
      }
      subject = context.subject;
    }
    const nothing = Object.assign(Object.create(null), context);
    for (const about of [new Request(), nothing, Object.freeze({ ...context })]) {
      for (const [verb, call] of Object.entries(verbs)) {
        const result = await outcome(() => call(about));
        assert.ok(!(result instanceof Error), `${verb}: ${result}`);
      }
    }
  });

  test(`${name}: origin is text; consents are well formed, and not built yet`, async () => {
    const good = { ...context, origin: "shop/checkout", consents: [] };
    for (const [verb, call] of Object.entries(verbs)) {
      const result = await outcome(() => call(good));
      assert.ok(!(result instanceof Error), `${verb}: ${result}`);
    }
    await refused("a number", { ...good, origin: 7 }, /`origin` is not a string/);
    await refused("a lone surrogate", { ...good, origin: "\ud800" }, /`origin` has a lone/);
    const consents = [
      [[{ purpose: "support" }], /not built yet/],
      [[{ purpose: "a", subject: "b", until: new Date(0) }], /not built yet/],
      [[{ purpose: "a" }, { purpose: "b", until: "2030-01-01T00:00:00Z" }], /not built yet/],
      [{}, /array/],
      ["support", /array/],
      [["support"], /a consent is an object/],
      [[{}], /a consent has a purpose/],
      [[{ purpose: 7 }], /`purpose`/],
      [[{ purpose: "a", subject: 7 }], /`subject`/],
      [[{ purpose: "a", until: 7 }], /`until`/],
      [[{ purpose: "a", until: new Date(Number.NaN) }], /`until`/],
      [[{ purpose: "a", untill: "2030" }], /did you mean `until`/],
    ];
    for (const [given, message] of consents)
      await refused(JSON.stringify(given), { ...good, consents: given }, message);
  });
}

test("slips in the arguments of a keyring are refused", async () => {
  const keys = evaluator.Keyring.memory();
  const policy = evaluator.Policy.compile(schema);
  const about = { ...context, tenant: "acme" };
  policy.sealSync(document, about, keys);
  const person = { kind: "subject", ref: "ada", tenantId: "acme" };
  const calls = {
    provision: () => keys.provision(person),
    rotate: () => keys.rotate(person),
    restrict: () => keys.restrict(person),
    lift: () => keys.lift(person),
    erase: () => keys.erase(person, { reason: "asked" }),
    reopen: () => keys.reopen(person),
    state: () => keys.state(person),
    destroy: () => keys.destroy({ ref: "contract/2036", tenantId: "acme" }),
    "rotate's options": () => keys.rotate("ada", { minversion: 2 }),
    "rotate's options as a Map": () => keys.rotate("ada", new Map([["minVersion", 2]])),
    "erase's reason": () => keys.erase("ada", { reasons: "asked" }),
    "memory's options": async () => evaluator.Keyring.memory({ clock: Date.now }),
    "memory's clock": async () => evaluator.Keyring.memory({ now: 7 }),
  };
  for (const [verb, call] of Object.entries(calls))
    await assert.rejects(call(), { name: "FieldSealError", code: "context" }, verb);
  await assert.rejects(calls.erase(), { message: /`tenantId`: did you mean `tenant`/ });
  const states = ["", "acme"].map((tenant) => keys.state({ kind: "subject", ref: "ada", tenant }));
  assert.deepEqual(await Promise.all(states), ["never", "live"]);
});
