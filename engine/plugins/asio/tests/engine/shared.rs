//! Two players on one isolated device.

use std::time::Duration;

use crate::speech::{Installed, Speech, programs, rings, with_outputs};
use crate::timed_tests::wait_until;

pub fn two_players_on_one_device_have_one_process_and_leave_none(test: &str) {
    with_outputs(test, |[device, _]| {
        let installed = Installed::new();
        let output = installed.output(device);
        let (first, second) = (
            Speech::open(&installed, &output),
            Speech::open(&installed, &output),
        );
        assert_eq!((programs(), rings()), (1, 2));
        assert_eq!(installed.plugins.holdings().processes, 1);
        let spoken = [
            first.begin(Duration::from_millis(300)),
            second.begin(Duration::from_millis(300)),
        ];
        first.end(&spoken[0]);
        wait_until("its ring is gone", || rings() == 1);
        assert_eq!(programs(), 1, "the other one plays on");
        second.end(&spoken[1]);
        wait_until("all is gone", || (programs(), rings()) == (0, 0));
        assert_eq!(installed.plugins.holdings().processes_started, 1);
        // Both were heard at the same time: the sum is louder than either can be.
        let heard = device.captures().remove(0).channel(0);
        let loudest = heard
            .iter()
            .fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
        assert!(loudest > 0.6, "{loudest}");
        installed.end();
    });
}
