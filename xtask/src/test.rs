//! `test`: every check and test, a step each.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum as _;

use crate::sysroot::Std;
use crate::toolchain::{self, TARGET};
use crate::{bench, build, chromium, demo, node, paths, run, setup, sizes};

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
    /// The wasm tests in headless Chromium
    WasmChromium,
    /// Random pacts and visitors are assessed byte for byte alike natively, in Node and in headless Chromium
    Parity,
    /// What a visitor loads, against its ceiling
    Sizes,
    /// The published TypeScript types, against a file that uses them
    Types,
    /// The main job in headless Chromium, against the real server
    Browser,
    /// Small pages of every bundler and framework, built from their npm packages, in headless Chromium
    Embed,
    /// A few seconds of each fuzz target
    Fuzz,
}

/// How a step ended, short of failing.
enum Outcome {
    Passed,
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

impl Step {
    fn run(self) -> Result<Outcome> {
        match self {
            Step::Fmt => run::run(run::cargo().args(["fmt", "--all", "--check"]))?,
            Step::Clippy => clippy()?,
            Step::Docs => docs()?,
            Step::Native => native()?,
            Step::WasmNode => run::run(in_node(wasm_tests()?.args(["--tests", "--no-fail-fast"])))?,
            Step::WasmChromium => return in_chromium(wasm_tests()?.args(["--tests", "--no-fail-fast"])),
            Step::Parity => return parity(),
            Step::Sizes => sizes::sizes(&sizes::Args::default())?,
            Step::Types => types()?,
            Step::Browser => return browser(),
            Step::Embed => return embed(),
            Step::Fuzz => return fuzz(),
        }
        Ok(Outcome::Passed)
    }
}

fn clippy() -> Result<()> {
    let strict = ["--", "-D", "warnings"];
    run::run(run::cargo().args(["clippy", "--workspace", "--all-targets"]).args(strict))?;
    run::run(
        run::cargo().args(["clippy", "--package", "leadpact", "--all-targets", "--features", "browser"]).args(strict),
    )
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

fn in_chromium(tests: &mut Command) -> Result<Outcome> {
    let (Some(browser), Some(driver)) = (chromium::browser(), chromium::driver()) else {
        return missing_browser();
    };
    fs::create_dir_all(paths::target("")).context("target/")?;
    let capabilities = paths::target("webdriver.json");
    let flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync";
    let flags: Vec<String> = flags.split_whitespace().map(|flag| format!("{flag:?}")).collect();
    let options = format!("\"binary\": {:?}, \"args\": [{}]", browser.display().to_string(), flags.join(", "));
    fs::write(&capabilities, format!("{{ \"goog:chromeOptions\": {{ {options} }} }}\n"))?;

    // Test files that name no place of their own run in the browser, too.
    tests.env("WASM_BINDGEN_USE_BROWSER", "1").env("WASM_BINDGEN_TEST_ONLY_WEB", "1");
    tests.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities).env("CHROMEDRIVER", driver);
    run::run(tests.env_remove("GECKODRIVER").env_remove("SAFARIDRIVER"))?;
    Ok(Outcome::Passed)
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
    in_chromium(&mut tests()?)
}

fn types() -> Result<()> {
    node::packages()?;
    ensure!(paths::root("tests/types/tsconfig.json").exists(), "tests/types/tsconfig.json is missing");
    run::run(node::npm_program("tsc").args(["--project", "tests/types"]))
}

fn browser() -> Result<Outcome> {
    let Some(browser) = chromium::browser() else { return missing_browser() };
    let tests = bench::scripts(&paths::root("tests/browser"), ".test.mjs")?;
    ensure!(!tests.is_empty(), "tests/browser has no *.test.mjs");
    let package = build::build()?.package.clone();
    let leadpact = demo::program()?;
    let mut node = run::program("node");
    node.args(["--test", "--test-reporter=spec"]).args(tests);
    node.env("CHROMIUM", browser).env("LEADPACT_BIN", leadpact).env("LEADPACT_PKG", package);
    run::run(node.env("LEADPACT_WWW", paths::root("www")))?;
    Ok(Outcome::Passed)
}

/// The fixtures name the module by its folder, `pkg`, so that is what they are built from.
fn embed() -> Result<Outcome> {
    let Some(browser) = chromium::browser() else { return missing_browser() };
    let tests = bench::scripts(&paths::root("tests/embed"), ".test.mjs")?;
    ensure!(!tests.is_empty(), "tests/embed has no *.test.mjs");
    build::build()?;
    node::packages()?;
    node::packages_in("tests/embed")?;
    run::run(run::program("node").arg("tests/embed/build.mjs"))?;
    let mut node = run::program("node");
    run::run(node.args(["--test", "--test-reporter=spec"]).args(tests).env("CHROMIUM", browser))?;
    Ok(Outcome::Passed)
}

/// A laptop may do without a browser; where `CI` is set, the tests in it are what counts.
fn missing_browser() -> Result<Outcome> {
    let how = "no Chromium with its driver: `cargo xtask setup`, or set CHROMIUM and CHROMEDRIVER";
    if std::env::var("CI").is_ok_and(|ci| !ci.is_empty() && ci != "false") {
        bail!(how);
    }
    Ok(Outcome::Skipped(how.to_owned()))
}

fn fuzz() -> Result<Outcome> {
    let targets: Vec<PathBuf> = bench::scripts(&paths::root("fuzz/fuzz_targets"), ".rs")?;
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
