//! Where Chromium, or Chrome, and its driver are.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::{paths, setup};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// The browser: what `CHROMIUM` names, else the first one found.
pub(crate) fn browser() -> Option<PathBuf> {
    named("CHROMIUM")
        .or_else(|| paths::program(&BROWSERS))
        .or_else(|| Some(PathBuf::from(MAC)).filter(|mac| mac.exists()))
}

/// Its driver: what `CHROMEDRIVER` names, else the one on the `PATH`.
pub(crate) fn driver() -> Option<PathBuf> {
    named("CHROMEDRIVER").or_else(|| paths::program(&["chromedriver"]))
}

/// The browser, with its driver, installed if need be.
pub(crate) fn install() -> Result<PathBuf> {
    if browser().is_none() || driver().is_none() {
        setup::apt(&["chromium", "chromium-driver"])?;
    }
    browser().context("set CHROMIUM to the path of Chromium or Chrome")
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| !path.as_os_str().is_empty() && Path::exists(path))
}
