// Prints a line a source file: its bytes in the minified module, and what the module weighs less under brotli without them.
// Usage: node js-parts.mjs ENTRY
import { basename } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const options = { bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none", write: false, metafile: true, external: ["./delivery.js"] };
const define = { WASM_INTEGRITY: JSON.stringify(`sha384-${"A".repeat(64)}`) };
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
const weigh = (text) => brotliCompressSync(text, { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: text.length } }).length;

const { metafile, outputFiles: [whole] } = await build({ ...options, define, entryPoints: [process.argv[2]] });
const all = weigh(whole.contents);
const inputs = Object.entries(Object.values(metafile.outputs)[0].inputs);
for (const [file, { bytesInOutput }] of inputs.sort(([, one], [, other]) => other.bytesInOutput - one.bytesInOutput)) {
  // The module with this file empty: what imports from it is left undefined.
  const left = { name: "leave-out", setup: (build) => build.onLoad({ filter: new RegExp(`/${basename(file)}$`) }, () => ({ contents: "module.exports = {}", loader: "js" })) };
  const { outputFiles: [rest] } = await build({ ...options, define, entryPoints: [process.argv[2]], plugins: [left], logLevel: "silent" });
  console.log(basename(file), bytesInOutput, all - weigh(rest.contents));
}
