//! A build: roll-ups and models in the order of what they read, and of them only those whose results would differ.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chalandise_lake::{Computed, Contract, Engine, Lake, LakeError, LakeVersion, Reader, Writer};
use chalandise_query::{self as query, Library, Query, Reads};

use super::inputs::Inputs;
use super::program;
use super::read::days_of_orders;
use super::rollups::rollups;
use super::{Built, Model, ModelError, Run};

/// What of a build is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The roll-ups.
    pub rollups: bool,
    /// The models of these names; all of them when there is no list.
    pub models: Option<Vec<String>>,
    /// Also what would give the same rows as stand.
    pub again: bool,
    /// Only what the lake version lacks, such as roll-ups whose orders have changed: what another program has made stands too.
    pub lacking_only: bool,
}

impl Wanted {
    /// Everything that would give other rows than stand.
    #[must_use]
    pub fn everything() -> Wanted {
        Wanted {
            rollups: true,
            models: None,
            again: false,
            lacking_only: false,
        }
    }

    /// Roll-ups that no longer match the orders, alone.
    #[must_use]
    pub fn changed_rollups() -> Wanted {
        Wanted {
            lacking_only: true,
            ..Wanted::rollups()
        }
    }

    /// Roll-ups alone.
    #[must_use]
    pub fn rollups() -> Wanted {
        Wanted {
            models: Some(Vec::new()),
            ..Wanted::everything()
        }
    }

    /// Models alone.
    #[must_use]
    pub fn models() -> Wanted {
        Wanted {
            rollups: false,
            ..Wanted::everything()
        }
    }

    fn wants(&self, model: &dyn Model) -> bool {
        self.models
            .as_ref()
            .is_none_or(|names| names.iter().any(|name| name == model.name()))
    }
}

/// What was computed, what stands as it was, and what failed.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Tables written.
    pub built: Vec<Built>,
    /// Roll-ups and models in the order of the build.
    pub steps: Vec<Step>,
    /// Models that failed: their tables are as before.
    pub failed: Vec<Failed>,
}

/// A roll-up or a model of a build.
#[derive(Debug)]
pub struct Step {
    /// Its name; all roll-ups computed one after the other are one step, `roll-ups`.
    pub name: String,
    /// How long it took; none when its tables stand as they were, since nothing that it reads has changed.
    pub took: Option<Duration>,
}

/// A model that failed.
#[derive(Debug)]
pub struct Failed {
    /// Its name.
    pub name: &'static str,
    /// Why.
    pub error: ModelError,
}

/// Whether a lake version has roll-ups, so that they are to be kept in step with what is imported.
#[must_use]
pub fn has_rollups(version: &LakeVersion, contract: &Contract) -> bool {
    let of_sql = |name: &str| contract.table(name).is_none();
    let mut tables = version.tables.iter();
    tables.any(|(name, table)| table.rollup.is_some() && of_sql(name))
}

/// What can be computed: a roll-up, or a model.
enum Computation<'a> {
    RollUp(&'a Query),
    Model(&'a dyn Model),
}

impl Computation<'_> {
    fn name(&self) -> &str {
        match self {
            Computation::RollUp(query) => query.stem(),
            Computation::Model(model) => model.name(),
        }
    }

    fn tables(&self) -> Vec<&str> {
        match self {
            Computation::RollUp(query) => vec![query.stem()],
            Computation::Model(model) => names(*model),
        }
    }
}

/// The names of a model's tables.
fn names(model: &dyn Model) -> Vec<&'static str> {
    model.tables().iter().map(|table| table.name).collect()
}

/// A computation with what it reads.
struct Planned<'a> {
    computation: Computation<'a>,
    reads: Reads,
}

