// Where a schema's references lead, for the generator only: it makes no others than these.

/** What `$ref`, `$dynamicRef` and `$recursiveRef` of a schema may mean: all candidates. */
export function targets(root, schema) {
  const definitions = root.$defs ?? root.definitions ?? {};
  const all = [root, ...Object.values(definitions)].filter((own) => typeof own === "object");
  const found = [];
  if (schema.$ref === "#") found.push(root);
  else if (typeof schema.$ref === "string") found.push(definitions[schema.$ref.split("/").at(-1)]);
  if (schema.$dynamicRef) found.push(...all.filter((own) => own.$dynamicAnchor));
  if (schema.$recursiveRef) found.push(root, ...(definitions.tree ? [definitions.tree] : []));
  return found;
}

/**
 * Whether evaluation of one value might never end, because a schema leads back to itself at that
 * value.
 */
export function loops(root) {
  const done = new Set();
  const around = new Set();
  const visit = (schema) => {
    if (schema === null || typeof schema !== "object" || done.has(schema)) return false;
    if (around.has(schema)) return true;
    around.add(schema);
    const here = [
      ...targets(root, schema),
      ...["allOf", "anyOf", "oneOf"].flatMap((keyword) => schema[keyword] ?? []),
      ...["if", "then", "else", "not"].flatMap((keyword) => schema[keyword] ?? []),
      ...["dependentSchemas", "dependencies"].flatMap((keyword) => Object.values(schema[keyword] ?? {})),
    ];
    const found = here.some(visit);
    around.delete(schema);
    done.add(schema);
    return found;
  };
  const every = (value) => value !== null && typeof value === "object" && (visit(value) || Object.values(value).some(every));
  return every(root);
}
