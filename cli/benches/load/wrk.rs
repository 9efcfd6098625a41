//! How many leads a second, and how long one takes, as `wrk` measures it.

use super::server::{Server, body, stored};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// How many leads are sent at once, a run each.
const AT_ONCE: [usize; 4] = [1, 8, 32, 128];

/// Drives the server at each concurrency for so many seconds; a table.
pub(crate) fn table(folder: &Path, seconds: u32) -> String {
    let lead = folder.join("lead.json");
    let body = body(&"f".repeat(32));
    std::fs::write(&lead, &body).expect("the lead is written");
    let mut text = format!(
        "A lead of {} bytes as JSON, {seconds} s each, on {} cores{}; the disk takes {:.2} ms to sync a page of 4 KiB.\n\n",
        body.len(),
        std::thread::available_parallelism().map_or(0, usize::from),
        other_work(),
        sync_time(folder)
    );
    text.push_str("| at once | leads a second | p50, ms | p99, ms | longest, ms | acknowledged | stored | refused |\n");
    text.push_str("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (run, at_once) in AT_ONCE.into_iter().enumerate() {
        let folder = tempfile::tempdir_in(folder).expect("a folder");
        let server = Server::start(folder.path());
        let ran = drive(&server, &lead, run, at_once, seconds);
        drop(server);
        let (ids, rows) = stored(folder.path());
        assert_eq!(ids.len(), rows, "an id is stored twice");
        // wrk ends in the middle of what it sends: that many more may be stored.
        assert!(rows >= ran.acknowledged && rows <= ran.acknowledged + at_once, "{rows} of {}", ran.acknowledged);
        let Measured { rate, p50, p99, longest, acknowledged, refused } = ran;
        let _ = writeln!(
            text,
            "| {at_once} | {rate:.0} | {p50:.1} | {p99:.1} | {longest:.1} | {acknowledged} | {rows} | {refused} |"
        );
    }
    text
}

struct Measured {
    rate: f64,
    p50: f64,
    p99: f64,
    longest: f64,
    acknowledged: usize,
    refused: usize,
}

fn drive(server: &Server, lead: &Path, run: usize, at_once: usize, seconds: u32) -> Measured {
    let mut wrk = Command::new(std::env::var_os("WRK").unwrap_or_else(|| "wrk".into()));
    wrk.args(["--threads", &at_once.min(2).to_string(), "--connections", &at_once.to_string()]);
    wrk.args(["--duration", &format!("{seconds}s"), "--timeout", "10s", "--script"]);
    wrk.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/load/submit.lua"));
    let ran = wrk.arg(&server.url).arg("--").arg(lead).arg(run.to_string()).output().expect("wrk runs");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let line = said.lines().find_map(|line| line.strip_prefix("load ")).unwrap_or_else(|| panic!("{ran:?}"));
    let numbers: Vec<f64> = line.split(' ').map(|number| number.parse().expect("a number")).collect();
    let [requests, micros, wrong, p50, p99, longest] = numbers[..] else { panic!("{line}") };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
    let (acknowledged, refused) = ((requests - wrong) as usize, wrong as usize);
    let ms = 1_000.0;
    Measured {
        rate: (requests - wrong) / (micros / 1e6),
        p50: p50 / ms,
        p99: p99 / ms,
        longest: longest / ms,
        acknowledged,
        refused,
    }
}

/// How busy the machine is before, where it says so.
fn other_work() -> String {
    let said = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    said.split(' ')
        .next()
        .filter(|load| !load.is_empty())
        .map_or_else(String::new, |load| format!(" with {load} other processes at work"))
}

/// The mean time in milliseconds until the disk has a page that is added to a file.
fn sync_time(folder: &Path) -> f64 {
    const TIMES: u32 = 200;
    let mut file = tempfile::tempfile_in(folder).expect("a file");
    let start = Instant::now();
    for _ in 0..TIMES {
        file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).expect("the disk writes");
    }
    start.elapsed().as_secs_f64() * 1_000.0 / f64::from(TIMES)
}
