import { encodeAnswers, internal, requestsText } from "./answers.js";
import type { KeyAnswer, KeyRequest, SyncKeySource } from "./types.js";

/**
 * A key source out of answers that are at hand, for keys that must be awaited before a …Sync call.
 * What was not asked before is answered `unavailable`.
 *
 * ```ts
 * const requests = policy.requiredKeys(text, context, "seal");
 * const answers = await Promise.all(requests.map((request) => kms.key(request)));
 * const { document } = policy.sealSync(text, context, keysFrom(requests, answers));
 * ```
 * @throws {FieldSealError} `internal` for a wrong number or shape of answers
 */
export function keysFrom(requests: KeyRequest[], answers: KeyAnswer[]): SyncKeySource {
  if (!Array.isArray(requests)) throw internal("key requests are an array");
  // For their shape alone, so that a mistake shows here and not in the call.
  encodeAnswers(answers, requests.length).fill(0);
  const known = new Map(requests.map((request, index) => [name(request), answers[index] as KeyAnswer]));
  const look = (asked: KeyRequest[]): KeyAnswer[] => asked.map((request) => known.get(name(request)) ?? { code: "unavailable" });
  return { current: look, byId: look };
}

function name({ kind, ref, tenant, operation, purpose, caller, id }: KeyRequest): string {
  return requestsText([{ kind, ref, tenant, operation, purpose, caller, id } as KeyRequest]);
}
