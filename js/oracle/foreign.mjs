// What ajv says of schemas and documents that others have judged: node oracle/foreign.mjs [--list
// LIST.json] FILE.ndjson [...]
//
// A line is {"origin", "draft", "schema", "references": {uri: schema}, "documents": [{"data",
// "accept": true | false | null}]} and may carry "plain": {"schema", "documents": [{"data",
// "valid"}]}, the schema that "schema" was made from with the verdicts of the official test suite
// ("references" are its too, unless it has its own). foreign.py reads the same lines, prints the
// same totals and excuses by the same rule; its list of faults is its own. With --list, the origins
// of what is contradicted and not excused are written there, to be held against the other
// validator's, and are no error by themselves.
import { createReadStream, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import Ajv from "ajv";
import Ajv2019 from "ajv/dist/2019.js";
import Ajv2020 from "ajv/dist/2020.js";
import Ajv04 from "ajv-draft-04";

const require = createRequire(import.meta.url);
const draft06 = require("ajv/dist/refs/json-schema-draft-06.json");

/**
 * What ajv is known to get wrong: a kind, the reason, and the sign of it in a schema. To be on this
 * list excuses nothing: a skip needs the proof of `fault` below, and the list gives the name under
 * which it is counted. The first sign that fits names it; "other" is a proven fault that nobody has
 * looked into.
 */
const FAULTS = [
  {
    kind: "vocabulary",
    reason: "ajv takes every keyword that it knows, whatever vocabularies the meta schema of the schema's own names",
    sign: ({ some }) => some(({ $schema }) => typeof $schema === "string" && !/^https?:\/\/json-schema\.org\//.test($schema)),
  },
  {
    kind: "dynamic scope",
    reason: "ajv sets dynamic anchors where it compiles them, not by schema resource: it takes only a fragment in $dynamicRef, finds no $anchor by it, and recurses without end where the anchor is not on its way",
    sign: ({ some }) => some((each) => Object.hasOwn(each, "$dynamicRef") || Object.hasOwn(each, "$recursiveRef")),
  },
  {
    kind: "other draft",
    reason: "an instance of ajv is of one draft, also for a reference whose $schema names another",
    sign: ({ draft, some }) => some(({ $schema }) => typeof $schema === "string" && !DIALECTS[draft].test($schema)),
  },
  {
    kind: "id beside $ref",
    reason: "up to draft 7 ajv takes an $id beside $ref for a base, after that it overflows the stack where that $ref points into the resource that it starts",
    sign: ({ some }) => some((each) => Object.hasOwn(each, "$ref") && (Object.hasOwn(each, "$id") || Object.hasOwn(each, "id"))),
  },
  {
    kind: "id in no schema",
    reason: "ajv reads $id also inside keywords that it does not know, and so finds one twice",
    sign: ({ every }) => {
      const ids = every.map(({ $id }) => $id).filter((id) => typeof id === "string");
      return new Set(ids).size < ids.length;
    },
  },
  {
    kind: "proto",
    reason: "ajv leaves a property named __proto__ out of the schema",
    sign: ({ some }) => some((each) => Object.hasOwn(each, "__proto__")),
  },
  {
    kind: "unevaluated and if",
    reason: "ajv ignores what `if` evaluates where `then` and `else` are missing, and where one of them is missing it counts what a failed `if` evaluated",
    sign: ({ some }) => some(unevaluated) && some((each) => Object.hasOwn(each, "if")),
  },
  {
    kind: "unevaluated and contains",
    reason: "ajv does not take the items that `contains` finds for evaluated",
    sign: ({ some }) => some((each) => Object.hasOwn(each, "unevaluatedItems")) && some((each) => Object.hasOwn(each, "contains")),
  },
  {
    kind: "unevaluated and unions",
    reason: "ajv loses which branch evaluated: `items` of one branch beside a branch without, and `patternProperties` of a failed branch",
    sign: ({ some }) => some(unevaluated) && some((each) => Object.hasOwn(each, "anyOf") || Object.hasOwn(each, "oneOf")),
  },
  {
    kind: "names of an anchor",
    reason: "below a dynamic anchor ajv notes the names that `patternProperties` evaluates in an object that it has not made, and throws",
    sign: ({ some }) => some((each) => Object.hasOwn(each, "$dynamicAnchor") || Object.hasOwn(each, "$recursiveAnchor")) && some((each) => Object.hasOwn(each, "patternProperties")),
  },
  {
    kind: "contains of nothing",
    reason: "ajv does not reset the result of `contains` for an empty array, so that of the array or list before it stays",
    sign: ({ some }) => some((each) => Object.hasOwn(each, "contains")),
  },
  {
    kind: "numbers",
    reason: "a JavaScript number overflows in multipleOf and does not know 1.0 from 1, which draft 4 does",
    sign: ({ draft, some }) => some((each) => Object.hasOwn(each, "multipleOf")) || (draft === "4" && some(({ type }) => type === "integer")),
  },
  {
    kind: "content",
    reason: "ajv asserts nothing about contentEncoding and contentMediaType, which draft 7 leaves open",
    sign: ({ some }) => some((each) => Object.hasOwn(each, "contentEncoding") || Object.hasOwn(each, "contentMediaType")),
  },
];

const unevaluated = (each) => Object.hasOwn(each, "unevaluatedItems") || Object.hasOwn(each, "unevaluatedProperties");
const DIALECTS = { 4: /draft-04/, 6: /draft-06/, 7: /draft-07/, "2019-09": /2019-09/, "2020-12": /2020-12/ };

const options = {
  strict: false,
  validateFormats: false,
  validateSchema: false,
  logger: false,
  // What every JavaScript object inherits is no member of the document.
  ownProperties: true,
};

/** An instance for each schema: two schemas may have one $id, and an instance cannot mix drafts. */
const INSTANCES = {
  4: () => new Ajv04.default({ ...options, ignoreKeywordsWithRef: true }),
  6: () => new Ajv.default({ ...options, ignoreKeywordsWithRef: true }).addMetaSchema(draft06, undefined, false),
  7: () => new Ajv.default({ ...options, ignoreKeywordsWithRef: true }),
  "2019-09": () => new Ajv2019.default(options),
  "2020-12": () => new Ajv2020.default(options),
};

function compile(draft, schema, references = {}) {
  const instance = INSTANCES[draft]();
  // From draft 6 on `id` is a keyword like any unknown one; ajv throws where it meets it, which
  // FHIR's schema does.
  if (draft !== "4") instance.removeKeyword("id");
  for (const [uri, reference] of Object.entries(references)) {
    const key = uri.replace(/#$/, "");
    // The meta schemas are there already.
    if (instance.schemas[key] === undefined && instance.refs[key] === undefined) instance.addSchema(reference, uri);
  }
  return instance.compile(schema);
}

const META = {
  4: "http://json-schema.org/draft-04/schema",
  6: "http://json-schema.org/draft-06/schema",
  7: "http://json-schema.org/draft-07/schema",
  "2019-09": "https://json-schema.org/draft/2019-09/schema",
  "2020-12": "https://json-schema.org/draft/2020-12/schema",
};
const metas = {};

/**
 * What compile does not look at where it is lenient: whether the schema is one, by the meta schema
 * of the draft.
 */
function checked(draft, schema, references) {
  const meta = (metas[draft] ??= INSTANCES[draft]().getSchema(META[draft]));
  if (!meta(schema)) throw new Error(`not a schema of its draft: ${meta.errors.map(({ instancePath, message }) => `${instancePath || "/"} ${message}`).join(", ")}`);
  return compile(draft, schema, references);
}

const line = (text) => String(text).replaceAll(/\s+/g, " ").slice(0, 240);
const message = (error) => line(error?.message ?? error);

/** Every object in a value, however deep. */
function objects(value) {
  const found = [];
  const pending = [value];
  while (pending.length > 0) {
    const each = pending.pop();
    if (each === null || typeof each !== "object") continue;
    if (!Array.isArray(each)) found.push(each);
    for (const inner of Object.values(each)) pending.push(inner);
  }
  return found;
}

/**
 * How ajv fails on the plain schema, by the official suite's verdicts; undefined where it does not
 * fail.
 */
function fault({ draft, references, plain }) {
  if (plain === undefined) return undefined;
  const reachable = plain.references ?? references ?? {};
  const named = (proof) => {
    // The references only if nothing in the schema itself is a sign: one set of them may serve many
    // schemas.
    for (const value of [plain.schema, reachable]) {
      const every = objects(value);
      const known = FAULTS.find(({ sign }) => sign({ draft, every, some: (test) => every.some(test) }));
      if (known !== undefined) return { kind: known.kind, proof };
    }
    return { kind: "other", proof };
  };
  let validate;
  try {
    validate = checked(draft, plain.schema, reachable);
  } catch (error) {
    return named(`does not compile the plain schema: ${message(error)}`);
  }
  for (const { data, valid } of plain.documents) {
    try {
      if (validate(data) !== valid) return named(`calls ${JSON.stringify(data)} ${valid ? "invalid" : "valid"} under the plain schema`);
    } catch (error) {
      return named(`throws under the plain schema: ${message(error)}`);
    }
  }
  return undefined;
}

/** The disagreements of one line as [kind, detail], and its other documents counted. */
function judge({ draft, schema, references, documents }, counts) {
  counts.schemas += 1;
  counts.documents += documents.length;
  let validate;
  try {
    validate = checked(draft, schema, references);
  } catch (error) {
    return [["compile", message(error)]];
  }
  const found = [];
  for (const { data, accept } of documents) {
    let valid;
    try {
      valid = validate(data);
    } catch (error) {
      found.push(["throws", `${message(error)} on ${JSON.stringify(data)}`]);
      continue;
    }
    if (accept === null) counts.open += 1;
    else if (valid === accept) counts.agreed += 1;
    else found.push([accept ? "refuses" : "admits", JSON.stringify(data)]);
  }
  return found;
}

const COUNTS = { schemas: 0, documents: 0, agreed: 0, open: 0, refuses: 0, admits: 0, throws: 0, compile: 0, skipped: 0 };
const drafts = {};
const skips = Object.create(null);
const skipped = [];
const contradictions = [];
const began = performance.now();

const files = process.argv.slice(2);
const list = files[0] === "--list" ? files.splice(0, 2)[1] : undefined;
const contradicted = new Set();

for (const file of files) {
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (text.trim() === "") continue;
    const given = JSON.parse(text);
    if (!Object.hasOwn(INSTANCES, given.draft)) throw new Error(`${given.origin}: no draft ${given.draft}`);
    const counts = (drafts[given.draft] ??= { ...COUNTS });
    const found = judge(given, counts);
    if (found.length === 0) continue;
    const excuse = fault(given);
    if (excuse === undefined) {
      contradicted.add(given.origin);
      for (const [kind, detail] of found) {
        counts[kind] += 1;
        contradictions.push(line(`draft ${given.draft}, ${given.origin}: ${kind} ${detail}`));
      }
    } else {
      counts.skipped += found.length;
      skips[excuse.kind] = (skips[excuse.kind] ?? 0) + found.length;
      if (excuse.kind === "other") skipped.push(line(`draft ${given.draft}, ${given.origin}: ${excuse.proof}`));
    }
  }
}

const total = { ...COUNTS };
for (const counts of Object.values(drafts)) for (const key of Object.keys(total)) total[key] += counts[key];
const row = (cells) => console.log(cells.map((cell, index) => (index === 0 ? String(cell).padEnd(8) : String(cell).padStart(10))).join(""));
const result = { validator: `ajv ${require("ajv/package.json").version}`, ...total, skips, drafts, seconds: Math.round((performance.now() - began) / 100) / 10 };

console.log(`${result.validator}, ${process.version}`);
row(["draft", ...Object.keys(COUNTS)]);
for (const draft of Object.keys(INSTANCES)) if (draft in drafts) row([draft, ...Object.values(drafts[draft])]);
row(["all", ...Object.values(total)]);
for (const [kind, count] of Object.entries(skips)) console.log(`skipped ${count}, ${kind}: ${FAULTS.find((each) => each.kind === kind)?.reason ?? "proven on the plain schema, not looked into"}`);
for (const each of skipped.slice(0, 20)) console.log(`  ${each}`);
if (contradictions.length > 0) console.log(`the first ${Math.min(20, contradictions.length)} of ${contradictions.length} contradictions:`);
for (const each of contradictions.slice(0, 20)) console.log(`  ${each}`);
console.log(JSON.stringify(result));
if (total.schemas === 0) console.error("no schemas: give at least one file that has lines");
if (list !== undefined) writeFileSync(list, JSON.stringify([...contradicted]));
process.exitCode = (contradictions.length > 0 && list === undefined) || total.schemas === 0 ? 1 : 0;
