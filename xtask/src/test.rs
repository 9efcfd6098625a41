//! `test`: every check and test, a step each.

use std::fs;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum as _;

use crate::browsers::{self, Engine};
use crate::sysroot::Std;
use crate::toolchain::{self, TARGET};
use crate::{build, demo, node, paths, run, setup, sizes, supply, torture};

/// Options of `test`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these steps, in this order
    #[arg(value_enum)]
    steps: Vec<Step>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Step {
    /// The formatting is rustfmt's
    Fmt,
    /// No lint complains, of the native code or of the browser's
    Clippy,
    /// The documentation builds without a warning
    Docs,
    /// Unit, documentation and integration tests
    Native,
    /// The wasm tests in Node
    WasmNode,
    /// The wasm tests in Chromium, Firefox and WebKit
    WasmBrowsers,
    /// Random pacts and visitors are assessed byte for byte alike natively, in Node, Chromium, Firefox and WebKit
    Parity,
    /// What the server's half finds, in Node as natively, and the servers of `examples/` over HTTP
    Server,
    /// What a visitor loads, against its ceiling
    Sizes,
    /// Where what we build with comes from, under which licences, and that the package builds twice the same
    Supply,
    /// The published TypeScript types, against a file that uses them
    Types,
    /// The main job in headless Chromium, against the real server
    Browser,
    /// Whatever fails around a form, its lead arrives once: the fault matrix, in headless Chromium
    Faults,
    /// Some of the faults of `cargo xtask torture`, in headless Chromium
    Torture,
    /// Small pages of every bundler and framework, built from their npm packages, in headless Chromium
    Embed,
    /// Privacy, consent and the main job in Chromium, Firefox and WebKit
    Engines,
    /// A few seconds of each fuzz target
    Fuzz,
}

/// How a step ended, short of failing.
enum Outcome {
    Passed,
    /// It passed as far as it went: not in these engines, or without these tools.
    Partly(Vec<String>),
    Skipped(String),
}

/// Runs the steps asked for, all of them by default, and sums up in a last line.
pub(crate) fn test(args: &Args) -> Result<()> {
    let all = args.steps.is_empty();
    if all {
        setup::setup()?;
    }
    let steps = if all { Step::value_variants() } else { &args.steps[..] };
    let (mut passed, mut failed, mut skipped) = (0, Vec::new(), Vec::new());
    for step in steps {
        let name = step.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
        match run::step(&name, || step.run()) {
            Ok(Outcome::Passed) => passed += 1,
            Ok(Outcome::Partly(missing)) => {
                passed += 1;
                skipped.extend(missing.iter().map(|missing| format!("{name} {missing}")));
            }
            Ok(Outcome::Skipped(why)) => skipped.push(format!("{name}: {why}")),
            Err(error) => {
                eprintln!("   {error:#}");
                failed.push(name);
            }
        }
    }
    println!();
    for (verdict, lines) in [("skipped", &skipped), ("failed", &failed)] {
        for line in lines {
            println!("{verdict} {line}");
        }
    }
    println!("{passed} passed, {} failed, {} skipped", failed.len(), skipped.len());
    ensure!(failed.is_empty(), "run a step again alone with `cargo xtask test <step>`");
    Ok(())
}

impl Outcome {
    /// Of a step that had to leave these out.
    fn partly(missing: Vec<String>) -> Outcome {
        if missing.is_empty() { Outcome::Passed } else { Outcome::Partly(missing) }
    }

    /// Of a step that was to run in each engine.
    fn of((done, missing): (usize, Vec<String>)) -> Outcome {
        match (done, missing.is_empty()) {
            (0, false) => Outcome::Skipped(missing.join("; ")),
            _ => Outcome::partly(missing),
        }
    }
}

impl Step {
    fn run(self) -> Result<Outcome> {
        match self {
            Step::Fmt => run::run(run::cargo().args(["fmt", "--all", "--check"]))?,
            Step::Clippy => clippy()?,
            Step::Docs => docs()?,
            Step::Native => native()?,
            Step::WasmNode => run::run(in_node(wasm_tests()?.args(["--tests", "--no-fail-fast"])))?,
            Step::WasmBrowsers => {
                return in_browsers(|| {
                    let mut tests = wasm_tests()?;
                    tests.args(["--tests", "--no-fail-fast"]);
                    Ok(tests)
                });
            }
            Step::Parity => return parity(),
            Step::Server => server()?,
            Step::Sizes => sizes::sizes(&sizes::Args::default())?,
            Step::Supply => return supply::test().map(Outcome::partly),
            Step::Types => types()?,
            Step::Browser => return browser(),
            Step::Faults => return faults(),
            Step::Torture => return tortured(),
            Step::Embed => return embed(),
            Step::Engines => return engines(),
            Step::Fuzz => return fuzz(),
        }
        Ok(Outcome::Passed)
    }
}

