//! Frames of bytes: cutting a stream into them, and writing them.
//!
//! | bytes | what |
//! |---|---|
//! | 0..3 | `UtA` |
//! | 3 | the version of the protocol, 1 |
//! | 4..8 | length of the payload, little endian, at most 65,536 |
//! | 8 | kind: 1 request, 2 answer, 3 notice |
//! | 9..12 | zeros |
//! | 12..16 | number of the request, little endian; of a notice 0 |
//! | 16.. | the payload, JSON |

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version of the protocol. Both sides must have the same.
pub const VERSION: u8 = 1;
/// The most bytes of a payload.
pub const MOST_PAYLOAD: usize = 64 << 10;
/// The bytes before the payload.
pub const HEADER_BYTES: usize = 16;

const MAGIC: [u8; 3] = *b"UtA";

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The plugin asks for something.
    Request,
    /// What came of it.
    Answer,
    /// The program tells of something that nobody asked for.
    Notice,
}

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub kind: Kind,
    /// The number of the request.
    pub id: u32,
    /// JSON, or something else from somebody who lies.
    pub payload: Vec<u8>,
}

/// Why bytes are no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The bytes are something else.
    #[error("this is no frame")]
    Magic,
    /// The other side speaks another version.
    #[error("version {0} of the protocol, not {VERSION}")]
    Version(u8),
    /// The header says what no header says.
    #[error("a frame of no known kind")]
    Kind,
    /// The payload is longer than any.
    #[error("a payload of {0} bytes")]
    TooLong(usize),
    /// The payload is not what its frame is for.
    #[error("a payload that does not say what it should: {0}")]
    Payload(String),
}

impl FrameError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Version(_) => "install the plugin and its program together, they belong to each other",
            _ => "see what writes to the program's standard output; only the program may",
        }
    }
}

impl Frame {
    /// A frame that says `message`.
    ///
    /// # Errors
    ///
    /// If that takes more than [`MOST_PAYLOAD`].
    pub fn new(kind: Kind, id: u32, message: &impl Serialize) -> Result<Self, FrameError> {
        let payload = serde_json::to_vec(message).map_err(|error| FrameError::Payload(error.to_string()))?;
        if payload.len() > MOST_PAYLOAD {
            return Err(FrameError::TooLong(payload.len()));
        }
        Ok(Self { kind, id, payload })
    }

    /// What it says.
    ///
    /// # Errors
    ///
    /// If it does not say a `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, FrameError> {
        serde_json::from_slice(&self.payload).map_err(|error| FrameError::Payload(error.to_string()))
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let kind = match self.kind {
            Kind::Request => 1,
            Kind::Answer => 2,
            Kind::Notice => 3,
        };
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.payload.len());
        bytes.extend(MAGIC);
        bytes.push(VERSION);
        bytes.extend((self.payload.len() as u32).to_le_bytes());
        bytes.extend([kind, 0, 0, 0]);
        bytes.extend(self.id.to_le_bytes());
        bytes.extend(&self.payload);
        bytes
    }
}

/// Cuts a stream of bytes into frames. Holds what has come of one frame, and what has come with it.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
}

impl Decoder {
    /// Takes bytes that have come, as many at a time as the caller reads. [`next`](Self::next) is to be called until there is nothing
    /// more, or what is held grows.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// The next frame; `None` if it is not complete. After an error there is nothing but errors.
    ///
    /// # Errors
    ///
    /// If what comes next is no frame. That is told as soon as its header is there.
    #[expect(
        clippy::should_implement_trait,
        reason = "it gives frames again after it gave none"
    )]
    pub fn next(&mut self) -> Result<Option<Frame>, FrameError> {
        let Some((header, rest)) = self.bytes.split_first_chunk::<HEADER_BYTES>() else {
            return Ok(None);
        };
        let (kind, length, id) = read_header(header)?;
        let Some(payload) = rest.get(..length) else {
            return Ok(None);
        };
        let payload = payload.to_vec();
        self.bytes.drain(..HEADER_BYTES + length);
        Ok(Some(Frame { kind, id, payload }))
    }

    /// How many bytes are held.
    pub fn held(&self) -> usize {
        self.bytes.len()
    }
}

fn read_header(header: &[u8; HEADER_BYTES]) -> Result<(Kind, usize, u32), FrameError> {
    let [
        m0,
        m1,
        m2,
        version,
        l0,
        l1,
        l2,
        l3,
        kind,
        z0,
        z1,
        z2,
        i0,
        i1,
        i2,
        i3,
    ] = *header;
    if [m0, m1, m2] != MAGIC {
        return Err(FrameError::Magic);
    }
    if version != VERSION {
        return Err(FrameError::Version(version));
    }
    let kind = match (kind, [z0, z1, z2]) {
        (1, [0, 0, 0]) => Kind::Request,
        (2, [0, 0, 0]) => Kind::Answer,
        (3, [0, 0, 0]) => Kind::Notice,
        _ => return Err(FrameError::Kind),
    };
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if length > MOST_PAYLOAD {
        return Err(FrameError::TooLong(length));
    }
    Ok((kind, length, u32::from_le_bytes([i0, i1, i2, i3])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame() -> impl Strategy<Value = Frame> {
        let kind = prop_oneof![Just(Kind::Request), Just(Kind::Answer), Just(Kind::Notice)];
        let payload = prop::collection::vec(any::<u8>(), 0..200);
        (kind, any::<u32>(), payload).prop_map(|(kind, id, payload)| Frame { kind, id, payload })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_stream_is_cut_the_same_however_it_comes(
            frames in prop::collection::vec(frame(), 0..8),
            cuts in prop::collection::vec(1_usize..40, 1..20),
        ) {
            let bytes: Vec<u8> = frames.iter().flat_map(Frame::to_bytes).collect();
            let (mut decoder, mut found, mut rest) = (Decoder::default(), Vec::new(), bytes.as_slice());
            for cut in cuts.into_iter().cycle() {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                decoder.push(piece);
                while let Some(frame) = decoder.next().unwrap() {
                    found.push(frame);
                }
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(found, frames);
            prop_assert_eq!(decoder.held(), 0);
        }
    }

    #[test]
    fn what_is_no_frame_is_told_at_its_header() {
        let good = Frame::new(Kind::Request, 1, &"hello").unwrap().to_bytes();
        for (at, value, error) in [
            (0, b'X', FrameError::Magic),
            (3, 2, FrameError::Version(2)),
            (6, 2, FrameError::TooLong(0x2_0007)),
            (8, 4, FrameError::Kind),
            (9, 1, FrameError::Kind),
        ] {
            let mut bad = good.clone();
            bad[at] = value;
            let mut decoder = Decoder::default();
            decoder.push(&bad[..HEADER_BYTES]);
            assert_eq!(decoder.next(), Err(error.clone()), "{at}");
            assert_eq!(decoder.next(), Err(error), "and again");
        }
        assert!(Frame::new(Kind::Answer, 1, &"x".repeat(MOST_PAYLOAD)).is_err());
    }
}
