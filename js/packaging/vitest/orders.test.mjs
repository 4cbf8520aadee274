import { expect, test } from "vitest";
import { program } from "./program.mjs";

test("an order is sealed, opened and forgotten", async () => {
  const text = await program();
  expect(text).toContain("forgotten null");
  console.log(text);
});
