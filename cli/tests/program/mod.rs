//! Runs the program as people do.
#![allow(dead_code, reason = "every test file uses a part")]

pub(crate) mod server;

use std::io::Write;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_leadpact");
/// A small pact with everything in it.
pub(crate) const PACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pact.json");

/// What a run left.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the program to its end.
pub(crate) fn run(args: &[&str]) -> Ran {
    run_with(args, b"")
}

/// Runs the program with something on stdin.
pub(crate) fn run_with(args: &[&str], stdin: &[u8]) -> Ran {
    let mut program = Command::new(PROGRAM);
    program.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut to = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = to.write_all(&stdin);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Writes a file and returns its path.
pub(crate) fn write(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The pact, read.
pub(crate) fn pact() -> leadpact::Pact {
    std::fs::read_to_string(PACT).unwrap().parse().unwrap()
}
