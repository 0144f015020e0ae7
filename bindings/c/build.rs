//! Gives the shared library its soname: the number is `CRM_ABI_VERSION` of `src/version.rs`. And keeps
//! it loaded once it is: its threads wait for work until the program ends.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libcrm_core.so.0");
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
