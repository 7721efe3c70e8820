//! `chalandise query`: a named query or SQL, as table, csv, json or parquet.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::config::Config;
use chalandise_faults::nearest;
use chalandise_lake::Reader;
use chalandise_serving::{Answer, Asked, Limits, Stopped};
use tokio::time::Instant;

use super::CommandError;
use super::output::{self, Format};
use super::setup::{self, Setup};

/// The parameter of queries that hide groups of too few customers.
const SMALLEST_GROUP: &str = "min_group_size";

/// Runs a named query (see `chalandise check --list`) or one SQL statement.
#[derive(Args)]
pub(super) struct QueryArgs {
    /// Name of a query file, such as overview/by_month, or SQL in quotes
    #[arg(value_name = "NAME-or-SQL")]
    text: String,
    /// Parameter of a named query; may be given several times
    #[arg(long = "param", short = 'p', value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Form of the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// File to write instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Read personal tables too (customer_identity, source_customers): for whoever looks after them
    #[arg(long)]
    personal: bool,
}

pub(super) async fn run(config: &Config, args: &QueryArgs) -> Result<(), CommandError> {
    let setup = Setup::new(config)?;
    let reader = setup::reader(config, args.personal);
    let asked = asked(&setup, &args.text, params(&args.params)?, &reader)?;
    let session = setup.newest(reader).await?.data.session().clone();
    let limits = Limits::until(Instant::now() + config.deadline);
    let answer = match Answer::open(session, asked, limits).await {
        Ok(answer) => answer.collect().await,
        Err(stopped) => Err(stopped),
    };
    let rows = answer.map_err(|stopped| match stopped {
        Stopped::Deadline(_) => CommandError::from(format!(
            "the query was given up after {} seconds; narrow it, or raise `deadline_seconds` in the configuration",
            config.deadline.as_secs()
        )),
        stopped => stopped.into(),
    })?;
    output::write(&rows.schema, &rows.batches, args.format, args.out.as_ref())
}

/// A query of the library, or SQL.
fn asked(
    setup: &Setup,
    text: &str,
    mut given: BTreeMap<String, String>,
    reader: &Reader,
) -> Result<Asked, CommandError> {
    if given.contains_key(SMALLEST_GROUP) {
        return Err(
            format!("`{SMALLEST_GROUP}` is a key of the configuration, which nobody who asks may change").into(),
        );
    }
    match setup.library.get(text) {
        Some(named) => {
            if named.param(SMALLEST_GROUP).is_some() {
                given.insert(SMALLEST_GROUP.to_owned(), reader.min_group_size().to_string());
            }
            Ok(Asked::Named(Box::new(named.clone()), named.bind(&given)?))
        }
        None if text.contains(char::is_whitespace) => {
            if !given.is_empty() {
                return Err("parameters go with named queries; write the values into the SQL".into());
            }
            Ok(Asked::Sql(text.to_owned()))
        }
        None => Err(unknown(setup, text).into()),
    }
}

fn params(given: &[String]) -> Result<BTreeMap<String, String>, CommandError> {
    given
        .iter()
        .map(|text| {
            let (name, value) = text
                .split_once('=')
                .ok_or_else(|| format!("parameter `{text}` has no `=`; write --param name=value"))?;
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect()
}

fn unknown(setup: &Setup, name: &str) -> String {
    let near = nearest(name, setup.library.names()).map(|other| format!("; did you mean `{other}`?"));
    format!(
        "there is no query `{name}`{}; `chalandise check --list` lists them",
        near.unwrap_or_default()
    )
}
