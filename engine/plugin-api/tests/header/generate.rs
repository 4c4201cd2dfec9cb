//! Writes the header: cbindgen has the declarations, and this the first page, the names of constants, and the words.

use super::prose;
use std::fs;
use std::path::{Path, PathBuf};

/// What precedes the names of an enum's constants as cbindgen makes them, and as they are.
const CONSTANTS: [(&str, &str); 3] = [
    ("UTTER_FAILURE_CODE_T_", "UTTER_FAILURE_"),
    ("UTTER_LOG_LEVEL_T_", "UTTER_LOG_"),
    ("UTTER_OUTPUT_STATE_T_", "UTTER_OUTPUT_"),
];

/// How the header ends, before the end of its guard: cbindgen writes no variable that it does not find in the sources.
const SYMBOL: &str = r#"
#ifdef __cplusplus
extern "C" {
#endif

// The symbol that a plugin exports. The plugin defines it: `const utter_plugin_entry_t utter_plugin_entry = { ... };`
extern UTTER_EXPORT const utter_plugin_entry_t utter_plugin_entry;

#ifdef __cplusplus
}
#endif
"#;

/// The text of `include/utter_plugin.h`.
pub fn header() -> String {
    let config = cbindgen::Config::from_file(directory().join("cbindgen.toml")).unwrap();
    let mut names: Vec<_> = config.export.rename.clone().into_iter().collect();
    names.push(("LogLevel::Debug".into(), "UTTER_LOG_DEBUG".into()));
    let builder = cbindgen::Builder::new().with_config(config);
    let bindings = builder.with_src(directory().join("src/abi/mod.rs")).generate();
    let mut declarations = Vec::new();
    bindings.unwrap().write(&mut declarations);
    let mut declarations = String::from_utf8(declarations).unwrap();
    for (made, named) in CONSTANTS {
        declarations = declarations.replace(made, named);
    }
    let guarded = declarations
        .rsplit_once("\n#endif")
        .expect("cbindgen writes a guard");
    let declarations = format!("{}{SYMBOL}\n#endif{}", guarded.0, guarded.1);
    let declarations = declarations.lines().map(|line| match line.split_once("// ") {
        Some((indent, text)) if indent.trim().is_empty() => {
            format!("{indent}// {}\n", prose::to_c(text, &names))
        }
        _ => format!("{line}\n"),
    });
    first_page(&names) + &declarations.collect::<String>()
}

/// The documentation of the module `abi`, as a comment.
fn first_page(names: &[(String, String)]) -> String {
    let module = fs::read_to_string(directory().join("src/abi/mod.rs")).unwrap();
    let page = module.lines().map_while(|line| line.strip_prefix("//!"));
    let page: Vec<_> = page
        .map(|line| prose::to_c(line.strip_prefix(' ').unwrap_or(line), names))
        .collect();
    let page = prose::aligned(&page);
    let lines = page
        .iter()
        .map(|line| format!("// {line}").trim_end().to_owned() + "\n");
    format!(
        "// SPDX-License-Identifier: MIT OR Apache-2.0\n//\n{}//\n// {}\n\n",
        lines.collect::<String>(),
        "Written from engine/plugin-api/src/abi/ by `make plugin-header`. Do not edit."
    )
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
