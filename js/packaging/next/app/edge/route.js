import { instantiate } from "fieldseal/slim";
// By its path: Turbopack finds no export of a package whose name goes on with a query.
import module from "../../node_modules/fieldseal/dist/wasm/evaluator.wasm?module";
import { program } from "../../lib/orders.js";

// The edge runtime compiles no bytes: the module is an import.
export const runtime = "edge";

export async function GET() {
  return new Response(await program(instantiate(module)));
}
