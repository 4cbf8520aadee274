import { FieldSealError } from "./error.js";
import { isWellFormed } from "./text.js";

/** Returns a schema's text. Text that is given is checked by the core. */
export function schemaText(schema: unknown): string {
  if (typeof schema !== "string") return text("schema", "a schema is an object or text", schema);
  if (!isWellFormed(schema))
    throw refused("schema", "a lone surrogate: the text has no UTF-8 form");
  return schema;
}

/** Returns the text of compile options; the empty text where none are given. */
export function optionsText(options: unknown): string {
  return options === undefined ? "" : text("options", "options are an object", options);
}

function text(name: string, expected: string, value: unknown): string {
  if (typeof value !== "object" || value === null) throw refused(name, expected);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw refused(name, "it cannot be written as JSON", cause);
  }
  if (text === undefined) throw refused(name, "it has no JSON form");
  return text;
}

function refused(name: string, message: string, cause?: unknown): FieldSealError {
  return new FieldSealError(`the ${name}: ${message}`, {
    code: "schema",
    findings: [{ id: "not-json", severity: "error", pointer: "", message }],
    ...(cause === undefined ? {} : { cause }),
  });
}