impl Planned<'_> {
    /// What the rows follow from now.
    fn computed(&self, pending: &LakeVersion) -> Computed {
        let own = self.computation.tables();
        let others = self.reads.tables.iter().map(String::as_str);
        let settings = match &self.computation {
            Computation::RollUp(_) => String::new(),
            Computation::Model(model) => model.settings(),
        };
        let mut by = blake3::Hasher::new();
        for part in [&self.reads.hash, &settings, program::hash()] {
            by.update(&(part.len() as u64).to_le_bytes());
            by.update(part.as_bytes());
        }
        Computed {
            inputs: pending.states_of(others.filter(|table| !own.contains(table))),
            by: by.finalize().to_hex().to_string(),
            as_of: None,
            lake_version: pending.number,
        }
    }

    /// Whether the tables stand that the computation would write.
    fn stands(&self, pending: &LakeVersion) -> bool {
        let now = self.computed(pending);
        let tables = self.computation.tables();
        let mut stored = tables.iter().filter_map(|name| pending.tables.get(*name)).peekable();
        stored.peek().is_some()
            && stored.all(|table| {
                let computed = table.computed.as_ref();
                computed.is_some_and(|computed| computed.by == now.by && computed.inputs == now.inputs)
            })
    }
}

/// Computes what is wanted over what a writer sees, and writes it. A model that fails leaves its tables as they were.
///
/// # Errors
/// [`ModelError`] when a roll-up fails, the lake cannot be written or a wanted model does not exist: nothing of the build is to be
/// published then.
pub async fn build(
    lake: &Lake,
    engine: &Engine,
    library: &Library,
    models: &[Box<dyn Model>],
    wanted: &Wanted,
    writer: &mut Writer,
    began: &(dyn Fn(&str) + Sync),
) -> Result<Outcome, ModelError> {
    known(models, wanted)?;
    let definitions = query::definitions(library);
    let mut outcome = Outcome::default();
    let mut order = in_order(planned(library, models, wanted, &definitions)?)?
        .into_iter()
        .peekable();
    while let Some(next) = order.next() {
        match next.computation {
            Computation::RollUp(_) => {
                let mut together = vec![next];
                while let Some(more) = order.next_if(|more| matches!(more.computation, Computation::RollUp(_))) {
                    together.push(more);
                }
                let started = Instant::now();
                let built = of_sql(lake, engine, &together, &definitions, wanted, writer, began).await?;
                outcome.steps.push(Step {
                    name: "roll-ups".to_owned(),
                    took: (!built.is_empty()).then(|| started.elapsed()),
                });
                outcome.built.extend(built);
            }
            Computation::Model(model) => {
                let pending = writer.pending()?;
                if !wanted.again && next.stands(&pending) {
                    outcome.steps.push(Step {
                        name: model.name().to_owned(),
                        took: None,
                    });
                    continue;
                }
                let started = Instant::now();
                match of_model(lake, engine, library, model, &next, pending, writer, began).await {
                    Ok(built) => {
                        outcome.built.extend(built);
                        outcome.steps.push(Step {
                            name: model.name().to_owned(),
                            took: Some(started.elapsed()),
                        });
                    }
                    // Another writer's lake is not ours to go on with.
                    Err(error @ ModelError::Lake(LakeError::LockLost)) => return Err(error),
                    Err(error) => {
                        tracing::error!(model = model.name(), %error, "the model failed");
                        writer.keep_as_before(names(model));
                        outcome.failed.push(Failed {
                            name: model.name(),
                            error,
                        });
                    }
                }
            }
        }
    }
    Ok(outcome)
}

/// Refuses names of models that do not exist.
fn known(models: &[Box<dyn Model>], wanted: &Wanted) -> Result<(), ModelError> {
    let names: Vec<&str> = models.iter().map(|model| model.name()).collect();
    let unknown = wanted
        .models
        .iter()
        .flatten()
        .find(|name| !names.contains(&name.as_str()));
    match unknown {
        Some(name) => Err(ModelError::NoModel {
            name: name.clone(),
            remedy: match chalandise_faults::nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the models are {}", names.join(", ")),
            },
        }),
        None => Ok(()),
    }
}

