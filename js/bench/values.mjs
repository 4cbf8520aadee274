// Single values without a document, as columns of a table: those of one person and those of a
// person each, in batches and one by one, with the default entry as servers get it.
// `FIELDSEAL_VALUES` is another number of values than 1,000,000.
import { fast } from "../tests/fieldseal.mjs";
import { figure } from "./rounds.mjs";

const { Policy, Keyring } = fast;
const count = Number(process.env.FIELDSEAL_VALUES ?? 1_000_000);
/** The values of one batch. */
const BATCH = 1_000;
/** 64 bytes as JSON. */
const value = "Ada Lovelace, 12, St James's Square, London SW1Y 4JH, England.";
const place = "/address";
const policy = Policy.compile({
  "x-schema-family": "urn:example:customers",
  type: "object",
  properties: { address: { type: "string", "x-protection": {} } },
});

console.log(`${count} values of 64 bytes without a document, Node ${process.version}, one core`);
for (const [whose, id, person] of [
  ["one person", "one", () => "cust-1"],
  ["a person each", "each", (number) => `cust-${number}`],
]) {
  const keys = Keyring.memory();
  const seconds = { seal: 0, open: 0, sealAlone: 0, openAlone: 0 };
  let alone = 0;
  /** Adds the time that an action takes, and returns its result. */
  const timed = async (what, act) => {
    const begun = process.hrtime.bigint();
    const result = await act();
    seconds[what] += Number(process.hrtime.bigint() - begun) / 1e9;
    return result;
  };
  for (let first = 0; first < count; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, count - first) }, (_, n) => first + n);
    const contexts = numbers.map((number) => ({
      record: `customer-${number}`,
      subject: person(number),
    }));
    // Keys are made before, since that is the cost of the keyring.
    for (const context of contexts) policy.sealValueSync(place, value, context, keys);
    const clear = contexts.map((context) => ({ place, value, context }));
    const sealed = await timed("seal", () => policy.sealValues(clear, keys));
    const envelopes = sealed.map(({ ok }, n) => ({
      place,
      envelope: ok.envelope,
      context: contexts[n],
    }));
    const opened = await timed("open", () => policy.openValues(envelopes, keys));
    if (!opened.every(({ ok }) => ok.value === value)) throw new Error("another value came out");
    if ((first / BATCH) % 10 !== 0) continue;
    alone += numbers.length;
    await timed("sealAlone", () => {
      for (const context of contexts) policy.sealValueSync(place, value, context, keys);
    });
    await timed("openAlone", () => {
      for (const { envelope, context } of envelopes)
        policy.openValueSync(place, envelope, context, keys);
    });
  }
  const rate = (values, time) => (values / time / 1000).toFixed(0).padStart(5);
  console.log(
    `  ${whose.padEnd(14)} sealed ${rate(count, seconds.seal)}, opened ` +
      `${rate(count, seconds.open)} thousand a second in batches of ${BATCH}; one by one ` +
      `${rate(alone, seconds.sealAlone)} and ${rate(alone, seconds.openAlone)}`,
  );
  for (const [what, time] of Object.entries(seconds)) {
    const values = what.endsWith("Alone") ? alone : count;
    figure(`values.wasm.${id}.${what}`, values / time / 1000);
  }
}
