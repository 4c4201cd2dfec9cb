//! What is done about each request: the state of the program, which the control thread owns.

use utter_asio::protocol::frame::MOST_PAYLOAD;
use utter_asio::protocol::message::{Answer, Device, FaultCode, Notice, Request, Shape};

use super::devices::{Devices, Fault};
use super::input::Order;
use super::realtime::mixer;
use super::slots::{Pulses, Slots};
use super::stream::Stream;

/// The program's state.
pub(crate) struct Orders {
    devices: Devices,
    pulses: Pulses,
    open: Option<Open>,
}

/// A device that is open.
struct Open {
    id: String,
    stream: Stream,
    slots: Slots,
}

impl Orders {
    pub(crate) fn new(pulses: Pulses) -> Self {
        Self {
            devices: Devices::new(),
            pulses,
            open: None,
        }
    }

    /// Does what is asked for.
    pub(crate) fn serve(&mut self, order: Order) -> Result<Answer, Fault> {
        match order.request {
            Request::Hello { version, .. } => self.hello(&version),
            Request::List { from } => page(self.devices.list()?, from),
            Request::Negotiate {
                device,
                rate,
                channels,
                period,
            } => self.negotiate(&device, rate, channels, period).map(Answer::Shape),
            Request::Open { device, shape } => self.open(device, &shape).map(Answer::Shape),
            Request::Attach { slot, epoch, .. } => {
                let Open { stream, slots, .. } = self.opened()?;
                slots.attach(slot, epoch, order.ring, &stream.shape)?;
                Ok(Answer::Done {})
            }
            Request::Detach { slot } => {
                if let Some(open) = &mut self.open {
                    open.slots.detach(slot)?;
                }
                Ok(Answer::Done {})
            }
            Request::Reset {} => self.reset().map(Answer::Shape),
            Request::Ping {} => Ok(Answer::Done {}),
            Request::Quit {} => {
                self.close();
                Ok(Answer::Done {})
            }
        }
    }

    /// What there is to tell at `now`.
    pub(crate) fn look(&mut self, now: u64) -> impl Iterator<Item = Notice> + use<> {
        let notices = self
            .open
            .as_mut()
            .map(|open| [open.slots.collect(), open.stream.watch.look(now)]);
        notices.into_iter().flatten().flatten()
    }

    fn hello(&self, version: &str) -> Result<Answer, Fault> {
        let ours = env!("CARGO_PKG_VERSION");
        if version != ours {
            let message = format!("the plugin is of version {version}, its program of {ours}");
            return Err(Fault::new(FaultCode::WrongState, message));
        }
        Ok(Answer::Hello {
            version: ours.into(),
            pid: std::process::id(),
            audio: self.devices.audio(),
        })
    }

    /// What is open stays as it is; others are asked how they would be.
    fn negotiate(&self, device: &str, rate: u32, channels: u32, period: u32) -> Result<Shape, Fault> {
        match &self.open {
            Some(open) if open.id == device => Ok(open.stream.shape),
            _ => self.devices.negotiate(device, rate, channels, period),
        }
    }

    fn open(&mut self, id: String, shape: &Shape) -> Result<Shape, Fault> {
        if let Some(open) = &self.open {
            let is_same = open.id == id
                && (open.stream.shape.rate, open.stream.shape.channels) == (shape.rate, shape.channels);
            return if is_same {
                Ok(open.stream.shape)
            } else {
                Err(Fault::new(
                    FaultCode::WrongState,
                    "another device is open, or in another way",
                ))
            };
        }
        let (mixer, control) = mixer(shape.channels.max(1) as usize);
        let stream = Stream::open(&self.devices, &id, shape, mixer)?;
        let shape = stream.shape;
        let slots = Slots::new(control, self.pulses.clone());
        self.open = Some(Open { id, stream, slots });
        Ok(shape)
    }

    fn reset(&mut self) -> Result<Shape, Fault> {
        let Some(Open {
            id,
            stream,
            mut slots,
        }) = self.open.take()
        else {
            return Err(not_open());
        };
        let shape = stream.shape;
        let closed = stream.close();
        let stands_still = || Fault::new(FaultCode::Device, "the device keeps what it was given");
        let opened = closed
            .ok_or_else(stands_still)
            .and_then(|mixer| Stream::open(&self.devices, &id, &shape, mixer));
        match opened {
            Ok(stream) => {
                let shape = stream.shape;
                self.open = Some(Open { id, stream, slots });
                Ok(shape)
            }
            Err(fault) => {
                slots.clear();
                Err(fault)
            }
        }
    }

    fn close(&mut self) {
        if let Some(Open {
            stream, mut slots, ..
        }) = self.open.take()
        {
            drop(stream.close());
            slots.clear();
        }
    }

    fn opened(&mut self) -> Result<&mut Open, Fault> {
        self.open.as_mut().ok_or_else(not_open)
    }
}

fn not_open() -> Fault {
    Fault::new(FaultCode::WrongState, "no device is open")
}

/// As many of the devices from `from` on as fit an answer.
fn page(devices: Vec<Device>, from: u32) -> Result<Answer, Fault> {
    let mut room = MOST_PAYLOAD - 1024;
    let rest = devices.len().saturating_sub(from as usize);
    let page = devices.into_iter().skip(from as usize).map_while(|mut device| {
        let mut length = serde_json::to_vec(&device).map_or(usize::MAX, |json| json.len() + 1);
        if length > MOST_PAYLOAD / 2 {
            // No real device is like that.
            device.ranges.clear();
            device.name.truncate(device.name.floor_char_boundary(1024));
            length = serde_json::to_vec(&device).map_or(usize::MAX, |json| json.len() + 1);
        }
        room = room.checked_sub(length)?;
        Some(device)
    });
    let devices: Vec<Device> = page.collect();
    let has_more = devices.len() < rest && !devices.is_empty();
    Ok(Answer::Devices { devices, has_more })
}

#[cfg(test)]
mod tests {
    use super::*;
    use utter_asio::protocol::Range;

    #[test]
    fn a_long_list_comes_in_pages_that_fit() {
        let range = Range {
            channels: 2,
            lowest_rate: 8_000,
            highest_rate: 192_000,
        };
        let device = |number: usize| Device {
            id: format!("alsa:{number}"),
            name: "x".repeat(500),
            is_default: number == 0,
            ranges: vec![range; if number == 7 { 5_000 } else { 32 }],
        };
        let devices: Vec<Device> = (0..100).map(device).collect();
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let answer = page(devices.clone(), found.len() as u32).unwrap();
            assert!(utter_asio::protocol::Frame::new(utter_asio::protocol::Kind::Answer, 1, &answer).is_ok());
            let Answer::Devices { devices, has_more } = answer else {
                panic!()
            };
            found.extend(devices.into_iter().map(|device| device.id));
            pages += 1;
            if !has_more {
                break;
            }
        }
        assert_eq!(
            found,
            devices.into_iter().map(|device| device.id).collect::<Vec<_>>()
        );
        assert!(pages > 2);
    }
}
