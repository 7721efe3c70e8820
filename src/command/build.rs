//! `chalandise build`: roll-ups and the market's cells, as one lake version.

use clap::Args;

use crate::config::Config;
use crate::lake::{LakeVersion, Operation};
use crate::model;

use super::CommandError;
use super::progress::Bar;
use super::setup::Setup;

/// Computes roll-ups and models from the lake's tables.
#[derive(Args)]
pub(super) struct BuildArgs {
    /// What a household can spend a year on the retailer's goods; fills the market's spend potential
    #[arg(long, value_name = "AMOUNT")]
    spend_per_household: Option<f64>,
}

pub(super) async fn run(config: &Config, args: &BuildArgs) -> Result<(), CommandError> {
    let setup = Setup::new(config)?;
    let version = build(&setup, args.spend_per_household).await?;
    eprintln!("Lake version {} written.", version.number);
    Ok(())
}

/// Builds over the newest lake version and publishes the result.
pub(super) async fn build(setup: &Setup, spend_per_household: Option<f64>) -> Result<LakeVersion, CommandError> {
    setup.lake.snapshot().await?;
    let spend_cents = match spend_per_household {
        Some(amount) if amount.is_finite() && (0.0..=1e7).contains(&amount) => Some((amount * 100.0).round() as i64),
        Some(_) => return Err("--spend-per-household must be an amount from 0 to 10000000 a year".into()),
        None => None,
    };
    let settings = model::NetworkSettings::default();
    let bar = Bar::new();
    let mut writer = setup.lake.writer().await?;
    let built = async {
        writer.drop_rollups();
        bar.step("market cells", None);
        let cells = model::market_cells(&mut writer, spend_cents).await?;
        let snapshot = setup.lake.pin(writer.pending()?).await?;
        let mut built = vec![cells];
        built.extend(
            model::rollups(&setup.engine, &setup.library, &snapshot, &mut writer, |name| {
                bar.step(name, None)
            })
            .await?,
        );
        let snapshot = setup.lake.pin(writer.pending()?).await?;
        let step = |name: &str| bar.step(name, None);
        built.extend(model::customer_value(&setup.engine, &setup.library, &snapshot, &mut writer, &step).await?);
        built.extend(model::network(&setup.engine, &setup.library, &snapshot, &mut writer, &settings, &step).await?);
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
                kind: "build".into(),
                name: "market cells, roll-ups and customer value".into(),
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
