// One order of 1 KB with 5 sealed values of 30, text to sealed text, validated. Arguments: a build,
// `fieldseal` or `fieldseal/full`, which is measured alone and with a keyring alone, as its users
// have it, and the name of its figures.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { evaluator, full } from "./packed.mjs";
import * as peer from "./by-hand.mjs";
import { figure, report, rounds } from "../../js/bench/rounds.mjs";

/** Issue 3, section 8. */
const AT_LEAST = 2.5;

const data = new URL("../../core/benches/data/", import.meta.url);
const text = readFileSync(new URL("order.json", data), "utf8");
const schema = JSON.parse(readFileSync(new URL("order.schema.json", data), "utf8"));
const context = { record: "ord-2026-11-000417" };

const places = [
  ["customer", "name"],
  ["customer", "email"],
  ["customer", "phone"],
  ["shipping", "street"],
  ["payment", "iban"],
].map(([parent, member]) => ({
  way: [parent],
  member,
  subject: "cust-90210",
  field: `/${parent}/${member}`,
}));
const validate = peer.validator(schema);
const secret = randomBytes(32);
const bySeal = () => peer.seal(text, validate, places, context.record, () => secret);
if (!bySeal().fits) throw new Error("the order does not fit its schema");

const HAND = "ajv + node:crypto, hkdfSync per value";
const CLEAR = "JSON.parse + ajv + JSON.stringify, nothing sealed";
const sides = { [HAND]: bySeal, [CLEAR]: () => peer.pass(text, validate) };
const opening = {};
const both = { fieldseal: evaluator, "fieldseal/full": full };
const [alone, figures = "order"] = process.argv.slice(2);
const builds = alone === undefined ? both : { [alone]: both[alone] };
for (const [name, { Policy, Keyring }] of Object.entries(builds)) {
  const policy = Policy.compile(schema);
  const keys = Keyring.memory();
  const key = { id: new Uint8Array(16).fill(1), secret: new Uint8Array(secret) };
  const own = {
    current: (requests) => requests.map(() => key),
    byId: (requests) => requests.map(() => key),
  };
  const sealed = policy.sealSync(text, context, keys);
  if (sealed.document.match(/"Fs1/g)?.length !== 5) throw new Error("five values are sealed");
  sides[`${name}, keyring`] = () => policy.sealSync(text, context, keys);
  if (alone === undefined)
    sides[`${name}, key source of the host`] = () => policy.sealSync(text, context, own);
  opening[`${name}, keyring`] = () => policy.openSync(sealed.document, context, keys);
}
console.log(`order: ${text.length} bytes, ${process.version}`);
const medians = rounds(sides, { calls: 400 });
report("seal one order", medians, HAND);
report("open one order", rounds(opening, { calls: 400 }), undefined);
const ours = medians[`${alone ?? "fieldseal"}, keyring`];
const [hand, clear] = [medians[HAND] / ours, ours / medians[CLEAR]];
figure(`${figures}.hand`, hand);
figure(`${figures}.clear`, clear);
console.log(
  `\n${hand.toFixed(2)}× faster than by hand, ${AT_LEAST}× is asked for on Node 20; ` +
    `${clear.toFixed(2)}× as long as without encryption`,
);
