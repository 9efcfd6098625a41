//! Which compiler makes the wasm: the active one, Debian's, or rustup's after one more download.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::sysroot::{self, Std};
use crate::{paths, run, setup};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const HOW: &str = "no compiler for wasm32-unknown-unknown: with rustup run \
    `rustup target add wasm32-unknown-unknown`; on Debian run `cargo xtask setup` as root, or \
    `apt-get install rustc-web cargo-web rust-web-src rust-web-llvm lld-22`";

/// Where the compiler comes from.
#[derive(Clone, Copy, PartialEq)]
enum Source {
    /// The toolchain that runs cargo here, as it is.
    Active,
    /// Debian's Rust in /usr/bin, with a standard library that we build.
    System,
    /// The active toolchain, to which rustup adds the target.
    Rustup,
}

/// A compiler for wasm32, ready to use.
pub(crate) struct Compiler {
    /// What the size table calls it.
    pub name: String,
    /// Where its builds go; two standard libraries never share one.
    pub target_dir: PathBuf,
    system: Option<sysroot::Sysroot>,
    /// What rustc is told besides.
    flags: Vec<String>,
}

impl Compiler {
    /// Cargo with this compiler.
    pub(crate) fn cargo(&self, verb: &str) -> Command {
        let mut cargo = match &self.system {
            Some(sysroot) => sysroot.cargo(),
            None => run::cargo(),
        };
        cargo.arg(verb).args(["--package", "leadpact", "--target", TARGET]);
        cargo.args(["--no-default-features", "--features", "browser"]);
        cargo.env("CARGO_TARGET_DIR", &self.target_dir);
        if !self.flags.is_empty() {
            cargo.env("CARGO_ENCODED_RUSTFLAGS", self.flags.join("\x1f"));
        }
        cargo
    }
}

/// Returns a compiler for wasm32 with the standard library asked for, installing what it lacks.
///
/// `WASM_TOOLCHAIN=active|system|rustup` forces the source. Only the system's compiler comes with a
/// standard library of our choice; the others have one as shipped.
pub(crate) fn compiler(std: Std) -> Result<Compiler> {
    let source = source()?;
    if source == Source::System {
        let sysroot = sysroot::ready(std)?;
        let name = format!("{}, {}", sysroot.version, std.described());
        let target_dir = paths::target(std.target_dir());
        return Ok(Compiler { name, target_dir, system: Some(sysroot), flags: Vec::new() });
    }
    let version = run::read(run::program("rustc").arg("-V"))?;
    let name = format!("{}, the standard library as shipped", version.trim());
    let flags = if std == Std::Small { without_places() } else { Vec::new() };
    Ok(Compiler { name, target_dir: paths::target(std.target_dir()), system: None, flags })
}

/// Takes this machine's folders out of the places that panics name, so that the published wasm is the same from another.
fn without_places() -> Vec<String> {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home);
    let folders = [Some((paths::root(""), "/leadpact")), cargo.map(|cargo| (cargo, "/cargo"))];
    folders.into_iter().flatten().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect()
}

fn source() -> Result<Source> {
    match std::env::var("WASM_TOOLCHAIN").as_deref() {
        Ok("active") if active_has_target() => Ok(Source::Active),
        Ok("active") => bail!("WASM_TOOLCHAIN=active, but {HOW}"),
        Ok("system") => install_system().map(|()| Source::System),
        Ok("rustup") => add_target().map(|()| Source::Rustup),
        Ok(other) if !other.is_empty() => bail!("WASM_TOOLCHAIN is `{other}`: expected active, system or rustup"),
        _ => first_available(),
    }
}

fn first_available() -> Result<Source> {
    if active_has_target() {
        return Ok(Source::Active);
    }
    if sysroot::compiler_installed() || (setup::can_apt() && install_system().is_ok()) {
        return Ok(Source::System);
    }
    if add_target().is_ok() {
        return Ok(Source::Rustup);
    }
    bail!(HOW)
}

fn active_has_target() -> bool {
    let libraries = run::read(run::program("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    libraries.is_ok_and(|dir| {
        std::fs::read_dir(dir.trim()).is_ok_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
        })
    })
}

fn add_target() -> Result<()> {
    if active_has_target() {
        return Ok(());
    }
    run::run(run::program("rustup").args(["target", "add", TARGET]))
}

fn install_system() -> Result<()> {
    if sysroot::compiler_installed() {
        return Ok(());
    }
    setup::apt(&["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"])?;
    // The linker's link names a package that it does not depend on, such as `lld-22`.
    if let Ok(linker) = std::fs::read_link(sysroot::LINKER)
        && let Some(package) = linker.file_name().and_then(|name| name.to_str())
        && !std::path::Path::new(sysroot::LINKER).exists()
    {
        setup::apt(&[package])?;
    }
    if !sysroot::compiler_installed() {
        bail!("Debian's Rust is installed but incomplete: {} does not resolve", sysroot::LINKER);
    }
    Ok(())
}