fn clippy() -> Result<()> {
    let strict = ["--", "-D", "warnings"];
    run::run(run::cargo().args(["clippy", "--workspace", "--all-targets"]).args(strict))?;
    run::run(run::cargo().args(["clippy", "--package", "leadpact", "--lib", "--features", "browser"]).args(strict))
}

fn docs() -> Result<()> {
    let mut doc = run::cargo();
    doc.args(["doc", "--no-deps", "--workspace", "--exclude", "xtask"]).env("RUSTDOCFLAGS", "-D warnings");
    run::run(&mut doc)
}

fn native() -> Result<()> {
    // The chores carry wasm-bindgen's own compiler: tested apart, in the profile that has it built already.
    run::run(run::cargo().args(["test", "--package", "xtask", "--profile", "xtask"]))?;
    run::run(run::cargo().args(["test", "--workspace", "--exclude", "xtask", "--no-fail-fast"]))
}

/// `cargo test` for wasm32, with this program as the runner.
fn wasm_tests() -> Result<Command> {
    let compiler = toolchain::compiler(Std::Ordinary)?;
    let runner = std::env::current_exe().context("this program has no path")?;
    let runner = runner.to_string_lossy().trim_end_matches(" (deleted)").to_owned();
    let mut cargo = compiler.cargo("test");
    cargo.arg("--config").arg(format!("target.{TARGET}.runner=[{runner:?}, \"test-runner\"]"));
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "120").env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "30");
    Ok(cargo)
}

fn in_node(tests: &mut Command) -> &mut Command {
    tests.env("WASM_BINDGEN_TEST_ONLY_NODE", "1")
}

fn in_browsers(tests: impl Fn() -> Result<Command>) -> Result<Outcome> {
    Ok(Outcome::of(browsers::each(|found| found.run_wasm(&mut tests()?))?))
}

/// The native half writes what it says to a file, which the wasm half is compiled with.
fn parity() -> Result<Outcome> {
    let said = paths::target("parity.jsonl");
    let _ = fs::remove_file(&said);
    let mut native = run::cargo();
    // Optimised, but with the checks for overflow of tests.
    native.args(["test", "--package", "leadpact", "--config", "profile.dev.package.leadpact.opt-level=2"]);
    run::run(native.args(["--test", "parity", "--", "--ignored"]).env("LEADPACT_PARITY", &said))?;
    let tests = || -> Result<Command> {
        let mut tests = wasm_tests()?;
        // As the published module is compiled.
        tests.args(["--profile", "wasm", "--test", "parity_wasm"]).env("LEADPACT_PARITY", &said);
        tests.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
        Ok(tests)
    };
    run::run(in_node(&mut tests()?))?;
    in_browsers(tests)
}

/// The native half writes what it finds of records, and hashes of pacts, to files that the tests in Node read.
fn server() -> Result<()> {
    let files = [("LEADPACT_VERIFIED", "verified.jsonl"), ("LEADPACT_HASHES", "hashes.jsonl")];
    let files = files.map(|(name, file)| (name, paths::target(file)));
    let mut native = run::cargo();
    native.args(["test", "--package", "leadpact", "--config", "profile.dev.package.leadpact.opt-level=2"]);
    run::run(native.args(["--test", "verify", "--", "--ignored"]).envs(files.clone()))?;
    node::packages()?;
    node::packages_in("examples")?;
    let package = thread::scope(|scope| {
        // Each takes one processor for minutes.
        let store = scope.spawn(|| node::compiled("examples", "better-sqlite3", "build/Release/better_sqlite3.node"));
        let package = build::build().map(|built| built.package.clone());
        store.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        package
    })?;
    let mut node = run::program("node");
    node.args(["--test", "--test-reporter=spec"]).envs(files).env("LEADPACT_PKG", package);
    node.env("LEADPACT_NODE", paths::target("wasm-node/leadpact.js")).env("LEADPACT_BIN", demo::tested_program()?);
    for folder in ["tests/server", "tests/examples"] {
        node.args(paths::ending(&paths::root(folder), ".test.mjs")?);
    }
    run::run(&mut node)
}

fn types() -> Result<()> {
    node::packages()?;
    ensure!(paths::root("tests/types/tsconfig.json").exists(), "tests/types/tsconfig.json is missing");
    run::run(node::npm_program("tsc").args(["--project", "tests/types"]))
}

