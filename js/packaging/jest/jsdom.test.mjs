import { Keyring, Policy } from "fieldseal";
import { program } from "./program.cjs";

test("jsdom", async () => {
  expect(window.document).toBeDefined();
  console.log(await program({ Keyring, Policy }));
});
