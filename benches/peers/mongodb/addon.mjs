// The addon of mongodb-client-encryption, compiled from its own sources.
//
// Its package fetches a finished addon from elsewhere when it is installed, which not every machine
// may, and no package's install script runs here. The library that it links is the one of the same
// name that its publisher ships for Python: built as the one for Node is, without cryptography of
// its own, since the addon lends it OpenSSL out of Node.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { nodeModules, once, pythonPackages, quietly } from "../packages.mjs";

const target = join(nodeModules.folder, "mongodb-client-encryption");
const library = join(pythonPackages.folder, "pymongocrypt");

export const addon = {
  install() {
    if (process.platform !== "linux") throw new Error("it is only set up for Linux");
    const sources = [join(target, "package.json"), join(library, "binding.py")];
    const state = [process.version, ...sources.map((file) => readFileSync(file, "utf8"))];
    once(join(target, "build/.stamp"), state.join("\n"), build);
  },
};

/** What `node-gyp` would do, without downloading Node's headers again. */
function build() {
  const includes = join(target, "deps/include");
  const release = join(target, "build/Release");
  rmSync(release, { recursive: true, force: true });
  mkdirSync(join(includes, "mongocrypt"), { recursive: true });
  mkdirSync(release, { recursive: true });
  writeFileSync(
    join(includes, "mongocrypt/mongocrypt.h"),
    header(readFileSync(join(library, "binding.py"), "utf8")),
  );
  copyFileSync(join(library, "libmongocrypt.so"), join(release, "libmongocrypt.so.0"));
  const flags = ["-O3", "-std=c++17", "-fPIC", "-shared"];
  const defines = ["-DNAPI_VERSION=9", "-DNODE_GYP_MODULE_NAME=mongocrypt"];
  const folders = [nodeHeaders(), join(nodeModules.folder, "node-addon-api"), includes];
  const sources = ["addon/mongocrypt.cc", "addon/openssl-crypto.cc"];
  const link = ["-Lbuild/Release", "-l:libmongocrypt.so.0", "-Wl,-rpath,$ORIGIN"];
  quietly(
    process.env.CXX ?? "c++",
    [
      ...flags,
      ...defines,
      ...folders.map((folder) => `-I${folder}`),
      ...sources,
      ...link,
      ...["-o", "build/Release/mongocrypt.node"],
    ],
    { cwd: target },
  );
}

/** They come with Node, unless a distribution keeps them in a package of their own. */
function nodeHeaders() {
  const headers = join(dirname(dirname(process.execPath)), "include/node");
  if (!existsSync(join(headers, "node_api.h"))) {
    throw new Error(`node's headers are not in ${headers}`);
  }
  return headers;
}

/**
 * The library's own header, which its Python binding holds word for word, but for what a compiler
 * of C++ needs around it.
 */
function header(binding) {
  const declarations = /ffi\.cdef\(\s*"""(.*?)"""/s.exec(binding)?.[1];
  if (declarations === undefined) throw new Error("its Python binding declares nothing");
  return `#pragma once
#include <stdbool.h>
#include <stdint.h>
extern "C" {
${declarations}
}
`;
}
