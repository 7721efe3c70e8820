//! Saved scenarios: listed with what they do on the newest lake version, compared two by two.

use super::scenario::{Fault, evaluate, planner};
use super::{Asked, Feature, FeatureError, Form, Prepared, Supposed};
use crate::filters::query_string;
use crate::view::View;
use crate::words::Say;
use arrow::array::RecordBatch;
use async_trait::async_trait;
use chalandise_model::{PlannerFault, Saved};
use chalandise_notebook::scenario::Plan;
use chalandise_notebook::{NotebookError, Unreadable};
use chalandise_serving::Data;
use maud::{Markup, html as markup};

/// The keys of the page that compares two.
const COMPARED: [&str; 2] = ["first", "second"];
/// What the log calls it.
const WHAT: &str = "the list of saved scenarios";

/// The feature: of the list, and of the page that compares two of it.
#[derive(Debug)]
pub struct SavedScenarios;

#[async_trait]
impl Feature for SavedScenarios {
    fn name(&self) -> &'static str {
        "saved_scenarios"
    }

    fn is_key(&self, key: &str) -> bool {
        COMPARED.contains(&key)
    }

    /// Another window may have saved one since.
    fn is_lasting(&self) -> bool {
        false
    }

    async fn suppose(&self, view: &View<'_>, asked: &Asked<'_>) -> Result<Supposed, FeatureError> {
        with(&all(asked).await?, asked.pairs, view.data)
    }

    async fn prepare(&self, view: &View<'_>, asked: &Asked<'_>) -> Result<Prepared, FeatureError> {
        let all = all(asked).await?;
        Ok(Prepared {
            supposed: with(&all, asked.pairs, view.data)?,
            form: Some(Box::new(Listed {
                saved: all.saved,
                pairs: asked.pairs.to_vec(),
            })),
            whole: true,
        })
    }
}

/// What the list is made from.
struct Listed {
    saved: Vec<Saved>,
    pairs: Vec<(String, String)>,
}

impl Form for Listed {
    fn markup(&self, view: &View<'_>) -> Markup {
        let list = List {
            view,
            saved: &self.saved,
            pairs: &self.pairs,
        };
        list.markup()
    }
}

/// What the notebook holds: scenarios evaluated on the lake version, and those that cannot be read.
struct All {
    saved: Vec<Saved>,
    unreadable: Vec<Unreadable>,
}

/// What the notebook refuses is said as a fault of the plan.
pub fn refused(error: &NotebookError) -> FeatureError {
    tracing::warn!(%error, "the notebook refused");
    FeatureError::Plan(vec![Fault::notebook(error)])
}

/// All saved scenarios, evaluated on the lake version.
async fn all(asked: &Asked<'_>) -> Result<All, FeatureError> {
    let notebook = asked.notebook.clone();
    let listed = tokio::task::spawn_blocking(move || notebook.list::<Plan>()).await;
    let listed = listed.map_err(|error| FeatureError::failed(WHAT, &error))?;
    let listed = listed.map_err(|error| refused(&error))?;
    let planner = planner(asked.version).await?;
    let mut saved = Vec::new();
    for scenario in listed.entries {
        let answer = match &planner {
            Ok(planner) => evaluate(planner, &scenario.content).await?,
            Err(fault) => Err(vec![fault.clone()]),
        };
        let words = |fault: &PlannerFault| fault.to_string();
        let answer = answer.map_err(|faults| faults.iter().map(words).collect::<Vec<_>>().join("; "));
        saved.push(Saved {
            scenario,
            answer: Some(answer),
        });
    }
    Ok(All {
        saved,
        unreadable: listed.unreadable,
    })
}

/// The two scenarios that an address compares; none when it names none, the same twice, or one that there is not.
fn compared<'s>(saved: &'s [Saved], pairs: &[(String, String)]) -> Option<[&'s Saved; 2]> {
    let of = |key: &str| {
        let (_, id) = pairs.iter().find(|(name, _)| name == key)?;
        saved.iter().find(|saved| saved.scenario.id.to_string() == *id)
    };
    let [first, second] = COMPARED.map(of);
    let (first, second) = (first?, second?);
    (first.scenario.id != second.scenario.id).then_some([first, second])
}

