//! `sizes`: what a visitor loads, against its ceiling and the committed table.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::{build, node, parts, paths, run};

/// The most that JavaScript and wasm may weigh together under brotli; the aim was 60,000.
const CEILING: u64 = 79_150;
/// The same for a standard library as shipped: it was not built for size, and we do not publish it.
const CEILING_AS_SHIPPED: u64 = 125_000;
/// The most that delivery by fetch may weigh under brotli, for the forms that ask for it.
const CEILING_DELIVERY: u64 = 6_100;
/// What the script for pages that take no modules may weigh more than the module and delivery by fetch.
const CLASSIC_MORE: u64 = 100;
/// How far the committed table may be off, in percent, before it must be written anew.
const DRIFT: u64 = 1;
const TABLE: &str = "docs/sizes.md";

/// Options of `sizes`.
#[derive(clap::Args, Default)]
pub(crate) struct Args {
    /// Writes the table in `docs/sizes.md`
    #[arg(long)]
    write: bool,
}

/// Bytes of a file, or of several.
#[derive(Clone, Copy, Default)]
pub(crate) struct Size {
    pub raw: u64,
    pub gzip: u64,
    pub brotli: u64,
}

impl Size {
    /// Weighs one file.
    pub(crate) fn of(file: &Path) -> Result<Size> {
        let line = run::read(node::script("weigh.mjs").arg(file))?;
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        let [raw, gzip, brotli] = numbers[..] else { bail!("could not weigh {}", paths::shown(file)) };
        Ok(Size { raw, gzip, brotli })
    }

