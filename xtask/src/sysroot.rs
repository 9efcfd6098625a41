//! A standard library for wasm32, built once from Debian's sources into `target/wasm-sysroot/`.
//!
//! Debian ships those sources without the compiled library; nothing outside `target/` is written.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::toolchain::TARGET;
use crate::{paths, run};

/// The linker of Debian's Rust: a link to a package's program.
pub(crate) const LINKER: &str = "/usr/bin/rust-lld";
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const MANIFEST: &str = "/usr/lib/rustlib/src/rust/library/sysroot/Cargo.toml";

/// Which standard library.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Std {
    /// As the compiler's makers build it: panics say what happened. For tests.
    Ordinary,
    /// Built for size; a panic stops the module without a message. For the published module.
    Small,
}

impl Std {
    fn name(self) -> &'static str {
        if self == Std::Small { "small" } else { "ordinary" }
    }

    pub(crate) fn target_dir(self) -> &'static str {
        if self == Std::Small { "wasm-small" } else { "wasm" }
    }

    pub(crate) fn described(self) -> &'static str {
        match self {
            Std::Ordinary => "the standard library built from source",
            Std::Small => "the standard library built for size",
        }
    }

    fn features(self) -> &'static str {
        match self {
            Std::Ordinary => "panic-unwind,compiler-builtins-mem",
            Std::Small => "compiler-builtins-mem,optimize_for_size",
        }
    }

    /// What both the library and the code on top of it are compiled with.
    fn flags(self) -> &'static [&'static str] {
        match self {
            Std::Ordinary => &[],
            // Without locations: they would name this machine's paths in the published file. Without strength reduction
            // of loops: it trades bytes for additions that are as quick as what they replace.
            Std::Small => {
                &["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none", "-Cllvm-args=-disable-lsr"]
            }
        }
    }
}

/// Debian's compiler with a standard library for wasm32.
pub(crate) struct Sysroot {
    /// `Debian's rustc 1.96.0 (…)`.
    pub version: String,
    std: Std,
    dir: PathBuf,
}

impl Sysroot {
    /// Debian's cargo, compiling against this standard library.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = system_cargo();
        cargo.env("RUSTC", self.dir.join("bin/rustc")).env("RUSTDOC", self.dir.join("bin/rustdoc"));
        if self.std == Std::Small {
            cargo.env("RUSTC_BOOTSTRAP", "1");
            cargo.env("CARGO_ENCODED_RUSTFLAGS", self.std.flags().join("\x1f"));
        }
        cargo
    }
}

/// Whether Debian's compiler, its sources and its linker are there.
pub(crate) fn compiler_installed() -> bool {
    [RUSTC, CARGO, MANIFEST, LINKER].iter().all(|file| Path::new(file).exists())
}

/// Returns the standard library asked for, building it unless this very compiler did before.
pub(crate) fn ready(std: Std) -> Result<Sysroot> {
    let home = paths::target("wasm-sysroot");
    fs::create_dir_all(&home)?;
    let lock = fs::File::create(home.join("lock"))?;
    lock.lock().context("could not lock target/wasm-sysroot")?;

    let version = run::read(Command::new(RUSTC).arg("-vV"))?;
    let dir = home.join(std.name());
    let key = format!("{version}{} {}\n", std.features(), std.flags().join(" "));
    let built_by = dir.join("built-by.txt");
    if fs::read_to_string(&built_by).unwrap_or_default() != key {
        let title = format!("{} for wasm32, once", std.described());
        run::step(&title, || build(std, &dir))?;
        // What was compiled against the previous library no longer links.
        let _ = fs::remove_dir_all(paths::target(std.target_dir()));
        fs::write(&built_by, &key)?;
    }
    let version = version.lines().next().unwrap_or_default().trim_end_matches(" (built from a source tarball)");
    let version = format!("Debian's {version}");
    Ok(Sysroot { version, std, dir })
}

fn build(std: Std, dir: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(dir);
    let build = dir.join("build");
    let mut flags = vec!["-Zforce-unstable-if-unmarked", "-Cembed-bitcode=yes", "-Awarnings"];
    flags.extend(std.flags());
    let mut cargo = system_cargo();
    cargo.args(["build", "--locked", "--release", "--target", TARGET, "--manifest-path", MANIFEST, "--target-dir"]);
    cargo.arg(&build).args(["--no-default-features", "--features", std.features()]);
    cargo.env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    if std == Std::Small {
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z");
    }
    run::run(&mut cargo)?;

    let libraries = dir.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&libraries)?;
    for file in fs::read_dir(build.join(TARGET).join("release/deps"))? {
        let file = file?.path();
        if file.extension().is_some_and(|extension| extension == "rlib") {
            fs::copy(&file, libraries.join(file.file_name().unwrap_or_default()))?;
        }
    }
    // Build scripts and macros run here and need the host's own library.
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    symlink(Path::new("/usr/lib/rustlib").join(&host), dir.join("lib/rustlib").join(&host))?;
    for program in ["rustc", "rustdoc"] {
        wrapper(dir, program)?;
    }
    Ok(fs::remove_dir_all(build)?)
}

fn wrapper(dir: &Path, program: &str) -> Result<()> {
    let file = dir.join("bin").join(program);
    fs::create_dir_all(dir.join("bin"))?;
    fs::write(&file, format!("#!/bin/sh\nexec /usr/bin/{program} --sysroot '{}' \"$@\"\n", dir.display()))?;
    Ok(fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?)
}

/// Debian's cargo, without what a rustup around this program has set.
fn system_cargo() -> Command {
    let mut cargo = run::program(CARGO);
    for name in
        ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTFLAGS", "RUSTC", "RUSTDOC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"]
    {
        cargo.env_remove(name);
    }
    cargo
}
