//! `utter voices`.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use utter::text::Language;
use utter::voice::style::{Gender, VoiceProfile};

use crate::arguments::VoiceFiles;
use crate::failure::Failure;
use crate::table::{show, show_json, table};
use crate::voice;

#[derive(Serialize)]
struct Row {
    name: String,
    language: Option<String>,
    tag: Option<&'static str>,
    gender: Option<&'static str>,
    reads_text: bool,
    /// What text is read through that has to be installed.
    through: Option<&'static str>,
}

impl Row {
    fn of(name: &str) -> Self {
        let language = Language::of_voice(name);
        Self {
            name: name.into(),
            language: language.map(|language| language.to_string()),
            tag: language.map(Language::tag),
            gender: VoiceProfile::of(name).gender.map(|gender| match gender {
                Gender::Female => "female",
                Gender::Male => "male",
            }),
            reads_text: language.is_some_and(Language::has_text_front_end),
            through: language
                .is_some_and(Language::is_read_by_espeak)
                .then_some("espeak-ng"),
        }
    }
}

pub fn run(artifacts: Option<&Path>, own: &VoiceFiles, json: bool) -> Result<ExitCode, Failure> {
    let voices = voice::all(voice::find(artifacts)?, own)?;
    let rows: Vec<Row> = voices.names().map(Row::of).collect();
    if json {
        show_json(&rows)?;
    } else {
        let mut table = table(&["VOICE", "LANGUAGE", "TAG", "SPEAKER", "INPUT"]);
        for row in rows {
            let input = match (row.reads_text, row.through) {
                (true, None) => "text, phonemes",
                (true, Some(_)) => "text through espeak-ng, phonemes",
                (false, _) => "phonemes",
            };
            let language = row.language.as_deref().unwrap_or("?");
            table.add_row([
                &row.name,
                language,
                row.tag.unwrap_or("?"),
                row.gender.unwrap_or("?"),
                input,
            ]);
        }
        show(table)?;
    }
    Ok(ExitCode::SUCCESS)
}
