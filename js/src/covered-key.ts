import { hex } from "./text.js";
import type { Key, KeyAnswer } from "./types.js";

/** Gives an answer its owner: a member like others, and in nothing that is printed. */
export function owned(answer: KeyAnswer, ref: string): KeyAnswer {
  return Object.defineProperty(answer, "ref", { value: ref });
}

/** A key whose secret is a member like others, and in nothing that is printed or serialised. */
export class CoveredKey implements Key {
  readonly id: Uint8Array;
  declare readonly secret: Uint8Array;
  declare readonly expires?: number;
  readonly erasable: boolean;
  declare readonly ref?: string;

  constructor(id: Uint8Array, secret: Uint8Array, expires: number | undefined, erasable: boolean) {
    this.id = id;
    Object.defineProperty(this, "secret", { value: secret });
    if (expires !== undefined) this.expires = expires;
    this.erasable = erasable;
  }

  toString(): string {
    return `Key(${hex(this.id)})`;
  }

  toJSON(): object {
    return { ...this, id: hex(this.id) };
  }

  /** Answers Node's inspector, with `showHidden` and without. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
