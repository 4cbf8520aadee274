// GitHub's 329 example payloads under its own schema, text to sealed text, validated.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { evaluator } from "./packed.mjs";
import * as peer from "./by-hand.mjs";
import { figure, report, rounds } from "../../js/bench/rounds.mjs";

const require = createRequire(new URL("../../js/package.json", import.meta.url));
const schema = JSON.parse(
  readFileSync(require.resolve("@octokit/webhooks-schemas/schema.json"), "utf8"),
);
const overlay = JSON.parse(
  readFileSync(new URL("../../core/tests/data/webhooks-overlay.json", import.meta.url), "utf8"),
);
const texts = require("@octokit/webhooks-examples/api.github.com/index.json").flatMap(
  ({ examples }) => examples.map((example) => JSON.stringify(example)),
);

const begun = performance.now();
const policy = evaluator.Policy.compile(schema, { overlay, nonconforming: "seal" });
const compiled = performance.now();
const validate = peer.validator(schema);
validate({});
console.log(
  `compiling the schema: fieldseal ${(compiled - begun).toFixed(0)} ms, ajv ${(performance.now() - compiled).toFixed(0)} ms`,
);

const keys = evaluator.Keyring.memory();
const secret = randomBytes(32);
const context = (index) => ({ record: `event-${index}` });

/** The peer is told where the values are; finding them is part of what a policy does. */
const places = texts.map((text, index) => {
  const { document } = policy.sealSync(text, context(index), keys);
  const found = [];
  const walk = (clear, sealed, way) => {
    for (const [member, value] of Object.entries(sealed)) {
      if (value !== null && typeof value === "object") walk(clear[member], value, [...way, member]);
      else if (value !== clear[member])
        found.push({
          way,
          member,
          subject: String(clear.id ?? clear.email),
          field: `/${[...way, member].join("/")}`,
        });
    }
  };
  walk(JSON.parse(text), JSON.parse(document), []);
  return found;
});
const values = places.reduce((sum, { length }) => sum + length, 0);
const bytes = texts.reduce((sum, { length }) => sum + length, 0);
console.log(
  `${texts.length} payloads, ${(bytes / 1000).toFixed(0)} KB, ${values} sealed values, ${process.version}`,
);

const HAND = "ajv + node:crypto, hkdfSync per value";
const OURS = "fieldseal, keyring";
const calls = texts.length;
const medians = rounds(
  {
    [HAND]: (index) =>
      peer.seal(texts[index], validate, places[index], `event-${index}`, () => secret),
    [OURS]: (index) => policy.sealSync(texts[index], context(index), keys),
  },
  { calls, count: 9, warmup: 2 },
);
report("seal one payload, on average", medians, HAND);
figure("webhooks.hand", medians[HAND] / medians[OURS]);