    fn plus(self, other: Size) -> Size {
        Size { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }
}

/// Builds the module, prints its sizes, and fails above the ceiling or where the table is out of date.
pub(crate) fn sizes(args: &Args) -> Result<()> {
    let built = build::build()?;
    let mut rows = Vec::new();
    let mut total = Size::default();
    for file in build::LOADED {
        let size = Size::of(&built.package.join(file))?;
        total = total.plus(size);
        rows.push((file, size));
    }
    rows.push(("together", total));
    let mut richer = Size::default();
    for file in build::LOADED {
        richer = richer.plus(Size::of(&built.package.join(build::EXPLAINS).join(file))?);
    }
    let classic = Size::of(&built.package.join(build::CLASSIC))?;
    let delivery = Size::of(&built.package.join(build::DELIVERY))?;
    let scripts = scripts(&run::read(node::script("js-parts.mjs").arg(&built.entry))?);
    let table = table(&rows, &built.compiler)
        + &delivering(delivery)
        + &as_script(classic)
        + &explaining(richer)
        + &scripts
        + &parts::table(&built.named)?;
    print!("{}", table.split_once("\n\n").map_or(table.as_str(), |(_, rest)| rest));

    if args.write {
        fs::create_dir_all(paths::root("docs"))?;
        fs::write(paths::root(TABLE), table).context(TABLE)?;
    }
    let ceiling = ceiling(&built.compiler);
    if total.brotli > ceiling {
        bail!(
            "{} bytes under brotli, {} over the ceiling of {}: make it smaller, or raise the ceiling in \
            xtask/src/sizes.rs and say why",
            grouped(total.brotli),
            grouped(total.brotli - ceiling),
            grouped(ceiling)
        );
    }
    // A page loads the module or the script: what one may weigh, the other may.
    if delivery.brotli > CEILING_DELIVERY {
        bail!(
            "{} weighs {} bytes under brotli, over its ceiling of {CEILING_DELIVERY}",
            build::DELIVERY,
            delivery.brotli
        );
    }
    if classic.brotli > rows[0].1.brotli + delivery.brotli + CLASSIC_MORE {
        bail!("{} weighs {} bytes under brotli, too far over the module", build::CLASSIC, grouped(classic.brotli));
    }
    compare(&fs::read_to_string(paths::root(TABLE)).unwrap_or_default(), &built.compiler, total.brotli)
}

fn ceiling(compiler: &str) -> u64 {
    if compiler.ends_with("as shipped") { CEILING_AS_SHIPPED } else { CEILING }
}

/// Holds the committed table against this build, if the same compiler made both.
fn compare(committed: &str, compiler: &str, brotli: u64) -> Result<()> {
    if !committed.is_empty() && !committed.contains(compiler) {
        eprintln!("   {TABLE} was made by another compiler; only the ceiling was checked");
        return Ok(());
    }
    let written = committed_total(committed).unwrap_or_default();
    if written.abs_diff(brotli) * 100 > written * DRIFT {
        bail!(
            "{TABLE} says {} bytes, this build weighs {}: run `cargo xtask sizes --write` and commit it",
            grouped(written),
            grouped(brotli)
        );
    }
    Ok(())
}

/// The last number of the table's last row.
fn committed_total(table: &str) -> Option<u64> {
    let row = table.lines().find(|line| line.contains("together"))?;
    let cell = row.trim_end_matches(['|', ' ']).rsplit('|').next()?;
    cell.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()
}

fn table(rows: &[(&str, Size)], compiler: &str) -> String {
    let mut text = String::from("# What a visitor loads\n\n");
    text.push_str(&format!("Bytes, written by `cargo xtask sizes --write`. Compiler: {compiler}.\n"));
    text.push_str(&format!(
        "The build fails above {} bytes under brotli; the aim was 60,000, and 30,000 for the first version.\n\n",
        grouped(ceiling(compiler))
    ));
    text.push_str("| file | raw | gzip 9 | brotli 11 |\n| --- | ---: | ---: | ---: |\n");
    for (name, size) in rows {
        let [raw, gzip, brotli] = [size.raw, size.gzip, size.brotli].map(grouped);
        let name = if *name == "together" { "**together**".to_owned() } else { format!("`{name}`") };
        text.push_str(&format!("| {name} | {raw} | {gzip} | {brotli} |\n"));
    }
    text
}

/// What a page loads that shows what the engine thinks; it has no ceiling.
fn explaining(size: Size) -> String {
    let brotli = grouped(size.brotli);
    format!("\nThe module with `lead.explain()`, in `{}/`, weighs {brotli} bytes under brotli.\n", build::EXPLAINS)
}

/// What a page loads besides, where a form is delivered by fetch.
fn delivering(size: Size) -> String {
    let brotli = grouped(size.brotli);
    format!(
        "\n`{}`, loaded besides for forms that are delivered by fetch, weighs {brotli} bytes under brotli.\n",
        build::DELIVERY
    )
}

/// What a page loads that takes no modules, delivery by fetch included.
fn as_script(size: Size) -> String {
    format!("\n`{}`, in the place of the module, weighs {} bytes under brotli.\n", build::CLASSIC, grouped(size.brotli))
}

/// What each source file of the script costs, by lines of its name and its two weights.
fn scripts(lines: &str) -> String {
    let mut text = String::from(
        "\nWhat the files of `leadpact.js` weigh in it, raw, and how much less it weighs under brotli without one and what only \
        that one needs: 0 where what is left happens to be compressed less well.\n\n| file | raw | brotli 11 |\n| --- | ---: | ---: |\n",
    );
    for line in lines.lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [file, raw, brotli] = cells[..] else { continue };
        let weights = [raw, brotli].map(|weight| grouped(weight.parse().unwrap_or_default()));
        text.push_str(&format!("| `{file}` | {} | {} |\n", weights[0], weights[1]));
    }
    text
}

/// A number with commas between its thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE_BY: &str = "rustc 1.96.0, the standard library built for size";

    fn committed(brotli: u64) -> String {
        table(&[("together", Size { raw: 90_000, gzip: 40_000, brotli })], MADE_BY)
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([999, 1_000, 1_234_567].map(grouped), ["999", "1,000", "1,234,567"]);
    }

    #[test]
    fn each_file_of_the_script_is_a_row() {
        assert!(
            scripts("form.js 7206 8691\nnode.js 341 123\n")
                .ends_with("| `form.js` | 7,206 | 8,691 |\n| `node.js` | 341 | 123 |\n")
        );
    }

    #[test]
    fn table_within_one_percent_passes() {
        assert!(compare(&committed(30_000), MADE_BY, 30_300).is_ok());
        assert!(compare(&committed(30_000), MADE_BY, 30_301).is_err());
    }

    #[test]
    fn missing_table_fails() {
        assert!(compare("", MADE_BY, 30_000).is_err());
    }

    #[test]
    fn table_of_another_compiler_is_not_compared() {
        assert!(compare(&committed(30_000), "rustc 1.97.0, the standard library as shipped", 50_000).is_ok());
    }
}
