//! `bindings/c/symbols.txt`: what the shared library exports, which `tests/c` compares with `nm`.

use std::fs;
use std::path::Path;

use crate::Result;

pub(crate) fn text(root: &Path) -> Result<String> {
    let header = fs::read_to_string(root.join("include/crm_core.h"))?;
    // A declaration starts in the first column and names its function before the first bracket.
    let mut symbols: Vec<&str> = header
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('(')?.0.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("crm_"))
        .collect();
    symbols.sort_unstable();
    Ok(symbols.join("\n") + "\n")
}
