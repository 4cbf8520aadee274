// A batch asks for its keys once and has an outcome for every document.
import { type FieldSealError, Keyring, type Opened, Policy, type Settled } from "fieldseal";

using policy = Policy.compile({
  "x-schema-family": "https://example.com/people",
  properties: { name: { "x-protection": { subject: "/id" } } },
});
const keys = Keyring.memory();
const people = ["ada", "bob"].map((id) => ({
  document: JSON.stringify({ id, name: id.toUpperCase() }),
  context: { record: id },
}));

const sealed = (await policy.sealMany(people, keys)).map((outcome, index) => {
  if ("error" in outcome) throw outcome.error;
  return { document: outcome.ok.document, context: people[index]!.context };
});

await keys.erase("bob", { reason: "he asked for it" });
const calls = [...sealed, { document: "{", context: {} }];
const opened: Settled<Opened<string>>[] = await policy.openMany(calls, keys);
for (const outcome of opened) {
  const failed: FieldSealError | undefined = "error" in outcome ? outcome.error : undefined;
  console.log(failed?.code ?? ("ok" in outcome && outcome.ok.document));
}
