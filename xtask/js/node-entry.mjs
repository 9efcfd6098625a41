// The module in Node: the same wasm as in pages, read from the disk before anybody asks for it.
import { readFileSync } from "node:fs";
import { initSync } from "./leadpact_bindgen.js";
import "./load.js"; // as in pages: every call is watched

initSync({ module: readFileSync(new URL("leadpact_bg.wasm", import.meta.url)) });

export * from "./lead.js";
