import { FieldSealError } from "./error.js";
import { internal, malformed, unavailable } from "./faults.js";
import type { KeyAnswer, KeyRequest, KeySource, SyncKeySource } from "./types.js";

/** The functions of a key source. */
export type KeyFunction = "current" | "byId";

/** Milliseconds that a source without a `timeoutMs` may take. */
const TIMEOUT_MS = 10_000;
/** The most that a timer counts. */
const MOST_MS = 2 ** 31 - 1;

/** Asks a source, and waits for its answers as long as it may take. */
export async function ask(
  keys: KeySource,
  name: KeyFunction,
  asked: KeyRequest[],
): Promise<KeyAnswer[]> {
  let controller: AbortController | undefined;
  let late: FieldSealError | undefined;
  // Made when a source reads it, which most do not.
  const call = {
    get signal(): AbortSignal {
      controller ??= new AbortController();
      if (late !== undefined) controller.abort(late);
      return controller.signal;
    },
  };
  const timeout = timeoutOf(keys);
  const answers = answersOf(keys, name, [asked, call]);
  if (!isPromise(answers)) return answers;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      late = new FieldSealError(`the key source did not answer within ${timeout} ms`, {
        code: "unavailable",
      });
      reject(late);
      controller?.abort(late);
    }, timeout);
    const settled = Promise.resolve(answers).finally(() => clearTimeout(timer));
    settled.then(resolve, (cause: unknown) => reject(unavailable(cause)));
  });
}

/** Asks a source that must answer at once. */
export function askSync(keys: SyncKeySource, name: KeyFunction, asked: KeyRequest[]): KeyAnswer[] {
  const answers = answersOf(keys, name, [asked]);
  if (!isPromise(answers)) return answers;
  // A rejection that nobody handles would end the process.
  Promise.resolve(answers).catch(() => {});
  throw internal(
    `the key source answers with a promise: call the verb without "Sync", ` +
      "or await requiredKeys and give keysFrom",
  );
}

/** The answers of a source that may have to be awaited. */
export type Answers = KeyAnswer[] | Promise<KeyAnswer[]>;

/** Calls a function of a source. */
export function answersOf(keys: unknown, name: KeyFunction, given: unknown[]): Answers {
  if (!isObject(keys)) throw malformed("`keys` is a key source: it has functions current and byId");
  try {
    const answer = keys[name];
    if (typeof answer === "function") return Reflect.apply(answer, keys, given) as Answers;
  } catch (cause) {
    throw unavailable(cause);
  }
  throw malformed(`\`keys\` is a key source: it has no function ${name}`);
}

function timeoutOf(keys: unknown): number {
  if (!isObject(keys)) return TIMEOUT_MS;
  let given: unknown;
  try {
    given = keys.timeoutMs ?? TIMEOUT_MS;
  } catch (cause) {
    throw unavailable(cause);
  }
  if (!Number.isInteger(given) || (given as number) < 1 || (given as number) > MOST_MS)
    throw internal(`\`timeoutMs\` of a key source is a whole number from 1 to ${MOST_MS}`);
  return given as number;
}

function isObject(keys: unknown): keys is { [member: string]: unknown } {
  return (typeof keys === "object" && keys !== null) || typeof keys === "function";
}

/** Returns true if answers have to be awaited. */
export function isPromise(answers: Answers): answers is Promise<KeyAnswer[]> {
  try {
    return typeof (answers as { then?: unknown } | undefined | null)?.then === "function";
  } catch (cause) {
    // As when it is awaited.
    throw unavailable(cause);
  }
}
