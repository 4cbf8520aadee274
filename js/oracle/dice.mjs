/** Numbers that only look random and are the same in every run (mulberry32). */
export class Dice {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A whole number below `sides`. */
  roll(sides) {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) % sides;
  }

  /** True in so many of a hundred cases. */
  chance(percent) {
    return this.roll(100) < percent;
  }

  pick(list) {
    return list[this.roll(list.length)];
  }

  /** From `[weight, value]` pairs. */
  weigh(pairs) {
    let left = this.roll(pairs.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of pairs) {
      if (left < weight) return value;
      left -= weight;
    }
    return undefined;
  }

  /** A list of `least` to `most` values. */
  some(least, most, make) {
    return Array.from({ length: least + this.roll(most - least + 1) }, make);
  }
}
