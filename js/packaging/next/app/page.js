import * as fieldseal from "fieldseal";
import { program } from "../lib/orders.js";
import Browser from "./browser.js";

export const dynamic = "force-dynamic";

/** Rendered on the server, with a part that runs in the browser. */
export default async function Page() {
  return (
    <main>
      <p>server: {await program(fieldseal)}</p>
      <Browser />
    </main>
  );
}