fn browser() -> Result<Outcome> {
    let Some(found) = Engine::Chromium.found() else { return without_chromium() };
    let tests = paths::ending(&paths::root("tests/browser"), ".test.mjs")?;
    ensure!(!tests.is_empty(), "tests/browser has no *.test.mjs");
    let package = build::build()?.package.clone();
    let leadpact = demo::tested_program()?;
    let mut node = run::program("node");
    // Two files at a time: most of them wait for their pages most of the time.
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]).args(tests);
    node.envs(found.programs).env("LEADPACT_BIN", leadpact).env("LEADPACT_PKG", package);
    run::run(node.env("LEADPACT_WWW", paths::root("www")))?;
    Ok(Outcome::Passed)
}

/// Sums up in a line: how many sessions and faults there were, and how many leads were lost or doubled.
fn faults() -> Result<Outcome> {
    let Some(found) = Engine::Chromium.found() else { return without_chromium() };
    if paths::program(&["openssl"]).is_none() {
        setup::apt(&["openssl"])?; // makes the certificate of a page of https:
    }
    let package = build::build()?.package.clone();
    let leadpact = demo::tested_program()?;
    let mut node = run::program("node");
    node.arg("tests/faults/run.mjs");
    node.envs(found.programs).env("LEADPACT_BIN", leadpact).env("LEADPACT_PKG", package);
    run::run(node.env("LEADPACT_WWW", paths::root("www")))?;
    Ok(Outcome::Passed)
}

/// A sample that is always the same one, so that whoever sees it fail can see it again; all of them take most of an hour.
fn tortured() -> Result<Outcome> {
    if Engine::Chromium.found().is_none() {
        return without_chromium();
    }
    run::run(torture::program()?.args(["--sample", "200", "--seed", "1"]))?;
    Ok(Outcome::Passed)
}

/// The fixtures name the module by its folder, `pkg`, so that is what they are built from.
fn embed() -> Result<Outcome> {
    let Some(found) = Engine::Chromium.found() else { return without_chromium() };
    let tests = paths::ending(&paths::root("tests/embed"), ".test.mjs")?;
    ensure!(!tests.is_empty(), "tests/embed has no *.test.mjs");
    build::build()?;
    node::packages()?;
    node::packages_in("tests/embed")?;
    run::run(run::program("node").arg("tests/embed/build.mjs"))?;
    let mut node = run::program("node");
    run::run(node.args(["--test", "--test-reporter=spec", "--test-concurrency=3"]).args(tests).envs(found.programs))?;
    Ok(Outcome::Passed)
}

/// A laptop may do without; in CI the tests in it are what counts.
fn without_chromium() -> Result<Outcome> {
    let how = format!("Chromium is not here: {}", Engine::Chromium.how());
    ensure!(!browsers::in_ci(), "{how}");
    Ok(Outcome::Skipped(how))
}

/// One suite, run anew for each engine.
fn engines() -> Result<Outcome> {
    let tests = paths::ending(&paths::root("tests/engines"), ".test.mjs")?;
    ensure!(!tests.is_empty(), "tests/engines has no *.test.mjs");
    let package = build::build()?.package.clone();
    let leadpact = demo::tested_program()?;
    let ran = browsers::each(|found| {
        let mut node = run::program("node");
        // Each file has a browser of its own, and mostly waits.
        node.args(["--test", "--test-reporter=spec", "--test-concurrency=3"]).args(&tests);
        node.env("ENGINE", found.engine.name()).envs(found.programs.iter().map(|(name, path)| (name, path)));
        node.env("LEADPACT_BIN", &leadpact).env("LEADPACT_PKG", &package).env("LEADPACT_WWW", paths::root("www"));
        run::run(&mut node)
    })?;
    Ok(Outcome::of(ran))
}

fn fuzz() -> Result<Outcome> {
    let targets: Vec<PathBuf> = paths::ending(&paths::root("fuzz/fuzz_targets"), ".rs")?;
    if run::read(nightly_fuzz().arg("--version")).is_err() {
        // The native step gives the same entries the seeds, and texts that proptest makes.
        return Ok(Outcome::Skipped("needs a nightly toolchain and `cargo install cargo-fuzz`".to_owned()));
    }
    for target in targets {
        let name = target.file_stem().unwrap_or_default();
        let corpus = paths::target("fuzz-corpus").join(name);
        fs::create_dir_all(&corpus)?;
        let mut fuzz = nightly_fuzz();
        fuzz.arg("run").arg(name).arg(corpus).arg(paths::root("fuzz/corpus-seeds").join(name));
        run::run(fuzz.args(["--", "-max_total_time=10"]))?;
    }
    Ok(Outcome::Passed)
}

fn nightly_fuzz() -> Command {
    let mut cargo = run::program("cargo");
    cargo.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN").args(["+nightly", "fuzz"]);
    cargo
}
