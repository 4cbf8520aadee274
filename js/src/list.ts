import { boundElements } from "./bounds.js";
import { FieldSealError } from "./error.js";
import { internal } from "./faults.js";

/**
 * Reads a list of the host's, before anything else is done with it: its getters and proxies run
 * here. An error that they throw is the cause and never the outcome, not even a `FieldSealError`.
 */
export function elements<T>(
  isNone: string,
  name: string,
  list: unknown,
  read: (element: unknown) => T,
  count?: number,
): T[] {
  const length = reading(name, () => (Array.isArray(list) ? Number(list.length) : undefined));
  if (length === undefined) throw internal(isNone);
  if (count !== undefined && length !== count)
    throw internal(
      `a key source answers each request once: ${length} answers to ${count} requests`,
    );
  boundElements(`the list with ${name}`, length);
  return reading(name, () =>
    Array.from({ length }, (_, index) => read((list as unknown[])[index])),
  );
}

function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new FieldSealError(`${name} cannot be read`, { code: "internal", cause });
  }
}
