//! Writes, or checks, every file of the project that is generated from the tables of crm-core:
//! `cargo run -p xtask -- generate`, `cargo run -p xtask -- check`. A test checks them too.
//! `kernel-bits` prints results of all kernels, which the tests of the bindings compare theirs with.
//!
//! Each target is a module with one function that makes the whole text of one file, and one line
//! in [`TARGETS`].

mod c_categories;
mod c_header;
mod c_kernels;
mod c_symbols;
mod cpp_kernels;
mod kernel_bits;
mod py_kernels;
mod text;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// One generated file: where it is, and what makes its text from the root of the project.
struct Target {
    path: &'static str,
    text: fn(&Path) -> Result<String>,
}

/// In the order in which they are made: a later one may read an earlier one, as the header
/// reads the Rust files before it.
const TARGETS: &[Target] = &[
    Target {
        path: "bindings/c/src/categories.rs",
        text: c_categories::rust,
    },
    Target {
        path: "bindings/c/src/kernels.rs",
        text: c_kernels::text,
    },
    Target {
        path: "include/crm_core.h",
        text: c_header::text,
    },
    Target {
        path: "bindings/c/symbols.txt",
        text: c_symbols::text,
    },
    Target {
        path: "include/crm_core_categories.hpp",
        text: c_categories::cpp,
    },
    Target {
        path: "include/crm_core_kernels.hpp",
        text: cpp_kernels::text,
    },
    Target {
        path: "python/crm_core/_kernels.py",
        text: py_kernels::text,
    },
];

#[expect(clippy::print_stderr, reason = "a command-line tool reports there")]
fn main() -> ExitCode {
    let done = match env::args().nth(1).as_deref() {
        Some("generate") => generate(),
        Some("check") => check(),
        Some("kernel-bits") => print_kernel_bits(),
        _ => Err("usage: xtask generate|check|kernel-bits".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "what this command is for")]
fn print_kernel_bits() -> Result<()> {
    print!("{}", kernel_bits::text()?);
    Ok(())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn generate() -> Result<()> {
    for target in TARGETS {
        let path = root().join(target.path);
        let text = (target.text)(&root())?;
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            fs::write(path, text)?;
        }
    }
    Ok(())
}

fn check() -> Result<()> {
    for target in TARGETS {
        if fs::read_to_string(root().join(target.path))? != (target.text)(&root())? {
            return Err(format!(
                "{} is stale: run `cargo run -p xtask -- generate`",
                target.path
            )
            .into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn generated_files_are_up_to_date() {
        super::check().unwrap();
    }
}
