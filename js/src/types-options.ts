import type { JsonObject } from "./types-call.js";

/** The bounds that keep hostile input cheap. They hold for documents in and out. */
export interface Limits {
  /** Bytes of one document; default 64 MiB. */
  documentBytes?: number;
  /** Objects and arrays around a value; default and maximum 128. */
  depth?: number;
  /** JSON values in one document; default 1,000,000. */
  values?: number;
  /** Bytes of schema, overlay and references; default 16 MiB. */
  schemaBytes?: number;
  /** Steps of compiling that references can multiply; default 4,000,000. */
  expansions?: number;
  /** Bytes of a compiled regular expression; default 1 MiB. */
  regexBytes?: number;
  /** Steps that one match of a backtracking regular expression may take; default 100,000. */
  regexBacktracks?: number;
}

/** A draft of JSON Schema. */
export type Draft = "4" | "6" | "7" | "2019-09" | "2020-12";

/**
 * The options of a compiled schema, plain objects all of them. An unknown option is a finding, and
 * so is one that JSON cannot hold, such as a Map or a function.
 */
export interface CompileOptions {
  /** Keywords to add at JSON Pointers into the schema, for schemas that one may not edit. */
  overlay?: Record<string, JsonObject>;
  /**
   * The draft of schemas without `$schema`, or whose `$schema` names none that is known; default
   * `2020-12`.
   */
  draft?: Draft;
  /**
   * The language of schemas without `$schema`; default JSON Schema. `openapi-3.0` is the Schema
   * Object of OpenAPI 3.0: draft-04, in which `nullable: true` admits `null`. It fixes the draft.
   */
  dialect?: "openapi-3.0";
  /** Schemas by the uri that others refer to them by; nothing is ever fetched. */
  references?: Record<string, JsonObject>;
  /**
   * The treatment of a clear document that does not fit: `seal` refuses it as `invalid` (default),
   * or seals what is marked and warns.
   */
  nonconforming?: "refuse" | "seal";
  /**
   * The treatment of clear text where an envelope must stand: it is refused as `not-sealed`
   * (default), or passes with `clear-passed` while old data is being moved.
   */
  clear?: "refuse" | "pass";
  /** The suite of markers that name none; default `aes-256-gcm`. */
  suite?: "aes-256-gcm" | "chacha20-poly1305" | "aes-256-gcm-iv";
  /** The meaning of `format`: an annotation (default), or a check. */
  formats?: "annotate" | "assert";
  /**
   * `sealed` validates what `seal` has sealed against the sealed schema, and the verdict says so;
   * default no check.
   */
  verify?: "sealed";
  /**
   * `off` validates no document, and verdicts say `unvalidated`; default every document is
   * validated. Without `fieldseal/full`, schemas with keywords that only its validator can decide
   * (`validator-needed`) compile with it.
   */
  validation?: "off";
  /** Media types of an envelope besides `application/vnd.fieldseal.sealed`. */
  mediaTypes?: string[];
  limits?: Limits;
}
