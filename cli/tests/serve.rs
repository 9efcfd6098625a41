//! `leadpact serve`, with real requests to a real process.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod program;

use program::server::{FORM, Server, differences, form, id, now, record, started};
use program::{PACT, PROGRAM, pact};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

#[test]
fn a_plain_form_is_assessed_kept_and_thanked() {
    let (_folder, server) = started();
    let answer = server.post_form(&[
        ("name", "Ana"),
        ("email", "ana@tolerie.fr"),
        ("sector", "industry"),
        ("tools", "erp"),
        ("tools", "paper"),
        ("team", "120"),
        ("soon", "on"),
        ("phone", ""),
        ("page", "home"),
        ("leadpact_lang", "fr"),
    ]);
    assert_eq!(answer.status, 303);
    let lead = server.lead();
    assert_eq!(lead["id"], answer.id());
    assert_eq!((&lead["assessment"]["score"], &lead["assessment"]["decision"]), (&json!(50), &json!("handoff")));
    assert_eq!(lead["assessment"]["missing"], json!(["phone"]));
    assert_eq!((&lead["behaviour"], &lead["differences"]), (&json!(false), &json!([])));
    assert_eq!(lead["answers"]["tools"], json!(["erp", "paper"]));
    assert_eq!(lead["answers"]["page"], "home");
    assert_eq!(lead["pact"]["hash"], pact().hash);

    let thanks = server.get(&answer.location);
    assert_eq!(thanks.status, 200);
    assert!(thanks.body.contains("role=\"status\"") && thanks.body.contains("<html lang=\"fr\">"));
    assert!(thanks.body.contains("Choisir un créneau") && !thanks.body.contains("ana@"));
    assert_eq!(server.get("/thanks?id=unknown").status, 404);
}

#[test]
fn a_true_record_has_no_differences_and_a_tampered_one_names_each() {
    let (_folder, server) = started();
    let facts = json!({"email": "a@b.fr", "sector": "industry", "pricing": {"value": 2, "last": now().to_string()}});
    let mut made = record(&id(1), 1, &facts);
    let send = |record: &Value| server.post_form(&[("leadpact", &record.to_string()), ("email", "a@b.fr")]);
    assert_eq!(send(&made).id(), id(1));
    let lead = server.lead();
    assert_eq!(lead["differences"], json!([]));
    assert_eq!(lead["assessment"]["score"], 46);
    assert_eq!(lead["facts"]["pricing"]["value"].as_f64(), Some(2.0));

    made["assessment"]["score"] = json!(99);
    made["assessment"]["decision"] = json!("handoff");
    made["assessment"]["route"] = json!("ceo");
    made["assessment"]["reasons"] = json!([]);
    made["pact"]["hash"] = json!("0");
    made["pact"]["revision"] = json!("r0");
    made["at"] = json!("2100-01-01T00:00:00Z");
    made["sla"]["due_at"]["phone"] = json!("1970-01-01T00:00:00Z");
    assert_eq!(send(&made).status, 303);
    let lead = server.lead();
    assert_eq!((&lead["assessment"]["score"], &lead["assessment"]["decision"]), (&json!(46), &json!("nurture")));
    let mut found = differences(&lead);
    found.sort_unstable();
    assert_eq!(
        found,
        ["at", "decision", "pact.hash", "pact.revision", "reasons", "route", "score", "sla.due_at.phone"]
    );
}

/// A small pact whose sales work on two days a week, in a zone far away.
const WORKS: &str = r#"{
    "pact": 1, "id": "works", "fields": [{"id": "works_mail", "label": "E-mail", "kind": "email"}],
    "qualification": {"threshold": 0},
    "handoff": {
        "sla": [{"respond_within_hours": 8, "channels": ["phone"]}],
        "calendar": {"zone": "Pacific/Auckland", "hours": {"mon": ["09:00-17:00"], "thu": ["09:00-17:00"]}}
    }
}"#;

