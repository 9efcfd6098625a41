//! `build`: the module for web pages, as published in `pkg/`, and the same module for Node.

use std::fs;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, ensure};

use crate::supply::{notices, sbom};
use crate::sysroot::Std;
use crate::{node, paths, run, sizes, toolchain};

/// What a visitor loads, in the order of loading.
pub(crate) const LOADED: [&str; 2] = ["leadpact.js", "leadpact_bg.wasm"];

/// What a page loads that takes no modules.
pub(crate) const CLASSIC: &str = "leadpact.classic.js";

/// The module with the names of its functions.
const NAMED: &str = "named.wasm";

/// The folder in the package of the module that explains itself.
pub(crate) const EXPLAINS: &str = "explain";

/// What a page loads besides, where a form is to be delivered by fetch.
pub(crate) const DELIVERY: &str = "delivery.js";

/// The folder in the package of the server's half.
pub(crate) const SERVER: &str = "server";

/// The folder, here and in the package, of the adapters to consent managers.
const CONSENT: &str = "consent";

/// The module as built.
pub(crate) struct Built {
    /// The folder of the npm package.
    pub package: PathBuf,
    /// The module with the names of its functions, for the table of parts.
    pub named: PathBuf,
    /// The script's entry among its source files, for the table of what each weighs.
    pub entry: PathBuf,
    /// The compiler that made it, for the size table.
    pub compiler: String,
}

/// Builds `pkg/` and `target/wasm-node/`; a second call in the same run returns the first's result.
pub(crate) fn build() -> Result<&'static Built> {
    static BUILT: OnceLock<Built> = OnceLock::new();
    if let Some(built) = BUILT.get() {
        return Ok(built);
    }
    node::packages()?;
    let built = run::step("module for web pages", build_now)?;
    Ok(BUILT.get_or_init(|| built))
}

fn build_now() -> Result<Built> {
    let compiler = toolchain::compiler(Std::Small)?;
    let [parts, explaining, serving] = modules(&compiler)?;
    let package = fresh(paths::root("pkg"))?;
    bundle(&parts, &package)?;
    for_node(&parts)?;
    let richer = fresh(package.join(EXPLAINS))?;
    bundle(&explaining, &richer)?;
    copy(&paths::root("src/browser/types.d.ts"), &richer.join("leadpact.d.ts"))?;
    adapters(&package)?;
    for_servers(&serving, &package.join(SERVER))?;
    fill(&package, &compiler.name)?;
    for file in ["leadpact.js", CLASSIC, DELIVERY, "leadpact_bg.wasm"] {
        eprintln!("   {file}: integrity=\"{}\"", integrity(&package.join(file))?);
    }
    eprintln!("   {} holds the package, made by {}", paths::shown(&package), compiler.name);
    Ok(Built { package, named: parts.join(NAMED), entry: parts.join("leadpact.js"), compiler: compiler.name })
}

/// The module, the same with `lead.explain()` for pages that show what the engine thinks, and the server's half, each in
/// the folder of its parts. One is compiled while the one before is optimised: both take one processor.
fn modules(compiler: &toolchain::Compiler) -> Result<[PathBuf; 3]> {
    std::thread::scope(|scope| {
        let optimising = |parts: &Path| {
            let wasm = parts.join("leadpact_bg.wasm");
            scope.spawn(move || optimise(&wasm))
        };
        let module = compile(compiler, "module", &[])?;
        let first = optimising(&module);
        let explaining = compile(compiler, "module-explain", &["--features", "explain"])?;
        let second = optimising(&explaining);
        // Read from the disk and not sent to anyone: it keeps the names of its functions, for whoever reads a trace.
        let serving = compile(compiler, "module-server", &["--features", "verify"])?;
        for optimised in [first, second] {
            optimised.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        }
        Ok([module, explaining, serving])
    })
}

/// Compiles the module with these features besides its own, into a folder of its parts.
fn compile(compiler: &toolchain::Compiler, name: &str, features: &[&str]) -> Result<PathBuf> {
    run::run(compiler.cargo("build").args(["--lib", "--profile", "wasm"]).args(features))?;
    let parts = fresh(paths::target(name))?;
    bind(&compiler.target_dir.join(toolchain::TARGET).join("wasm/leadpact.wasm"), &parts)?;
    Ok(parts)
}

