import { program } from "./program.mjs";

document.body.textContent = await program().catch((error) => `failed: ${error.stack}`);
