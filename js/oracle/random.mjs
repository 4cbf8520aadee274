// One random case: a schema, where its markers stand, and instances.

import { Dice } from "./dice.mjs";
import { DIALECTS, marked, places } from "./drafts.mjs";
import { evaluator } from "./evaluator.mjs";
import { Instances } from "./instances.mjs";
import { loops } from "./reach.mjs";
import { Schemas } from "./schemas.mjs";

/** How often each draft gets its turn: the later ones have more that can go wrong. */
const DRAFTS = ["4", "6", "7", "7", "2019-09", "2019-09", "2019-09", "2020-12", "2020-12", "2020-12"];
const TRIED = 36;
const VALID = 9;
const INVALID = 4;

/** Where a marker is refused anyway, at compile time. */
const MISPLACED = /\/(if|not|propertyNames)(\/|$)/;

/** The same for the same seed. */
export async function randomCase(seed) {
  const dice = new Dice(seed);
  const draft = DRAFTS[seed % DRAFTS.length];
  const schemas = new Schemas(dice, draft);
  for (;;) {
    const schema = { $schema: DIALECTS[draft], ...schemas.root() };
    if (loops(schema) || "const" in schema || "enum" in schema) continue;
    const fit = fitting(schema, draft);
    const data = new Instances(dice, schema, schemas).all(TRIED);
    const tried = await scouted(schema, draft, fit, data);
    // Schemas that nothing fits are rarely worth their time.
    if (fit.length === 0 || (tried.every(({ valid }) => !valid) && !dice.chance(5))) continue;
    const pointers = chosen(dice, fit, tried.filter(({ valid }) => valid));
    return { draft, schema, pointers, data: picked(tried, pointers) };
  }
}

function fitting(schema, draft) {
  const alone = ["4", "6", "7"].includes(draft);
  return places(schema, draft)
    .filter(([pointer, own]) => !MISPLACED.test(pointer) && !(alone && own.$ref !== undefined))
    .map(([pointer]) => pointer);
}

/**
 * What each place says of each instance: an evaluation with another unknown keyword at all places,
 * which names the place.
 */
async function scouted(schema, draft, fit, data) {
  const judge = await evaluator(marked(schema, fit, "x-place", (pointer) => pointer), draft);
  const tried = data.map((data) => ({ data, ...judge.annotations(data, "x-place") }));
  judge.close();
  return tried;
}

/** One to three places: mostly such as apply to something in some instances and in others not. */
function chosen(dice, fit, valid) {
  const hits = (pointer) => valid.filter(({ found }) => found.some(([, place]) => place === pointer)).length;
  // A marked root seals all and leaves nothing to be seen below.
  const below = fit.filter((pointer) => pointer !== "");
  const counted = below.map((pointer) => [pointer, hits(pointer)]);
  const sometimes = counted.filter(([, own]) => own > 0 && own < valid.length).map(([pointer]) => pointer);
  const seldom = counted.filter(([, own]) => own > 0 && own <= valid.length / 3).map(([pointer]) => pointer);
  // Markers under `unevaluated…` depend on all that stands beside them, and there are few such
  // places.
  const rest = sometimes.filter((pointer) => pointer.includes("/unevaluated"));
  const lists = [[30, sometimes], [25, seldom], [25, rest], [30, below], [1, fit]].filter(([, own]) => own.length > 0);
  const pick = () => dice.pick(dice.weigh(lists));
  return [...new Set(dice.some(1, 3, pick))].sort();
}

/**
 * Some valid instances, those first whose marks differ from what is there already, and some invalid
 * ones.
 */
function picked(tried, pointers) {
  const seen = new Map();
  const valid = tried.filter((own) => own.valid).map((own) => {
    const marks = JSON.stringify([...new Set(own.found.filter(([, place]) => pointers.includes(place)).map(([pointer, place]) => `${pointer} ${place}`))].sort());
    seen.set(marks, (seen.get(marks) ?? 0) + 1);
    return [seen.get(marks), own.data];
  });
  const first = valid.sort(([one], [other]) => one - other).slice(0, VALID);
  const invalid = tried.filter((own) => !own.valid).slice(0, INVALID);
  return [...first.map(([, data]) => data), ...invalid.map(({ data }) => data)];
}
