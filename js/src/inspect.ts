import { boundSource } from "./bounds.js";
import { malformed } from "./faults.js";
import type { Engine } from "./instance.js";
import type { EnvelopeHead, FieldSeal } from "./types.js";

/** Makes the function `inspectEnvelope` of an engine. */
export function inspectingOf(engine: Engine): FieldSeal["inspectEnvelope"] {
  return (text) => {
    if (typeof text !== "string") throw malformed("an envelope is a string");
    boundSource("an envelope", text.length);
    return JSON.parse(engine.instance.run((glue) => glue.inspectEnvelope(text))) as EnvelopeHead;
  };
}
