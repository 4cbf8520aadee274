// Random schemas whose branches exclude one another: by the value of a member, by type, by
// presence, by bounds, by items.

import { DRAFTS } from "./drafts.mjs";

export const NAMES = ["a", "b", "c", "ab", "k"];
export const SCALARS = [null, true, false, 0, 1, 2, 3, 3.5, -1, "", "a", "ab", "b", "abc", "ba", "é😀"];
const PATTERNS = ["^a", "b$", "^[ab]+$", "c"];
const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"];
/** Up to draft 7 nothing beside a `$ref` counts, so there it stays alone. */
const ALONE = 2;

export class Schemas {
  #dice;
  #order;
  #references = true;

  constructor(dice, draft) {
    this.#dice = dice;
    this.#order = DRAFTS.indexOf(draft);
  }

  get #definitions() {
    return this.#order >= 3 ? "$defs" : "definitions";
  }

  /** A whole schema, its root an object. */
  root() {
    return this.#order >= 3 && this.#dice.chance(12) ? this.#tree() : this.#plain();
  }

  #plain() {
    const dice = this.#dice;
    const schema = this.#features(dice.weigh([[1, 1], [5, 2], [2, 3]]));
    const definitions = used(this.#definitions, schema, { d0: this.schema(2), d1: this.schema(1), d2: this.schema(1) });
    if (this.#order === 4) {
      // Exactly one place bears the anchor that `$dynamicRef` needs.
      const at = dice.pick([schema, schema, ...Object.values(definitions).filter((own) => typeof own === "object")]);
      at.$dynamicAnchor = "node";
    }
    if (this.#order === 3 && dice.chance(50)) schema.$recursiveAnchor = true;
    return Object.keys(definitions).length > 0 ? { ...schema, [this.#definitions]: definitions } : schema;
  }

  /**
   * A tree and a schema that extends it: what the tree's references mean depends on where
   * evaluation started.
   */
  #tree() {
    const dice = this.#dice;
    const own = () => (this.#order === 4 ? { $dynamicAnchor: "node" } : { $recursiveAnchor: !dice.chance(15) });
    const again = this.#order === 4 ? { $dynamicRef: "#node" } : { $recursiveRef: "#" };
    const extension = this.#features(2);
    const definitions = { d0: this.schema(1), d1: this.schema(1), d2: this.schema(1) };
    // References of the tree would mean definitions of its own, and it has none.
    this.#references = false;
    const tree = { $id: "tree", ...own(), ...this.#features(1), properties: { a: this.schema(1), b: again, c: { items: again } } };
    const start = dice.chance(50) ? { $ref: "tree" } : { allOf: [{ $ref: "tree" }, this.schema(1)] };
    const root = { ...own(), ...extension, ...start };
    return { $id: "https://schemas.example/root", ...root, $defs: { ...used("$defs", root, definitions), tree } };
  }

  schema(depth) {
    const dice = this.#dice;
    if (this.#order >= 1 && dice.chance(5)) return dice.chance(70);
    if (this.#references && dice.chance(depth === 0 ? 25 : 14)) {
      const reference = this.#reference();
      return this.#order > ALONE && depth > 0 && dice.chance(40) ? { ...this.#features(depth), ...reference } : reference;
    }
    if (depth <= 0) return dice.chance(35) ? {} : this.#test();
    return this.#features(depth);
  }

  #reference() {
    const dice = this.#dice;
    if (this.#order === 4 && dice.chance(15)) return { $dynamicRef: "#node" };
    if (this.#order === 3 && dice.chance(15)) return { $recursiveRef: "#" };
    return { $ref: dice.chance(12) ? "#" : `#/${this.#definitions}/d${dice.roll(3)}` };
  }

  /** One to three keywords or groups of keywords. */
  #features(depth) {
    const dice = this.#dice;
    const schema = {};
    for (let left = 1 + dice.roll(3); left > 0; left--) {
      const part = dice.weigh([
        [16, () => ({ properties: this.#map(NAMES, depth) })],
        [7, () => ({ patternProperties: this.#map(PATTERNS, depth) })],
        [7, () => ({ additionalProperties: this.schema(depth - 1) })],
        [10, () => this.#items(depth)],
        [8, () => this.#contains(depth)],
        [5, () => ({ allOf: dice.some(1, 2, () => this.schema(depth - 1)) })],
        [22, () => ({ [dice.pick(["anyOf", "oneOf"])]: this.#variants(depth) })],
        [12, () => this.#conditional(depth)],
        [8, () => this.#dependents(depth)],
        [12, () => this.#unevaluated(depth)],
        [3, () => ({ not: this.#test() })],
        [3, () => (this.#order >= 1 ? { propertyNames: dice.pick([{ pattern: "^[abck]" }, { maxLength: 1 }, { enum: ["a", "b", "ab"] }]) } : {})],
        [7, () => this.#test()],
      ])();
      // What came first stays, so that groups of keywords that belong together do.
      Object.assign(schema, { ...part, ...schema });
    }
    return schema;
  }

  #map(names, depth) {
    return Object.fromEntries(this.#dice.some(1, 3, () => [this.#dice.pick(names), this.schema(depth - 1)]));
  }

  #is(value) {
    return this.#order >= 1 ? { const: value } : { enum: [value] };
  }

  /** A schema that tells values apart. */
  #test() {
    const dice = this.#dice;
    const [name, other] = [dice.pick(NAMES), dice.pick(NAMES)];
    return dice.weigh([
      [4, () => ({ type: dice.pick(TYPES) })],
      [2, () => ({ type: [...new Set([dice.pick(TYPES), dice.pick(TYPES)])] })],
      [3, () => this.#is(this.value(dice.roll(2)))],
      [3, () => ({ enum: this.#distinct(() => this.value(dice.roll(2)), 3) })],
      [3, () => ({ required: [name] })],
      [5, () => this.#bound()],
      [2, () => dice.pick([{ minItems: 1 }, { maxItems: 1 }, { uniqueItems: true }])],
      [2, () => dice.pick([{ minProperties: 2 }, { maxProperties: 1 }])],
      [2, () => (this.#order >= 3 ? { dependentRequired: { [name]: [other] } } : { required: [name, other].filter((own, at, all) => all.indexOf(own) === at) })],
      [4, () => ({ properties: { [name]: this.#is(dice.pick(SCALARS)) }, required: [name] })],
    ])();
  }

  #bound() {
    const exclusive = this.#order >= 1 ? { exclusiveMinimum: 0 } : { minimum: 0, exclusiveMinimum: true };
    return this.#dice.pick([{ minimum: 1 }, { maximum: 1 }, { multipleOf: 2 }, exclusive, { minLength: 2 }, { maxLength: 1 }, { pattern: "^a" }, { pattern: "b$" }, { pattern: "^[ab]+$" }]);
  }

  #distinct(make, count) {
    return [...new Map(Array.from({ length: count }, make).map((value) => [JSON.stringify(value), value])).values()];
  }

  /** Branches, mostly such that an instance fits only some. */
  #variants(depth) {
    const dice = this.#dice;
    const count = 2 + dice.roll(2);
    const inner = () => this.schema(depth - 1);
    const name = dice.pick(NAMES);
    const kind = dice.weigh([
      [5, "tag"],
      [4, "type"],
      [3, "presence"],
      [3, "bound"],
      [2, "items"],
      [4, "free"],
    ]);
    const tags = this.#distinct(() => this.value(dice.roll(4) === 0 ? 1 : 0), count);
    const types = this.#distinct(() => dice.pick(TYPES), count);
    const branch = (index) => {
      if (kind === "tag") return { ...this.#member(depth), ...this.#with({ [name]: this.#is(tags[index % tags.length]) }, depth), ...(dice.chance(80) ? { required: [name] } : {}) };
      if (kind === "type") return { ...this.#of(types[index % types.length], depth), type: types[index % types.length] };
      if (kind === "presence") return dice.chance(25) ? { not: { required: [NAMES[index]] }, ...this.#member(depth) } : { ...this.#with({ [NAMES[index]]: inner() }, depth), required: [NAMES[index]] };
      if (kind === "bound") return dice.chance(50) ? this.#bound() : { ...this.#member(depth), ...this.#with({ [name]: this.#bound() }, depth) };
      if (kind === "items") return dice.pick([() => ({ ...this.#items(depth), minItems: index + 1 }), () => ({ ...this.#first(this.#is(tags[index % tags.length])), ...this.#contains(depth) }), () => this.#contains(depth)])();
      const free = inner();
      return typeof free === "object" && !("$ref" in free && this.#order <= ALONE) && dice.chance(60) ? { ...free, ...this.#test() } : free;
    };
    return Array.from({ length: count }, (_, index) => branch(index));
  }

  /** Something about other members, or nothing. */
  #member(depth) {
    const rest = this.#dice.chance(20) ? { additionalProperties: this.schema(depth - 1) } : {};
    return this.#dice.chance(25) ? { ...rest, patternProperties: this.#map(PATTERNS, depth) } : rest;
  }

  #with(properties, depth) {
    return { properties: { ...this.#map(NAMES, depth), ...properties } };
  }

  #of(type, depth) {
    if (type === "object") return { ...this.#member(depth), ...this.#with({}, depth) };
    if (type === "array") return this.#items(depth);
    return type === "string" || type === "number" || type === "integer" ? this.#bound() : {};
  }

  #first(schema) {
    return this.#order === 4 ? { prefixItems: [schema] } : { items: [schema] };
  }

  #items(depth) {
    const dice = this.#dice;
    const inner = () => this.schema(depth - 1);
    if (dice.chance(45)) return { items: inner() };
    const list = dice.some(1, 2, inner);
    const rest = dice.chance(60);
    if (this.#order === 4) return { prefixItems: list, ...(rest ? { items: inner() } : {}) };
    return { items: list, ...(rest ? { additionalItems: inner() } : {}) };
  }

  #contains(depth) {
    const dice = this.#dice;
    if (this.#order === 0) return this.#items(depth);
    const inner = this.schema(depth - 1);
    const contains = typeof inner === "object" && !("$ref" in inner && this.#order <= ALONE) && dice.chance(50) ? { ...inner, ...this.#test() } : inner;
    if (this.#order < 3) return { contains };
    return { contains, ...(dice.chance(40) ? { minContains: dice.roll(3) } : {}), ...(dice.chance(30) ? { maxContains: 1 + dice.roll(2) } : {}) };
  }

  #conditional(depth) {
    if (this.#order < 2) return { anyOf: this.#variants(depth) };
    const [first, second, third] = [...this.#variants(depth), this.schema(depth - 1)];
    return { if: this.#dice.chance(60) ? this.#test() : first, ...(this.#dice.chance(85) ? { then: second } : {}), ...(this.#dice.chance(75) ? { else: third } : {}) };
  }

  #dependents(depth) {
    if (this.#order >= 3) return { dependentSchemas: this.#map(NAMES, depth) };
    return { dependencies: { ...this.#map(NAMES, depth), ...(this.#dice.chance(25) ? { k: ["a"] } : {}) } };
  }

  /** `unevaluated…` beside what evaluates, or not, in its place. */
  #unevaluated(depth) {
    const dice = this.#dice;
    if (this.#order < 3) return { additionalProperties: this.schema(depth - 1), ...this.#dependents(depth) };
    const inner = this.schema(depth - 1);
    const keyword = dice.chance(65) ? "unevaluatedProperties" : "unevaluatedItems";
    const beside = dice.weigh([
      [4, () => ({ [dice.pick(["anyOf", "oneOf"])]: this.#variants(depth) })],
      [3, () => this.#conditional(depth)],
      [2, () => ({ allOf: [this.schema(depth - 1)] })],
      [2, () => this.#dependents(depth)],
      [2, () => (this.#references ? this.#reference() : {})],
      [1, () => this.#contains(depth)],
      [1, () => ({})],
    ])();
    return { ...beside, ...(dice.chance(40) ? this.#of(keyword === "unevaluatedItems" ? "array" : "object", depth) : {}), [keyword]: inner };
  }

  /** A value for `const` and `enum`. */
  value(depth) {
    const dice = this.#dice;
    if (depth === 0 || dice.chance(60)) return dice.pick(SCALARS);
    if (dice.chance(40)) return dice.some(0, 2, () => this.value(depth - 1));
    return Object.fromEntries(dice.some(0, 2, () => [dice.pick(NAMES), this.value(depth - 1)]));
  }
}

/** Those definitions that are referred to, from the schema or from one that is. */
function used(keyword, schema, definitions) {
  const found = {};
  const visit = (own) => {
    const text = JSON.stringify(own);
    for (const [name, inner] of Object.entries(definitions)) {
      if (name in found || !text.includes(`"#/${keyword}/${name}"`)) continue;
      found[name] = inner;
      visit(inner);
    }
  };
  visit(schema);
  return found;
}
