/** Edits of a name that still count as a slip: `tenantId`, `Tenant`, `tennant`. */
const SLIP = 3;

/** Returns the known name that a slip would turn into the given one. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  let [found, least]: [string | undefined, number] = [undefined, SLIP + 1];
  for (const name of known) {
    // A short name is near to everything.
    const most = Math.min(SLIP, Math.ceil(name.length / 2));
    const edits = distance(given.toLowerCase(), name.toLowerCase());
    if (edits <= most && edits < least) [found, least] = [name, edits];
  }
  return found;
}

/** Counts the characters to insert, remove or replace between two names (Levenshtein). */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > SLIP) return SLIP + 1;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const replaced = (row[to - 1] as number) + (one[at - 1] === other[to - 1] ? 0 : 1);
      const [removed, inserted] = [(row[to] as number) + 1, (next[to - 1] as number) + 1];
      next.push(Math.min(replaced, removed, inserted));
    }
    row = next;
  }
  return row[other.length] as number;
}
