// Lines out, counts kept.

import { createWriteStream } from "node:fs";
import { once } from "node:events";

/** A file of JSON lines, written as they come. */
export class Lines {
  #stream;

  constructor(path) {
    this.#stream = createWriteStream(path);
  }

  async write(line) {
    if (!this.#stream.write(`${JSON.stringify(line)}\n`)) await once(this.#stream, "drain");
  }

  async close() {
    this.#stream.end();
    await once(this.#stream, "finish");
  }
}

/** What was written of one kind. */
export class Counts {
  schemas = 0;
  combinations = 0;
  instances = 0;
  valid = 0;
  marks = 0;
  skips = {};

  skip(reason) {
    this.skips[reason] = (this.skips[reason] ?? 0) + 1;
  }

  get skipped() {
    return Object.values(this.skips).reduce((sum, own) => sum + own, 0);
  }

  report(title) {
    const { schemas, combinations, instances, valid, marks } = this;
    console.log(`${title.padEnd(16)} ${[schemas, combinations, instances, valid, marks, this.skipped].map((own) => String(own).padStart(12)).join("")}`);
    for (const [reason, own] of Object.entries(this.skips)) console.log(`  skipped: ${reason}: ${own}`);
  }

  static head() {
    console.log(`${"".padEnd(16)} ${["schemas", "with markers", "instances", "valid", "marks", "skipped"].map((name) => name.padStart(12)).join("")}`);
  }
}
