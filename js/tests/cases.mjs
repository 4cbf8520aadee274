// Runs the shared case files (core/conformance, its README says what they hold) through the API of
// one entry. No import: workerd and browsers run it too.

const NOW = 1_795_339_800_000;

/**
 * Runs every case of a file. `replaceEntropy(next)` makes `next` the host's getRandomValues.
 * Returns a line for every difference, and throws where the file asks for what is not known here.
 */
export async function runFile(file, api, replaceEntropy) {
  if (file.format !== FORMAT)
    throw new Error(`this runner knows format ${FORMAT} and not ${file.format}`);
  const { build } = api.version();
  const differences = [];
  for (const one of file.cases) {
    if (one.build !== undefined && !BUILDS.includes(one.build))
      unknown(one.name, `the build ${one.build}`);
    if ((one.build ?? build) !== build) continue;
    api.restart();
    const stream = { next: 0 };
    replaceEntropy((buffer, original) => {
      // The validator's seeds are no part of the stream, and the pool's draws have a size of their
      // own.
      if (buffer.length !== 4096) return original(buffer);
      for (let at = 0; at < buffer.length; at++) buffer[at] = stream.next++ % 251;
      return buffer;
    });
    try {
      await runCase(file, one, api, (what, expected, actual) => {
        const [left, right] = [canonical(expected), canonical(actual)];
        if (left !== right)
          differences.push(`${one.name}, ${what}:\nexpected ${left}\nactual   ${right}`);
      });
    } finally {
      replaceEntropy(undefined);
    }
  }
  return differences;
}

const FORMAT = 1;
const CASE = "name covers schema options source keys context steps expect build".split(" ");
/** The builds that a case may be confined to. */
const BUILDS = ["evaluator", "full"];
/** The members of each kind of source beside `kind`. */
const SOURCES = { rows: [], cached: ["entries", "maxAgeMs"], keyring: [], answers: [] };
const DOCUMENT = ["document", "documentHex"];
/** The members of each verb beside `do` and `expect`. */
const VERBS = {
  seal: [...DOCUMENT, "context"],
  open: [...DOCUMENT, "context", "strict"],
  check: DOCUMENT,
  "check-deep": [...DOCUMENT, "context"],
  "required-keys": [...DOCUMENT, "context", "operation"],
  "seal-many": ["calls"],
  "open-many": ["calls", "strict"],
  "index-values": ["name", "value", "context"],
  "seal-value": ["place", "value", "from", "context"],
  "open-value": ["place", "envelope", "context", "strict"],
  "seal-values": ["values"],
  "open-values": ["values", "strict"],
};
/** The members of a value of a batch. */
const PLACED = {
  "seal-values": VERBS["seal-value"],
  "open-values": ["place", "envelope", "context"],
};
/** The same for the verbs of a keyring, which only cases with the source `keyring` have. */
const OF_KEYRINGS = {
  provision: ["who", "now"],
  rotate: ["who", "now", "minVersion"],
  restrict: ["who", "now"],
  lift: ["who", "now"],
  erase: ["who", "now"],
  reopen: ["who", "now"],
  destroy: ["who", "now", "early"],
  due: ["at", "now"],
};

/** Refuses, by name, what the format does not have: a case that did not run must not pass. */
function unknown(name, what) {
  throw new Error(`case ${JSON.stringify(name)}: this runner does not know ${what}`);
}

function only(name, what, members, known) {
  const other = Object.keys(members).find((member) => !known.includes(member));
  if (other !== undefined) unknown(name, `the member \`${other}\` of ${what}`);
}

function sourceOf({ name, source = "rows" }) {
  const given = typeof source === "string" ? { kind: source } : source;
  if (!Object.hasOwn(SOURCES, given.kind)) unknown(name, `the source kind ${given.kind}`);
  only(name, `the source kind ${given.kind}`, given, ["kind", ...SOURCES[given.kind]]);
  return given;
}