#[test]
fn working_hours_are_counted_anew_and_shown_in_the_zone_of_the_pact() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("works.json");
    std::fs::write(&file, WORKS).unwrap();
    let server = Server::start_with(folder.path(), &["--pact", file.to_str().unwrap()]);
    let pact: leadpact::Pact = WORKS.parse().unwrap();
    let lead = leadpact::Lead::new(&pact);
    let made = |at: leadpact::Time| {
        let consent = leadpact::Consent { behaviour: true, ..leadpact::Consent::default() };
        let claim =
            leadpact::Claim { id: id(1), attempt: 1, pact_hash: None, asked: Vec::new(), consent, automated: false };
        json!(lead.hand_off(claim, at))
    };
    let send = |record: &Value| server.post_form(&[("leadpact", &record.to_string())]);
    let mut record = made(now());
    assert_eq!(send(&record).status, 303);
    let kept = server.lead();
    assert_eq!(kept["differences"], json!([]));
    let due = kept["sla"]["due_at"]["phone"].as_str().unwrap().parse::<leadpact::Time>().unwrap();
    assert_eq!(due, lead.promise(kept["received_at"].as_str().unwrap().parse().unwrap()).unwrap().due_at[0].1);

    // Eight hours are a day: it ends at five in the afternoon, or where the lead came within it, some time after nine.
    let page = |path: &str| server.get(path).body;
    let (french, english) = (page("/leads?lang=fr"), page("/leads?lang=en"));
    let on = |day: &str, body: &str| body.contains(day) && (body.contains("NZDT") || body.contains("NZST"));
    assert!(on("à joindre avant", &french) && (on("lundi", &french) || on("jeudi", &french)), "{french}");
    assert!(on(">Monday", &english) || on(">Thursday", &english), "{english}");

    record["sla"]["due_at"]["phone"] = json!("1970-01-01T00:00:00Z");
    send(&record);
    assert_eq!(differences(&server.lead()), ["sla.due_at.phone"]);
}

#[test]
fn the_forms_own_answers_win_over_the_record_and_the_difference_is_named() {
    let (_folder, server) = started();
    let made = record(&id(1), 1, &json!({"sector": "industry", "team": 60, "soon": true, "phone": {"declined": true}}));
    server.post_form(&[
        ("leadpact", &made.to_string()),
        ("sector", "retail"),
        ("team", "60"),
        ("soon", ""),
        ("tools", "nonsense"),
        ("phone", " "),
    ]);
    let lead = server.lead();
    assert_eq!(lead["facts"]["sector"], "retail");
    assert_eq!((&lead["facts"]["soon"], &lead["facts"]["phone"]), (&json!(true), &json!({"declined": true})));
    assert_eq!(lead["assessment"]["score"], 30);
    let found = differences(&lead);
    assert!(found.contains(&"facts.sector") && found.contains(&"facts.tools") && found.contains(&"score"), "{found:?}");
    assert!(!found.contains(&"facts.team"));
}

#[test]
fn of_several_values_of_one_answer_the_last_that_is_not_blank_counts() {
    let (_folder, server) = started();
    server.post_form(&[("sector", "retail"), ("sector", "industry"), ("sector", ""), ("soon", "no"), ("soon", "on")]);
    let lead = server.lead();
    assert_eq!((&lead["facts"]["sector"], &lead["facts"]["soon"]), (&json!("industry"), &json!(true)));
    assert_eq!(lead["differences"], json!([]));
}

#[test]
fn more_names_than_any_form_has_are_cut_and_it_is_said() {
    let (_folder, server) = started();
    let names: String = (0..30_000).map(|at| format!("&n{at}=")).collect();
    assert_eq!(server.post(FORM, format!("leadpact_id={}&sector=industry{names}", id(1))).status, 303);
    let lead = server.lead();
    assert_eq!((differences(&lead), lead["answers"].as_object().unwrap().len()), (vec!["answers"], 2_000));
    assert_eq!(lead["facts"]["sector"], "industry");
}

#[test]
fn what_was_measured_without_consent_is_left_out() {
    let (_folder, server) = started();
    let mut made = record(&id(1), 1, &json!({"pricing": 3, "campaign": "ads"}));
    made["consent"]["behaviour"] = json!(false);
    server.post_form(&[("leadpact", &made.to_string())]);
    let lead = server.lead();
    assert_eq!(
        (&lead["behaviour"], &lead["facts"], &lead["assessment"]["score"]),
        (&json!(false), &json!({}), &json!(0))
    );
    assert!(differences(&lead).contains(&"consent"));
}

