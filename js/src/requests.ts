import { MOST_CONSENTS, boundTexts, tooLong } from "./bounds.js";
import { internal } from "./faults.js";
import { dateText, isDate } from "./kinds.js";
import { elements } from "./list.js";
import { hex, isBytes, lengthOf, unhex } from "./text.js";
import type { KeyRequest } from "./types.js";

/** Bytes of an id. */
const ID = 16;

/** Reads requests as the core writes them. */
export function requests(text: string): KeyRequest[] {
  const requests = JSON.parse(text) as (Omit<KeyRequest, "id"> & { id?: string })[];
  return requests.map(({ id, ...request }) =>
    id === undefined ? request : { ...request, id: unhex(id) },
  );
}

/** A request as it crosses, members always in this order. */
export interface Written {
  kind: string | undefined;
  ref: string | undefined;
  tenant: string | undefined;
  operation: string | undefined;
  purpose: string | undefined;
  caller: string | undefined;
  origin: string | undefined;
  consents: { [member: string]: string | undefined }[] | undefined;
  /** In hex. */
  id: string | undefined;
}

/**
 * Returns requests as they are written into JSON, which leaves out absent members and nothing else:
 * `ref: 7` must not become a request for anybody's key.
 */
export function written(requests: KeyRequest[]): Written[] {
  const read = elements("key requests are an array", "a key request", requests, (request) => {
    const { kind, ref, tenant, operation, purpose, caller, origin, consents, id } =
      request as Members;
    const list = consents === undefined ? undefined : consentsOf(consents);
    return { kind, ref, tenant, operation, purpose, caller, origin, consents: list, id };
  });
  boundTexts("the text of the key requests", unitsOf(read));
  return read.map(({ kind, ref, tenant, operation, purpose, caller, origin, consents, id }) => ({
    kind: text("kind", kind),
    ref: text("ref", ref),
    tenant: text("tenant", tenant),
    operation: text("operation", operation),
    purpose: text("purpose", purpose),
    caller: text("caller", caller),
    origin: text("origin", origin),
    consents: consentTexts(consents),
    id: idText(id),
  }));
}

type Members = { [member: string]: unknown };

/** Returns the length of all texts of requests, in UTF-16 units. */
function unitsOf(requests: Members[]): number {
  let units = 0;
  for (const request of requests)
    for (const name in request) {
      const member = request[name];
      if (typeof member === "string") units += member.length;
      else if (name === "consents" && Array.isArray(member)) units += unitsOf(member as Members[]);
    }
  return units;
}

/** Reads the members of consents: `null` if they are no array, and not those of a long list. */
function consentsOf(consents: unknown): Members[] | null | "too long" {
  if (!Array.isArray(consents)) return null;
  const { length } = consents;
  // Thrown by whoever reads the list, to whom this one is foreign code.
  if (length > MOST_CONSENTS) return "too long";
  return Array.from({ length }, (_, index) => {
    const { purpose, subject, until } = consents[index] as Members;
    if (!isDate(until)) return { purpose, subject, until };
    const end = dateText(until);
    if (end === undefined) throw internal("`until` of a key request is an invalid date");
    return { purpose, subject, until: end };
  });
}

/** Without consents nothing is written, as the core does. */
function consentTexts(consents: Members[] | null | "too long" | undefined): Written["consents"] {
  if (consents === null) throw internal("`consents` of a key request is an array");
  if (consents === "too long") throw tooLong("`consents` of a key request");
  if (consents === undefined || consents.length === 0) return undefined;
  return consents.map(({ purpose, subject, until }) => {
    if (purpose === undefined) throw internal("a consent of a key request has a purpose");
    return {
      purpose: text("purpose", purpose),
      subject: text("subject", subject),
      until: text("until", until),
    };
  });
}

function text(member: string, value: unknown): string | undefined {
  if (value !== undefined && typeof value !== "string")
    throw internal(`\`${member}\` of a key request is not a string`);
  return value;
}

function idText(id: unknown): string | undefined {
  if (id === undefined) return undefined;
  if (!isBytes(id) || lengthOf(id) !== ID)
    throw internal("`id` of a key request is not a Uint8Array of 16 bytes");
  return hex(id);
}
