//! `include/crm_core.h`: cbindgen over the C crate, after a first page for C programmers.

use std::fs;
use std::path::Path;

use cbindgen::{Builder, Config};

use crate::Result;

pub(crate) fn text(root: &Path) -> Result<String> {
    let crate_folder = root.join("bindings/c");
    let mut config = Config::from_file(crate_folder.join("cbindgen.toml"))?;
    config.header = Some(
        fs::read_to_string(crate_folder.join("header.txt"))?
            .trim_end()
            .to_owned(),
    );
    config.after_includes = Some(version_macros());
    let mut header = Vec::new();
    Builder::new()
        .with_crate(&crate_folder)
        .with_config(config)
        .generate()?
        .write(&mut header);
    Ok(String::from_utf8(header)?)
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
#define CRM_VERSION_PATCH {patch}"
    )
}
