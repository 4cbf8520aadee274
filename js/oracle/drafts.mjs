// The five drafts, oldest first: what they call themselves and where each of them keeps schemas.

export const DRAFTS = ["4", "6", "7", "2019-09", "2020-12"];

export const DIALECTS = {
  4: "http://json-schema.org/draft-04/schema#",
  6: "http://json-schema.org/draft-06/schema#",
  7: "http://json-schema.org/draft-07/schema#",
  "2019-09": "https://json-schema.org/draft/2019-09/schema",
  "2020-12": "https://json-schema.org/draft/2020-12/schema",
};

/** The draft that `$schema` names, if it is one of them. */
export function draftOf(uri) {
  return DRAFTS.find((draft) => typeof uri === "string" && DIALECTS[draft].replace("#", "") === uri.replace(/#$/, ""));
}

const since = (first, last = "2020-12") => DRAFTS.slice(DRAFTS.indexOf(first), DRAFTS.indexOf(last) + 1);

/**
 * Keywords whose value is a schema, an array of schemas or an object of schemas, with the drafts
 * that define them so.
 */
const SCHEMA = {
  not: since("4"),
  additionalProperties: since("4"),
  additionalItems: since("4", "2019-09"),
  items: since("4"),
  contains: since("6"),
  propertyNames: since("6"),
  if: since("7"),
  then: since("7"),
  else: since("7"),
  unevaluatedItems: since("2019-09"),
  unevaluatedProperties: since("2019-09"),
  contentSchema: since("2019-09"),
};
const LIST = { allOf: since("4"), anyOf: since("4"), oneOf: since("4"), items: since("4", "2019-09"), prefixItems: since("2020-12") };
const MAP = {
  properties: since("4"),
  patternProperties: since("4"),
  definitions: since("4"),
  $defs: since("2019-09"),
  dependencies: since("4", "7"),
  dependentSchemas: since("2019-09"),
};

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const token = (name) => String(name).replaceAll("~", "~0").replaceAll("/", "~1");

/**
 * Every place of a schema where a marker can stand, as `[pointer, the schema there]`, the root
 * first.
 */
export function places(root, draft) {
  const found = [];
  const visit = (schema, at, around) => {
    if (schema === true && at !== "") found.push([at, schema]);
    if (!isObject(schema)) return;
    found.push([at, schema]);
    const own = (at !== "" && draftOf(schema.$schema)) || around;
    for (const [keyword, value] of Object.entries(schema)) {
      const here = `${at}/${token(keyword)}`;
      if (LIST[keyword]?.includes(own) && Array.isArray(value)) value.forEach((item, index) => visit(item, `${here}/${index}`, own));
      else if (SCHEMA[keyword]?.includes(own)) visit(value, here, own);
      else if (MAP[keyword]?.includes(own) && isObject(value)) for (const [name, item] of Object.entries(value)) visit(item, `${here}/${token(name)}`, own);
    }
  };
  visit(root, "", draft);
  return found;
}

/**
 * A copy with a keyword, `x-protection` and `{}` if not said otherwise, at each of the pointers;
 * `true` becomes an object for it.
 */
export function marked(root, pointers, keyword = "x-protection", value = () => ({})) {
  const copy = structuredClone(root);
  for (const pointer of pointers) {
    const names = pointer.split("/").slice(1).map((text) => text.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = names.pop();
    const parent = names.reduce((value, name) => value[name], copy);
    if (last === undefined) copy[keyword] = value(pointer);
    else if (parent[last] === true) parent[last] = { [keyword]: value(pointer) };
    else parent[last][keyword] = value(pointer);
  }
  return copy;
}
