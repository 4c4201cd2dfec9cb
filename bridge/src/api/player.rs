//! Clients: what they say, and how they are told of it.

use super::error::BridgeError;
use super::player_events::{PlayerEvent, PlayerSnapshot, TextSpan};
use super::requests::{ClipRequest, SpeakRequest, StopMode, VolumeSetting};
use crate::convert::{self, micros, number};
use crate::frb_generated::StreamSink;
use crate::guard::{guarded, outcome};
use crate::subscriptions;
use flutter_rust_bridge::frb;
use utter::host::{Client, ClientOptions, RuntimeHost};
use utter::playback::Seek;
use utter::speech::FileId;

/// A client, by its numbers. It holds nothing: it may be lost, and one that is no more is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientHandle {
    /// How many hot restarts there were before it.
    pub generation: u32,
    /// Its number, which is never given again.
    pub number: i64,
}

/// How far a file is that is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileProgress {
    /// Chunks that were written.
    pub chunks: u32,
    /// How long their audio is.
    pub duration_micros: i64,
}

/// When a word sounds in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileWord {
    /// Where it is in the text.
    pub text: TextSpan,
    /// When it begins, from the file's beginning.
    pub start_micros: i64,
    /// When it ends.
    pub end_micros: i64,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// How long its audio is.
    pub duration_micros: i64,
    /// When its words sound.
    pub words: Vec<FileWord>,
}

fn client(handle: ClientHandle) -> Client {
    Client::of(handle.into())
}

fn file_id(number: i64) -> FileId {
    FileId::of_number(number as u64)
}

/// Attaches a client. Loads and opens nothing.
///
/// # Errors
///
/// `QueueFull` if as many are attached as may be.
pub fn player_create_client(name: String, volume: VolumeSetting) -> Result<ClientHandle, BridgeError> {
    guarded(|| {
        let volume = volume.try_into()?;
        let client = RuntimeHost::current()?.attach(ClientOptions { name, volume })?;
        Ok(client.id().into())
    })
}

/// Follows what happens to a client: a snapshot, and then every change. The stream ends with the client; and when nobody reads
/// the stream any more, the client is taken to be dead, and evicted.
///
/// # Errors
///
/// None but those of every call.
#[frb(sync)]
pub fn player_events(handle: ClientHandle, sink: StreamSink<PlayerEvent>) -> Result<(), BridgeError> {
    guarded(|| {
        subscriptions::follow(client(handle).events()?, sink);
        Ok(())
    })
}

/// Ends a client: what it has queued fades out. A second time, and after its end, it does nothing.
///
/// # Errors
///
/// None.
pub fn player_dispose_client(handle: ClientHandle) -> Result<(), BridgeError> {
    guarded(|| {
        client(handle).detach();
        Ok(())
    })
}

/// Proves that a client lives, and does nothing else.
///
/// # Errors
///
/// `StaleClient` if it does not.
pub fn player_heartbeat(handle: ClientHandle) -> Result<(), BridgeError> {
    guarded(|| Ok(client(handle).heartbeat()?))
}

/// Says something, after what this client has asked for before. Gives the utterance's number.
///
/// # Errors
///
/// `InvalidInput`, `InvalidVoice`, `QueueFull`; `Output` if there has been none for long.
pub fn player_speak(handle: ClientHandle, request: SpeakRequest) -> Result<i64, BridgeError> {
    guarded(|| {
        let spoken = client(handle).speak(request.try_into()?)?;
        Ok(number(spoken.id().number()))
    })
}

/// Says a text while it is written, beginning with that of the request. Gives the utterance's number.
///
/// # Errors
///
/// As for [`player_speak`]; `InvalidInput` for phonemes and markup, which are given whole.
pub fn player_speak_stream(handle: ClientHandle, request: SpeakRequest) -> Result<i64, BridgeError> {
    guarded(|| {
        let spoken = client(handle).open_text(request.try_into()?)?;
        Ok(number(spoken.id().number()))
    })
}

/// Adds a piece to a text that is being written.
///
/// # Errors
///
/// `QueueFull` if too much of it waits to be said; nothing of the piece was taken then, and it can be given again.
/// `Cancelled` if the utterance is over, `InvalidInput` if its text was finished.
pub fn player_push_text(handle: ClientHandle, utterance: i64, piece: String) -> Result<(), BridgeError> {
    guarded(|| {
        let client = client(handle);
        Ok(client.push_text(client.utterance(utterance as u64)?, piece)?)
    })
}

/// Nothing more will come of a text that is being written.
///
/// # Errors
///
/// None but those of every call.
pub fn player_finish_text(handle: ClientHandle, utterance: i64) -> Result<(), BridgeError> {
    guarded(|| {
        let client = client(handle);
        Ok(client.finish_text(client.utterance(utterance as u64)?)?)
    })
}

/// Ends one utterance or clip of this client, whether its text is still written or not. Does nothing if it is over.
///
/// # Errors
///
/// None but those of every call.
pub fn player_cancel(handle: ClientHandle, utterance: i64) -> Result<(), BridgeError> {
    guarded(|| {
        let client = client(handle);
        Ok(client.cancel(client.utterance(utterance as u64)?)?)
    })
}

/// Plays a sound file as if it were an utterance. Gives its number.
///
/// # Errors
///
/// As for [`player_speak`]. What is wrong with the file is told by an event.
pub fn player_clip(handle: ClientHandle, request: ClipRequest) -> Result<i64, BridgeError> {
    guarded(|| {
        let (source, clip, options) = request.try_into()?;
        let played = client(handle).clip(source, clip, options)?;
        Ok(number(played.id().number()))
    })
}

