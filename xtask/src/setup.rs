//! `setup`: installs what is missing, and only that.

use std::path::Path;
use std::process::Command;
use std::sync::Once;

use anyhow::{Context as _, Result, bail};

use crate::browsers::{Engine, in_ci};
use crate::sysroot::Std;
use crate::{node, paths, run, toolchain};

/// Makes the machine ready for every other chore.
pub(crate) fn setup() -> Result<()> {
    run::step("set-up", || {
        node::packages()?;
        let compiler = toolchain::compiler(Std::Ordinary)?;
        eprintln!("   wasm32: {}", compiler.name);
        for engine in Engine::ALL {
            match engine.install() {
                Ok(_) => eprintln!("   {}: here", engine.name()),
                Err(error) if in_ci() => return Err(error),
                // A laptop without a browser can still do all the rest.
                Err(error) => eprintln!("   {}: none; {error:#}", engine.name()),
            }
        }
        Ok(())
    })
}

/// Whether packages can be installed here without asking anybody.
pub(crate) fn can_apt() -> bool {
    Path::new("/etc/debian_version").exists()
        && paths::program(&["apt-get"]).is_some()
        && run::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs Debian packages; where that cannot be done, an error that says what to install.
pub(crate) fn apt(packages: &[&str]) -> Result<()> {
    let wanted = packages.join(" ");
    if !can_apt() {
        bail!("install these as your system does (Debian: `sudo apt-get install {wanted}`): {wanted}");
    }
    static LISTS: Once = Once::new();
    LISTS.call_once(|| {
        // Older lists may do; if not, the install says so.
        let _ = run::run(apt_get().args(["update", "-qq"]));
    });
    run::run(apt_get().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
        .with_context(|| format!("could not install {wanted}"))
}

fn apt_get() -> Command {
    let mut command = run::program("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
