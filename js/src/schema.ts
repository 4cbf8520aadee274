import { FieldSealError, type Finding } from "./error.js";
import { Misfit, plainText, pointerOf, type Rules } from "./plain.js";
import { isWellFormed } from "./text.js";

/** Returns a schema's text. Text that is given is checked by the core. */
export function schemaText(schema: unknown): string {
  if (typeof schema === "string") {
    if (isWellFormed(schema)) return schema;
    throw refused("not-json", "", "a lone surrogate: the text has no UTF-8 form");
  }
  if (typeof schema !== "object" || schema === null)
    throw refused("not-json", "", "a schema is an object or text");
  return read(schema, { exact: false, complete: false }, "", () => "not-json");
}

/** Returns the text of compile options; the empty text where none are given. */
export function optionsText(options: unknown): string {
  if (options === undefined) return "";
  if (typeof options !== "object" || options === null)
    throw refused("option-malformed", PLACE, "the options must be an object");
  // A function in them would be left out, and with it what it stands for.
  const rules = { exact: false, complete: true };
  return read(options, rules, PLACE, (name) => MALFORMED.get(name) ?? "option-malformed");
}

function read(
  value: object,
  rules: Rules,
  place: string,
  findingOf: (name: unknown) => string,
): string {
  try {
    return plainText(value, rules);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const { message, path, isTooDeep, cause } = error;
    const pointer = place + pointerOf(path);
    if (isTooDeep)
      throw new FieldSealError("the schema, overlay or options are over a limit", {
        code: "limit",
        pointer,
      });
    throw refused(findingOf(path[0]), pointer, message, cause);
  }
}

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
