use super::*;
use assert_no_alloc::assert_no_alloc;
use proptest::prelude::*;
use utter_asio::shared_ring::{Geometry, Handover, Place, RingReader, RingWriter};

const GEOMETRY: Geometry = Geometry {
    capacity: 4096,
    rate: 48_000,
    channels: 2,
};

fn ring() -> (RingWriter, Feed, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let place = Place::Directory(directory.path().to_owned());
    let (writer, handover) = RingWriter::create(GEOMETRY, 1, &place).unwrap();
    (
        writer,
        Feed::new(RingReader::attach(handover).unwrap()),
        directory,
    )
}

/// A device of two channels that is turned by hand. Every callback runs under an allocation guard.
struct Hand {
    mixer: Mixer,
    control: MixerControl,
}

impl Hand {
    fn new() -> Self {
        let (mixer, control) = mixer(2);
        Self { mixer, control }
    }

    fn attach(&mut self, slot: usize, feed: Feed) {
        assert!(self.control.commands.push(Command::Attach(slot, feed)).is_ok());
    }

    fn callback(&mut self, frames: usize) -> Vec<f32> {
        let mut samples = vec![9.0; 2 * frames];
        assert_no_alloc(|| self.mixer.render(&mut samples, 100));
        samples
    }

    fn callback_of<T: DeviceSample + Default>(&mut self, frames: usize) -> Vec<T> {
        let mut samples = vec![T::default(); 2 * frames];
        assert_no_alloc(|| self.mixer.render(&mut samples, 100));
        samples
    }
}

fn steepest(samples: &[f32]) -> f32 {
    let left: Vec<f32> = samples.chunks_exact(2).map(|frame| frame[0]).collect();
    left.windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}

#[test]
fn without_rings_it_is_silent_and_with_several_it_is_their_sum() {
    let mut hand = Hand::new();
    assert_eq!(hand.callback(1000), [0.0; 2000]);
    let ((mut first, a, _a), (mut second, b, _b)) = (ring(), ring());
    hand.attach(0, a);
    hand.attach(5, b);
    first.write(&[0.25; 2 * 300]).unwrap();
    second.write(&[0.5; 2 * 300]).unwrap();
    assert_eq!(hand.callback(300), [0.75; 600]);
    second.write(&[0.5; 2 * 300]).unwrap();
    first.write(&[-0.25; 2 * 300]).unwrap();
    assert_eq!(hand.callback(300), [0.25; 600]);
    assert_eq!((first.read().unwrap(), second.read().unwrap()), (600, 600));
    let callback = first.callback(utter_asio::clock::now()).unwrap();
    assert_eq!(
        (
            callback.read,
            callback.asked,
            callback.frames,
            callback.device_delay
        ),
        (600, 600, 300, 400)
    );
}

#[test]
fn what_is_too_loud_or_no_number_is_made_fit() {
    let mut hand = Hand::new();
    let (mut writer, feed, _kept) = ring();
    hand.attach(0, feed);
    writer
        .write(&[2.0, -3.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.5])
        .unwrap();
    writer.end();
    assert_eq!(hand.callback(3), [1.0, -1.0, 0.0, 0.0, 0.0, 0.5]);
    writer.write(&[1.0, -1.0, 0.5, 0.0]).unwrap();
    writer.end();
    let samples: Vec<i16> = hand.callback_of(2);
    assert_eq!(samples[0], i16::MAX);
}