#[test]
fn whatever_the_record_is_the_lead_is_kept() {
    let (_folder, server) = started();
    let deep = format!("{{\"record\":1,\"facts\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let records = [
        "{",
        "[]",
        "null",
        "{}",
        "{\"record\":1,\"pact\":7,\"facts\":[],\"assessment\":[],\"asked\":{},\"sla\":7,\"attempt\":-1,\"at\":{}}",
        "{\"record\":2,\"pact\":{\"id\":\"unknown\"},\"facts\":{\"sector\":{\"declined\":1},\"nobody\":1}}",
        "{\"record\":1,\"attempt\":1e300,\"facts\":{\"pricing\":{\"value\":1e15,\"last\":\"x\"}},\"behaviour\":true}",
        deep.as_str(),
        "\u{0}\u{1f}\u{feff}",
    ];
    for (n, record) in records.iter().enumerate() {
        let answer = server.post_form(&[("leadpact", record), ("sector", "industry"), ("leadpact_id", &id(n))]);
        assert_eq!(answer.id(), id(n), "{record}");
    }
    let leads = server.leads();
    assert_eq!(leads.len(), records.len());
    for lead in &leads {
        assert_eq!(lead["assessment"]["score"], 30, "{lead}");
        assert_ne!(lead["differences"], json!([]), "{lead}");
    }
    assert!(server.get("/leads").status == 200);
}

#[test]
fn the_same_id_is_one_lead_and_the_highest_attempt_wins() {
    let (_folder, server) = started();
    let send = |attempt: u32, team: u32| {
        let made = record(&id(7), attempt, &json!({"team": team}));
        assert_eq!(server.post("application/json", made.to_string()).id(), id(7));
        server.lead()
    };
    assert_eq!(send(2, 10)["facts"]["team"], 10.0);
    let first = server.lead()["received_at"].clone();
    assert_eq!(send(1, 20)["facts"]["team"], 10.0);
    assert_eq!(send(2, 30)["facts"]["team"], 30.0);
    let last = send(3, 40);
    assert_eq!((&last["facts"]["team"], &last["attempt"], &last["received_at"]), (&json!(40.0), &json!(3), &first));
}

#[test]
fn the_same_id_sent_twenty_times_at_once_is_one_lead() {
    let (_folder, server) = started();
    let body = form(&[("sector", "industry"), ("leadpact_id", &id(9))]);
    std::thread::scope(|scope| {
        let sent: Vec<_> = (0..20).map(|_| scope.spawn(|| server.post(FORM, body.clone()).id())).collect();
        for sent in sent {
            assert_eq!(sent.join().unwrap(), id(9));
        }
    });
    assert_eq!(server.lead()["assessment"]["score"], 30);
}

