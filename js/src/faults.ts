import { FieldSealError } from "./error.js";

/** Makes the error of a host at fault. */
export function internal(message: string): FieldSealError {
  return new FieldSealError(message, { code: "internal" });
}

/** Makes the error of a malformed context or argument. */
export function malformed(message: string): FieldSealError {
  return new FieldSealError(message, { code: "context" });
}

/** Makes the error of a key source that threw or rejected. */
export function unavailable(cause: unknown): FieldSealError {
  return new FieldSealError("the key source failed; the cause is its own", {
    code: "unavailable",
    cause,
  });
}
