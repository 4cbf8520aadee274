import { program } from "./program.mjs";

export default {
  async fetch() {
    return new Response(await program());
  },
  async test() {
    console.log(await program());
  },
};
