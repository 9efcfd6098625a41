//! The three browser engines that tests run in: where browsers and drivers are, how they are installed and started.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{paths, run, setup};

/// The driver of Firefox is no Debian package; newer versions are chosen like every other dependency.
const GECKODRIVER: &str = "=0.37.1";

/// A browser engine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    /// WebKitGTK, which needs a screen: Xvfb is one that nobody looks at.
    Webkit,
}

/// What an engine consists of: the variable that names it, the names it has on the `PATH`, and another place.
struct Program(&'static str, &'static [&'static str], Option<PathBuf>);

/// An engine that is here, its programs by the variables that name them.
pub(crate) struct Found {
    pub engine: Engine,
    pub programs: Vec<(&'static str, PathBuf)>,
}

impl Engine {
    pub(crate) const ALL: [Engine; 3] = [Engine::Chromium, Engine::Firefox, Engine::Webkit];

    /// The name as `ENGINE` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Engine::Chromium => "chromium",
            Engine::Firefox => "firefox",
            Engine::Webkit => "webkit",
        }
    }

    fn consists_of(self) -> [Program; 2] {
        let mac = |app: &str| Some(PathBuf::from(format!("/Applications/{app}")));
        let chromium = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        match self {
            Engine::Chromium => [
                Program("CHROMIUM", chromium, mac("Google Chrome.app/Contents/MacOS/Google Chrome")),
                Program("CHROMEDRIVER", &["chromedriver"], None),
            ],
            Engine::Firefox => [
                Program("FIREFOX", &["firefox-esr", "firefox"], mac("Firefox.app/Contents/MacOS/firefox")),
                Program("GECKODRIVER", &["geckodriver"], Some(tools().join("bin/geckodriver"))),
            ],
            Engine::Webkit => [Program("WEBKITDRIVER", &["WebKitWebDriver"], None), Program("XVFB", &["Xvfb"], None)],
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Engine::Chromium => &["chromium", "chromium-driver"],
            Engine::Firefox => &["firefox-esr"],
            Engine::Webkit => &["webkit2gtk-driver", "xvfb"],
        }
    }

    /// The engine, if all of it is here.
    pub(crate) fn found(self) -> Option<Found> {
        let programs =
            self.consists_of().iter().map(|program| Some((program.0, program.find()?))).collect::<Option<_>>()?;
        Some(Found { engine: self, programs })
    }

    /// Installs what is missing of it.
    pub(crate) fn install(self) -> Result<Found> {
        let [first, second] = self.consists_of();
        let driver = self == Engine::Firefox;
        if first.find().is_none() || (second.find().is_none() && !driver) {
            setup::apt(self.packages())?;
        }
        if driver && second.find().is_none() {
            let mut install = run::cargo();
            // Optimised, it takes twice as long to compile, and mostly waits for the browser.
            install
                .args(["install", "geckodriver", "--debug", "--locked", "--version", GECKODRIVER, "--root"])
                .arg(tools());
            run::step("geckodriver", || run::run(&mut install))?;
        }
        self.found().with_context(|| self.how())
    }

    /// What to do where it is missing.
    pub(crate) fn how(self) -> String {
        let [first, second] = self.consists_of().map(|program| program.0);
        format!("`cargo xtask setup`, or set {first} and {second}")
    }
}

impl Program {
    fn find(&self) -> Option<PathBuf> {
        let named = std::env::var_os(self.0).map(PathBuf::from).filter(|path| path.is_file());
        named.or_else(|| paths::program(self.1)).or_else(|| self.2.clone().filter(|path| path.is_file()))
    }
}

/// The folder of the programs that cargo installs for us.
fn tools() -> PathBuf {
    paths::target("tools")
}

impl Found {
    pub(crate) fn program(&self, variable: &str) -> Option<&Path> {
        self.programs.iter().find(|(name, _)| *name == variable).map(|(_, path)| path.as_path())
    }

    /// Runs the wasm tests of this command of cargo's in the engine.
    pub(crate) fn run_wasm(&self, tests: &mut Command) -> Result<()> {
        let capabilities = paths::target(&format!("webdriver-{}.json", self.engine.name()));
        fs::create_dir_all(paths::target(""))?;
        fs::write(&capabilities, self.capabilities())?;
        // Test files that name no place of their own run in the browser, too.
        tests.env("WASM_BINDGEN_USE_BROWSER", "1").env("WASM_BINDGEN_TEST_ONLY_WEB", "1");
        tests.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities);
        // The runner takes the engine from the one variable that is there.
        let (ours, theirs) = match self.engine {
            Engine::Chromium => ("CHROMEDRIVER", "CHROMEDRIVER"),
            Engine::Firefox => ("GECKODRIVER", "GECKODRIVER"),
            Engine::Webkit => ("WEBKITDRIVER", "SAFARIDRIVER"),
        };
        for other in ["CHROMEDRIVER", "GECKODRIVER", "SAFARIDRIVER"] {
            tests.env_remove(other);
        }
        tests.env(theirs, self.program(ours).context("no driver")?);
        let screen = self.program("XVFB").map(Screen::start).transpose()?;
        if let Some(screen) = &screen {
            tests.env("DISPLAY", &screen.name).env("GDK_BACKEND", "x11");
        }
        run::run(tests)
    }

    fn capabilities(&self) -> String {
        let browser = |variable| self.program(variable).unwrap_or(Path::new("")).display().to_string();
        match self.engine {
            Engine::Chromium => {
                let flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
                    --disable-background-networking --disable-component-update --disable-sync";
                let flags: Vec<String> = flags.split_whitespace().map(|flag| format!("{flag:?}")).collect();
                let options = format!("\"binary\": {:?}, \"args\": [{}]", browser("CHROMIUM"), flags.join(", "));
                format!("{{ \"goog:chromeOptions\": {{ {options} }} }}\n")
            }
            Engine::Firefox => {
                let options = format!("\"binary\": {:?}, \"args\": [\"-headless\"]", browser("FIREFOX"));
                format!("{{ \"moz:firefoxOptions\": {{ {options} }} }}\n")
            }
            Engine::Webkit => "{ \"browserName\": \"MiniBrowser\" }\n".to_owned(),
        }
    }
}

