//! What each part of the module costs: the sizes of its functions, by the folder of the engine that they come from.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use crate::sizes::grouped;

/// Exported functions whose work is inlined into them: where that work is written.
const INLINED: [(&str, &str); 3] = [("lead_new", "pact"), ("hand_off", "handoff"), ("Lead>::assess_after", "outlook")];
const FOLDERS: [&str; 7] = ["asking", "browser", "handoff", "lead", "outlook", "pact", "score"];

/// A table of raw bytes by part, the largest first; `named` is the module with its functions' names.
pub(crate) fn table(named: &Path) -> Result<String> {
    let module = walrus::Module::from_file(named)?;
    let mut parts = BTreeMap::<&str, u64>::new();
    for (id, function) in module.funcs.iter_local() {
        let name = module.funcs.get(id).name.as_deref().unwrap_or_default();
        *parts.entry(part(&without_hashes(name))).or_default() +=
            function.original_range.as_ref().map_or(0, |range| range.len() as u64);
    }
    let data = module.data.iter().map(|segment| segment.value.len() as u64).sum();
    parts.insert("constant data", data);
    let mut rows: Vec<(&str, u64)> = parts.into_iter().collect();
    rows.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    let mut text =
        String::from("\nWhat the parts of the wasm weigh, raw; what is inlined counts where it is called.\n\n");
    text.push_str("| part | raw |\n| --- | ---: |\n");
    for (part, bytes) in rows {
        text.push_str(&format!("| {part} | {} |\n", grouped(bytes)));
    }
    Ok(text)
}

/// The name without its crates' hashes, and without what other brackets it has.
fn without_hashes(name: &str) -> String {
    let is_hash = |text: &str| text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let rest = |piece| match str::split_once(piece, ']') {
        Some((hash, rest)) if is_hash(hash) => rest,
        _ => piece,
    };
    name.split('[').map(rest).collect()
}

/// The part that a function belongs to, by its name as the compiler gives it.
fn part(name: &str) -> &'static str {
    if let Some((_, part)) = INLINED.iter().find(|(export, _)| name.contains(export)) {
        return part;
    }
    if name.contains("serde_core::ser") {
        return "serialisation";
    }
    if let Some((_, path)) = name.split_once("leadpact::") {
        let folder =
            FOLDERS.iter().find(|folder| path.strip_prefix(**folder).is_some_and(|rest| rest.starts_with("::")));
        return folder.copied().unwrap_or("the engine's own tools");
    }
    match name.split("::").next() {
        Some("libm") => "powers and rounding (libm)",
        // Exported functions have plain names.
        Some(whole) if whole == name && !whole.starts_with("__") => "browser",
        _ => "standard library, allocator, bindings",
    }
}

#[cfg(test)]
mod tests {
    use super::{part, without_hashes};

    #[test]
    fn functions_count_for_the_folder_that_they_come_from() {
        assert_eq!(part("<leadpact::outlook::Case>::laid_out"), "outlook");
        assert_eq!(part("core::ptr::drop_in_place::<leadpact::pact::Terms>"), "pact");
        assert_eq!(part("hand_off externref shim"), "handoff");
        assert_eq!(part("lead_setText"), "browser");
        assert_eq!(
            without_hashes("<leadpact[0123456789abcdef]::lead::Lead>::record"),
            "<leadpact::lead::Lead>::record"
        );
        assert_eq!(part("leadpact::text::fold"), "the engine's own tools");
        assert_eq!(part("<char>::is_alphanumeric"), "standard library, allocator, bindings");
    }
}
