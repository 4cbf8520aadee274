// Writes what an independent evaluation says that markers apply to. `node oracle/generate.mjs OUT
// [SUITE]`: OUT receives the files, SUITE is a folder that holds the official test suite; without
// it, the suite is fetched into OUT. README.md beside this tells more.

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { DRAFTS, marked, places } from "./drafts.mjs";
import { evaluator, remember } from "./evaluator.mjs";
import { Dice } from "./dice.mjs";
import { Counts, Lines } from "./output.mjs";
import { randomCase } from "./random.mjs";
import { Suite, fetched } from "./suite.mjs";
import { webhooks } from "./webhooks.mjs";

const PAIRS = 3;
const RANDOM_SCHEMAS = 18_000;
const LEAST_VALID = 100_000;
const MOST_SKIPPED = 0.03;

/** `x-schema-family`, so that each schema compiles without further options. */
const named = (schema) => ({ "x-schema-family": "f", ...schema });

/**
 * A line's instances: the data, whether it is valid, and the marks where the evaluator can be
 * believed.
 */
async function judged(schema, draft, cases, counts) {
  counts.combinations += 1;
  let judge;
  try {
    judge = await evaluator(schema, draft);
  } catch {
    // Counted below, once for each instance.
  }
  const instances = cases.map(({ data, valid }) => {
    counts.instances += 1;
    let found;
    if (judge === undefined) counts.skip("the evaluator does not compile the schema");
    else {
      try {
        found = judge.evaluate(data);
      } catch {
        counts.skip("the evaluator gives up");
      }
    }
    if (found !== undefined && valid !== undefined && found.valid !== valid) {
      counts.skip("the evaluator contradicts the suite");
      found = undefined;
    }
    const known = valid ?? found?.valid ?? null;
    if (known === true) {
      counts.valid += 1;
      counts.marks += found?.marks.length ?? 0;
    }
    return { data, valid: known, marks: found?.marks ?? null };
  });
  judge?.close();
  return instances;
}

/** The suite as it is, and with markers put at each place in turn and at some pairs of places. */
async function official(suite, out) {
  const [plain, optional, formats, file] = ["official", "optional", "formats", "suite"].map((name) => new Lines(join(out, `${name}.ndjson`)));
  const counts = new Counts();
  for (const draft of DRAFTS) {
    for (const [folder, lines] of [["optional", optional], [join("optional", "format"), formats]]) {
      for (const { origin, schema, tests } of suite.groups(draft, folder)) {
        await lines.write({ origin, draft, schema, references: suite.references(schema, draft), tests });
      }
    }
    for (const { origin, schema, tests } of suite.groups(draft)) {
      const references = suite.references(schema, draft);
      await plain.write({ origin, draft, schema, references, tests });
      if (typeof schema !== "object") continue;
      counts.schemas += 1;
      const pointers = places(schema, draft).map(([pointer]) => pointer);
      const sets = [[], ...pointers.map((pointer) => [pointer]), ...pairs(pointers, new Dice(counts.schemas))];
      const forget = remember(references, draft);
      for (const set of sets) {
        const own = named(marked(schema, set));
        await file.write({ origin: `suite:${origin}`, draft, schema: own, references, marked: set, instances: await judged(own, draft, tests, counts) });
      }
      forget();
    }
  }
  await Promise.all([plain, optional, formats, file].map((lines) => lines.close()));
  return counts;
}

/** Up to `PAIRS` different pairs. */
function pairs(pointers, dice) {
  const all = pointers.flatMap((first, index) => pointers.slice(index + 1).map((second) => [first, second]));
  return Array.from({ length: Math.min(PAIRS, all.length) }, () => all.splice(dice.roll(all.length), 1)[0]);
}

async function random(out) {
  const file = new Lines(join(out, "random.ndjson"));
  const counts = new Counts();
  for (let seed = 1; seed <= RANDOM_SCHEMAS; seed++) {
    const { draft, schema, pointers, data } = await randomCase(seed);
    counts.schemas += 1;
    const own = named(marked(schema, pointers));
    const instances = await judged(own, draft, data.map((data) => ({ data })), counts);
    await file.write({ origin: `random:${seed}`, draft, schema: own, references: {}, marked: pointers, instances });
  }
  await file.close();
  return counts;
}

const [out, suite] = process.argv.slice(2);
if (out === undefined) throw new Error("usage: node oracle/generate.mjs OUT [SUITE]");
mkdirSync(out, { recursive: true });
const fromSuite = await official(new Suite(suite ?? fetched(join(out, "suite"))), out);
const fromDice = await random(out);
const payloads = new Lines(join(out, "webhooks.ndjson"));
const fromWebhooks = await webhooks(payloads);
await payloads.close();
Counts.head();
fromSuite.report("official suite");
fromDice.report("random schemas");
console.log(fromWebhooks);
console.log(`${Math.round(performance.now() / 1000)} s, ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
const faults = [
  ...(fromDice.valid < LEAST_VALID ? [`only ${fromDice.valid} valid instances of random schemas, ${LEAST_VALID} are needed`] : []),
  ...[fromSuite, fromDice].filter((own) => own.skipped > own.instances * MOST_SKIPPED).map((own) => `${own.skipped} skips of ${own.instances} instances`),
];
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
