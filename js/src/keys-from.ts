import { refuseMore } from "./arguments.js";
import { copies } from "./answers.js";
import { written, type Written } from "./requests.js";
import type { KeyAnswer, KeyRequest, SyncKeySource } from "./types.js";

/**
 * Makes a key source of answers that are at hand, for keys that must be awaited before a …Sync
 * call. Other requests are answered `unavailable`. The keys are copied, and yours may be wiped at
 * once; the copies live as long as the source.
 *
 * ```ts
 * const requests = policy.requiredKeys(text, context, "seal");
 * const answers = await Promise.all(requests.map((request) => kms.key(request)));
 * const { document } = policy.sealSync(text, context, keysFrom(requests, answers));
 * ```
 *
 * @throws {FieldSealError} `internal` for a wrong number or shape of answers
 */
export function keysFrom(requests: KeyRequest[], answers: KeyAnswer[]): SyncKeySource;
export function keysFrom(
  requests: KeyRequest[],
  answers: KeyAnswer[],
  ...more: unknown[]
): SyncKeySource {
  refuseMore("requests and answers", more);
  const names = written(requests).map(name);
  const held = copies(answers, names.length);
  const known = new Map(names.map((name, index) => [name, held[index] as KeyAnswer]));
  const look = (asked: KeyRequest[]): KeyAnswer[] =>
    written(asked).map((request) => known.get(name(request)) ?? { code: "unavailable" });
  return { current: look, byId: look };
}

function name(request: Written): string {
  return JSON.stringify(request);
}
