//! `chalandise build`: market cells, roll-ups and models, as one lake version.

use clap::Args;

use crate::config::{Config, Network};
use chalandise_lake::{LakeVersion, Operation, Writer};
use chalandise_model::{self as model, Model, NetworkSettings, Outcome, Wanted};

use super::CommandError;
use super::progress::Bar;
use super::setup::Setup;

/// Computes roll-ups and models from the lake's tables.
#[derive(Args)]
pub(super) struct BuildArgs {
    /// What a household can spend a year on the retailer's goods; fills the market's spend potential
    #[arg(long, value_name = "AMOUNT")]
    spend_per_household: Option<f64>,
    /// Only these models, or `roll-ups`; may be given several times
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Compute also what nothing has changed for
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    network: NetworkArgs,
}

/// What the network models are told; the table `[network]` of the configuration has the same keys.
#[derive(Args, Default)]
pub(super) struct NetworkArgs {
    /// How far a cell is from a store: great-circle (km), approximate-time (minutes by car from the density of residents) or travel-times (minutes imported into the table travel_times) [default: great-circle]
    #[arg(long, value_name = "MEASURE")]
    distance: Option<String>,
    /// What attracts customers: columns of stores or names in store_attributes, and format [default: sales_area_m2]
    #[arg(long, value_name = "COL[,COL]")]
    attraction: Option<String>,
    /// How the pull falls with the distance: power, exponential, sqrt-exponential, gaussian, or best, the likeliest of all [default: best]
    #[arg(long, value_name = "FORM")]
    decay: Option<String>,
    /// Share of the spend potential that is spent in stores [default: the retailer's own share of stores]
    #[arg(long, value_name = "SHARE")]
    store_share: Option<String>,
    /// Largest distance, or smallest and largest, in km or minutes [default: 1,80 km or 5,90 minutes]
    #[arg(long, value_name = "[LEAST,]MOST")]
    reach: Option<String>,
}

impl NetworkArgs {
    /// The flags given, by their key of the configuration.
    pub(super) fn given(&self) -> Vec<(&'static str, String)> {
        [
            ("network.distance", &self.distance),
            ("network.attraction", &self.attraction),
            ("network.decay", &self.decay),
            ("network.store_share", &self.store_share),
            ("network.reach", &self.reach),
        ]
        .into_iter()
        .filter_map(|(key, text)| Some((key, text.clone()?)))
        .collect()
    }
}

/// The settings of the models in the words of the configuration.
fn settings(network: &Network) -> Result<NetworkSettings, CommandError> {
    let distance = model::DistanceMeasure::named(&network.distance.replace('-', "_"))
        .ok_or_else(|| format!("there is no measure `{}`", network.distance))?;
    let usual = distance.usual_range();
    let (smallest, largest) = (network.reach.0.unwrap_or(usual.0), network.reach.1.unwrap_or(usual.1));
    if smallest >= largest {
        return Err(format!(
            "--reach is {largest}: that is not above the smallest distance, {smallest} {}; give a larger one, or both, such as \
             --reach {},{largest}",
            if distance == model::DistanceMeasure::GreatCircle { "km" } else { "minutes" },
            largest / 10.0
        )
        .into());
    }
    let defaults = NetworkSettings::default();
    Ok(NetworkSettings {
        distance,
        range: Some((smallest, largest)),
        attraction: if network.attraction.is_empty() {
            defaults.attraction
        } else {
            network.attraction.clone()
        },
        decay: if network.decay == "best" {
            None
        } else {
            Some(
                network
                    .decay
                    .parse()
                    .map_err(|_| format!("there is no decay `{}`", network.decay))?,
            )
        },
        store_share: network.store_share,
    })
}

impl BuildArgs {
    /// The flags that are keys of the configuration.
    pub(super) fn network(&self) -> Vec<(&'static str, String)> {
        self.network.given()
    }

    fn wanted(&self) -> Wanted {
        let is_rollups = |name: &String| name == "roll-ups";
        let models = self.only.iter().filter(|name| !is_rollups(name)).cloned();
        Wanted {
            rollups: self.only.is_empty() || self.only.iter().any(is_rollups),
            models: (!self.only.is_empty()).then(|| models.collect()),
            again: self.again,
            lacking_only: false,
        }
    }
}

