// The independent evaluation: @hyperjump/json-schema, which collects annotations in every draft and
// takes an unknown keyword for one.

import { registerSchema, setShouldValidateSchema, unregisterSchema } from "@hyperjump/json-schema";
import "@hyperjump/json-schema/draft-04";
import "@hyperjump/json-schema/draft-06";
import "@hyperjump/json-schema/draft-07";
import "@hyperjump/json-schema/draft-2019-09";
import "@hyperjump/json-schema/draft-2020-12";
import { AnnotationsPlugin, Validation, addKeyword, compile, getKeyword, getSchema, interpret } from "@hyperjump/json-schema/experimental";
import * as Instance from "@hyperjump/json-schema/instance/experimental";

import { DIALECTS } from "./drafts.mjs";

const UNKNOWN = "https://json-schema.org/keyword/unknown#";

setShouldValidateSchema(false);

// As shipped, `contains` of drafts 6 and 7 stops at the first item that fits, so the other items
// get no annotations.
addKeyword({
  id: "https://json-schema.org/keyword/draft-06/contains",
  compile: (schema, ast) => Validation.compile(schema, ast),
  interpret(contains, instance, context) {
    if (Instance.typeOf(instance) !== "array") return true;
    let found = false;
    for (const item of Instance.iter(instance)) found = Validation.interpret(contains, item, context) || found;
    return found;
  },
});

// As shipped, `contains` of 2019-09 is that of 2020-12, which makes an item evaluated for
// `unevaluatedItems`; only in 2020-12 it does.
const shipped = getKeyword("https://json-schema.org/keyword/contains");
addKeyword({
  id: shipped.id,
  async compile(schema, ast, parent) {
    return { ...(await shipped.compile(schema, ast, parent)), evaluates: !schema.document.dialectId.includes("2019-09") };
  },
  interpret(own, instance, context) {
    if (own.evaluates || context.evaluatedItems === undefined) return shipped.interpret(own, instance, context);
    const before = new Set(context.evaluatedItems);
    const { evaluatedItems } = context;
    const valid = shipped.interpret(own, instance, context);
    for (const index of evaluatedItems) if (!before.has(index)) evaluatedItems.delete(index);
    return valid;
  },
});

/** Makes schemas known under their URIs; the result forgets them. */
export function remember(schemas, draft) {
  const known = [];
  for (const [uri, schema] of Object.entries(schemas)) {
    registerSchema(schema, uri, DIALECTS[draft]);
    known.push(uri);
  }
  return () => known.forEach(unregisterSchema);
}

let number = 0;

/**
 * What evaluates instances against a schema; throws where the schema does not compile. `close`
 * forgets the schema.
 */
export async function evaluator(schema, draft) {
  const uri = `https://oracle.example/${number++}`;
  const close = remember({ [uri]: schema }, draft);
  try {
    const compiled = await compile(await getSchema(uri));
    return {
      close,
      /** `{ valid, marks }`: where the marker applies in a valid instance, as sorted pointers. */
      evaluate(data) {
        const { valid, found } = annotations(compiled, data, "x-protection");
        return { valid, marks: valid ? [...new Set(found.map(([pointer]) => pointer))].sort() : null };
      },
      annotations: (data, keyword) => annotations(compiled, data, keyword),
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** `{ valid, found }`: what an unknown keyword says of a valid instance, as `[pointer, value]`. */
function annotations(compiled, data, name) {
  const plugin = new AnnotationsPlugin();
  const { valid } = interpret(compiled, Instance.fromJs(data), { outputFormat: "FLAG", plugins: [plugin] });
  if (!valid) return { valid, found: [] };
  // "#/a/0" is a value, "#*/a" the name of a member: what `propertyNames` says about names marks no
  // value.
  const found = plugin.annotations.filter(({ keyword, instanceLocation }) => keyword === UNKNOWN + name && instanceLocation[1] !== "*");
  return { valid, found: found.map(({ instanceLocation, annotation }) => [decodeURIComponent(instanceLocation.slice(1)), annotation]) };
}
