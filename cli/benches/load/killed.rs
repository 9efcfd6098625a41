//! What is left of what was acknowledged when the server is killed while leads come.

use super::server::{Server, body, stored};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How many senders there are.
const SENDERS: usize = 32;
/// After how many milliseconds the server is killed, a round each.
const ROUNDS: [u64; 8] = [300, 450, 700, 900, 1_100, 1_300, 1_600, 2_000];
/// How many leads a round sends at most.
const MOST: usize = 50_000;

/// Kills the server in the middle of each round, has the senders send again, and counts; a table.
pub(crate) fn table(folder: &Path) -> String {
    let lead = body(&"f".repeat(32));
    let mut text = String::from(
        "| killed after, ms | sent | acknowledged | of them lost | unsure, sent again | of them stored before | leads | doubled |\n",
    );
    text.push_str("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (round, after) in ROUNDS.into_iter().enumerate() {
        let folder = tempfile::tempdir_in(folder).expect("a folder");
        let server = Server::start(folder.path());
        let process = server.process();
        let (sent, acknowledged) = std::thread::scope(|scope| {
            let sending = scope.spawn(|| send(&server.url, &lead, round));
            std::thread::sleep(Duration::from_millis(after));
            let killed = Command::new("kill").args(["-KILL", &process.to_string()]).status();
            assert!(killed.is_ok_and(|killed| killed.success()), "the server is killed");
            sending.join().expect("the senders end")
        });
        server.kill();
        let (kept, _) = stored(folder.path());
        let lost = acknowledged.difference(&kept).count();
        let server = Server::start(folder.path());
        let unsure: Vec<&String> = sent.difference(&acknowledged).collect();
        let before = unsure.iter().filter(|id| kept.contains(**id)).count();
        for id in &unsure {
            assert!(post(&ureq::agent(), &server.url, &lead, id), "a retry is answered");
        }
        let (kept, rows) = stored(folder.path());
        assert!(lost == 0 && kept == sent && rows == sent.len(), "{lost} lost, {rows} rows of {}", sent.len());
        let _ = writeln!(
            text,
            "| {after} | {} | {} | {lost} | {} | {before} | {rows} | {} |",
            sent.len(),
            acknowledged.len(),
            unsure.len(),
            rows - kept.len()
        );
    }
    text
}

/// Sends until the server is gone; the ids sent, and those acknowledged.
fn send(url: &str, lead: &str, round: usize) -> (BTreeSet<String>, BTreeSet<String>) {
    let (next, sent) = (AtomicUsize::new(0), Mutex::new((BTreeSet::new(), BTreeSet::new())));
    std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                let agent = ureq::agent();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= MOST {
                        return;
                    }
                    let id = format!("{round:08x}{number:024x}");
                    sent.lock().expect("no sender panics").0.insert(id.clone());
                    if !post(&agent, url, lead, &id) {
                        return;
                    }
                    sent.lock().expect("no sender panics").1.insert(id);
                }
            });
        }
    });
    sent.into_inner().expect("no sender panics")
}

/// Whether the lead is acknowledged: 200, with its id.
fn post(agent: &ureq::Agent, url: &str, lead: &str, id: &str) -> bool {
    let body = lead.replace(&"f".repeat(32), id);
    let request = agent.post(url).header("content-type", "application/json").header("accept", "application/json");
    let answer = request.send(body).and_then(|mut answer| answer.body_mut().read_to_string());
    answer.is_ok_and(|answer| answer == format!("{{\"id\":\"{id}\"}}"))
}
