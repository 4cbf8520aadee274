// The long random lives that `cargo test -p fieldseal --test it` wrote down, through both
// builds. core/conformance/keyring-traces.md says what a line means.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { evaluator, full, replaceEntropy } from "./fieldseal.mjs";

const lines = readFileSync(new URL("../../target/keyring-lives.ndjson", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
const hex = (bytes) => Buffer.from(bytes).toString("hex");

/** Byte n of a life's entropy. */
function entropy(n) {
  const block = n >>> 5;
  const [number, place] = [block % 16 === 15 ? block >>> 1 : block, n & 31];
  return place < 4 || place > 7 ? 0 : (number >>> (8 * (7 - place))) & 255;
}

/** The record of an erasure as a line holds it. */
function erased({ state, at, ...record }) {
  assert.equal(state, "erased");
  return { at: Date.parse(at), ...record };
}

class Life {
  #keys;
  #now = 0;

  constructor({ Keyring, restart }) {
    restart();
    let next = 0;
    replaceEntropy((buffer) => {
      for (let at = 0; at < buffer.length; at++) buffer[at] = entropy(next++);
      return buffer;
    });
    this.#keys = Keyring.memory({ now: () => this.#now });
  }

  /** Does what a line says and gives what came of it, as a line says it. */
  async act({ do: verb, now, requests, who, at, minVersion, early }) {
    this.#now = now;
    const keys = this.#keys;
    if (requests !== undefined) {
      const asked = requests.map(({ id, ...request }) =>
        id === undefined ? request : { ...request, id: new Uint8Array(Buffer.from(id, "hex")) },
      );
      const answers = verb === "current" ? keys.current(asked) : keys.byId(asked);
      return {
        answers: answers.map((answer) =>
          "code" in answer
            ? { code: answer.code }
            : { id: hex(answer.id), secret: hex(answer.secret) },
        ),
      };
    }
    if (verb === "due") return { due: await keys.due(new Date(at)) };
    const given = {
      erase: { reason: "asked" },
      destroy: early === undefined ? undefined : { early },
      rotate: minVersion === undefined ? undefined : { minVersion },
    }[verb];
    const outcome = await keys[verb](who, given).then(
      (record) => (record === undefined || verb === "rotate" ? {} : { erased: erased(record) }),
      ({ code }) => ({ error: code }),
    );
    return { ...outcome, state: await keys.state(who) };
  }
}

for (const [entry, api] of Object.entries({ evaluator, full })) {
  test(`v13_k10_k11_h30: ${entry} lives as the naive model`, async () => {
    let [life, deeds] = [undefined, 0];
    try {
      for (const [number, text] of lines.entries()) {
        const line = JSON.parse(text);
        if (line.life !== undefined) {
          life = new Life(api);
          continue;
        }
        const { answers, due, state, error, erased } = line;
        const expected =
          answers !== undefined
            ? { answers }
            : due !== undefined
              ? { due }
              : error !== undefined
                ? { state, error }
                : erased !== undefined
                  ? { state, erased }
                  : { state };
        assert.deepEqual(await life.act(line), expected, `line ${number + 1}: ${text}`);
        deeds++;
      }
    } finally {
      replaceEntropy(undefined);
      api.restart();
    }
    assert.equal(deeds, 100_000);
  });
}
