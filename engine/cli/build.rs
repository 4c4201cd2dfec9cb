//! Tells the `utter` program to look for `libtvm_ffi` beside itself, and in `../lib` where it is installed.
//!
//! `engine/build.rs` puts the library beside it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let origin = match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("windows") => return,
        Ok("macos" | "ios") => "@loader_path",
        _ => "$ORIGIN",
    };
    for place in ["", "/../lib"] {
        println!("cargo:rustc-link-arg-bins=-Wl,-rpath,{origin}{place}");
    }
}