fn planned<'a>(
    library: &'a Library,
    models: &'a [Box<dyn Model>],
    wanted: &Wanted,
    definitions: &BTreeMap<String, Reads>,
) -> Result<Vec<Planned<'a>>, ModelError> {
    let mut planned = Vec::new();
    if wanted.rollups {
        for query in query::rollups_in_order(library) {
            if let Some(reads) = definitions.get(query.stem()) {
                planned.push(Planned {
                    computation: Computation::RollUp(query),
                    reads: reads.clone(),
                });
            }
        }
    }
    for model in models.iter().filter(|model| wanted.wants(model.as_ref())) {
        let missing = || {
            let names = model.queries().iter();
            let missing = names.copied().find(|name| library.get(name).is_none());
            ModelError::NoQuery {
                name: missing.unwrap_or(model.name()).to_owned(),
            }
        };
        planned.push(Planned {
            computation: Computation::Model(model.as_ref()),
            reads: query::reads(library, model.queries()).ok_or_else(missing)?,
        });
    }
    Ok(planned)
}

/// Each after those whose tables it reads, and otherwise in the order given.
fn in_order(mut waiting: Vec<Planned<'_>>) -> Result<Vec<Planned<'_>>, ModelError> {
    let mut ordered: Vec<Planned<'_>> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let waits = |place: usize, one: &Planned<'_>| {
            waiting.iter().enumerate().any(|(other, it)| {
                other != place
                    && it
                        .computation
                        .tables()
                        .iter()
                        .any(|table| one.reads.tables.contains(*table))
            })
        };
        let Some(ready) = waiting.iter().enumerate().position(|(place, one)| !waits(place, one)) else {
            return Err(ModelError::Circle {
                names: waiting.iter().map(|it| it.computation.name().to_owned()).collect(),
            });
        };
        ordered.push(waiting.remove(ready));
    }
    Ok(ordered)
}

async fn of_sql(
    lake: &Lake,
    engine: &Engine,
    together: &[Planned<'_>],
    definitions: &BTreeMap<String, Reads>,
    wanted: &Wanted,
    writer: &mut Writer,
    began: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Built>, ModelError> {
    let pending = writer.pending()?;
    let anew: Vec<&Planned<'_>> = together
        .iter()
        .filter(|it| match it.computation {
            Computation::RollUp(query) if wanted.lacking_only => !pending.tables.contains_key(query.stem()),
            _ => wanted.again || !it.stands(&pending),
        })
        .collect();
    if anew.is_empty() {
        return Ok(Vec::new());
    }
    writer.leave_out(anew.iter().map(|it| it.computation.name()));
    let pending = writer.pending()?;
    let queries: Vec<(&Query, Computed)> = anew
        .iter()
        .filter_map(|it| match it.computation {
            Computation::RollUp(query) => Some((query, it.computed(&pending))),
            Computation::Model(_) => None,
        })
        .collect();
    let snapshot = lake.pin(pending).await?;
    rollups(engine, &snapshot, &queries, definitions, writer, began).await
}

#[expect(clippy::too_many_arguments, reason = "what a build works with, and the one model")]
async fn of_model(
    lake: &Lake,
    engine: &Engine,
    library: &Library,
    model: &dyn Model,
    planned: &Planned<'_>,
    pending: LakeVersion,
    writer: &mut Writer,
    began: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Built>, ModelError> {
    let mut computed = planned.computed(&pending);
    let snapshot = lake.pin(pending).await?;
    let context = engine.session(&snapshot, &Reader::program()).await?;
    computed.as_of = days_of_orders(&Inputs::new(&context, library, &["base/as_of"]))
        .await?
        .map(|(_, as_of)| as_of);
    // A table that this run does not write has nothing to say of these data.
    writer.leave_out(names(model));
    let mut run = Run {
        inputs: Inputs::new(&context, library, model.queries()),
        writer,
        began,
    };
    let built = model.build(&mut run).await?;
    for table in &built {
        writer.stamp(&table.table, &computed);
    }
    Ok(built)
}
