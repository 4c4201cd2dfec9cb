//! The host knows no plugin by its name.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file: without comments, and without the tests at its end.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Where a text in the code is the id of a plugin, or a part of one: of a domain, backwards, and a name.
fn names_a_plugin(code: &str) -> Option<&str> {
    let texts = code.split('"').skip(1).step_by(2);
    let is_id = |text: &&str| {
        let labels: Vec<&str> = text.split('.').collect();
        let is_label = |label: &&str| {
            label.len() > 1
                && label
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
        };
        labels.len() >= 3 && labels[0].len() == 3 && labels.iter().all(is_label)
    };
    texts.into_iter().find(is_id)
}

#[test]
fn no_code_of_the_host_names_a_plugin() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for directory in ["src", "cli/src", "../bridge/src"] {
        sources(&engine.join(directory), &mut files);
    }
    assert!(files.len() > 200, "only {} files are looked at", files.len());
    for file in files {
        let is_test = file.components().any(|part| part.as_os_str() == "tests") || file.ends_with("tests.rs");
        if is_test {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = code(&text);
        assert_eq!(names_a_plugin(&code), None, "{}", file.display());
    }
}

#[test]
fn a_name_would_be_found() {
    assert_eq!(
        names_a_plugin(r#"if plugin.id == "org.utter.asio" { unload() }"#),
        Some("org.utter.asio")
    );
    assert_eq!(names_a_plugin(r#"let name = "utter-plugins";"#), None);
    assert_eq!(
        names_a_plugin(&code("/// As \"org.utter.asio\".\nlet x = 1;")),
        None
    );
}
