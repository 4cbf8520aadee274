// The first seal of a fresh process.
import { readFileSync } from "node:fs";
import { Keyring, Policy } from "fieldseal";

const [data] = process.argv.slice(2);
const policy = Policy.compile(readFileSync(`${data}order.schema.json`, "utf8"));
const order = readFileSync(`${data}order.json`, "utf8");
const { document } = policy.sealSync(order, { record: "ord-2026-11-000417" }, Keyring.memory());
if (document.match(/"Fs1/g)?.length !== 5) throw new Error("five values are sealed");
