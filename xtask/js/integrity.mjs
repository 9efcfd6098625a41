// Prints a line a file: its hash as the attribute `integrity` and fetch take it.
// Usage: node integrity.mjs FILE…
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

for (const file of process.argv.slice(2)) console.log(`sha384-${createHash("sha384").update(readFileSync(file)).digest("base64")}`);
