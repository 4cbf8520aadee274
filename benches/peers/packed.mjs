// The package as it is packed: `cargo xtask package` leaves it in `target/npm/`.
const dist = new URL("../../target/npm/dist/", import.meta.url);
/** The default entry, as Node gets it. */
export const evaluator = await import(new URL("index.server.js", dist).href);
export const full = await import(new URL("full.js", dist).href);
