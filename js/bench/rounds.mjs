// Rounds of all sides in turn, so that whatever else the machine does meets each alike.
import { appendFileSync } from "node:fs";

const { FIELDSEAL_FIGURES: figures } = process.env;

/**
 * Appends a figure to the file that `FIELDSEAL_FIGURES` names, for the table of
 * `cargo xtask bench --table`. Does nothing where it names none.
 */
export const figure = (id, value) => note({ id, value });

/** Notes the reason why a figure is absent. */
export const absent = (id, reason) => note({ id, absent: String(reason) });

function note(line) {
  if (figures !== undefined) appendFileSync(figures, `${JSON.stringify(line)}\n`);
}

/** Medians of the time that one call takes, in µs. */
export function rounds(sides, { calls, count = 21, warmup = 3 }) {
  const times = none(sides);
  for (let round = -warmup; round < count; round++) {
    for (const [name, side] of Object.entries(sides)) {
      const begun = process.hrtime.bigint();
      for (let call = 0; call < calls; call++) side(call);
      const each = Number(process.hrtime.bigint() - begun) / 1000 / calls;
      if (round >= 0) times[name].push(each);
    }
  }
  return medians(times);
}

/** The same where a side may be asynchronous: each of its calls is awaited before the next. */
export async function awaitedRounds(sides, { calls, count = 21, warmup = 3 }) {
  const times = none(sides);
  for (let round = -warmup; round < count; round++) {
    for (const [name, side] of Object.entries(sides)) {
      const begun = process.hrtime.bigint();
      for (let call = 0; call < calls; call++) {
        const result = side(call);
        if (result instanceof Promise) await result;
      }
      const each = Number(process.hrtime.bigint() - begun) / 1000 / calls;
      if (round >= 0) times[name].push(each);
    }
  }
  return medians(times);
}

/** Medians of what each side answers: sides that measure themselves, as other processes do. */
export async function answeredRounds(sides, { count = 21, warmup = 3 } = {}) {
  const answers = none(sides);
  for (let round = -warmup; round < count; round++) {
    for (const [name, side] of Object.entries(sides)) {
      const answer = await side();
      if (round >= 0) answers[name].push(answer);
    }
  }
  return medians(answers);
}

const none = (sides) => Object.fromEntries(Object.keys(sides).map((name) => [name, []]));

const medians = (times) => Object.fromEntries(Object.entries(times).map(([name, list]) => [name, list.sort((a, b) => a - b)[list.length >> 1]]));

/** A line a side, with how much faster than the peer, if there is one, it is. */
export function report(title, medians, peer) {
  console.log(`\n${title}`);
  for (const [name, median] of Object.entries(medians)) {
    console.log(`  ${name.padEnd(52)} ${median.toFixed(1).padStart(9)} µs ${peer === undefined || name === peer ? "" : `${(medians[peer] / median).toFixed(2).padStart(7)}× faster`}`);
  }
}
