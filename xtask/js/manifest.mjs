// Prints pkg.json as the package's manifest: with the version, and the files that are in the folder.
// Usage: node manifest.mjs PKG_JSON VERSION FOLDER
import { readFileSync, readdirSync } from "node:fs";

const [, , source, version, folder] = process.argv;
const { name, ...rest } = JSON.parse(readFileSync(source, "utf8"));
const files = readdirSync(folder).filter((file) => file.startsWith("leadpact") || ["consent", "delivery.js", "explain", "sbom.cdx.json", "server", "THIRD-PARTY-NOTICES.txt"].includes(file)).sort();
console.log(JSON.stringify({ name, version, ...rest, files }, null, 2));