/// A screen for as long as it is held.
struct Screen {
    server: Child,
    name: String,
}

impl Screen {
    /// Xvfb finds a number that is free, and says which.
    fn start(xvfb: &Path) -> Result<Screen> {
        let mut server = run::program(xvfb);
        server.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
        let mut server = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().context("could not start Xvfb")?;
        let mut number = String::new();
        if let Some(said) = server.stdout.as_mut() {
            BufReader::new(said).read_line(&mut number)?;
        }
        let screen = Screen { server, name: format!(":{}", number.trim()) };
        ensure!(!number.trim().is_empty(), "Xvfb did not start");
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Does work in each engine that is here, or in the one that `ENGINE` names, and returns in how many, and which are
/// missing. A laptop may do without some; where `CI` is set, the tests in them are what counts.
pub(crate) fn each(work: impl Fn(&Found) -> Result<()>) -> Result<(usize, Vec<String>)> {
    let only = std::env::var("ENGINE").ok().filter(|name| !name.is_empty());
    let wanted = |engine: &Engine| only.as_deref().is_none_or(|name| name == engine.name());
    ensure!(Engine::ALL.iter().any(wanted), "ENGINE is chromium, firefox or webkit");
    let (mut done, mut missing, mut failed) = (0, Vec::new(), Vec::new());
    for engine in Engine::ALL.into_iter().filter(wanted) {
        match engine.found() {
            Some(found) => match run::step(engine.name(), || work(&found)) {
                Ok(()) => done += 1,
                Err(error) => failed.push(format!("{}: {error:#}", engine.name())),
            },
            None if in_ci() => failed.push(format!("{} is not here: {}", engine.name(), engine.how())),
            None => missing.push(format!("in {}, which is not here: {}", engine.name(), engine.how())),
        }
    }
    if !failed.is_empty() {
        bail!(failed.join("; "));
    }
    Ok((done, missing))
}

/// Whether this runs where nothing may be skipped.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| !ci.is_empty() && ci != "false")
}