function verbOf({ name }, source, step) {
  const { do: verb } = step;
  const isOfKeyring = Object.hasOwn(OF_KEYRINGS, verb) && source.kind === "keyring";
  if (!isOfKeyring && !Object.hasOwn(VERBS, verb))
    unknown(name, `the verb ${verb} with the source kind ${source.kind}`);
  const known = isOfKeyring ? OF_KEYRINGS[verb] : VERBS[verb];
  only(name, `the verb ${verb}`, step, ["do", "expect", ...known]);
  for (const call of step.calls ?? [])
    only(name, "a call of a batch", call, [...DOCUMENT, "context"]);
  for (const value of step.values ?? []) only(name, "a value of a batch", value, PLACED[verb]);
  return isOfKeyring ? "keyring" : verb;
}

async function runCase(file, one, api, compare) {
  only(one.name, "a case", one, CASE);
  const source = sourceOf(one);
  const host = keyHost(file, one.keys);
  const clock = { now: NOW };
  const keys = keysOf(api, source, host, clock);
  let schema = one.schema;
  if (typeof schema === "string" && Object.hasOwn(file.schemas ?? {}, schema))
    schema = file.schemas[schema];
  let policy;
  try {
    policy = api.Policy.compile(schema, one.options);
  } catch (error) {
    compare("compile", one.expect, refused(api, error));
    return;
  }
  for (const [number, step] of one.steps.entries()) {
    if (step.keys !== undefined) {
      only(one.name, "a step that replaces keys", step, ["keys"]);
      host.rekey(step.keys);
      continue;
    }
    const verb = verbOf(one, source, step);
    host.asked = [];
    clock.now = step.now ?? NOW;
    const outcome =
      verb === "keyring"
        ? await obey(keys, step)
        : await perform(api, policy, { host, keys, source }, step, one.context ?? {});
    if (host.asked.length > 1) compare(`step ${number}`, "one call of the key host", host.asked);
    if (host.asked.length === 1) outcome.asked = host.asked[0].map(request);
    compare(`step ${number} (${step.do})`, step.expect, outcome);
  }
}

/** Makes the source of a case. `answers` has none: each call gets its answers. */
function keysOf(api, { kind, ...options }, host, clock) {
  if (kind === "cached") return api.cacheKeys(host, options);
  if (kind === "keyring") return api.Keyring.memory({ now: () => clock.now });
  return host;
}

/** Obeys a verb of a keyring, and says in which state its owner is afterwards. */
async function obey(keys, { do: verb, who, at, minVersion, early }) {
  if (verb === "due") return { due: await keys.due(new Date(at ?? NOW)) };
  const given = {
    erase: { reason: "asked" },
    destroy: early === undefined ? undefined : { early },
    rotate: minVersion === undefined ? undefined : { minVersion },
  }[verb];
  try {
    const record = await keys[verb](who, given);
    const state = await keys.state(who);
    // A rotation's number is not in the format.
    if (record === undefined || "version" in record) return { state };
    const { state: _, at, ...erased } = record;
    return { erased: { ...(at !== undefined && { at: Date.parse(at) }), ...erased }, state };
  } catch ({ code }) {
    return { error: { code } };
  }
}