#[test]
fn a_gap_is_no_click_and_is_counted_once() {
    let mut hand = Hand::new();
    let (mut writer, feed, _kept) = ring();
    hand.attach(0, feed);
    let mut heard = hand.callback(480);
    assert_eq!(writer.xruns(), 0, "it has not begun");
    let step = 0.5 / 100.0;
    let rise: Vec<f32> = (0..2 * 100).map(|i| (i / 2) as f32 * step).collect();
    writer.write(&rise).unwrap();
    heard.extend(hand.callback(480));
    heard.extend(hand.callback(480));
    assert_eq!(writer.xruns(), 1, "one gap, however long");
    assert_eq!(
        writer.least_level(),
        Some(100),
        "what the callback found before it"
    );
    writer.write(&[0.5; 2 * 480]).unwrap();
    heard.extend(hand.callback(480));
    assert_eq!(
        &heard[heard.len() - 600..],
        [0.5; 600],
        "after the rise as it was written"
    );
    heard.extend(hand.callback(480));
    assert_eq!((writer.xruns(), writer.least_level()), (2, Some(0)));
    assert!(steepest(&heard) <= step * 1.01, "{}", steepest(&heard));
}

#[test]
fn an_end_on_purpose_is_no_xrun() {
    let mut hand = Hand::new();
    let (mut writer, feed, _kept) = ring();
    hand.attach(0, feed);
    writer.write(&[0.5; 2 * 100]).unwrap();
    writer.end();
    hand.callback(480);
    writer.write(&[0.5; 2 * 1000]).unwrap();
    hand.callback(480);
    writer.flush();
    let after = hand.callback(480);
    assert_eq!(writer.xruns(), 0);
    assert!(after[0] > 0.49 && steepest(&after) < 0.01, "it falls");
    assert_eq!(after[2 * 200..], [0.0; 2 * 280]);
}

#[test]
fn a_ring_that_is_detached_or_lies_is_given_back() {
    let mut hand = Hand::new();
    let (mut writer, feed, _kept) = ring();
    hand.attach(3, feed);
    writer.write(&[0.5; 64]).unwrap();
    hand.callback(8);
    assert!(hand.control.commands.push(Command::Detach(3)).is_ok());
    assert_eq!(hand.callback(8), [0.0; 16]);
    let returned = hand.control.returned.pop().unwrap();
    assert_eq!((returned.slot, returned.is_broken), (3, false));

    let directory = tempfile::tempdir().unwrap();
    let place = Place::Directory(directory.path().to_owned());
    let (_writer, handover) = RingWriter::create(GEOMETRY, 2, &place).unwrap();
    let Handover::Path(path) = handover else { panic!() };
    hand.attach(
        3,
        Feed::new(RingReader::attach(Handover::Path(path.clone())).unwrap()),
    );
    hand.callback(8);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[128..136].copy_from_slice(&u64::MAX.to_ne_bytes());
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    std::io::Write::write_all(&mut file, &bytes).unwrap();
    assert_eq!(hand.callback(8), [0.0; 16]);
    let returned = hand.control.returned.pop().unwrap();
    assert_eq!(
        (returned.slot, returned.is_broken, returned.feed.epoch()),
        (3, true, 2)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Writes and callbacks of any lengths: what is written is heard in its order, and nothing is steeper than the fades allow.
    #[test]
    fn never_a_click_never_a_lost_frame(steps in prop::collection::vec((0_usize..700, 1_usize..700, 0_u8..10), 1..60)) {
        let mut hand = Hand::new();
        let (mut writer, feed, _kept) = ring();
        hand.attach(0, feed);
        let (mut heard, mut written) = (Vec::new(), 0_u64);
        let signal = |frame: u64| 0.4 * (frame as f32 * 0.01).sin();
        for (frames, callback, what) in steps {
            let samples: Vec<f32> = (written..written + frames as u64).flat_map(|frame| [signal(frame); 2]).collect();
            written += u64::from(writer.write(&samples).unwrap());
            if what == 0 {
                writer.flush();
                // As the host does: what follows a flush rises from silence.
                heard.extend(hand.callback(480));
                written = 0;
            }
            heard.extend(hand.callback(callback));
        }
        // The sine's own steepness, and that of two fades.
        prop_assert!(steepest(&heard) <= 0.004 + 2.0 * 0.4 / 144.0, "{}", steepest(&heard));
        let callback = writer.callback(utter_asio::clock::now()).unwrap();
        prop_assert_eq!(callback.asked * 2, heard.len() as u64);
    }
}
