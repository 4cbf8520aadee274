// The native core, which takes turns with this process: it seals as often as it is told and answers
// how long one call took.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../target/release/examples/native_rounds", import.meta.url));

/**
 * Nanoseconds per call of `what` in the native core, or in another program that answers alike;
 * `end()` ends its process.
 */
export function native(program = built) {
  if (!existsSync(program)) throw new Error("the native side is missing: `cargo xtask bench` builds it");
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([status]) => {
    throw new Error(`${program} ended with ${status}`);
  });
  ended.catch(() => {});
  const lines = createInterface({ input: child.stdout });
  return {
    async round(calls, what) {
      const answer = once(lines, "line");
      child.stdin.write(`${calls} ${what}\n`);
      return Number((await Promise.race([answer, ended]))[0]);
    },
    end: () => child.stdin.end(),
  };
}