async function perform(api, policy, { host, keys, source }, step, fallback) {
  const context = (of) => ({ now: NOW, ...(of.context ?? fallback) });
  const document = (of) => (of.document === undefined ? unhex(of.documentHex) : of.document);
  const settle = async (act) => {
    try {
      return await act();
    } catch (error) {
      return refused(api, error);
    }
  };
  const all = (results, read) => ({
    results: results.map((one) => ("ok" in one ? read(one.ok) : refused(api, one.error))),
  });
  /** The keys of calls to seal or open: where answers are given beforehand, those answers. */
  const given = (operation, ...calls) => {
    if (source.kind !== "answers") return keys;
    const needed = new Map();
    for (const { document, context } of calls) {
      let requests = [];
      try {
        requests = policy.requiredKeys(document, context, operation);
      } catch {
        // The verb itself says what is wrong.
      }
      for (const one of requests) needed.set(JSON.stringify(request(one)), one);
    }
    const requests = [...needed.values()];
    return api.keysFrom(requests, requests.length > 0 ? host.current(requests) : []);
  };
  const sealed = ({ document, verdict, indexes }) => ({
    document: text(document),
    verdict,
    ...(indexes.length > 0 && { indexes }),
  });
  const opened = ({ document, verdict, access }) => ({ document: text(document), verdict, access });
  const sealedValue = ({ envelope, verdict, indexes }) => ({
    envelope,
    verdict,
    ...(indexes.length > 0 && { indexes }),
  });
  const openedValue = ({ value, ...rest }) => ({ value: JSON.stringify(value), ...rest });
  const placed = (of) => ({ ...of, value: JSON.parse(of.value), context: context(of) });
  const envelope = (of) => ({ ...of, context: context(of) });
  const call = (of) => ({ document: document(of), context: context(of) });
  const strict = step.strict ?? false;
  return settle(async () => {
    switch (step.do) {
      case "seal": {
        const one = call(step);
        return sealed(policy.sealSync(one.document, one.context, given("seal", one)));
      }
      case "open": {
        const one = call(step);
        const about = { ...one.context, strict };
        return opened(policy.openSync(one.document, about, given("open", one)));
      }
      case "check":
        return { verdict: policy.check(document(step)) };
      case "check-deep": {
        const one = call(step);
        return { verdict: policy.checkDeepSync(one.document, one.context, given("open", one)) };
      }
      case "required-keys": {
        const one = call(step);
        const requests = policy.requiredKeys(one.document, one.context, step.operation);
        return { requests: requests.map(request) };
      }
      case "index-values": {
        const value = JSON.parse(step.value);
        return { tokens: policy.indexValuesSync(step.name, value, context(step), keys) };
      }
      case "seal-value": {
        const { place, value, context, from } = placed(step);
        return sealedValue(policy.sealValueSync(place, value, context, keys, { from }));
      }
      case "open-value": {
        const about = context(step);
        return openedValue(
          policy.openValueSync(step.place, step.envelope, about, keys, { strict }),
        );
      }
      case "seal-values":
        return all(await policy.sealValues(step.values.map(placed), keys), sealedValue);
      case "open-values":
        return all(
          await policy.openValues(step.values.map(envelope), keys, { strict }),
          openedValue,
        );
      case "seal-many": {
        const calls = step.calls.map(call);
        return all(await policy.sealMany(calls, given("seal", ...calls)), sealed);
      }
      case "open-many": {
        const calls = step.calls.map(call);
        return all(await policy.openMany(calls, given("open", ...calls), { strict }), opened);
      }
    }
  });
}

function refused(api, error) {
  if (!(error instanceof api.FieldSealError)) throw error;
  const { code, pointer, offset, findings } = error;
  const record = { code };
  if (pointer !== undefined) record.pointer = pointer;
  if (offset !== undefined) record.offset = offset;
  if (findings !== undefined)
    record.findings = findings.map(({ id, severity, pointer }) => ({ id, severity, pointer }));
  return { error: record };
}

/** The key host of the README. */
function keyHost(file, states) {
  let rows = [];
  let fault;
  const answer = ({ kind, ref, tenant, id }) => {
    const row = rows.find(
      (row) =>
        row.kind === kind &&
        row.tenant === tenant &&
        (ref === undefined || ref === row.ref) &&
        (id === undefined || hex(id) === row.id),
    );
    if (row === undefined) return { code: "not-found" };
    if (row.state !== "live") return { code: row.state };
    const key = { id: unhex(row.id), secret: unhex(row.secret) };
    if (row.expires !== undefined) key.expires = row.expires;
    if (row.erasable !== undefined) key.erasable = row.erasable;
    return key;
  };
  const host = {
    asked: [],
    rekey(states = {}) {
      fault = states.fault;
      rows = Object.entries(states)
        .filter(([name]) => name !== "fault")
        .map(([name, state]) => ({ tenant: "", ...file.keys[name], state }));
    },
    current(requests) {
      host.asked.push(requests.map((request) => ({ ...request })));
      const answers = requests.map(answer);
      if (fault === "fewer") answers.pop();
      if (fault === "more") answers.push({ code: "denied" });
      return answers;
    },
  };
  host.byId = host.current;
  host.rekey(states);
  return host;
}

const request = ({ id, ...rest }) =>
  id === undefined ? rest : { ...rest, id: typeof id === "string" ? id : hex(id) };
const text = (document) =>
  typeof document === "string" ? document : new TextDecoder().decode(document);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** A text that is equal for equal values, whatever the order of their members. */
function canonical(value) {
  return JSON.stringify(value, (_, inner) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
