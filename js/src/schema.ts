import { boundSource } from "./bounds.js";
import { FieldSealError, type Finding } from "./error.js";
import { Misfit, plainText, pointerOf, type Rules } from "./plain.js";
import { isWellFormed } from "./text.js";

/** Returns a schema's text. Text that is given is checked by the core. */
export function schemaText(schema: unknown): string {
  if (typeof schema === "string") {
    boundSource("the schema", schema.length);
    if (isWellFormed(schema)) return schema;
    throw refused("not-json", "", "a lone surrogate: the text has no UTF-8 form");
  }
  if (typeof schema !== "object" || schema === null)
    throw refused("not-json", "", "a schema is an object or text");
  return read(schema, { exact: false, complete: false, values: VALUES }, "", () => "not-json");
}

/**
 * Returns the text of compile options; the empty text where none are given. `fault`: of the
 * arguments that follow them.
 */
export function optionsText(options: unknown, fault?: string): string {
  if (fault !== undefined) throw refused("option-malformed", PLACE, fault);
  if (options === undefined) return "";
  if (typeof options !== "object" || options === null)
    throw refused("option-malformed", PLACE, "the options must be an object");
  // A function in them would be left out, and with it what it stands for.
  const rules = { exact: false, complete: true, values: VALUES };
  return read(options, rules, PLACE, (name) => MALFORMED.get(name) ?? "option-malformed");
}

/** Returns the JSON values that a document may have, by the text of options that were accepted. */
export function valuesOf(options: string): number {
  const given = options === "" ? {} : (JSON.parse(options) as { limits?: { values?: number } });
  return given.limits?.values ?? DEFAULT_VALUES;
}

/** The core's default. */
const DEFAULT_VALUES = 1_000_000;

function read(
  value: object,
  rules: Rules,
  place: string,
  findingOf: (name: unknown) => string,
): string {
  let text: string;
  try {
    text = plainText(value, rules);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const { message, path, isOverLimit, cause } = error;
    const pointer = place + pointerOf(path);
    if (isOverLimit)
      throw new FieldSealError("the schema, overlay or options are over a limit", {
        code: "limit",
        pointer,
      });
    throw refused(findingOf(path[0]), pointer, message, cause);
  }
  boundSource(place === "" ? "the schema" : "the text of the options", text.length);
  return text;
}

/** Members and elements of a schema. Its bytes are the core's to count. */
const VALUES = 2 ** 22;

/** Tells pointers into the options from pointers into the schema, as the core does. */
const PLACE = "options#";

/** The findings of options that have one of their own. */
const MALFORMED: ReadonlyMap<unknown, string> = new Map([
  ["overlay", "overlay-malformed"],
  ["references", "reference-malformed"],
]);

function refused(id: string, pointer: string, message: string, cause?: unknown): FieldSealError {
  const finding: Finding = { id, severity: "error", pointer, message };
  return new FieldSealError(`the schema does not compile: ${message}`, {
    code: "schema",
    pointer,
    findings: [finding],
    ...(cause === undefined ? {} : { cause }),
  });
}
