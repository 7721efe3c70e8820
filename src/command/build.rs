//! `chalandise build`: roll-ups and the market's cells, as one lake version.

use clap::Args;

use crate::config::{Config, Network};
use chalandise_lake::{LakeVersion, Operation, Writer};
use chalandise_model::{self as model, Built, NetworkSettings};

use super::CommandError;
use super::progress::Bar;
use super::setup::Setup;

/// Computes roll-ups and models from the lake's tables.
#[derive(Args)]
pub(super) struct BuildArgs {
    /// What a household can spend a year on the retailer's goods; fills the market's spend potential
    #[arg(long, value_name = "AMOUNT")]
    spend_per_household: Option<f64>,
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
}

/// What of a build is done, and published as one lake version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Everything,
    /// Market cells and roll-ups: what pages of sales need.
    RollUps,
    /// The models, over roll-ups that stand.
    Models,
}

impl Part {
    /// The operation's kind in the lake's record.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Part::RollUps => Operation::ROLL_UPS,
            Part::Everything | Part::Models => "build",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Part::Everything => "market cells, roll-ups, customer value and network",
            Part::RollUps => "market cells and roll-ups",
            Part::Models => "customer value and network",
        }
    }
}

pub(super) async fn run(config: &Config, args: &BuildArgs) -> Result<(), CommandError> {
    let setup = Setup::new(config)?;
    let version = build(&setup, args.spend_per_household, &config.network, Part::Everything).await?;
    eprintln!("Lake version {} written.", version.number);
    Ok(())
}

/// Builds over the newest lake version and publishes the result.
pub(super) async fn build(
    setup: &Setup,
    spend_per_household: Option<f64>,
    network: &Network,
    part: Part,
) -> Result<LakeVersion, CommandError> {
    let settings = settings(network)?;
    setup.lake.snapshot().await?;
    let spend_cents = match spend_per_household {
        Some(amount) if amount.is_finite() && (0.0..=1e7).contains(&amount) => Some((amount * 100.0).round() as i64),
        Some(_) => return Err("--spend-per-household must be an amount from 0 to 10000000 a year".into()),
        None => None,
    };
    let bar = Bar::new();
    let mut writer = setup.lake.writer().await?;
    let built = async {
        let mut built = Vec::new();
        if part != Part::Models {
            writer.drop_rollups();
            built.extend(rollups(setup, spend_cents, &mut writer, &bar).await?);
        }
        if part != Part::RollUps {
            built.extend(models(setup, &settings, &mut writer, &bar).await?);
        }
        Ok::<_, CommandError>(built)
    };
    match built.await {
        Ok(built) => {
            bar.end();
            let account = built
                .iter()
                .map(|built| (built.table.clone(), built.rows.into()))
                .collect();
            let operation = Operation {
                kind: part.kind().into(),
                name: part.name().into(),
                definition: String::new(),
                inputs: Vec::new(),
                account: serde_json::Value::Object(account),
            };
            Ok(writer.publish(operation, |_| {}).await?)
        }
        Err(error) => {
            // The first failure is the one to tell; a lock that cannot be given back expires.
            let _ = writer.abandon().await;
            Err(error)
        }
    }
}

async fn rollups(
    setup: &Setup,
    spend_cents: Option<i64>,
    writer: &mut Writer,
    bar: &Bar,
) -> Result<Vec<Built>, CommandError> {
    bar.step("market cells", None);
    let mut built = vec![model::market_cells(writer, spend_cents).await?];
    let snapshot = setup.lake.pin(writer.pending()?).await?;
    let began = |name: &str| bar.step(name, None);
    built.extend(model::rollups(&setup.engine, &setup.library, &snapshot, writer, began).await?);
    Ok(built)
}

async fn models(
    setup: &Setup,
    settings: &NetworkSettings,
    writer: &mut Writer,
    bar: &Bar,
) -> Result<Vec<Built>, CommandError> {
    let snapshot = setup.lake.pin(writer.pending()?).await?;
    let began = |name: &str| bar.step(name, None);
    let mut built = model::customer_value(&setup.engine, &setup.library, &snapshot, writer, &began).await?;
    built.extend(model::network(&setup.engine, &setup.library, &snapshot, writer, settings, &began).await?);
    Ok(built)
}
