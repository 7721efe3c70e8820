//! `chalandise demo`: generate if absent, import, build, check, serve, print the address.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::Config;
use chalandise_import::{ImportPlan, Imported};
use chalandise_lake::Operation;
use chalandise_model::Wanted;

use super::build::Plan;
use super::generate::GenerateArgs;
use super::import::Then;
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
    let newest = setup.lake.newest().await?;
    if newest.as_ref().is_some_and(|version| !version.generated) {
        return Err(format!(
            "the lake `{}` holds a retailer's own data, which the demo must not be mixed with: name another with --lake, or \
             use `chalandise serve`",
            config.lake
        )
        .into());
    }
    let kind = newest.as_ref().map_or("", |version| version.operation.kind.as_str());
    let is_built = kind == "build";
    if !is_built && kind != Operation::ROLL_UPS {
        make(config, &setup, &args).await?;
    }
    if args.no_serve {
        if !is_built {
            models(&setup, config).await?;
        }
        return check::report(config, &setup, false).await;
    }
    check::report(config, &setup, false).await?;
    if !is_built {
        // The pages of sales can be looked at meanwhile; the models appear as the next lake version. A program that ends first
        // leaves the lake as it is, and the next start goes on from there.
        eprintln!("The pages of sales can be opened; the models of customers and network follow.");
        let (setup, config) = (setup.clone(), config.clone());
        tokio::spawn(async move {
            match models(&setup, &config).await {
                Ok(()) => eprintln!("The models are there: every page is complete."),
                Err(error) => {
                    eprintln!("chalandise: the models could not be built: {error}; `chalandise build` tries again")
                }
            }
        });
    }
    serve::serve(config, setup, &args.serve).await
}

async fn models(setup: &Setup, config: &Config) -> Result<(), CommandError> {
    let plan = Plan::new(None, &config.network, Wanted::models())?;
    let (_, outcome) = build::build(setup, &plan, "build").await?;
    build::failures(&outcome)
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
        let (imported, _) = import::import_files(config, setup, mapping, &files, &plan, &Then::Nothing).await?;
        if let Imported::Done { report, .. } = imported {
            eprint!("{}", report.account);
        }
    }
    let plan = Plan::new(spend_per_household(sources)?, &config.network, Wanted::rollups())?;
    build::build(setup, &plan, Operation::ROLL_UPS).await?;
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
