//! `include/crm_core.h`: cbindgen over the C crate, after a first page for C programmers.

use std::fs;
use std::path::Path;

use cbindgen::{Builder, Config};

use crate::Result;

pub(crate) fn text(root: &Path) -> Result<String> {
    let crate_folder = root.join("bindings/c");
    let mut config = Config::from_file(crate_folder.join("cbindgen.toml"))?;
    let first_page = fs::read_to_string(crate_folder.join("header.txt"))?;
    config.header = Some(first_page.trim_end().to_owned());
    let arrow = fs::read_to_string(crate_folder.join("arrow.txt"))?;
    config.after_includes = Some(version_macros() + arrow.trim_end());
    let mut header = Vec::new();
    Builder::new()
        .with_crate(&crate_folder)
        .with_config(config)
        .generate()?
        .write(&mut header);
    let mut header = String::from_utf8(header)?;
    for section in sections(&crate_folder)? {
        header = with_section(&header, &section);
    }
    Ok(header)
}

fn version_macros() -> String {
    let [major, minor, patch] = [
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        env!("CARGO_PKG_VERSION_PATCH"),
    ];
    format!(
        "
/** The version of this header; `crm_version()` is the version of the library that is loaded. */
#define CRM_VERSION \"{major}.{minor}.{patch}\"
#define CRM_VERSION_MAJOR {major}
#define CRM_VERSION_MINOR {minor}
#define CRM_VERSION_PATCH {patch}
"
    )
}

/// A module of the C crate is a section of the header.
struct Section {
    /// The first line of its documentation.
    title: String,
    /// Its first exported function.
    first_function: String,
}

fn sections(crate_folder: &Path) -> Result<Vec<Section>> {
    let mut sections = Vec::new();
    let mut folders = vec![crate_folder.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                sections.extend(section(&fs::read_to_string(path)?));
            }
        }
    }
    Ok(sections)
}

fn section(source: &str) -> Option<Section> {
    let title = source.lines().find_map(|line| line.strip_prefix("//! "))?;
    let (_, exported) = source.split_once("#[unsafe(no_mangle)]")?;
    let (_, name) = exported.split_once(" fn ")?;
    Some(Section {
        title: title.trim_end_matches('.').to_owned(),
        first_function: name.split('(').next()?.to_owned(),
    })
}

/// `header` with the title of the section before the comment of its first function.
fn with_section(header: &str, section: &Section) -> String {
    let declaration = format!("{}(", section.first_function);
    let place = header
        .lines()
        .scan(0, |end, line| {
            *end += line.len() + 1;
            Some((*end - line.len() - 1, line))
        })
        .find(|(_, line)| !line.starts_with([' ', '/']) && line.contains(&declaration))
        .and_then(|(start, _)| header.get(..start)?.rfind("/**"));
    match place.and_then(|place| header.split_at_checked(place)) {
        Some((before, after)) => format!(
            "{before}/* {} */\n/* {} */\n/* {} */\n\n{after}",
            "-".repeat(94),
            format_args!("{:<94}", section.title),
            "-".repeat(94)
        ),
        None => header.to_owned(),
    }
}
