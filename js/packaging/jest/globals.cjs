// jsdom's window lacks these, and FieldSeal needs them.
const { TextDecoder, TextEncoder } = require("node:util");

Object.assign(globalThis, { TextDecoder, TextEncoder });
