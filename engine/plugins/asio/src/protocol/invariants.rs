//! What must hold for every stream of bytes, as a function that panics if it does not.
//!
//! Called by the test over the seed corpus and by the fuzz target. Not part of the interface of the crate.

use super::frame::{HEADER_BYTES, MOST_PAYLOAD};
use super::{Answer, Decoder, Frame, Notice, Request};

/// The body of the fuzz target `sidecar_protocol`: the first byte says in what pieces the rest comes. It is cut into frames in the same
/// way as at once, holds no more than a frame and a piece, and what can be read can be written and read again. Returns
/// whether all of it was frames that say something.
///
/// # Panics
///
/// If one of these does not hold.
#[doc(hidden)]
pub fn fuzz_protocol(data: &[u8]) -> bool {
    let Some((&length, bytes)) = data.split_first() else {
        return false;
    };
    let piece = usize::from(length) + 1;
    let in_pieces = decode(bytes, piece);
    assert_eq!(in_pieces, decode(bytes, bytes.len().max(1)));
    let (frames, is_whole) = in_pieces;
    // All of them, also those behind one that says nothing.
    let mute = frames.iter().filter(|frame| !check_payload(frame)).count();
    is_whole && mute == 0 && !frames.is_empty()
}

fn decode(bytes: &[u8], piece: usize) -> (Vec<Frame>, bool) {
    let (mut decoder, mut frames) = (Decoder::default(), Vec::new());
    for piece in bytes.chunks(piece) {
        decoder.push(piece);
        loop {
            match decoder.next() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => {
                    assert!(!error.hint().is_empty());
                    return (frames, false);
                }
            }
        }
        assert!(decoder.held() < HEADER_BYTES + MOST_PAYLOAD);
    }
    (frames, decoder.held() == 0)
}

fn check_payload(frame: &Frame) -> bool {
    let mut bytes = Decoder::default();
    bytes.push(&frame.to_bytes());
    assert_eq!(bytes.next(), Ok(Some(frame.clone())));
    macro_rules! check {
        ($kind:ty) => {
            frame.read::<$kind>().is_ok_and(|message| {
                let again = Frame::new(frame.kind, frame.id, &message);
                // What was short with its signs may be longer with ours.
                if let Ok(again) = again {
                    assert_eq!(again.read::<$kind>(), Ok(message));
                }
                true
            })
        };
    }
    match frame.kind {
        super::Kind::Request => check!(Request),
        super::Kind::Answer => check!(Answer),
        super::Kind::Notice => check!(Notice),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn seeds_of_the_fuzz_target_hold() {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/sidecar_protocol");
        let mut outcomes = [0, 0];
        for seed in std::fs::read_dir(folder).unwrap() {
            let path = seed.unwrap().path();
            let accepted = super::fuzz_protocol(&std::fs::read(&path).unwrap());
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            if file.starts_with("accepted") || file.starts_with("refused") {
                assert_eq!(accepted, file.starts_with("accepted"), "{file}");
                outcomes[usize::from(accepted)] += 1;
            }
        }
        assert!(outcomes[0] >= 4 && outcomes[1] >= 4, "{outcomes:?}");
    }
}
