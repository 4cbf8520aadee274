// A key source over a network: it answers within a second or not at all, and what waits for the
// network stops waiting then.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { FieldSealError, type Key, type KeyAnswer, type KeySource, Policy } from "fieldseal";

// Stands for a key service. It hangs when it is asked for Bob's key.
const key: Key = {
  id: crypto.getRandomValues(new Uint8Array(16)),
  secret: crypto.getRandomValues(new Uint8Array(32)),
};
const service = createServer((request, response) => {
  if (request.url !== "/bob") response.end(Buffer.concat([key.id, key.secret]));
});
await new Promise<void>((listening) => service.listen(0, "127.0.0.1", listening));
const { port } = service.address() as AddressInfo;

async function fetchKey(ref: string, signal: AbortSignal): Promise<KeyAnswer> {
  const response = await fetch(`http://127.0.0.1:${port}/${ref}`, { signal });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { id: bytes.slice(0, 16), secret: bytes.slice(16) };
}

const keys: KeySource = {
  timeoutMs: 1000,
  current: (requests, { signal }) => Promise.all(requests.map(({ ref }) => fetchKey(ref, signal))),
  byId: (requests, { signal }) =>
    Promise.all(requests.map(({ ref }) => fetchKey(ref ?? "anybody", signal))),
};

const policy = Policy.compile({
  "x-schema-family": "https://example.com/people",
  properties: { name: { "x-protection": { subject: "/id" } } },
});
for (const id of ["ada", "bob"]) {
  try {
    const { document } = await policy.seal({ id, name: "?" }, { record: id }, keys);
    console.log(id, document.name.slice(0, 3));
  } catch (error) {
    if (!(error instanceof FieldSealError)) throw error;
    console.log(id, error.code); // bob unavailable
  }
}
service.closeAllConnections();
service.close();
