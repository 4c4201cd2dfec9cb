//! Where the sound of an MP3 file begins and ends.
//!
//! An MP3 file is a row of frames with neither a header nor an end mark, between tags of whatever kind. symphonia reads
//! on past what it does not understand, as a player of broadcasts must; here that would pass off a cut or damaged file
//! as a whole one, and the picture in a tag as sound. So [`find_frames`] walks the headers of the frames first, without
//! decoding them.
//!
//! The layout of a frame's header is that of ISO/IEC 11172-3, 2.4.1.3, and 13818-3, 2.4.2.3; that of a tag is in
//! "ID3 tag version 2.4.0 - Main Structure", 3.1.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Bytes of a frame's header.
const HEADER_BYTES: u64 = 4;
/// Bytes of the header of an ID3v2 tag, and of its footer.
const ID3_HEADER_BYTES: u64 = 10;
/// What a tag behind the sound begins with: ID3v1, APE, Lyrics3, ID3v2.
const TRAILING_TAGS: [&[u8]; 4] = [b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3"];

/// What is wrong with a row of frames.
#[derive(Debug)]
pub(super) enum Broken {
    /// It ends in the middle of a frame.
    MidFrame,
    /// There is something between the frames.
    Junk(Cow<'static, str>),
    /// It cannot be read.
    Io(io::Error),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Whether the bytes are the header of a frame of layer III.
pub(super) fn is_frame_header(bytes: [u8; 4]) -> bool {
    frame_bytes(bytes).is_some()
}

/// The bytes that ID3v2 tags take at the beginning of what `reader` gives from its start.
pub(super) fn leading_tags(reader: &mut (impl Read + Seek)) -> io::Result<u64> {
    let mut position = 0;
    loop {
        reader.seek(SeekFrom::Start(position))?;
        let mut header = [0; ID3_HEADER_BYTES as usize];
        let read = read_up_to(reader, &mut header)?;
        if read < header.len() || !header.starts_with(b"ID3") {
            return Ok(position);
        }
        // Seven bits a byte, so that no sync word can occur.
        let size = header[6..]
            .iter()
            .fold(0, |size, &byte| size << 7 | u64::from(byte & 0x7f));
        let footer = if header[5] & 0x10 == 0 {
            0
        } else {
            ID3_HEADER_BYTES
        };
        position += ID3_HEADER_BYTES + size + footer;
    }
}

/// Walks the frames from the byte `start` on, and gives the byte at which they end: that of the file, or of a tag.
///
/// # Errors
///
/// [`Broken`], if what is between the tags is not one frame after the other.
pub(super) fn find_frames(reader: &mut (impl Read + Seek), start: u64, size: u64) -> Result<u64, Broken> {
    let mut reader = BufReader::new(reader);
    reader.seek(SeekFrom::Start(start))?;
    let mut position = start;
    let mut first = None;
    while position < size {
        let mut header = [0; HEADER_BYTES as usize];
        let read = read_up_to(&mut reader, &mut header)?;
        let kind = u32::from_be_bytes(header) & SAME_IN_ALL_FRAMES;
        let length =
            frame_bytes(header).filter(|_| read == header.len() && *first.get_or_insert(kind) == kind);
        let Some(length) = length else {
            return end_of_frames(&mut reader, &header[..read], position);
        };
        if position + length > size {
            return Err(Broken::MidFrame);
        }
        // Within the buffer where it can be: reads are few and in order.
        reader.seek_relative((length - HEADER_BYTES) as i64)?;
        position += length;
    }
    Ok(position)
}

/// No frame begins at `position`, but with the bytes `begun`, after which `reader` stands: that is all right if it is a
/// tag, or if nothing but zeros follows.
fn end_of_frames(reader: &mut impl BufRead, begun: &[u8], position: u64) -> Result<u64, Broken> {
    let mut rest = begun.to_vec();
    reader.by_ref().take(8).read_to_end(&mut rest)?;
    if TRAILING_TAGS.iter().any(|tag| rest.starts_with(tag)) {
        return Ok(position);
    }
    if rest.iter().all(|&byte| byte == 0) {
        while let buffered = reader.fill_buf()?
            && !buffered.is_empty()
        {
            if buffered.iter().any(|&byte| byte != 0) {
                return Err(Broken::Junk(format!("zeros at byte {position}").into()));
            }
            let read = buffered.len();
            reader.consume(read);
        }
        return Ok(position);
    }
    // Fewer bytes than a header, and begun like one.
    let header = u32::from_be_bytes([0, 1, 2, 3].map(|i| begun.get(i).copied().unwrap_or(0)));
    let is_cut = begun.len() < HEADER_BYTES as usize && header >> 24 == 0xff;
    Err(match is_cut {
        true => Broken::MidFrame,
        false => Broken::Junk(format!("no frame at byte {position}").into()),
    })
}

/// The bits of the header that do not change from frame to frame: sync, version, layer and sample rate.
const SAME_IN_ALL_FRAMES: u32 = 0xfffe_0c00;

/// The bytes of the frame with this header; `None` if it is none of layer III, or of free format.
fn frame_bytes(header: [u8; 4]) -> Option<u64> {
    /// Bits a second, in thousands, of layer III: of MPEG-1, and of the lower sample rates of MPEG-2.
    const BIT_RATES: [[u64; 16]; 2] = [
        [
            0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
        ],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
    ];
    const SAMPLE_RATES: [u64; 4] = [44_100, 48_000, 32_000, 0];
    let header = u32::from_be_bytes(header);
    let field = |shift: u32, bits: u32| (header >> shift & ((1 << bits) - 1)) as usize;
    let (version, layer, padding) = (field(19, 2), field(17, 2), field(9, 1));
    if header >> 21 != 0x7ff || version == 1 || layer != 1 {
        return None;
    }
    // MPEG-1, MPEG-2, and the unofficial 2.5; the latter two have half as many samples a frame.
    let (is_lower, divisor) = [(true, 4), (false, 0), (true, 2), (false, 1)][version];
    let bits = 1000 * BIT_RATES[usize::from(is_lower)][field(12, 4)];
    let rate = SAMPLE_RATES[field(10, 2)] / divisor;
    if bits == 0 || rate == 0 {
        return None;
    }
    let bytes_per_frame = if is_lower { 72 } else { 144 };
    Some(bytes_per_frame * bits / rate + padding as u64)
}

/// As many bytes as there are, up to the whole buffer.
fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match reader.read(&mut buffer[read..])? {
            0 => break,
            bytes => read += bytes,
        }
    }
    Ok(read)
}