/// The tables of saved scenarios; with two of them to compare, only theirs, and the one of their cells.
fn tables(all: &All, pairs: &[(String, String)]) -> Result<Vec<(String, RecordBatch)>, FeatureError> {
    let compared = compared(&all.saved, pairs);
    let mut tables = match &compared {
        Some(two) => Saved::tables(two, &[]),
        None => Saved::tables(&all.saved.iter().collect::<Vec<_>>(), &all.unreadable),
    }
    .map_err(|error| FeatureError::failed(WHAT, &error))?;
    if let Some([first, second]) = compared
        && let (Some(first), Some(second)) = (first.answered(), second.answered())
    {
        tables.push(
            first
                .beside(second)
                .map_err(|error| FeatureError::failed(WHAT, &error))?,
        );
    }
    Ok(tables)
}

/// The data with the tables of saved scenarios, and the pairs that links to figures carry on.
fn with(all: &All, pairs: &[(String, String)], data: &Data) -> Result<Supposed, FeatureError> {
    let tables = tables(all, pairs)?;
    let mut key = String::new();
    for saved in &all.saved {
        key.push_str(&format!("{}:{};", saved.scenario.id, saved.scenario.revision));
    }
    let compared: Vec<(String, String)> = pairs
        .iter()
        .filter(|(name, _)| COMPARED.contains(&name.as_str()))
        .cloned()
        .collect();
    key.push_str(&query_string(
        compared.iter().map(|(name, id)| (name.as_str(), id.as_str())),
    ));
    Ok(Supposed {
        data: data.supposing(key, &tables)?,
        pairs: compared,
    })
}

struct List<'a> {
    view: &'a View<'a>,
    saved: &'a [Saved],
    pairs: &'a [(String, String)],
}

impl List<'_> {
    fn say(&self) -> Say {
        self.view.say()
    }

    fn markup(&self) -> Markup {
        let say = self.say();
        markup! {
            section.plan id="plan" aria-label=(say.word("scenario-saved")) {
                @if self.saved.is_empty() {
                    p { (say.word("scenario-none-saved")) }
                    p.more { a href="/network/scenario" { (say.word("scenario-make")) } }
                } @else {
                    (self.entries())
                    @if self.saved.len() > 1 { (self.compare()) }
                }
            }
        }
    }

    fn entries(&self) -> Markup {
        let say = self.say();
        markup! {
            h2 { (say.word("scenario-saved")) }
            ol.changes {
                @for saved in self.saved {
                    @let scenario = &saved.scenario;
                    li {
                        @let changes = scenario.content.changes().len();
                        span.kind { (say.words_with("scenario-count-changes", &[("count", changes.into())])) }
                        span.what {
                            a href=(address(&scenario.content)) { b { (scenario.name) } }
                            @if !scenario.note.is_empty() { " " span.detail { (scenario.note) } }
                            @if saved.answered().is_none() { " " span.detail { (say.word("scenario-not-any-more")) } }
                        }
                        form method="post" action="/network/scenarios/delete" {
                            input type="hidden" name="id" value=(scenario.id);
                            button.link type="submit" aria-label=(say.labelled(say.word("scenario-delete-saved"), &scenario.name)) { (say.word("scenario-delete")) }
                        }
                    }
                }
            }
        }
    }

    fn compare(&self) -> Markup {
        let say = self.say();
        let labels = [say.word("scenario-first"), say.word("scenario-second")];
        let chosen = |key: &str| {
            self.pairs
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, id)| id.as_str())
        };
        markup! {
            form.add method="get" action="/network/scenarios/compare" {
                h2 { (say.word("scenario-compare-two")) }
                @for (place, key) in COMPARED.iter().enumerate() {
                    div.field {
                        label for=(key) { (labels[place]) }
                        select id=(key) name=(key) {
                            @for (number, saved) in self.saved.iter().enumerate() {
                                @let id = saved.scenario.id.to_string();
                                option value=(id) selected[chosen(key).map_or(number == place, |chosen| chosen == id)] { (saved.scenario.name) }
                            }
                        }
                    }
                }
                div.acts { button.primary type="submit" { (say.word("scenario-compare")) } }
            }
        }
    }
}

/// The address of a plan.
fn address(plan: &Plan) -> String {
    let pairs = plan.pairs();
    format!(
        "/network/scenario{}",
        query_string(pairs.iter().map(|(key, value)| (*key, value.as_str())))
    )
}
