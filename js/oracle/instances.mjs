// Instances made from what a schema says, so that many of them fit it, and small changes to them,
// so that some just do not.

import { NAMES, SCALARS } from "./schemas.mjs";
import { targets } from "./reach.mjs";

const object = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

export class Instances {
  #dice;
  #root;
  #schemas;

  constructor(dice, root, schemas) {
    this.#dice = dice;
    this.#root = root;
    this.#schemas = schemas;
  }

  /** Up to `most` different ones. */
  all(most) {
    const found = new Map();
    for (let tries = 0; tries < most * 2 && found.size < most; tries++) {
      const value = this.#dice.chance(60) || found.size === 0 ? this.#fit([this.#root], 3) : this.#changed(structuredClone(this.#dice.pick([...found.values()])));
      found.set(JSON.stringify(value), value);
    }
    return [...found.values()];
  }

  /** All that applies to one value when one way through the schemas is taken. */
  #parts(schemas) {
    const dice = this.#dice;
    const parts = [];
    const add = (schema) => {
      if (!object(schema) || parts.length > 24 || parts.includes(schema)) return;
      parts.push(schema);
      const next = targets(this.#root, schema);
      if (next.length > 0) add(dice.pick(next));
      (schema.allOf ?? []).forEach(add);
      for (const keyword of ["anyOf", "oneOf"]) if (schema[keyword]) add(dice.pick(schema[keyword]));
      if (schema.if !== undefined) [schema.if, schema.then].slice(...dice.pick([[0, 2], [2, 2]])).forEach(add);
      if (schema.else !== undefined && dice.chance(40)) add(schema.else);
      if (dice.chance(40)) Object.values(schema.dependentSchemas ?? schema.dependencies ?? {}).forEach(add);
    };
    schemas.forEach(add);
    return parts;
  }

  #fit(schemas, depth) {
    const dice = this.#dice;
    if (depth < -1 || dice.chance(6)) return this.#schemas.value(Math.max(0, depth - 1));
    const parts = this.#parts(schemas);
    const fixed = parts.find((part) => "const" in part || part.enum);
    if (fixed && dice.chance(90)) return structuredClone("const" in fixed ? fixed.const : dice.pick(fixed.enum));
    const kind = this.#kind(parts, depth);
    if (kind === "object") return this.#object(parts, depth);
    if (kind === "array") return this.#array(parts, depth);
    const fitting = SCALARS.filter((value) => isOf(value, kind) && parts.every((part) => within(part, value)));
    return fitting.length > 0 ? dice.pick(fitting) : dice.pick(SCALARS.filter((value) => isOf(value, kind)));
  }

  #kind(parts, depth) {
    const dice = this.#dice;
    const types = parts.filter((part) => part.type).map((part) => [part.type].flat());
    const common = types[0]?.filter((type) => types.every((list) => list.includes(type)));
    const says = (keywords) => parts.some((part) => keywords.some((keyword) => keyword in part));
    const objects = says(["properties", "patternProperties", "additionalProperties", "required", "unevaluatedProperties", "dependentSchemas", "dependencies", "minProperties"]);
    const arrays = says(["items", "prefixItems", "contains", "unevaluatedItems", "minItems", "uniqueItems"]);
    if (common?.length > 0 && dice.chance(95)) return dice.pick(common);
    if (depth > 0 && objects && (!arrays || dice.chance(60)) && dice.chance(85)) return "object";
    if (depth > 0 && arrays && dice.chance(85)) return "array";
    return dice.pick(["null", "boolean", "number", "string", ...(depth > 0 ? ["object", "array"] : [])]);
  }

  #object(parts, depth) {
    const dice = this.#dice;
    const wanted = new Set(parts.flatMap((part) => part.required ?? []).filter(() => dice.chance(95)));
    for (const name of parts.flatMap((part) => Object.keys(part.properties ?? {}))) if (dice.chance(60)) wanted.add(name);
    for (let more = dice.roll(3); more > 0; more--) if (dice.chance(60)) wanted.add(dice.pick(NAMES));
    const entries = [...wanted].slice(0, 5).map((name) => {
      const own = parts.flatMap((part) => {
        const direct = [...(part.properties && name in part.properties ? [part.properties[name]] : []), ...Object.entries(part.patternProperties ?? {}).filter(([pattern]) => new RegExp(pattern, "u").test(name)).map(([, schema]) => schema)];
        return direct.length > 0 ? direct : [part.additionalProperties ?? part.unevaluatedProperties];
      });
      return [name, own.includes(false) ? undefined : this.#fit(own, depth - 1)];
    });
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  #array(parts, depth) {
    const dice = this.#dice;
    const least = Math.max(0, ...parts.map((part) => part.minItems ?? (part.contains && part.minContains !== 0 ? 1 : 0)));
    return Array.from({ length: least + dice.roll(3) }, (_, index) => {
      const contains = parts.filter((part) => part.contains !== undefined).map((part) => part.contains);
      const own = parts.map((part) => {
        const list = Array.isArray(part.items) ? part.items : (part.prefixItems ?? []);
        const rest = Array.isArray(part.items) ? part.additionalItems : part.items;
        return list[index] ?? rest ?? part.unevaluatedItems;
      });
      return this.#fit([...own, ...(dice.chance(50) ? contains : [])], depth - 1);
    });
  }

  /** The value with one thing changed in it. */
  #changed(value) {
    const dice = this.#dice;
    if (Array.isArray(value) && value.length > 0 && dice.chance(70)) {
      const index = dice.roll(value.length);
      return dice.weigh([
        [5, () => value.with(index, this.#changed(value[index]))],
        [1, () => value.toSpliced(index, 1)],
        [1, () => [...value, structuredClone(value[index])]],
        [1, () => [...value, this.#schemas.value(1)]],
      ])();
    }
    if (object(value) && Object.keys(value).length > 0 && dice.chance(80)) {
      const name = dice.pick(Object.keys(value));
      if (dice.chance(70)) return { ...value, [name]: this.#changed(value[name]) };
      if (dice.chance(50)) return { ...value, [dice.pick(NAMES)]: this.#schemas.value(1) };
      const { [name]: _, ...rest } = value;
      return rest;
    }
    return dice.chance(85) ? dice.pick(SCALARS) : this.#schemas.value(1);
  }
}

function isOf(value, kind) {
  if (kind === "null") return value === null;
  return kind === "integer" ? Number.isInteger(value) : typeof value === kind;
}

/** What a schema says of numbers and strings, roughly. */
function within(part, value) {
  if (typeof value === "number") {
    const above = part.exclusiveMinimum === true ? value > part.minimum : value >= (part.minimum ?? value) && !(value <= part.exclusiveMinimum);
    return above && value <= (part.maximum ?? value) && (part.multipleOf === undefined || value % part.multipleOf === 0);
  }
  if (typeof value !== "string") return true;
  const length = [...value].length;
  return length >= (part.minLength ?? 0) && length <= (part.maxLength ?? length) && new RegExp(part.pattern ?? "", "u").test(value);
}
