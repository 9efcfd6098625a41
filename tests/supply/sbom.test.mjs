// The package's bill of materials, `sbom.cdx.json`, against the schema of CycloneDX, the package and the lock file.
// LEADPACT_PKG names the folder of the package. CycloneDX's own library is here for the schemas that come with it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const folder = process.env.LEADPACT_PKG ?? "pkg";
const text = readFileSync(join(folder, "sbom.cdx.json"), "utf8");
const bom = JSON.parse(text);
const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const component = (ref) => bom.components.find((component) => component["bom-ref"] === ref);
const dependsOn = (ref) => bom.dependencies.find((dependency) => dependency.ref === ref)?.dependsOn ?? [];
const named = (refs) => new Set(refs.map((ref) => component(ref).name));

/** Says whether a bill of materials is one of CycloneDX 1.6, and of what it is made is in the format. */
function validator() {
  const schemas = join(dirname(createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json")), "res/schema");
  const schema = (file) => JSON.parse(readFileSync(join(schemas, `${file}.SNAPSHOT.schema.json`), "utf8"));
  const ajv = new Ajv({ strict: false, validateFormats: true, addUsedSchema: false });
  addFormats(ajv);
  // Formats of later drafts that the schema names; nothing here has them.
  ajv.addFormat("idn-email", true).addFormat("iri-reference", true);
  // The main schema names the others relative to its own address.
  for (const file of ["spdx", "jsf-0.82"]) ajv.addSchema(schema(file), `http://cyclonedx.org/schema/${file}.SNAPSHOT.schema.json`);
  return ajv.compile(schema("bom-1.6"));
}

test("SEC-19: the bill of materials is CycloneDX 1.6, and what is not is refused", () => {
  const valid = validator();
  assert.ok(valid(bom), JSON.stringify(valid.errors));
  const spoilt = [
    (bom) => delete bom.bomFormat,
    (bom) => (bom.components[0].type = "crate"),
    (bom) => (bom.components.at(-1).hashes[0].content = "sha384-AA=="),
    (bom) => (bom.components[0].licenses = [{ license: { id: "none of SPDX's" } }]),
    (bom) => bom.dependencies.push({ dependsOn: [] }),
    (bom) => bom.components.push({ ...bom.components[0] }),
  ];
  for (const spoil of spoilt) {
    const other = structuredClone(bom);
    spoil(other);
    assert.ok(!valid(other), spoil.toString());
  }
});

test("SEC-19: each name in the bill of materials is of one thing, and leads to it", () => {
  const refs = [bom.metadata.component, ...bom.components].map((component) => component["bom-ref"]);
  assert.equal(new Set(refs).size, refs.length);
  assert.deepEqual(bom.dependencies.map(({ ref }) => ref).sort(), [...refs].sort());
  for (const { dependsOn = [] } of bom.dependencies) for (const ref of dependsOn) assert.ok(refs.includes(ref), ref);
  assert.deepEqual([bom.metadata.component.name, bom.metadata.component.version, bom.metadata.component.purl], [name, version, `pkg:npm/${name}@${version}`]);
});

test("SEC-19: every file of the package is in the bill of materials with its SHA-384", () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(join(folder, "/").length));
  // Itself, and the manifest that lists it.
  const listed = paths.filter((path) => !["sbom.cdx.json", "package.json"].includes(path)).sort();
  assert.deepEqual(bom.components.filter(({ type }) => type === "file").map(({ name }) => name).sort(), listed);
  assert.deepEqual([...dependsOn(bom.metadata.component["bom-ref"])].sort(), listed);
  for (const path of listed) {
    const content = createHash("sha384").update(readFileSync(join(folder, path))).digest("hex");
    assert.deepEqual(component(path).hashes, [{ alg: "SHA-384", content }], path);
  }
});

test("SEC-19: each wasm names the crates that it is built from, as the lock file and the registry have them", () => {
  const page = named(dependsOn("leadpact_bg.wasm"));
  const server = named(dependsOn("server/leadpact_bg.wasm"));
  for (const wasm of [page, named(dependsOn("explain/leadpact_bg.wasm")), server]) for (const crate of ["leadpact", "libm", "serde", "talc", "wasm-bindgen", "rust-std"]) assert.ok(wasm.has(crate), crate);
  for (const crate of ["serde_json", "sha2", "serde_json_canonicalizer"]) assert.ok(server.has(crate) && !page.has(crate), crate);
  // What is native's or the build's alone is in none.
  for (const crate of ["jiff", "unicode-normalization", "serde_derive", "syn", "axum"]) assert.ok(!server.has(crate) && !page.has(crate), crate);

  const lock = readFileSync("Cargo.lock", "utf8").split("[[package]]");
  for (const { name, version, purl, hashes, licenses } of bom.components.filter(({ purl }) => purl?.startsWith("pkg:cargo/"))) {
    const entry = lock.find((entry) => entry.includes(`\nname = "${name}"\nversion = "${version}"\n`));
    assert.equal(hashes?.[0].content, /checksum = "(.*)"/.exec(entry)?.[1], purl);
    assert.ok(licenses[0].expression, purl);
  }
});

test("SEC-19: nothing in the bill of materials is of the time or the machine that it was made on", () => {
  assert.ok(!("serialNumber" in bom) && !("timestamp" in bom.metadata));
  assert.doesNotMatch(text, /file:|\/home\/|\/root\/|\/tmp\/|\\\\/);
  assert.ok(!text.includes(process.cwd()));
});

test("the package holds the papers of every crate that it is built from", () => {
  const notices = readFileSync(join(folder, "THIRD-PARTY-NOTICES.txt"), "utf8");
  const crates = bom.components.filter(({ purl, name }) => purl?.startsWith("pkg:cargo/") && name !== "leadpact");
  for (const { name, version } of crates) assert.ok(notices.includes(`\n${name} ${version} (`), name);
  for (const words of ["Apache License", "Permission is hereby granted, free of charge", "UNICODE LICENSE V3"]) assert.ok(notices.includes(words), words);
});
