//! `utter status --metrics`: what is counted, as Prometheus reads it.
//!
//! A program that embeds the engine installs a recorder of its own; this shows the names, and what they are of.

use std::path::Path;
use std::process::ExitCode;

use metrics_exporter_prometheus::PrometheusBuilder;
use utter::host::{Outputs, RuntimeConfig, RuntimeHost};
use utter::plugin::Plugins;

use crate::arguments::Threads;
use crate::failure::{Failure, Kind};
use crate::table::write;

pub fn run(
    artifacts: Option<&Path>,
    plugins: Option<&Plugins>,
    threads: &Threads,
) -> Result<ExitCode, Failure> {
    let recorder = PrometheusBuilder::new().install_recorder().map_err(|error| {
        Failure::new(
            Kind::Failed,
            format_args!("metrics cannot be recorded: {error}"),
            "report this",
        )
    })?;
    // Nothing is opened or loaded to be counted.
    let host = RuntimeHost::init(RuntimeConfig {
        artifacts: artifacts.map(Path::to_owned),
        threads: threads.threads,
        outputs: Outputs::Null,
        plugins: plugins.map(|plugins| plugins.root().to_owned()),
        ..RuntimeConfig::default()
    })?;
    // Brings counters to the metrics that are kept elsewhere.
    host.metrics()?;
    host.shutdown();
    write(&sorted(&recorder.render()))?;
    Ok(ExitCode::SUCCESS)
}

/// The metrics by their names; the recorder has them in the order of its table. Each is a block of lines: what it is of,
/// its type, its samples.
fn sorted(rendered: &str) -> String {
    let name = |block: &&str| block.split_whitespace().nth(2).unwrap_or_default().to_owned();
    let mut blocks: Vec<&str> = rendered
        .split("\n\n")
        .map(str::trim)
        .filter(|block| !block.is_empty())
        .collect();
    blocks.sort_by_key(name);
    blocks
        .iter()
        .map(|block| format!("{block}\n"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_shown_by_their_names() {
        let rendered = "# HELP b_total Of b.\n# TYPE b_total counter\nb_total 0\n\n# HELP a Of a.\n# TYPE a gauge\na 1\n\n";
        let shown = "# HELP a Of a.\n# TYPE a gauge\na 1\n\n# HELP b_total Of b.\n# TYPE b_total counter\nb_total 0\n";
        assert_eq!(sorted(rendered), shown);
        assert_eq!(sorted(""), "");
    }
}
