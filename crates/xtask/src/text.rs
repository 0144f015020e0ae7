//! Building blocks of generated text.

use crm_core::kernels::Kernel;

/// `words` as lines of at most 100 characters, each after `prefix`.
pub(crate) fn wrap(words: &str, prefix: &str) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in words.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let width = prefix.chars().count() + line.chars().count() + word.chars().count() + 1;
        if !line.is_empty() && width > 100 {
            lines += &format!("{prefix}{line}\n");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    lines + &format!("{prefix}{line}\n")
}

/// `text` as one sentence: with a full stop at its end.
pub(crate) fn sentence(text: &str) -> String {
    if text.ends_with('.') {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// `snake_case` as `CamelCase`.
pub(crate) fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().collect())
                + letters.as_str()
        })
        .collect()
}

/// `open`, `items` separated by commas, `close`: a line of at most 100 characters, or several that
/// go on below the first.
pub(crate) fn call(depth: usize, open: &str, items: &[String], close: &str) -> String {
    let indent = "    ".repeat(depth);
    let one_line = format!("{indent}{open}{}{close}\n", items.join(", "));
    if one_line.chars().count() <= 101 {
        return one_line;
    }
    // Lines break between the items, not inside them.
    let whole: Vec<String> = items
        .iter()
        .map(|item| item.replace(' ', "\u{a0}"))
        .collect();
    let all = whole.join(", ") + &close.replace(' ', "\u{a0}");
    let lines = wrap(&all, &format!("{indent}    ")).replace('\u{a0}', " ");
    format!("{indent}{open}\n{lines}")
}

/// Where a kernel comes from, and when it has no value.
pub(crate) fn provenance(kernel: &Kernel) -> String {
    let source = format!("Source: {}", kernel.source);
    match kernel.diverges {
        Some(when) => format!("CRM_STATUS_DIVERGENT if {when}. {source}"),
        None => source,
    }
}
