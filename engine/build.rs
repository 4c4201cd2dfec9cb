//! Puts `libtvm_ffi` beside the programs that cargo builds, so that they find it at run time.
//!
//! The crate `tvm-ffi-sys` links the library from where `tvm-ffi-config` says. At run time programs look in
//! their own folder: `utter` in that of the profile, tests and documentation tests in `deps` below it. This
//! script only brings the library there; when it cannot, `tvm-ffi-sys` says what is missing.
//!
//! Beside that it hands the triple of the target on to the code (`UTTER_TARGET`).

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PATH");
    // Packages of plugins name the triple that a library is for; the compiler tells it to build scripts alone.
    println!("cargo:rustc-env=UTTER_TARGET={}", env::var("TARGET")?);
    let Some(source) = library() else {
        // For another system it may well be linked in, or come with the app.
        if env::var("HOST")? == env::var("TARGET")? {
            println!(
                "cargo:warning=tvm-ffi-config is not on PATH; `make build` puts it there, `make shell` prints how"
            );
        }
        return Ok(());
    };
    // OUT_DIR is <profile>/build/<package>/out.
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let profile = out
        .ancestors()
        .nth(3)
        .ok_or("OUT_DIR is not below a profile's folder")?;
    println!("cargo:rerun-if-changed={}", source.display());
    for folder in [profile.to_path_buf(), profile.join("deps")] {
        let target = folder.join(source.file_name().ok_or("a library without a name")?);
        place(&source, &target)?;
        println!("cargo:rerun-if-changed={}", target.display());
    }
    // For this package's tests when they are started by hand: cargo sets the search path only for those that
    // it starts.
    match env::var("CARGO_CFG_TARGET_OS")?.as_str() {
        "windows" => {} // looks in a program's own folder first
        "macos" | "ios" => println!("cargo:rustc-link-arg-tests=-Wl,-rpath,@loader_path"),
        _ => println!("cargo:rustc-link-arg-tests=-Wl,-rpath,$ORIGIN"),
    }
    Ok(())
}

/// The library that `tvm-ffi-sys` links.
fn library() -> Option<PathBuf> {
    let answer = Command::new("tvm-ffi-config")
        .arg("--libdir")
        .output()
        .ok()
        .filter(|answer| answer.status.success())?;
    let folder = PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim());
    let name = match env::var("CARGO_CFG_TARGET_OS").ok()?.as_str() {
        "macos" | "ios" => "libtvm_ffi.dylib",
        "windows" => "tvm_ffi.dll",
        _ => "libtvm_ffi.so",
    };
    Some(folder.join(name)).filter(|library| library.is_file())
}

/// Copies `source` to `target` where it differs. The copy keeps the time of change: were it newer than this
/// script's last run, cargo would run the script, and build all that depends on it, every time.
fn place(source: &Path, target: &Path) -> Result<(), Box<dyn Error>> {
    let wanted = fs::metadata(source)?;
    let same = fs::metadata(target)
        .is_ok_and(|found| found.len() == wanted.len() && found.modified().ok() == wanted.modified().ok());
    if !same {
        // A program that runs may have the old one mapped: replace it, never write into it.
        let partial = target.with_extension(format!("{}.partial", std::process::id()));
        fs::copy(source, &partial)?;
        fs::File::options()
            .write(true)
            .open(&partial)?
            .set_modified(wanted.modified()?)?;
        fs::rename(&partial, target)?;
    }
    Ok(())
}