/// The server's half: what verifies records, in Node.
fn for_servers(parts: &Path, out: &Path) -> Result<()> {
    copy(&paths::root("src/browser/zone.js"), &parts.join("zone.js"))?;
    copy(&paths::root("src/server/verify.js"), &parts.join("verify.js"))?;
    let out = fresh(out.to_owned())?;
    let mut esbuild = node::npm_program("esbuild");
    // From there, as it names what it puts together by their places.
    esbuild.current_dir(parts).arg("verify.js").args([
        "--bundle",
        "--platform=node",
        "--format=esm",
        "--target=node18",
    ]);
    esbuild.args(["--charset=utf8", "--legal-comments=none", "--log-level=warning"]);
    run::run(esbuild.arg(format!("--outfile={}", out.join("leadpact.mjs").display())))?;
    copy(&parts.join("leadpact_bg.wasm"), &out.join("leadpact_bg.wasm"))?;
    // In the package, the types of the page are beside the folder.
    let types = fs::read_to_string(paths::root("src/server/types.d.ts"))?;
    Ok(fs::write(out.join("leadpact.d.ts"), types.replace("../browser/types.js", "../leadpact.js"))?)
}

fn fresh(dir: PathBuf) -> Result<PathBuf> {
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// Generates `leadpact_bindgen.js` and `leadpact_bg.wasm`.
fn bind(wasm: &Path, out: &Path) -> Result<()> {
    let mut args: Vec<std::ffi::OsString> = vec!["wasm-bindgen".into(), wasm.into(), "--out-dir".into(), out.into()];
    let options = "--target web --out-name leadpact --no-typescript --remove-producers-section \
        --experimental-reset-state-function";
    args.extend(options.split(' ').map(Into::into));
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(args).context("could not generate the bindings")?;
    // The loader is `leadpact.js`; it imports the bindings under this name.
    fs::rename(out.join("leadpact.js"), out.join("leadpact_bindgen.js"))?;
    shorten(&out.join("leadpact_bg.wasm"), &out.join("leadpact_bindgen.js"))
}

/// Numbers what the module imports: the generated names end in hashes, which no compression makes smaller.
fn shorten(wasm: &Path, bindings: &Path) -> Result<()> {
    let mut module = walrus::Module::from_file(wasm)?;
    let mut text = fs::read_to_string(bindings)?;
    for (number, import) in module.imports.iter_mut().enumerate() {
        let (named, numbered) = (format!(" {}: function(", import.name), format!(" i{number}: function("));
        ensure!(text.matches(&named).count() == 1, "the bindings do not give {}", import.name);
        text = text.replace(&named, &numbered);
        import.name = format!("i{number}");
    }
    module.emit_wasm_file(wasm)?;
    Ok(fs::write(bindings, text)?)
}

/// Runs wasm-opt, whose passes were chosen by what travels: untangled control flow is compressed better, and so are short
/// functions, of which only the shortest are put into their one caller. A copy with the functions' names stays beside
/// it, for the table of parts.
fn optimise(wasm: &Path) -> Result<()> {
    let before = fs::metadata(wasm)?.len();
    let named = wasm.with_file_name(NAMED);
    let passes = ["--flatten", "--rereloop", "-O3", "-Oz", "--converge", "-ocimfs=20", "--debuginfo"];
    run::run(node::npm_program("wasm-opt").args(passes).arg(wasm).arg("-o").arg(&named))?;
    run::run(
        node::npm_program("wasm-opt").args(["--strip-debug", "--strip-producers"]).arg(&named).arg("-o").arg(wasm),
    )?;
    let after = fs::metadata(wasm)?.len();
    eprintln!("   wasm-opt makes {} of {} bytes, names included", sizes::grouped(after), sizes::grouped(before));
    Ok(())
}

/// Makes one small file of our loader and the bindings, a module, and a script for pages that take no modules; beside
/// them the wasm.
fn bundle(parts: &Path, package: &Path) -> Result<()> {
    for file in fs::read_dir(paths::root("src/browser")).context("the loader is missing")? {
        let file = file?.path();
        if file.extension().is_some_and(|extension| extension == "js") {
            fs::copy(&file, parts.join(file.file_name().unwrap_or_default()))?;
        }
    }
    let entry = parts.join("leadpact.js");
    ensure!(entry.exists(), "src/browser/leadpact.js, the loader, is missing");
    let delivery = parts.join(DELIVERY);
    run::run(esbuild(&paths::root("src/browser/delivery/delivery.js"), &delivery).arg("--format=esm"))?;
    copy(&delivery, &package.join(DELIVERY))?;
    let hash = integrity(&parts.join("leadpact_bg.wasm"))?;
    for (name, more) in [
        ("leadpact.js", &["--format=esm", "--external:./delivery.js"][..]),
        // A script has no address of a module: without its own, the page's is what there is. It is one file, whole.
        (CLASSIC, &["--format=iife", "--define:import.meta.url=location"]),
    ] {
        let hash = format!("--define:WASM_INTEGRITY={hash:?}");
        run::run(esbuild(&entry, &package.join(name)).args(more).arg(hash))?;
    }
    copy(&parts.join("leadpact_bg.wasm"), &package.join("leadpact_bg.wasm"))
}

/// What makes a script small, and keeps it within ES2022.
const SMALL: [&str; 6] =
    ["--bundle", "--minify", "--target=es2022", "--charset=utf8", "--legal-comments=none", "--log-level=warning"];

/// Makes one small file of a script and what it imports.
fn esbuild(entry: &Path, out: &Path) -> std::process::Command {
    let mut esbuild = node::npm_program("esbuild");
    esbuild.arg(entry).args(SMALL).arg(format!("--outfile={}", out.display()));
    esbuild
}

/// The hash of a file, as browsers check it.
fn integrity(file: &Path) -> Result<String> {
    Ok(run::read(node::script("integrity.mjs").arg(file))?.trim().to_owned())
}

/// Makes a small file of each adapter to a consent manager.
fn adapters(package: &Path) -> Result<()> {
    let sources = paths::ending(&paths::root("src/browser").join(CONSENT), ".js")?;
    let mut esbuild = node::npm_program("esbuild");
    esbuild.args(sources.into_iter().filter(|file| !file.ends_with("report.js")));
    run::run(esbuild.args(SMALL).arg("--format=esm").arg(format!("--outdir={}", package.join(CONSENT).display())))
}

/// Adds the types, the papers, others' notices, the bill of materials, and the manifest of what is there.
fn fill(package: &Path, compiler: &str) -> Result<()> {
    copy(&paths::root("src/browser/types.d.ts"), &package.join("leadpact.d.ts"))?;
    for paper in ["LICENSE-MIT", "LICENSE-APACHE", "README.md"] {
        copy(&paths::root(paper), &package.join(paper))?;
    }
    notices::write(package)?;
    sbom::write(package, compiler)?;
    let manifest = run::read(node::script("manifest.mjs").args([
        paths::root("pkg.json").as_os_str(),
        env!("CARGO_PKG_VERSION").as_ref(),
        package.as_os_str(),
    ]))?;
    Ok(fs::write(package.join("package.json"), manifest)?)
}

/// The published wasm and its bindings, loaded from the disk: `import { … } from "target/wasm-node/leadpact.js"`.
fn for_node(parts: &Path) -> Result<()> {
    let out = fresh(paths::target("wasm-node"))?;
    for file in ["leadpact_bindgen.js", "leadpact_bg.wasm"] {
        copy(&parts.join(file), &out.join(file))?;
    }
    for file in ["lead.js", "load.js", "control.js", "words.js", "zone.js"] {
        copy(&paths::root("src/browser").join(file), &out.join(file))?;
    }
    copy(&paths::root("xtask/js/node-entry.mjs"), &out.join("leadpact.js"))?;
    Ok(fs::write(out.join("package.json"), "{ \"type\": \"module\" }\n")?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("could not copy {}", paths::shown(from)))?;
    Ok(())
}
