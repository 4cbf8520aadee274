// Regular expressions of schemas: a policy takes what the engine of the host takes with the flag
// `u`, and nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluator, full } from "./fieldseal.mjs";

/** A generator of numbers below a bound, with a seed, so that a failure repeats. */
function numbers(seed) {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

// Left out: needless backslashes before punctuation, which a policy takes as all engines read them
// alike, and modifiers and names used twice, which older engines lack.
const pieces = [
  ..."ab1-,^$.|()[]{}*+?/é😀",
  ...["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<n>", "(?P<n>", "(?", "[^", "a-z", "z-a", "{2}"],
  ...["{2,}", "{2,3}", "{3,2}", "{,3}", "{0002,1}", "??", "\\", "\\b", "\\B", "\\d", "\\W"],
  ...["\\s", "\\n", "\\cA", "\\c1", "\\0", "\\00", "\\1", "\\2", "\\x41", "\\x4", "\\u0041"],
  ...["\\u{1F600}", "\\u{110000}", "\\u{}", "\\ud83d", "\\ud83d\\ude00", "\\k<n>", "\\k", "\\-"],
  ...["\\/", "\\]", "\\.", "\\A", "\\z", "\\q", "\\p{L}", "\\P{Lu}", "\\p{Greek}", "\\pL"],
  ...["\\p{Script=Greek}", "\\p{sc=Grek}", "\\p{scx=Zyyy}", "\\p{gc=Nd}", "\\p{Alphabetic}"],
  ...["\\p{Alphabetic=Y}", "\\p{General_Category=Any}", "\\p{^L}", "\\p{RGI_Emoji}", "]", ")"],
];

function random(next) {
  const count = 1 + next(7);
  return Array.from({ length: count }, () => pieces[next(pieces.length)]).join("");
}

const isTakenByTheHost = (pattern) => {
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
};

/** Back references, properties, halves of characters, and repetitions of thousands. */
const LEFT = /\\([1-9kpP]|u[dD][89a-fA-F])|\{[0-9]{4,}/u;

/**
 * What a policy says about a pattern: undefined, or the finding's id. The evaluator build leaves
 * some to the full build, which takes them.
 */
function finding({ Policy, version }, pattern) {
  try {
    Policy.compile({ "x-schema-family": "urn:case", properties: { id: { pattern } } });
    return undefined;
  } catch (error) {
    assert.equal(error.findings.length, 1, pattern);
    const [{ id }] = error.findings;
    const isLeft = id === "validator-needed" && LEFT.test(pattern);
    return version().build === "evaluator" && isLeft ? undefined : id;
  }
}

/** Backslashes that are needless, and names used twice. */
const isLenient = (pattern) => /\\[-,]/u.test(pattern) || /\(\?<n>.*\(\?<n>/u.test(pattern);

test("random texts are regular expressions for a policy exactly if the host takes them", () => {
  const next = numbers(20261129);
  const counts = { taken: 0, refused: 0 };
  for (let index = 0; index < 30_000; index++) {
    const pattern = random(next);
    if (isLenient(pattern)) continue;
    const taken = isTakenByTheHost(pattern);
    const expected = taken ? undefined : "pattern-malformed";
    assert.equal(finding(evaluator, pattern), expected, JSON.stringify(pattern));
    if (index % 20 === 0 && !taken)
      assert.equal(finding(full, pattern), expected, JSON.stringify(pattern));
    counts[taken ? "taken" : "refused"] += 1;
  }
  assert.ok(counts.taken > 3_000 && counts.refused > 3_000, JSON.stringify(counts));
});

test("every value of every property that the host knows is taken, and no other of its shape", () => {
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const names = letters.flatMap((first) =>
    letters.flatMap((second) => [first.toUpperCase() + second, first.toUpperCase()]),
  );
  const known = [
    ...["Sc", "Script", "Any", "ASCII", "Assigned", "Latin", "Letter", "Emoji", "EBase", "punct"],
    ...["Digit", "digit", "cntrl", "Hex", "space", "White_Space", "XIDS", "Uppercase", "Radical"],
  ];
  for (const name of [...names, ...known]) {
    for (const property of [name, `gc=${name}`, `Script=${name}`]) {
      const pattern = `\\p{${property}}`;
      const expected = isTakenByTheHost(pattern) ? undefined : "pattern-malformed";
      assert.equal(finding(evaluator, pattern), expected, pattern);
    }
  }
});

test("a needless backslash before punctuation is taken outside classes and inside", () => {
  for (const c of "-_ @#%&=:;'\",~`!") {
    for (const pattern of [`\\${c}`, `[\\${c}]`]) {
      assert.equal(finding(evaluator, pattern), undefined, pattern);
      assert.equal(finding(full, pattern), undefined, pattern);
    }
  }
});

test("a backslash before < and > is refused, since some engines look for a word there", () => {
  for (const pattern of ["\\<", "\\>", "[\\<]", "a\\>b"])
    for (const build of [evaluator, full])
      assert.equal(finding(build, pattern), "pattern-malformed");
});

test("groups may share a name where no match passes through both", () => {
  for (const [pattern, expected] of [
    ["(?<n>a)|(?<n>b)", undefined],
    ["(?:(?<n>a)|(?<n>b))\\k<n>", undefined],
    ["(?<n>a)(?<n>b)", "pattern-malformed"],
    ["(?:(?<n>a)|b)(?<n>c)", "pattern-malformed"],
    ["(?<n>(?<n>a))", "pattern-malformed"],
    ["(?<n>a)|(?:b(?<n>c))", undefined],
  ])
    assert.equal(finding(evaluator, pattern), expected, pattern);
});
