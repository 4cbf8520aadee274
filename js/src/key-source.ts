import { internal, unavailable } from "./faults.js";
import type { KeyAnswer, KeyRequest, KeySource } from "./types.js";

/** The functions of a key source. */
export type KeyFunction = "current" | "byId";

/** Asks a source, and waits for its answers. */
export async function ask(
  keys: KeySource,
  name: KeyFunction,
  asked: KeyRequest[],
): Promise<KeyAnswer[]> {
  const answers = call(keys, name, asked);
  try {
    return await answers;
  } catch (cause) {
    throw unavailable(cause);
  }
}

/** Asks a source that must answer at once. */
export function askSync(keys: KeySource, name: KeyFunction, asked: KeyRequest[]): KeyAnswer[] {
  const answers = call(keys, name, asked);
  if (!isPromise(answers)) return answers;
  // Nobody else looks at it: a rejection must not end the process.
  Promise.resolve(answers).catch(() => {});
  throw internal(
    `the key source answers with a promise: call the verb without "Sync", ` +
      "or await requiredKeys and give keysFrom",
  );
}

function call(
  keys: KeySource,
  name: KeyFunction,
  asked: KeyRequest[],
): KeyAnswer[] | Promise<KeyAnswer[]> {
  if ((typeof keys === "object" && keys !== null) || typeof keys === "function") {
    try {
      const answer: unknown = keys[name];
      if (typeof answer === "function")
        return Reflect.apply(answer, keys, [asked]) as KeyAnswer[] | Promise<KeyAnswer[]>;
    } catch (cause) {
      throw unavailable(cause);
    }
  }
  throw internal("a key source has the functions current and byId");
}

function isPromise(answers: KeyAnswer[] | Promise<KeyAnswer[]>): answers is Promise<KeyAnswer[]> {
  try {
    return typeof (answers as { then?: unknown } | undefined | null)?.then === "function";
  } catch (cause) {
    // As when it is awaited.
    throw unavailable(cause);
  }
}
