//! `chalandise demo`: generate if absent, import, build, check, serve, print the address.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::Config;
use crate::lake::operation::{ImportPlan, Imported};

use super::generate::GenerateArgs;
use super::serve::ServeArgs;
use super::setup::Setup;
use super::{CommandError, build, check, generate, import, serve};

/// Generates the demo retailer if absent, imports, builds, checks and serves it.
#[derive(Args)]
pub(super) struct DemoArgs {
    #[command(flatten)]
    generate: GenerateArgs,
    #[command(flatten)]
    serve: ServeArgs,
    /// End when the lake is there, without serving
    #[arg(long)]
    no_serve: bool,
}

/// What each source of the demo is imported with, in the order of import.
const SOURCES: [(&str, &str); 6] = [
    ("stores", "stores"),
    ("sage100", "erp"),
    ("prestashop", "shop"),
    ("campaigns", "mailings"),
    ("mailing", "mailings"),
    ("costs", "costs"),
];

pub(super) async fn run(config: &Config, args: DemoArgs) -> Result<(), CommandError> {
    let setup = Setup::new(config)?;
    if setup.lake.newest().await?.is_some_and(|version| !version.generated) {
        return Err(format!(
            "the lake `{}` holds a retailer's own data, which the demo must not be mixed with: name another with --lake, or \
             use `chalandise serve`",
            config.lake
        )
        .into());
    }
    if setup
        .lake
        .newest()
        .await?
        .is_none_or(|version| version.operation.kind != "build")
    {
        make(config, &setup, &args).await?;
    }
    check::report(config, &setup, false).await?;
    if args.no_serve {
        return Ok(());
    }
    serve::serve(config, setup, &args.serve).await
}

async fn make(config: &Config, setup: &Setup, args: &DemoArgs) -> Result<(), CommandError> {
    let sources = &args.generate.out;
    if !sources.join("truth.json").is_file() {
        generate::generate(&args.generate).await?;
    }
    let mut plan = ImportPlan {
        generated: true,
        ..ImportPlan::default()
    };
    plan.stage.memory_bytes = config.memory_limit_bytes;
    plan.stage.threads = config.partitions;
    for (mapping, folder) in SOURCES {
        let files = files(&sources.join(folder), mapping)?;
        if files.is_empty() {
            continue;
        }
        if let Imported::Done { report, .. } = import::import_files(config, setup, mapping, &files, &plan).await? {
            eprint!("{}", report.account);
        }
    }
    build::build(setup, spend_per_household(sources)?, &config.network).await?;
    Ok(())
}

/// The files of a source: of the two mappings that share a folder, each takes its own.
fn files(folder: &Path, mapping: &str) -> Result<Vec<PathBuf>, CommandError> {
    let mut files = Vec::new();
    if !folder.exists() {
        // Written by a generator that did not know this source yet: the rest makes a demo all the same.
        return Ok(files);
    }
    for entry in std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry?.path();
        let is_plan = path.file_name().is_some_and(|name| name == "campaigns.csv");
        let wanted = match mapping {
            "campaigns" => is_plan,
            "mailing" => !is_plan,
            _ => true,
        };
        if wanted && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What a household of the demo can spend, as the generator wrote it down.
fn spend_per_household(sources: &Path) -> Result<Option<f64>, CommandError> {
    let path = sources.join("truth.json");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let truth: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(find(&truth, "spend_potential_per_household"))
}

fn find(value: &serde_json::Value, key: &str) -> Option<f64> {
    match value {
        serde_json::Value::Object(map) => map
            .get(key)
            .and_then(serde_json::Value::as_f64)
            .or_else(|| map.values().find_map(|value| find(value, key))),
        _ => None,
    }
}
