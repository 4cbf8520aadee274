// A page in headless Chromium, and the text of its body.
import { spawn } from "node:child_process";
import { rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--remote-debugging-pipe",
];

/** Opens an address, and returns the text of the page's body once it is the one waited for. */
export async function textOf(address, isWanted, seconds = 90) {
  const profile = mkdtempSync(join(tmpdir(), "fieldseal-chromium-"));
  const browser = spawn("chromium", [...FLAGS, `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => browser.on("exit", resolve));
  const failed = new Promise((_, reject) => browser.on("error", reject));
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${address}: no text in ${seconds} s`)),
      seconds * 1000,
    );
  });
  const call = connect(browser);
  try {
    return await Promise.race([failed, late, read(call, address, isWanted)]);
  } finally {
    clearTimeout(timer);
    // Its children end with it. By its id, where it does not listen.
    call("Browser.close").catch(() => {});
    const kill = setTimeout(() => browser.kill("SIGKILL"), 5000);
    if (browser.pid !== undefined) await ended;
    clearTimeout(kill);
    // Its children may still write.
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function read(call, address, isWanted) {
  const { targetId } = await call("Target.createTarget", { url: address });
  const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
  for (;;) {
    const expression = "document.readyState === 'complete' ? document.body.innerText : ''";
    const { result } = await call("Runtime.evaluate", { expression }, sessionId);
    if (isWanted(result.value)) return result.value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The DevTools protocol over a pipe: messages of JSON that end in a zero byte. */
function connect(browser) {
  const [, , , input, output] = browser.stdio;
  const waiting = new Map();
  let [text, last] = ["", 0];
  output.setEncoding("utf8").on("data", (part) => {
    const messages = (text + part).split("\0");
    text = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      const { resolve, reject } = waiting.get(id) ?? {};
      if (error !== undefined) reject?.(new Error(error.message));
      else resolve?.(result);
      waiting.delete(id);
    }
  });
  input.on("error", () => {});
  return (method, params, sessionId) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      input.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
}