#[test]
fn every_kind_of_form_is_read() {
    let (_folder, server) = started();
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"sector\"\r\n\r\nindustry\r\n--b\r\n\
        Content-Disposition: form-data; name=\"cv\"; filename=\"a.pdf\"\r\n\r\n%PDF\r\n--b--\r\n";
    for (content_type, body, status) in [
        ("multipart/form-data; boundary=b", multipart, 303),
        ("application/json", r#"{"sector": "industry"}"#, 200),
        ("text/plain", "sector=industry\r\n", 303),
    ] {
        assert_eq!(server.post(content_type, body).status, status, "{content_type}");
    }
    for lead in server.leads() {
        assert_eq!((&lead["assessment"]["score"], &lead["answers"]), (&json!(30), &json!({"sector": "industry"})));
    }
}

#[test]
fn programs_get_the_id_as_json() {
    let (_folder, server) = started();
    let request = ureq::http::Request::post(format!("{}/leads", server.url));
    let request = request.header("content-type", "application/json").header("accept", "application/json");
    let answer = server.send(request.body(record(&id(3), 1, &json!({})).to_string().into_bytes()).unwrap());
    assert_eq!((answer.status, answer.body), (200, format!("{{\"id\":\"{}\"}}", id(3))));
}

#[test]
fn what_is_no_form_is_refused_and_nothing_is_kept() {
    let (_folder, server) = started();
    let long = format!("name={}", "x".repeat(256 * 1024));
    for (content_type, body, status) in [
        (FORM, long.as_str(), 413),
        (FORM, "", 400),
        ("application/json", "{\"record\": ", 400),
        ("application/json", "[1]", 400),
        ("multipart/form-data; boundary=b", "--b\r\n", 400),
        ("multipart/form-data", "x", 400),
        ("image/png", "x", 415),
    ] {
        let answer = server.post(content_type, body);
        assert_eq!(answer.status, status, "{content_type}");
        let json = content_type == "application/json";
        assert!(answer.body.contains(if json { "{\"error\":\"" } else { "role=\"alert\"" }), "{answer:?}");
    }
    // Without a length said ahead, the limit holds as well.
    let mut stream = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    let head = format!("POST /leads HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("8000\r\n{}\r\n", "y".repeat(0x8000));
    for _ in 0..9 {
        stream.write_all(chunk.as_bytes()).unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    assert_eq!(server.leads().len(), 0);
}

#[test]
fn leads_survive_a_server_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path());
    let sent: Vec<String> = (0..10).map(|_| server.post_form(&[("sector", "industry")]).id()).collect();
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let server = Server::start(folder.path());
    let mut kept: Vec<String> = server.leads().iter().map(|lead| lead["id"].as_str().unwrap().to_owned()).collect();
    kept.reverse();
    assert_eq!(kept, sent);
    assert_eq!(server.post_form(&[("sector", "retail"), ("leadpact_id", &sent[0])]).id(), sent[0]);
    assert_eq!(server.leads().len(), 10);
}

#[cfg(unix)]
#[test]
fn a_server_told_to_stop_ends_in_order() {
    let (_folder, mut server) = started();
    server.post_form(&[("sector", "industry")]);
    let told = Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn sales_reads_labels_not_ids_in_both_languages_and_nothing_as_html() {
    let (_folder, server) = started();
    let name = "<img src=x onerror=alert(1)>";
    let made = record(
        &id(1),
        1,
        &json!({"name": name, "email": "ana@tolerie.fr", "sector": "industry", "team": 60, "soon": true}),
    );
    server.post_form(&[("leadpact", &made.to_string()), ("<b>", "<i>")]);
    for (language, words) in [
        ("fr", ["Pour les ventes", "Industriel", "Secteur", "Il manque aux ventes", "Téléphone", "comptés pour 40"]),
        ("en", ["For sales", "Manufacturer", "Industry", "Sales still needs", "Phone", "counted as 40"]),
    ] {
        let page = server.get(&format!("/leads?lang={language}")).body;
        for word in words {
            assert!(page.contains(word), "{word} in {page}");
        }
        let change = match language {
            "fr" => {
                "Ce qui aurait changé la décision\u{a0}: «\u{a0}Secteur\u{a0}», avec la réponse «\u{a0}Commerce\u{a0}»."
            }
            _ => "What would have changed the decision: “Industry”, with the answer “Retail”.",
        };
        assert!(page.contains(change), "{page}");
        assert!(page.contains("50 / 50") && page.contains("mailto:ana@tolerie.fr"));
        assert!(page.contains("&lt;img src=x") && !page.contains("<img src=x") && !page.contains("<b>"));
        assert!(!page.contains("style=") && !page.contains("<script"));
    }
}

#[test]
fn pages_and_the_module_are_served_strictly() {
    let (folder, site) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (name, text) in
        [("index.html", "<p>hello"), ("a.mjs", "1"), ("a.js", "1"), ("a.wasm", "\0asm"), ("p.json", "{}")]
    {
        std::fs::write(site.path().join(name), text).unwrap();
    }
    std::fs::write(site.path().join("leadpact.js"), "1").unwrap();
    let path = site.path().to_str().unwrap();
    let server = Server::start_with(folder.path(), &["--www", path, "--module", path]);
    for (path, media) in [
        ("/", "text/html"),
        ("/a.mjs", "application/javascript"),
        ("/a.js", "text/javascript"),
        ("/a.wasm", "application/wasm"),
        ("/p.json", "application/json"),
        ("/leadpact/leadpact.js", "text/javascript"),
        ("/leadpact/a.wasm", "application/wasm"),
        ("/leads.css", "text/css; charset=utf-8"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.headers["content-type"], media, "{path}");
        // Whoever comes back to a form is to find what they typed.
        let stored = if path == "/leads.css" { "no-store" } else { "no-cache" };
        assert_eq!(answer.headers["cache-control"], stored, "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';") && !policy.contains("unsafe-inline"));
    }
    assert_eq!(server.get("/nothing").status, 404);
}

#[test]
fn a_form_of_another_site_is_kept_and_said_to_be() {
    let (_folder, server) = started();
    let request = ureq::http::Request::post(format!("{}/leads", server.url));
    let request = request.header("content-type", FORM).header("origin", "https://elsewhere.example");
    assert_eq!(server.send(request.body(b"sector=industry".to_vec()).unwrap()).status, 303);
    assert_eq!(differences(&server.lead()), ["origin"]);
}

#[test]
fn leads_are_not_shown_to_a_page_that_takes_this_machine_for_its_own() {
    let (_folder, server) = started();
    for path in ["/leads", "/leads.json"] {
        for (name, value) in [("host", "evil.example"), ("x-forwarded-for", "192.0.2.7"), ("via", "1.1 proxy.example")]
        {
            let request = ureq::http::Request::get(format!("{}{path}", server.url)).header(name, value);
            assert_eq!(server.send(request.body(Vec::new()).unwrap()).status, 403);
        }
    }
}

#[test]
fn leads_are_never_kept_in_a_folder_that_is_served() {
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("private")).unwrap();
    let refused = |served: &[&str], db: Option<&str>| {
        let mut program = Command::new(PROGRAM);
        program.current_dir(site.path()).args(["serve", "--port", "0", "--pact", PACT]).args(served);
        let output = program.args(db.map(|db| format!("--db={db}"))).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("which is served") && said.contains("--db"), "{said}");
    };
    let whole = site.path().to_str().unwrap();
    refused(&["--www", "."], None);
    refused(&["--www", whole], Some("private/../leads.sqlite"));
    refused(&["--www", whole], Some("private/leads.sqlite"));
    refused(&["--module", "private"], Some(site.path().join("private/leads.sqlite").to_str().unwrap()));
    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(site.path(), elsewhere.path().join("link")).unwrap();
        refused(&["--www", whole], Some(elsewhere.path().join("link/leads.sqlite").to_str().unwrap()));
    }
    assert_eq!(site.path().read_dir().unwrap().count(), 1, "nothing was made");
}

#[test]
fn what_is_too_long_to_read_at_a_glance_is_cut_in_the_list() {
    let (_folder, server) = started();
    let long = "x".repeat(5_000);
    let mut made = record(&id(1), 1, &json!({"name": long, "email": format!("{long}@example.com")}));
    made["asked"] = (0..30).map(|_| json!({"field": long, "why": "needed"})).collect();
    server.post_form(&[("leadpact", &made.to_string()), (&long, &long)]);
    let page = server.get("/leads").body;
    assert!(page.contains("xxx") && !page.contains(&"x".repeat(601)), "{page}");
    assert_eq!(page.matches("(needed by sales)").count(), 20);
}

#[test]
fn what_cannot_be_served_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().to_str().unwrap();
    let database = folder.path().join("leads.sqlite");
    for args in [
        vec!["--pact", empty],
        vec!["--pact", "no-such-file.json"],
        vec!["--pact", PACT, PACT, "--www", "no-such-folder"],
        vec!["--pact", PACT, "--host", "nowhere"],
        vec![],
    ] {
        let mut program = Command::new(PROGRAM);
        program.args(["serve", "--port", "0", "--db"]).arg(&database).args(&args);
        let output = program.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty());
    }
}