/// Fades a client out, and leaves the output to others, until it is resumed. Gives the command's number.
///
/// # Errors
///
/// None but those of every call.
pub fn player_pause(handle: ClientHandle) -> Result<i64, BridgeError> {
    guarded(|| Ok(number(client(handle).pause()?.number())))
}

/// Goes on where a client was paused, when it is its turn. Gives the command's number.
///
/// # Errors
///
/// None but those of every call.
pub fn player_resume(handle: ClientHandle) -> Result<i64, BridgeError> {
    guarded(|| Ok(number(client(handle).resume()?.number())))
}

/// Ends what a client has asked for, and a pause of it. Gives the command's number.
///
/// # Errors
///
/// None but those of every call.
pub fn player_stop(handle: ClientHandle, how: StopMode) -> Result<i64, BridgeError> {
    guarded(|| Ok(number(client(handle).stop(how.into())?.number())))
}

/// Leaves the utterance that is heard, or would be the next, of a client. Gives the command's number.
///
/// # Errors
///
/// `InvalidInput` if there is none.
pub fn player_skip(handle: ClientHandle) -> Result<i64, BridgeError> {
    guarded(|| Ok(number(client(handle).skip()?.number())))
}

/// Goes to a time in the utterance of a client that is heard, or was heard last. Gives the command's number.
///
/// # Errors
///
/// `InvalidInput` if that is not there.
pub fn player_seek(handle: ClientHandle, time_micros: i64) -> Result<i64, BridgeError> {
    guarded(|| {
        let time = convert::duration("time_micros", time_micros)?;
        Ok(number(client(handle).seek(Seek::Time(time))?.number()))
    })
}

/// Goes to a word in the utterance of a client that is heard, or was heard last: to the one that holds this byte of the text in
/// UTF-8, or else the next one. Gives the command's number.
///
/// # Errors
///
/// `InvalidInput` if that is not there.
pub fn player_seek_to_word(handle: ClientHandle, utf8: i64) -> Result<i64, BridgeError> {
    guarded(|| {
        let byte = convert::count("utf8", utf8)?;
        Ok(number(client(handle).seek(Seek::Word(byte))?.number()))
    })
}

/// Says the last sentence of a client again, and what comes after it. Gives the command's number.
///
/// # Errors
///
/// `InvalidInput` if there is none.
pub fn player_replay(handle: ClientHandle) -> Result<i64, BridgeError> {
    guarded(|| Ok(number(client(handle).replay()?.number())))
}

/// Sets the volume of a client, on top of that of the runtime. Gives the command's number.
///
/// # Errors
///
/// `InvalidInput` for a level or a balance out of range.
pub fn player_set_volume(handle: ClientHandle, volume: VolumeSetting) -> Result<i64, BridgeError> {
    guarded(|| Ok(number(client(handle).set_volume(volume.try_into()?)?.number())))
}

/// How things stand with a client.
///
/// # Errors
///
/// None but those of every call.
pub fn player_state(handle: ClientHandle) -> Result<PlayerSnapshot, BridgeError> {
    guarded(|| Ok(client(handle).state()?.into()))
}

/// How far what is heard of a client is, or was, in microseconds from its utterance's beginning; null if nothing was.
///
/// # Errors
///
/// None but those of every call.
pub fn player_position(handle: ClientHandle) -> Result<Option<i64>, BridgeError> {
    guarded(|| Ok(client(handle).position()?.map(|position| micros(position.time))))
}

/// Begins to write speech into a WAV file, beside what is said. Gives the file's number; [`player_file`] tells how it ends. A
/// file of a client that is gone is given up.
///
/// # Errors
///
/// `InvalidInput`, `InvalidVoice`, `QueueFull`.
pub fn player_synthesize_to_file(
    handle: ClientHandle,
    request: SpeakRequest,
    path: String,
) -> Result<i64, BridgeError> {
    guarded(|| {
        let file = client(handle).synthesize(request.try_into()?, path)?;
        Ok(number(file.id().number()))
    })
}

/// Waits until a file is there, whole. Ended early by [`player_cancel_file`], and by the client's end. Can be asked once it is
/// over, too, until it was told.
///
/// # Errors
///
/// `File` if it cannot be written; `Cancelled` if it was given up; `InvalidInput` if there is no such file; and those of the
/// voice. There is no file then, or the one that was there before.
pub async fn player_file(handle: ClientHandle, file: i64) -> Result<FileReport, BridgeError> {
    let (client, file) = (client(handle), file_id(file));
    let kept = guarded(|| Ok(client.file(file)?))?;
    let result = outcome(kept.completion()).await;
    client.forget_file(file);
    convert::file_report(result, &kept)
}

/// How far a file is.
///
/// # Errors
///
/// `InvalidInput` if there is no such file, or its end was told.
pub fn player_file_progress(handle: ClientHandle, file: i64) -> Result<FileProgress, BridgeError> {
    guarded(|| Ok(client(handle).file(file_id(file))?.progress().into()))
}

/// Gives a file up. Does nothing if it is over.
///
/// # Errors
///
/// None but those of every call.
pub fn player_cancel_file(handle: ClientHandle, file: i64) -> Result<(), BridgeError> {
    guarded(|| {
        client(handle).file(file_id(file))?.cancel();
        Ok(())
    })
}
