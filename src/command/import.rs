//! `chalandise import`: source files into the lake, with the account of every row and cent.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;

use crate::config::Config;
use chalandise_import::{self as import, Gazetteer, ImportPlan, Imported, Mapping, Prepared, Report};
use chalandise_lake::Writer;
use chalandise_model::{Outcome, Wanted};

use super::CommandError;
use super::build::{self, Plan};
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
    /// Also compute the models of the new rows, as `chalandise build` does, and publish all as one lake version
    #[arg(long)]
    build: bool,
    /// Leave the roll-ups to the next build: pages compute them from the orders until then
    #[arg(long, conflicts_with = "build")]
    defer_rollups: bool,
}

/// What is computed of the new rows before they are published.
pub(super) enum Then {
    /// Nothing.
    Nothing,
    /// The roll-ups that the lake has, as far as the rows change them.
    RollUps,
    /// All that a build computes.
    Build,
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
    let then = match (args.build, args.defer_rollups) {
        (true, _) => Then::Build,
        (false, true) => Then::Nothing,
        (false, false) => Then::RollUps,
    };
    let (imported, outcome) = import_files(config, &setup, &args.mapping, &args.files, &plan, &then).await?;
    print(&imported, args.json)?;
    build::failures(&outcome)
}

/// Imports files; `demo` does the same for each of its sources.
pub(super) async fn import_files(
    config: &Config,
    setup: &Setup,
    mapping: &str,
    files: &[PathBuf],
    plan: &ImportPlan,
    then: &Then,
) -> Result<(Imported, Outcome), CommandError> {
    let mapping = load_mapping(config, mapping)?;
    let gazetteer = Arc::new(Gazetteer::france());
    let progress = Arc::new(Bar::new());
    let prepared = import::prepare(
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
    let mut merged = match prepared {
        Prepared::Known { files } => return Ok((Imported::Known { files }, Outcome::default())),
        Prepared::DryRun(report) => return Ok((Imported::DryRun(report), Outcome::default())),
        Prepared::Merged(merged) => merged,
    };
    match follow(config, setup, merged.writer(), then).await {
        Ok(outcome) => {
            let (version, report) = merged.publish().await?;
            let version = Box::new(version);
            Ok((Imported::Done { version, report }, outcome))
        }
        Err(error) => {
            // The first failure is the one to tell; a lock that cannot be given back expires.
            let _ = merged.abandon().await;
            Err(error)
        }
    }
}

/// Computes what is to be published together with the rows.
async fn follow(config: &Config, setup: &Setup, writer: &mut Writer, then: &Then) -> Result<Outcome, CommandError> {
    let has_rollups = writer
        .base()
        .is_some_and(|base| chalandise_model::has_rollups(base, writer.contract()));
    let wanted = match then {
        Then::Build => Wanted::everything(),
        // A lake that was never built waits for its build: so do imports that come one after the other before it.
        Then::RollUps if has_rollups => Wanted::changed_rollups(),
        Then::RollUps | Then::Nothing => return Ok(Outcome::default()),
    };
    let plan = Plan::new(None, &config.network, wanted)?;
    build::compute(setup, &plan, writer).await
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
