//! The model, stage by stage: ALBERT, durations, prosody, text encoder, decoder, vocoder.
//!
//! Each stage owns its weights and its buffers, which grow to the longest chunk seen and are reused. Values go from stage
//! to stage as rows, one a token or a frame; every length is that of the chunk, nothing is padded to a fixed size.
//! The architecture is StyleTTS 2's (Li et al. 2023) with an ISTFTNet vocoder (Kaneko et al. 2022), as Kokoro-82M trained it.

mod albert;
mod decoder;
mod duration;
mod layers;
mod prosody;
mod residual;
mod text;
mod vocoder;

pub(super) use albert::Albert;
pub(super) use decoder::Decoder;
pub(super) use duration::Duration;
pub(super) use layers::StyleRow;
pub(super) use prosody::Prosody;
pub(super) use text::TextEncoder;
pub(super) use vocoder::Vocoder;

/// Symbols that the embeddings know.
pub(super) const SYMBOLS: usize = 178;

/// Channels of the text side.
pub(super) const CHANNELS: usize = 512;

/// Width of a style: decoder and prosody have one each.
pub(super) const STYLE: usize = 128;

/// Samples in an alignment frame (25 ms).
pub(super) const FRAME: usize = 600;
