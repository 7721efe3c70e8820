//! `chalandise sweep`: gives back the disk of data files that no recent lake version needs.

use chrono::{Days, Utc};
use clap::Args;

use crate::config::Config;
use chalandise_lake::sweep;

use super::CommandError;
use super::setup::Setup;

/// Removes data files that operations replaced or left behind; figures stay as they are.
#[derive(Args)]
pub(super) struct SweepArgs {
    /// Keep what lake versions of the last days need, for readers that still use them
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    keep_days: u32,
    /// Say what would go; nothing is removed
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(config: &Config, args: &SweepArgs) -> Result<(), CommandError> {
    let setup = Setup::new(config)?;
    let kept_since = Utc::now()
        .checked_sub_days(Days::new(args.keep_days.into()))
        .ok_or("--keep-days reaches back too far; a number of days such as 7")?;
    let swept = sweep::sweep(&setup.lake, kept_since, args.dry_run).await?;
    println!(
        "{} {} data files, {:.1} MB, that no lake version of the last {} days needs.",
        if args.dry_run { "Would remove" } else { "Removed" },
        swept.files,
        swept.bytes as f64 / 1e6,
        args.keep_days
    );
    Ok(())
}
