//! `sbom.cdx.json`, the package's bill of materials: CycloneDX 1.6, the same bytes for the same package.
//!
//! It has neither a time nor a random serial number, which the format leaves open.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha384};

use super::crates::{self, Id, Module};
use super::locks;
use crate::paths;

/// Its name in the package.
pub(crate) const FILE: &str = "sbom.cdx.json";

const STD: &str = "rust-std";
const LICENCE: &str = "MIT OR Apache-2.0";

/// The wasm files, and which module each is.
const WASM: [(&str, Module); 3] = [
    ("leadpact_bg.wasm", Module::Page),
    ("explain/leadpact_bg.wasm", Module::Explaining),
    ("server/leadpact_bg.wasm", Module::Server),
];

/// Writes the bill of materials of what is in the package's folder; `compiler` is what the size table calls it.
pub(crate) fn write(package: &Path, compiler: &str) -> Result<()> {
    let mut linked = BTreeMap::new();
    let mut dependencies = vec![json!({ "ref": STD })];
    let mut of_file = BTreeMap::new();
    for (file, module) in WASM {
        let crates = crates::of_module(module)?;
        let refs: Vec<String> = crates.keys().map(purl).chain([STD.to_owned()]).collect();
        of_file.insert(file.to_owned(), refs);
        linked.extend(crates);
    }
    let mut components = vec![std_library(compiler)];
    let checksums = checksums()?;
    for (id, licence) in &linked {
        components.push(of_crate(id, licence, checksums.get(id)));
        dependencies.push(json!({ "ref": purl(id) }));
    }
    let files = files(package)?;
    for file in &files {
        components.push(of_file_in(package, file)?);
        dependencies.push(json!({ "ref": file, "dependsOn": of_file.remove(file).unwrap_or_default() }));
    }
    let version = env!("CARGO_PKG_VERSION");
    let us = format!("pkg:npm/leadpact@{version}");
    dependencies.push(json!({ "ref": us, "dependsOn": files }));
    let bom = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{ "phase": "build" }],
            "tools": { "components": tools(compiler, &checksums)? },
            "component": {
                "type": "library", "bom-ref": us, "name": "leadpact", "version": version,
                "licenses": [{ "expression": LICENCE }], "purl": us,
            },
        },
        "components": components,
        "dependencies": dependencies,
    });
    let text = serde_json::to_string_pretty(&bom)?;
    fs::write(package.join(FILE), text + "\n").context(FILE)
}

fn purl(id: &Id) -> String {
    format!("pkg:cargo/{}@{}", id.name, id.version.replace('+', "%2B"))
}

fn of_crate(id: &Id, licence: &str, checksum: Option<&String>) -> Value {
    let mut component = json!({
        "type": "library", "bom-ref": purl(id), "name": id.name, "version": id.version,
        "licenses": [{ "expression": licence.replace('/', " OR ") }], "purl": purl(id),
    });
    // Of the archive that the registry gives; our own crate has none.
    if let Some(checksum) = checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

fn std_library(compiler: &str) -> Value {
    json!({
        "type": "library", "bom-ref": STD, "name": STD, "version": rustc_version(compiler), "description": compiler,
        "licenses": [{ "expression": LICENCE }],
    })
}

/// `1.96.0` of `Debian's rustc 1.96.0 (…), …`.
fn rustc_version(compiler: &str) -> &str {
    compiler.split_once("rustc ").and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or("unknown")
}

fn of_file_in(package: &Path, file: &str) -> Result<Value> {
    let bytes = fs::read(package.join(file)).with_context(|| file.to_owned())?;
    let hash: String = Sha384::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(json!({ "type": "file", "bom-ref": file, "name": file, "hashes": [{ "alg": "SHA-384", "content": hash }] }))
}

/// The files of the package by name, less this one and the manifest, which names it.
fn files(package: &Path) -> Result<BTreeSet<String>> {
    let mut files = super::files(package)?;
    files.retain(|file| file != FILE && file != "package.json");
    Ok(files)
}

/// The checksum of each crate from the registry.
fn checksums() -> Result<BTreeMap<Id, String>> {
    let locked = crates::locked(&paths::root("Cargo.lock"))?;
    Ok(locked.into_iter().filter_map(|package| Some((package.id, package.checksum?))).collect())
}

/// What the package is made with.
fn tools(compiler: &str, crates: &BTreeMap<Id, String>) -> Result<Vec<Value>> {
    let tool = |name: &str, version: &str| json!({ "type": "application", "name": name, "version": version });
    let mut tools = vec![tool("rustc", rustc_version(compiler))];
    let bindings = crates.keys().filter(|id| id.name == "wasm-bindgen-cli");
    tools.extend(bindings.map(|id| tool(&id.name, &id.version)));
    let npm = locks::npm("package-lock.json")?;
    for name in ["binaryen", "esbuild"] {
        let version = npm.get(&format!("node_modules/{name}")).and_then(|package| package.version.as_deref());
        tools.push(tool(name, version.with_context(|| format!("package-lock.json has no {name}"))?));
    }
    Ok(tools)
}

#[cfg(test)]
mod tests {
    use super::{Id, purl, rustc_version};

    #[test]
    fn a_crate_has_the_address_that_purl_gives_it() {
        let id = Id { name: "toml".to_owned(), version: "1.2.2+spec-1.1.0".to_owned() };
        assert_eq!(purl(&id), "pkg:cargo/toml@1.2.2%2Bspec-1.1.0");
    }

    #[test]
    fn the_compiler_says_its_version() {
        assert_eq!(
            rustc_version("Debian's rustc 1.96.0 (f2d 2026-05-01), the standard library built for size"),
            "1.96.0"
        );
        assert_eq!(rustc_version("rustc 1.95.0 (f2d), the standard library as shipped"), "1.95.0");
    }
}
