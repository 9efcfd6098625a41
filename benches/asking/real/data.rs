//! Real leads as tables of answers: columns known at capture, questions, and what became of each lead.

use flate2::read::GzDecoder;
use std::collections::HashMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

/// The answer of a lead that gave none.
const NOT_ANSWERED: &str = "(not answered)";
/// Answers given less often in the half that is fitted on are one.
const RARE: usize = 10;
const OTHER: &str = "(other)";
/// Numbers are cut into this many parts of equal size.
const BINS: usize = 5;

/// What a data set's README says of its columns.
pub(crate) struct Source {
    pub(crate) name: &'static str,
    file: &'static str,
    separator: char,
    /// The column of the outcome, and the value of the good one.
    outcome: (&'static str, &'static str),
    /// What stands where nothing was answered.
    blanks: &'static [&'static str],
    free: &'static [&'static str],
    questions: &'static [&'static str],
    numbers: &'static [&'static str],
    /// The column known at capture by which shares differ.
    pub(crate) segment: &'static str,
}

/// The data sets with questions.
pub(crate) const SOURCES: [Source; 4] = [
    Source {
        name: "xeducation",
        file: "dev.csv",
        separator: ',',
        outcome: ("Converted", "1"),
        blanks: &["", "Select"],
        free: &[
            "Lead Origin",
            "Lead Source",
            "TotalVisits",
            "Total Time Spent on Website",
            "Page Views Per Visit",
            "Country",
        ],
        questions: &[
            "Do Not Email",
            "Do Not Call",
            "Specialization",
            "How did you hear about X Education",
            "What is your current occupation",
            "What matters most to you in choosing a course",
            "Search",
            "Newspaper Article",
            "X Education Forums",
            "Newspaper",
            "Digital Advertisement",
            "Through Recommendations",
            "City",
            "A free copy of Mastering The Interview",
        ],
        numbers: &["TotalVisits", "Total Time Spent on Website", "Page Views Per Visit"],
        segment: "Lead Origin",
    },
    Source {
        name: "extraalearn",
        file: "dev.csv",
        separator: ',',
        outcome: ("status", "1"),
        blanks: &[""],
        free: &["first_interaction", "website_visits", "time_spent_on_website", "page_views_per_visit"],
        questions: &[
            "age",
            "current_occupation",
            "print_media_type1",
            "print_media_type2",
            "digital_media",
            "educational_channels",
            "referral",
        ],
        numbers: &["age", "website_visits", "time_spent_on_website", "page_views_per_visit"],
        segment: "first_interaction",
    },
    Source {
        name: "b2b_salvirt",
        file: "dev.csv",
        separator: ',',
        outcome: ("Status", "Won"),
        blanks: &[""],
        free: &["Product", "Source", "Client", "Deal_type"],
        questions: &[
            "Authority",
            "Comp_size",
            "Competitors",
            "Purch_dept",
            "Budgt_alloc",
            "Partnership",
            "Forml_tend",
            "RFI",
            "RFP",
            "Cross_sale",
            "Up_sale",
            "Growth",
            "Posit_statm",
            "Scope",
            "Strat_deal",
            "Needs_def",
            "Att_t_client",
        ],
        numbers: &[],
        segment: "Client",
    },
    Source {
        name: "bank_marketing",
        file: "dev.csv.gz",
        separator: ',',
        outcome: ("y", "yes"),
        blanks: &["", "unknown"],
        free: &[
            "contact",
            "month",
            "day_of_week",
            "campaign",
            "pdays",
            "previous",
            "poutcome",
            "emp.var.rate",
            "cons.price.idx",
            "cons.conf.idx",
            "euribor3m",
            "nr.employed",
        ],
        questions: &["age", "job", "marital", "education", "default", "housing", "loan"],
        numbers: &[
            "age",
            "campaign",
            "pdays",
            "previous",
            "emp.var.rate",
            "cons.price.idx",
            "cons.conf.idx",
            "euribor3m",
            "nr.employed",
        ],
        segment: "contact",
    },
];

/// A column, with its answers in the order of their numbers.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) answers: Vec<String>,
}

/// A lead: the number of its answer in each column, and whether it became a customer.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) answers: Vec<usize>,
    pub(crate) good: bool,
}

