//! The output that the stress plays on.
//!
//! Nothing is heard unless it is asked for: half a minute of torn sentences is for the ears of nobody.

use utter::host::Outputs;
use utter::playback::PlayerOptions;
use utter::playback::output::{NullOutput, OutputError, OutputRequest, OutputSelection};
use utter::plugin::Plugins;

use crate::failure::{Failure, Kind};
use crate::{output, plugins};

/// The system of outputs and the output that somebody typed. A device is asked whether it can be used.
pub fn of(plugins: Option<&Plugins>, typed: Option<&str>) -> Result<(Outputs, OutputSelection), Failure> {
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
            None => Ok((Outputs::Devices, device(plugins, typed).map_err(failure)?)),
        },
    }
}

fn device(plugins: Option<&Plugins>, typed: &str) -> Result<OutputSelection, OutputError> {
    let selection = match typed {
        "default" => OutputSelection::Default,
        typed => OutputSelection::Id(output::find(plugins, typed)?),
    };
    let backend = output::all(plugins);
    let request = OutputRequest {
        period: PlayerOptions::default().period,
    };
    let negotiated = backend.negotiate(&selection, &request);
    // What it holds of plugins would be taken for something that was left behind.
    backend.close();
    if let Some(plugins) = plugins {
        plugins::close(plugins);
    }
    negotiated?;
    Ok(selection)
}

fn failure(error: OutputError) -> Failure {
    if error.is_no_output() {
        let hint = "connect a device or start the sound server; or leave out --output, and nobody hears it";
        return Failure::new(Kind::NoOutput, error, hint);
    }
    error.into()
}
