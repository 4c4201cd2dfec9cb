//! Programs built against this crate find `libtvm_ffi` when they run, in the folder of their build.
//!
//! That this test starts at all is most of what it shows; `engine/build.rs` is what it is about.

use std::path::Path;

#[test]
fn libtvm_ffi_lies_beside_the_build() {
    // Any use of the library will do: without one the linker would leave it out.
    assert!(tvm_ffi::Function::get_global("utter.no_such_function").is_err());
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .unwrap()
        .canonicalize()
        .unwrap();
    let mapped = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    for loaded in mapped
        .lines()
        .filter_map(|line| line.split_whitespace().nth(5))
        .filter(|p| p.contains("libtvm_ffi"))
    {
        assert!(
            Path::new(loaded).starts_with(&target),
            "{loaded} is not of the build in {}",
            target.display()
        );
    }
}
