// Every entry has its types.
import * as lite from "fieldseal/lite";
import { instantiate } from "fieldseal/slim";
import type module from "fieldseal/fieldseal.wasm";

export const build: "full" | "lite" = lite.version().build;
export const make = (given: typeof module): lite.FieldSeal => instantiate(given);
