//! `utter bench --first-audio`: how soon something is heard.
//!
//! From the text until its first frames are ready for the device, whose own latency comes on top: once with the text given
//! whole, and once with its words coming as from a language model. Then the time counts from when the first clause was
//! complete, since nothing can be said sooner.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use utter::playback::output::{NullOutput, OutputSelection};
use utter::playback::{Player, PlayerOptions};
use utter::speech::{
    ChunkSource, Delivery, Event, Events, QUIET, Speaker, TextWriter, Utterance, read_text, stream_text,
};
use utter::text::{Language, ReadOptions, Reader};
use utter::voice::KokoroPipeline;

use crate::failure::{Failure, Kind};
use crate::progress::bar;
use crate::table::{show, table, write};

/// Sentences of 1 to 15 seconds, as assistants say them.
pub const ANSWERS: &str = include_str!("../../../fixtures/corpora/answers.txt");

/// Between two pieces of a text that comes piece by piece: twenty a second.
const BETWEEN: Duration = Duration::from_millis(50);

/// Letters of a piece: what language models have for a token on average.
const PIECE: usize = 4;

/// Fewer letters are no clause that could be said.
const CLAUSE: usize = 8;

#[derive(Debug, Serialize)]
pub struct FirstAudio {
    lines: Vec<Line>,
    at_once: Percentiles,
    in_pieces: Percentiles,
}

#[derive(Debug, Serialize)]
struct Line {
    text: String,
    at_once_s: f64,
    /// After the first clause was complete.
    in_pieces_s: f64,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Percentiles {
    p50_s: f64,
    p95_s: f64,
    most_s: f64,
}

/// A speaker whose output nobody hears.
struct Studio {
    reader: Arc<Reader>,
    language: Language,
    voice: String,
    speaker: Speaker,
    events: Events,
}

/// Measures every line.
pub fn measure(
    pipeline: KokoroPipeline,
    reader: &Arc<Reader>,
    (language, voice): (Language, &str),
    lines: &[String],
) -> Result<FirstAudio, Failure> {
    let output = Arc::new(NullOutput::default());
    let player = Player::open(output, &OutputSelection::Default, &PlayerOptions::default())?;
    let (speaker, events) = Speaker::start(player, Box::new(pipeline))?;
    let studio = Studio {
        reader: Arc::clone(reader),
        language,
        voice: voice.to_owned(),
        speaker,
        events,
    };
    let shown = bar(2 * lines.len() as u64 + 2, "Listening");
    // The voice is warm, and what it costs is known.
    for line in lines.iter().take(2) {
        studio.at_once(line)?;
        shown.inc(1);
    }
    let mut measured = Vec::new();
    for line in lines {
        let at_once = studio.at_once(line)?;
        shown.inc(1);
        let in_pieces = studio.in_pieces(line)?;
        shown.inc(1);
        measured.push(Line {
            text: line.clone(),
            at_once_s: at_once.as_secs_f64(),
            in_pieces_s: in_pieces.as_secs_f64(),
        });
    }
    shown.finish_and_clear();
    studio.speaker.close();
    Ok(FirstAudio {
        at_once: percentiles(measured.iter().map(|line| line.at_once_s)),
        in_pieces: percentiles(measured.iter().map(|line| line.in_pieces_s)),
        lines: measured,
    })
}

impl Studio {
    fn at_once(&self, text: &str) -> Result<Duration, Failure> {
        let begin = Instant::now();
        let chunks = read_text(
            Arc::clone(&self.reader),
            text.to_owned(),
            self.language,
            &ReadOptions::default(),
        )?;
        self.first_audio(chunks, begin, |_| begin)
    }

    /// How long after the first clause was complete.
    fn in_pieces(&self, text: &str) -> Result<Duration, Failure> {
        let (writer, chunks) = stream_text(
            Arc::clone(&self.reader),
            self.language,
            ReadOptions::default(),
            QUIET,
        )?;
        let begin = Instant::now();
        let pieces = pieces(text);
        let complete = first_clause(&pieces);
        thread::scope(|scope| {
            scope.spawn(|| type_out(&writer, &pieces, begin));
            self.first_audio(chunks, begin, |begin| begin + BETWEEN * complete as u32)
        })
    }

    /// Has something said until it is heard.
    fn first_audio(
        &self,
        chunks: Box<dyn ChunkSource>,
        begin: Instant,
        since: impl FnOnce(Instant) -> Instant,
    ) -> Result<Duration, Failure> {
        let delivery = Delivery {
            voice: self.voice.clone(),
            ..Delivery::default()
        };
        let spoken = self.speaker.speak(Utterance { chunks, delivery })?;
        let is_it = |id| id == spoken.id();
        let heard = loop {
            match self.events.recv() {
                Ok(Event::FirstAudio { utterance, .. }) if is_it(utterance) => break Instant::now(),
                Ok(Event::Failed { error, .. }) => return Err(error.into()),
                Ok(_) => {}
                Err(error) => return Err(Failure::new(Kind::Failed, error, "")),
            }
        };
        self.speaker.stop();
        spoken.wait();
        Ok(heard.saturating_duration_since(since(begin)))
    }
}

/// Writes the pieces at their times, until nobody wants them any more.
fn type_out(writer: &TextWriter, pieces: &[&str], begin: Instant) {
    for (n, piece) in (0..).zip(pieces) {
        thread::sleep((begin + BETWEEN * n).saturating_duration_since(Instant::now()));
        if writer.push(piece).is_err() {
            return;
        }
    }
    writer.finish();
}

/// The pieces of a text.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.char_indices().nth(PIECE).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// The piece with which the first clause is complete.
fn first_clause(pieces: &[&str]) -> usize {
    let mut letters = 0;
    let ends = |piece: &&str| {
        piece.chars().any(|c| {
            letters += usize::from(c.is_alphanumeric());
            letters >= CLAUSE && matches!(c, ',' | ';' | ':' | '.' | '!' | '?')
        })
    };
    pieces.iter().position(ends).unwrap_or(pieces.len() - 1)
}

fn percentiles(times: impl Iterator<Item = f64>) -> Percentiles {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    // Of none there is no such thing; there are always lines.
    let at = |part: f64| times[((times.len() - 1) as f64 * part).round() as usize];
    Percentiles {
        p50_s: at(0.5),
        p95_s: at(0.95),
        most_s: at(1.0),
    }
}

/// Shows it as a table.
pub fn print(measured: &FirstAudio, threads: usize) -> Result<(), Failure> {
    let mut table = table(&["AT_ONCE_S", "IN_PIECES_S", "TEXT"]);
    for line in &measured.lines {
        let times = [line.at_once_s, line.in_pieces_s].map(|seconds| format!("{seconds:.3}"));
        table.add_row(times.into_iter().chain([line.text.clone()]));
    }
    show(table)?;
    let of = |times: Percentiles| {
        let Percentiles { p50_s, p95_s, most_s } = times;
        format!("median {p50_s:.3} s, 95 % within {p95_s:.3} s, the last after {most_s:.3} s")
    };
    write(&format!(
        "\n{threads} threads, first audio\n  of a text given at once: {}\n  in twenty pieces a second, after the first clause: {}\n",
        of(measured.at_once),
        of(measured.in_pieces)
    ))
}
