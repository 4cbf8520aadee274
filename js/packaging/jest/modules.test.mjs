import { Keyring, Policy } from "fieldseal";
import { program } from "./program.cjs";

test("ES modules", async () => {
  console.log(await program({ Keyring, Policy }));
});
