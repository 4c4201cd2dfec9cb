//! The output that the stress plays on.
//!
//! Nothing is heard unless it is asked for: half a minute of torn sentences is for the ears of nobody.

use utter::host::Outputs;
use utter::playback::PlayerOptions;
use utter::playback::output::{
    CpalBackend, NullOutput, OutputBackend, OutputError, OutputRequest, OutputSelection, find_output,
};

use crate::failure::{Failure, Kind};

/// The system of outputs and the output that somebody typed. A device is asked whether it can be used.
pub fn of(typed: Option<&str>) -> Result<(Outputs, OutputSelection), Failure> {
    match typed {
        None => Ok((Outputs::Null, OutputSelection::Default)),
        Some(id) if id == NullOutput::ID => Ok((Outputs::Null, OutputSelection::Default)),
        Some(typed) => match typed.strip_prefix("wav:") {
            Some("") => Err(Failure::new(
                Kind::Usage,
                "`wav:` names no file",
                "write the name behind it, as in --output wav:played.wav",
            )),
            Some(path) => Ok((Outputs::Wav(path.into()), OutputSelection::Default)),
            None => Ok((Outputs::Devices, device(typed).map_err(failure)?)),
        },
    }
}

fn device(typed: &str) -> Result<OutputSelection, OutputError> {
    let backend = CpalBackend::new();
    let selection = match typed {
        "default" => OutputSelection::Default,
        typed => OutputSelection::Id(find_output(&backend, typed)?.id),
    };
    let request = OutputRequest {
        period: PlayerOptions::default().period,
    };
    backend.negotiate(&selection, &request)?;
    Ok(selection)
}

fn failure(error: OutputError) -> Failure {
    if error.is_no_output() {
        let hint = "connect a device or start the sound server; or leave out --output, and nobody hears it";
        return Failure::new(Kind::NoOutput, error, hint);
    }
    error.into()
}
