//! `chalandise check`: configuration, queries, pages and lake, all faults at once; what is missing for which page.

use clap::Args;

use crate::config::Config;
use chalandise_dashboard::Pages;
use chalandise_lake::{Reader, Snapshot, verify};

use super::CommandError;
use super::setup::Setup;

/// Verifies the lake against its contract, plans every query, reads every page.
#[derive(Args)]
pub(super) struct CheckArgs {
    /// List the named queries and end
    #[arg(long)]
    list: bool,
}

pub(super) async fn run(config: &Config, args: &CheckArgs) -> Result<(), CommandError> {
    let setup = Setup::unchecked(config)?;
    if args.list {
        for query in setup.library.iter() {
            println!("{:44} {}", query.name, query.summary());
        }
        return Ok(());
    }
    report(config, &setup, true).await
}

/// Checks queries and pages, with `rows` also every row of the lake; prints what is missing for which page.
pub(super) async fn report(config: &Config, setup: &Setup, rows: bool) -> Result<(), CommandError> {
    let (snapshot, context, pages) = setup.checked(config, &Reader::program()).await?;
    tables(&snapshot);
    for name in setup.engine.outdated_rollups(&snapshot) {
        println!("  {name}: stored by another version of its query; pages compute it until `chalandise build` is run");
    }
    missing(&pages, &snapshot);
    if rows {
        let breaches = verify::verify(&context, &snapshot).await?;
        for breach in &breaches {
            println!("{}: {} ({} rows)", breach.table, breach.rule, breach.rows);
        }
        for gap in verify::dangling(&context, &snapshot).await? {
            println!(
                "{}: {} ({} rows): import what is missing, or look for it among the rejected rows",
                gap.table, gap.rule, gap.rows
            );
        }
        if !breaches.is_empty() {
            return Err(
                "the lake breaks its contract, see above; import the rows again from a corrected export".into(),
            );
        }
    }
    println!(
        "All queries plan, all pages are sound{}.",
        if rows { ", every row keeps the contract" } else { "" }
    );
    Ok(())
}

fn tables(snapshot: &Snapshot) {
    let version = snapshot.version();
    println!(
        "Lake version {} of {}",
        version.number,
        version.created_at.format("%Y-%m-%d %H:%M UTC")
    );
    for table in snapshot.contract().tables() {
        match snapshot.table(table.name) {
            Some(pinned) => println!("  {:20} {:>12} rows", table.name, pinned.rows),
            None => println!("  {:20} {:>12}", table.name, "none"),
        }
    }
}

fn missing(pages: &Pages, snapshot: &Snapshot) {
    let answering = snapshot.answering();
    for page in pages.all() {
        let mut needs: Vec<&String> = page
            .needs
            .iter()
            .chain(page.figures.iter().flat_map(|figure| &figure.needs))
            .collect();
        needs.sort();
        needs.dedup();
        let lacking: Vec<&str> = needs
            .into_iter()
            .map(String::as_str)
            .filter(|table| !answering.contains(*table))
            .collect();
        if lacking.is_empty() {
            println!("Page {}: complete", page.path.as_str());
        } else {
            println!("Page {}: parts wait for {}", page.path.as_str(), lacking.join(", "));
        }
    }
}
