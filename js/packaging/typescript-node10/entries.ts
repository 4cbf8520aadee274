// Every entry has its types.
import * as full from "fieldseal/full";
import * as lite from "fieldseal/lite";
import { instantiate } from "fieldseal/slim";
import type module from "fieldseal/fieldseal.wasm";

export const builds: ("evaluator" | "full")[] = [full, lite].map((api) => api.version().build);
export const make = (given: typeof module): lite.FieldSeal => instantiate(given);
