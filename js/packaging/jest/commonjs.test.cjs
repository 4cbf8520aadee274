const { Keyring, Policy } = require("fieldseal");
const { program } = require("./program.cjs");

test("CommonJS", async () => {
  console.log(await program({ Keyring, Policy }));
});
