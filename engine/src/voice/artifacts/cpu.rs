//! Whether a compiled library fits this machine: platform and instruction sets by the names in the manifest.
//!
//! Asked by `search` before anything is loaded, since a library with instructions that the processor lacks
//! would end the process at the first call. A name that is not in the list counts as missing: refusing is the
//! safe side.

use super::error::Rejection;
use super::manifest::Target;

/// Says why a library compiled for `target` cannot run here; `Ok` when it can.
pub(super) fn check(target: &Target) -> Result<(), Rejection> {
    if !fits_platform(&target.triple) {
        return Err(Rejection::Platform {
            triple: target.triple.clone(),
        });
    }
    let missing: Vec<String> = target
        .features
        .iter()
        .filter(|name| !has(name))
        .cloned()
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Rejection::Processor {
            target: target.name.clone(),
            missing,
        })
    }
}

/// Whether `triple` (`processor-vendor-system…`) is this processor family and operating system.
fn fits_platform(triple: &str) -> bool {
    let (processor, rest) = triple.split_once('-').unwrap_or((triple, ""));
    let processor = if processor == "arm64" {
        "aarch64"
    } else {
        processor
    };
    let system = match std::env::consts::OS {
        "macos" => rest.contains("darwin") || rest.contains("macos"),
        "linux" => rest.contains("linux") && !rest.contains("android"),
        other => rest.contains(other),
    };
    processor == std::env::consts::ARCH && system
}

/// Declares `has(name)` as a lookup among names that the detection macro takes only as literals.
macro_rules! features {
    ($detect:ident: $($name:tt)*) => {
        fn has(name: &str) -> bool {
            match name {
                $($name => std::arch::$detect!($name),)*
                _ => false,
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
features!(is_x86_feature_detected:
    "sse3" "ssse3" "sse4.1" "sse4.2" "popcnt" "cmpxchg16b" "avx" "avx2" "fma" "f16c" "bmi1" "bmi2" "lzcnt" "movbe"
    "avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl" "avx512vnni");

#[cfg(target_arch = "aarch64")]
features!(is_aarch64_feature_detected: "neon" "fp16" "dotprod" "i8mm" "bf16" "sve");

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn has(_name: &str) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(triple: &str, features: &[&str]) -> Target {
        Target {
            name: "test".into(),
            triple: triple.into(),
            cpu: String::new(),
            features: features.iter().map(ToString::to_string).collect(),
        }
    }

    fn here() -> String {
        let system = if cfg!(target_os = "macos") {
            "apple-darwin"
        } else {
            "unknown-linux-gnu"
        };
        format!("{}-{system}", std::env::consts::ARCH)
    }

    #[test]
    fn a_feature_nobody_has_is_named() {
        let refused = check(&target(&here(), &["avx1024"])).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "it was compiled for test, and this processor lacks avx1024"
        );
        assert!(check(&target(&here(), &[])).is_ok());
    }

    #[test]
    fn another_platform_is_refused() {
        for triple in [
            "",
            "riscv64-unknown-linux-gnu",
            "x86_64-linux-android",
            "x86_64-plan9",
            "linux",
        ] {
            assert!(
                matches!(check(&target(triple, &[])), Err(Rejection::Platform { .. })),
                "{triple}"
            );
        }
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn detection_agrees_with_the_compiler() {
        // Every x86-64 processor has SSE2 only; what this test's own build assumes must be detected.
        assert_eq!(has("avx2"), std::arch::is_x86_feature_detected!("avx2"));
        assert!(!has("sse2 "), "names are matched exactly");
    }
}
