//! `chalandise import`: source files into the lake, with the account of every row and cent.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;

use crate::config::Config;
use chalandise_import::{self as import, Gazetteer, ImportPlan, Imported, Mapping, Report};

use super::CommandError;
use super::progress::Bar;
use super::setup::Setup;

/// Imports source files by a mapping; the same files again do nothing.
#[derive(Args)]
pub(super) struct ImportArgs {
    /// Name of a shipped mapping (cdnow, complete-journey, prestashop, sage100, mailing, campaigns, stores, costs) or a TOML
    /// file
    #[arg(long, value_name = "NAME-or-FILE")]
    mapping: String,
    /// Source files
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    /// Show the account only; the lake stays as it is
    #[arg(long)]
    dry_run: bool,
    /// Print the account as JSON on standard output
    #[arg(long)]
    json: bool,
    /// Last plausible day of what the files tell; later days are rejected [default: tomorrow]
    #[arg(long, value_name = "YYYY-MM-DD")]
    not_after: Option<NaiveDate>,
    /// Day up to which the source has delivered everything
    #[arg(long, value_name = "YYYY-MM-DD")]
    complete_through: Option<NaiveDate>,
}

pub(super) async fn run(config: &Config, args: &ImportArgs) -> Result<(), CommandError> {
    let setup = Setup::new(config)?;
    let generated = is_generated(&args.files);
    // The generated retailer's window ends on a day of its own; of real files, days to come are typing errors.
    let tomorrow = (!generated).then(|| chrono::Utc::now().date_naive() + chrono::Days::new(1));
    let plan = ImportPlan {
        stage: import::Options {
            not_after: args.not_after.or(tomorrow),
            complete_through: args.complete_through,
            memory_bytes: config.memory_limit_bytes,
            threads: config.partitions,
        },
        stated_not_after: args.not_after,
        dry_run: args.dry_run,
        generated,
    };
    let imported = import_files(config, &setup, &args.mapping, &args.files, &plan).await?;
    print(&imported, args.json)
}

/// Imports files; `demo` does the same for each of its sources.
pub(super) async fn import_files(
    config: &Config,
    setup: &Setup,
    mapping: &str,
    files: &[PathBuf],
    plan: &ImportPlan,
) -> Result<Imported, CommandError> {
    let mapping = load_mapping(config, mapping)?;
    let gazetteer = Arc::new(Gazetteer::france());
    let progress = Arc::new(Bar::new());
    let imported = import::import(
        &setup.lake,
        &setup.engine,
        &mapping,
        files,
        &gazetteer,
        plan,
        Arc::<Bar>::clone(&progress),
    )
    .await?;
    progress.end();
    Ok(imported)
}

/// Whether the generator wrote these files: it leaves `truth.json` beside its folders.
fn is_generated(files: &[PathBuf]) -> bool {
    files
        .iter()
        .filter_map(|file| file.parent()?.parent())
        .any(|folder| folder.join("truth.json").is_file())
}

fn load_mapping(config: &Config, name: &str) -> Result<Mapping, CommandError> {
    Ok(Mapping::find(name, &config.resources.join("data/mappings"))?)
}

fn print(imported: &Imported, json: bool) -> Result<(), CommandError> {
    match imported {
        Imported::Known { files } => {
            let (what, was) = if *files == 1 {
                ("This file", "was")
            } else {
                ("These files", "were")
            };
            if json {
                println!("{}", serde_json::json!({ "already_imported": files }));
            } else {
                println!("{what} {was} already imported with this mapping: nothing to do.");
            }
        }
        Imported::DryRun(report) => {
            account(report, json)?;
            eprintln!("Dry run: the lake is as before.");
        }
        Imported::Done { version, report } => {
            account(report, json)?;
            for path in &report.rejects {
                eprintln!(
                    "Rejected rows are kept in {path} inside the lake (they may be personal data). Correct them at the source \
                     and import the file again: what stands already is skipped."
                );
            }
            eprintln!("Lake version {} written.", version.number);
        }
    }
    Ok(())
}

fn account(report: &Report, json: bool) -> Result<(), CommandError> {
    if json {
        println!("{}", serde_json::to_string_pretty(&report.account)?);
    } else {
        print!("{}", report.account);
    }
    for sample in &report.samples {
        eprintln!("  {sample}");
    }
    Ok(())
}
