//! `chalandise generate`: the source files of the demo retailer.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;

use chalandise_generate::{self as generate, Law, Options, Summary};
use chalandise_import::account::money_text;

use super::CommandError;
use super::progress::Bar;

/// Writes the source files of an invented furniture chain, as its ERP, shop, mailing house and controller would export them.
#[derive(Args, Clone)]
pub(super) struct GenerateArgs {
    /// Folder for the files
    #[arg(long, value_name = "FOLDER", default_value = "demo-sources")]
    pub(super) out: PathBuf,
    /// Customers who order inside the window
    #[arg(long)]
    customers: Option<u64>,
    /// Length of the window in months
    #[arg(long)]
    months: Option<u32>,
    /// Last day of the window
    #[arg(long, value_name = "YYYY-MM-DD")]
    ends_on: Option<NaiveDate>,
    /// Seed of all random streams
    #[arg(long)]
    seed: Option<u64>,
    /// Stores, those that open or close inside the window included
    #[arg(long)]
    stores: Option<u32>,
    /// Multiplies every purchase rate: 1 gives about 5 orders a customer in 36 months
    #[arg(long)]
    pace: Option<f64>,
    /// Laws to keep, separated by commas: purchasing, history, same-day, seasonality, store-choice, sales-channel, stores,
    /// mailings, marketing-costs, dirt
    #[arg(long, value_name = "LAWS", value_delimiter = ',')]
    only: Option<Vec<String>>,
}

pub(super) async fn run(args: &GenerateArgs) -> Result<(), CommandError> {
    let summary = generate(args).await?;
    eprintln!(
        "{} customers, {} orders of {} and {} refunds of {} in {} files in {}.",
        summary.customers,
        summary.orders,
        money_text(summary.order_cents.into()),
        summary.refunds,
        money_text(summary.refund_cents.into()),
        summary.files.len(),
        args.out.display()
    );
    Ok(())
}

/// Generates on a thread of its own, since it computes for long.
pub(super) async fn generate(args: &GenerateArgs) -> Result<Summary, CommandError> {
    let options = options(args)?;
    let is_ours = args.out.join("truth.json").is_file();
    let made = tokio::task::spawn_blocking(move || {
        let bar = Bar::new();
        let (mut step, mut done) = ("", 0);
        let made = generate::generate(&options, &mut |progress| {
            if progress.step != step {
                (step, done) = (progress.step, 0);
                bar.step(step, Some(progress.total));
            }
            bar.add(progress.done.saturating_sub(done));
            done = progress.done;
        });
        bar.end();
        made
    });
    let summary = made.await??;
    if is_ours {
        remove_others(&args.out, &summary)?;
    }
    Ok(summary)
}

/// Removes what an earlier run of the generator left: years or mailings that this one does not have would be imported too.
fn remove_others(out: &Path, summary: &Summary) -> Result<(), CommandError> {
    let made: HashSet<PathBuf> = summary.files.keys().map(|name| out.join(name)).collect();
    for folder in ["erp", "shop", "mailings", "stores", "costs"] {
        for entry in std::fs::read_dir(out.join(folder)).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_file() && !made.contains(&path) {
                std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
    }
    Ok(())
}

fn options(args: &GenerateArgs) -> Result<Options, CommandError> {
    let mut options = Options::demo(args.out.clone());
    options.customers = args.customers.unwrap_or(options.customers);
    options.months = args.months.unwrap_or(options.months);
    options.ends_on = args.ends_on.unwrap_or(options.ends_on);
    options.seed = args.seed.unwrap_or(options.seed);
    options.stores = args.stores.unwrap_or(options.stores);
    options.pace = args.pace.unwrap_or(options.pace);
    if let Some(names) = &args.only {
        options.only = Some(
            names
                .iter()
                .map(|name| name.trim().parse::<Law>())
                .collect::<Result<_, _>>()?,
        );
    }
    Ok(options)
}