/// A data set in two halves: to fit on, and to count on.
pub(crate) struct Leads {
    /// The columns known at capture, then the questions.
    pub(crate) columns: Vec<Column>,
    pub(crate) free: usize,
    pub(crate) fit: Vec<Row>,
    pub(crate) count: Vec<Row>,
}

impl Leads {
    /// Reads a data set; nothing where it is not there. Equal rows come into the same half.
    pub(crate) fn read(folder: &Path, source: &Source) -> Option<Self> {
        let text = text_of(&folder.join(source.name).join(source.file))?;
        let mut lines = text.lines();
        let header = cells(lines.next()?, source.separator);
        let mut halves: [Vec<Vec<String>>; 2] = Default::default();
        for line in lines {
            halves[(hash(line) >> 32 & 1) as usize].push(cells(line, source.separator));
        }
        let [fit, count] = halves;
        let place = |name: &str| header.iter().position(|own| own == name).expect("a column of the README");
        let mut leads = Self { columns: Vec::new(), free: 0, fit: Vec::new(), count: Vec::new() };
        for (half, rows) in [(&mut leads.fit, &fit), (&mut leads.count, &count)] {
            let good = |cells: &Vec<String>| cells[place(source.outcome.0)] == source.outcome.1;
            half.extend(rows.iter().map(|cells| Row { answers: Vec::new(), good: good(cells) }));
        }
        for (name, is_free) in
            source.free.iter().map(|name| (name, true)).chain(source.questions.iter().map(|name| (name, false)))
        {
            let at = place(name);
            let of = |rows: &[Vec<String>]| rows.iter().map(|cells| cells[at].clone()).collect::<Vec<_>>();
            if leads.add(name, source, &of(&fit), &of(&count)) {
                leads.free += usize::from(is_free);
            }
        }
        Some(leads)
    }

    /// Adds a column, unless everybody gives the same answer.
    fn add(&mut self, name: &'static str, source: &Source, fit: &[String], count: &[String]) -> bool {
        let is_number = source.numbers.contains(&name);
        let bounds = if is_number { bounds(fit) } else { Vec::new() };
        let plain = |cell: &String| {
            if source.blanks.contains(&cell.as_str()) {
                NOT_ANSWERED.to_owned()
            } else if is_number {
                let number: f64 = cell.parse().expect("a number");
                format!("part {}", bounds.iter().filter(|bound| number >= **bound).count())
            } else {
                cell.clone()
            }
        };
        let mut often: HashMap<String, usize> = HashMap::new();
        for cell in fit {
            *often.entry(plain(cell)).or_default() += 1;
        }
        let named = |cell: &String| {
            let own = plain(cell);
            if often.get(&own).is_some_and(|often| *often >= RARE) { own } else { OTHER.to_owned() }
        };
        let mut answers: Vec<String> = fit.iter().map(named).collect();
        answers.sort();
        answers.dedup();
        if answers.len() < 2 {
            return false;
        }
        // An answer that is new in the other half counts as the last one there is of its kind.
        let number = |cell: &String| answers.binary_search(&named(cell)).unwrap_or(0);
        for (rows, cells) in [(&mut self.fit, fit), (&mut self.count, count)] {
            for (row, cell) in rows.iter_mut().zip(cells) {
                row.answers.push(number(cell));
            }
        }
        self.columns.push(Column { name, answers });
        true
    }

    pub(crate) fn questions(&self) -> std::ops::Range<usize> {
        self.free..self.columns.len()
    }
}

fn text_of(file: &Path) -> Option<String> {
    let bytes = fs::read(file).ok()?;
    if file.extension().is_some_and(|end| end == "gz") {
        let mut text = String::new();
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).ok()?;
        return Some(text);
    }
    String::from_utf8(bytes).ok()
}

/// The cells of a line; a cell in quotes may hold the separator.
fn cells(line: &str, separator: char) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for letter in line.trim_end_matches('\r').chars() {
        if letter == '"' {
            quoted = !quoted;
        } else if letter == separator && !quoted {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            cell.push(letter);
        }
    }
    cells
}

/// Where numbers are cut into parts of equal size.
fn bounds(cells: &[String]) -> Vec<f64> {
    let mut numbers: Vec<f64> = cells.iter().filter_map(|cell| cell.parse().ok()).collect();
    numbers.sort_by(f64::total_cmp);
    let mut bounds: Vec<f64> = (1..BINS).map(|part| numbers[part * numbers.len() / BINS]).collect();
    bounds.dedup();
    bounds
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    (hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}
