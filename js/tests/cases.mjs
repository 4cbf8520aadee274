// Runs the shared case files (core/tests/cases, its README says what they hold) through the API of
// one entry. No import: workerd and browsers run it too.

const NOW = 1_795_339_800_000;

/**
 * Runs every case of a file. `replaceEntropy(next)` makes `next` the host's getRandomValues.
 * Returns a line for every difference.
 */
export async function runFile(file, api, replaceEntropy) {
  const lite = api.version().build === "lite";
  const differences = [];
  for (const one of file.cases) {
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
      await runCase(
        file,
        one,
        api,
        (what, expected, actual) => {
          const [left, right] = [canonical(expected), canonical(actual)];
          if (left !== right)
            differences.push(`${one.name}, ${what}:\nexpected ${left}\nactual   ${right}`);
        },
        lite,
      );
    } finally {
      replaceEntropy(undefined);
    }
  }
  return differences;
}

async function runCase(file, one, api, compare, lite) {
  const expected = (place) => (lite && place.lite !== undefined ? place.lite : place.expect);
  const host = keyHost(file, one.keys);
  let schema = one.schema;
  if (typeof schema === "string" && Object.hasOwn(file.schemas ?? {}, schema))
    schema = file.schemas[schema];
  let policy;
  try {
    // The cases change what the host answers from step to step: unless they say so, nothing is
    // kept.
    const given = one.options ?? {};
    const isMap = typeof given === "object" && given !== null && !Array.isArray(given);
    policy = api.Policy.compile(schema, isMap ? { cache: { entries: 0 }, ...given } : given);
  } catch (error) {
    compare("compile", expected(one), refused(api, error));
    return;
  }
  for (const [number, step] of one.steps.entries()) {
    if (step.keys !== undefined) {
      host.rekey(step.keys);
      continue;
    }
    host.asked = [];
    const outcome = await perform(api, policy, host, step, one.context ?? {});
    if (host.asked.length > 1) compare(`step ${number}`, "one call of the key host", host.asked);
    if (host.asked.length === 1) outcome.asked = host.asked[0].map(request);
    compare(`step ${number} (${step.do})`, expected(step), outcome);
  }
}

async function perform(api, policy, host, step, fallback) {
  const context = (of) => ({ now: NOW, ...(of.context ?? fallback) });
  const document = (of) => (of.document === undefined ? unhex(of.documentHex) : of.document);
  const settle = (call) => {
    try {
      return call();
    } catch (error) {
      return refused(api, error);
    }
  };
  const sealed = ({ document, verdict, indexes }) => ({
    document: text(document),
    verdict,
    ...(indexes.length > 0 && { indexes }),
  });
  const opened = ({ document, verdict, access }) => ({ document: text(document), verdict, access });
  switch (step.do) {
    case "seal":
      return settle(() => sealed(policy.sealSync(document(step), context(step), host)));
    case "open":
      return settle(() =>
        opened(
          policy.openSync(document(step), { ...context(step), strict: step.strict ?? false }, host),
        ),
      );
    case "check":
      return settle(() => ({ verdict: policy.check(document(step)) }));
    case "check-deep":
      return settle(() => ({ verdict: policy.checkDeepSync(document(step), context(step), host) }));
    case "required-keys":
      return settle(() => ({
        requests: policy.requiredKeys(document(step), context(step), step.operation).map(request),
      }));
    case "seal-many":
    case "open-many": {
      const calls = step.calls.map((call) => ({
        document: document(call),
        context: context(call),
      }));
      const results = await (step.do === "seal-many"
        ? policy.sealMany(calls, host)
        : policy.openMany(calls, host, { strict: step.strict ?? false }));
      const read = step.do === "seal-many" ? sealed : opened;
      return {
        results: results.map((one) => ("ok" in one ? read(one.ok) : refused(api, one.error))),
      };
    }
    default:
      throw new Error(`no such step: ${step.do}`);
  }
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