/// What a build is to do, checked before anything is begun.
pub(super) struct Plan {
    spend_cents: Option<i64>,
    models: Vec<Box<dyn Model>>,
    wanted: Wanted,
}

impl Plan {
    pub(super) fn new(
        spend_per_household: Option<f64>,
        network: &Network,
        wanted: Wanted,
    ) -> Result<Plan, CommandError> {
        Ok(Plan {
            spend_cents: match spend_per_household {
                Some(amount) if amount.is_finite() && (0.0..=1e7).contains(&amount) => {
                    Some((amount * 100.0).round() as i64)
                }
                Some(_) => return Err("--spend-per-household must be an amount from 0 to 10000000 a year".into()),
                None => None,
            },
            models: model::models(&settings(network)?),
            wanted,
        })
    }
}

pub(super) async fn run(config: &Config, args: &BuildArgs) -> Result<(), CommandError> {
    let setup = Setup::new(config)?;
    let plan = Plan::new(args.spend_per_household, &config.network, args.wanted())?;
    let (version, outcome) = build(&setup, &plan, "build").await?;
    eprintln!("Lake version {} written.", version.number);
    failures(&outcome)
}

/// Builds over the newest lake version and publishes the result as an operation of this kind.
pub(super) async fn build(setup: &Setup, plan: &Plan, kind: &str) -> Result<(LakeVersion, Outcome), CommandError> {
    setup.lake.snapshot().await?;
    let mut writer = setup.lake.writer().await?;
    match compute(setup, plan, &mut writer).await {
        Ok(outcome) => {
            let done = outcome.steps.iter().filter(|step| step.took.is_some());
            let operation = Operation {
                kind: kind.into(),
                name: done.map(|step| step.name.as_str()).collect::<Vec<_>>().join(", "),
                definition: String::new(),
                inputs: Vec::new(),
                account: account(&outcome),
            };
            Ok((writer.publish(operation).await?, outcome))
        }
        Err(error) => {
            // The first failure is the one to tell; a lock that cannot be given back expires.
            let _ = writer.abandon().await;
            Err(error)
        }
    }
}

/// Computes what a plan wants into a writer's operation, and says how long each part took.
pub(super) async fn compute(setup: &Setup, plan: &Plan, writer: &mut Writer) -> Result<Outcome, CommandError> {
    let bar = Bar::new();
    let mut outcome = Outcome::default();
    if plan.wanted.rollups {
        bar.step("market cells", None);
        outcome.built.push(model::market_cells(writer, plan.spend_cents).await?);
    }
    let began = |name: &str| bar.step(name, None);
    let (lake, engine, library) = (&setup.lake, &setup.engine, &setup.library);
    let built = model::build(lake, engine, library, &plan.models, &plan.wanted, writer, &began).await;
    bar.end();
    let built = built?;
    for step in &built.steps {
        match step.took {
            Some(took) => eprintln!("{}: {:.1} s", step.name, took.as_secs_f64()),
            None => eprintln!("{}: as it was, nothing that it reads has changed", step.name),
        }
    }
    outcome.built.extend(built.built);
    outcome.steps = built.steps;
    outcome.failed = built.failed;
    Ok(outcome)
}

/// The tables written, with their rows.
pub(super) fn account(outcome: &Outcome) -> serde_json::Value {
    let rows = outcome
        .built
        .iter()
        .map(|built| (built.table.clone(), built.rows.into()));
    serde_json::Value::Object(rows.collect())
}

/// An error when a model failed, with the tables of the others written all the same.
pub(super) fn failures(outcome: &Outcome) -> Result<(), CommandError> {
    let words: Vec<String> = outcome
        .failed
        .iter()
        .map(|failed| {
            format!(
                "{} could not be computed, its tables stay as they were: {}",
                failed.name, failed.error
            )
        })
        .collect();
    if words.is_empty() {
        Ok(())
    } else {
        Err(words.join("\n").into())
    }
}
