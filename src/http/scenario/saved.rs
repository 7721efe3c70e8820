//! Saved scenarios: written down, listed with what they do on the newest lake version, compared two by two.

use super::words::Fault;
use super::{evaluate, failed, read, see};
use crate::asked::Asked;
use crate::error::HttpError;
use crate::freshness::Current;
use crate::page::html;
use crate::state::State;
use arrow::array::RecordBatch;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::HeaderMap;
use axum::response::Response;
use chalandise_dashboard::{Data, Place, Say, View, query_string, render_page_beside};
use chalandise_model::{PlannerFault, Saved};
use chalandise_notebook::scenario::{Plan, Scenario};
use chalandise_notebook::{EntryId, NewEntry, NotebookError, Unreadable};
use chrono::Utc;
use maud::{Markup, html as markup};
use std::sync::Arc;

/// Where saved scenarios are listed.
pub(super) const LIST: &str = "/network/scenarios";
/// The keys of the page that compares two.
pub(super) const COMPARED: [&str; 2] = ["first", "second"];

/// Saves the plan of a form under its name, or under a name that stands already when the form says to replace it.
pub(crate) async fn save(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, HttpError> {
    let pairs = own_form(&headers, &body)?;
    let value = |wanted: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == wanted)
            .map(|(_, value)| value.trim().to_owned())
    };
    let plan = read::plan(&pairs).map_err(HttpError::Plan)?.plan;
    let entry = NewEntry {
        name: value("name").unwrap_or_default(),
        note: value("note").unwrap_or_default(),
        content: plan,
    };
    let replace = value("replace").is_some();
    let version = state.freshness.current().await.data.version().number;
    let notebook = state.notebook.clone();
    let saved = tokio::task::spawn_blocking(move || {
        let now = Utc::now();
        match notebook.save(&entry, Some(version), now) {
            Err(NotebookError::NameTaken { id, revision, .. }) if replace => {
                notebook.replace(id, revision, &entry, Some(version), now)
            }
            other => other,
        }
    });
    let saved: Result<Scenario, NotebookError> = saved.await.map_err(|error| failed(&error))?;
    match saved {
        Ok(_) => Ok(see(LIST)),
        Err(error) => Err(refused(error)),
    }
}

/// Puts a scenario into the trash.
pub(crate) async fn delete(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, HttpError> {
    let pairs = own_form(&headers, &body)?;
    let id = pairs
        .iter()
        .find(|(key, _)| key == "id")
        .and_then(|(_, id)| EntryId::parse(id));
    let id = id.ok_or(HttpError::NotFound)?;
    let notebook = state.notebook.clone();
    let deleted = tokio::task::spawn_blocking(move || notebook.delete::<Plan>(id, Utc::now())).await;
    match deleted.map_err(|error| failed(&error))? {
        Ok(()) => Ok(see(LIST)),
        Err(error) => Err(refused(error)),
    }
}

/// The pairs of a form that a page of this server sent; another site's are refused.
fn own_form(headers: &HeaderMap, body: &Bytes) -> Result<Vec<(String, String)>, HttpError> {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    let origin = headers.get("origin").and_then(|origin| origin.to_str().ok());
    let host = headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let same = match (site, origin) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin.split("://").nth(1) == Some(host),
        (None, None) => true,
    };
    if !same {
        return Err(HttpError::Host);
    }
    let pairs = url::form_urlencoded::parse(body);
    Ok(pairs
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect())
}

/// What the notebook refuses is said as a fault of the plan.
fn refused(error: NotebookError) -> HttpError {
    tracing::warn!(%error, "the notebook refused");
    HttpError::Plan(vec![Fault::notebook(&error)])
}

/// What the notebook holds: scenarios evaluated on the lake version, and those that cannot be read.
pub(super) struct All {
    saved: Vec<Saved>,
    unreadable: Vec<Unreadable>,
}

/// All saved scenarios, evaluated on the lake version.
pub(super) async fn all(state: &State, current: &Current) -> Result<All, HttpError> {
    let notebook = state.notebook.clone();
    let listed = tokio::task::spawn_blocking(move || notebook.list::<Plan>()).await;
    let listed = listed.map_err(|error| failed(&error))?.map_err(refused)?;
    let planner = current.planner().await.map_err(|error| failed(&error))?;
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
fn tables(all: &All, pairs: &[(String, String)]) -> Result<Vec<(String, RecordBatch)>, HttpError> {
    let compared = compared(&all.saved, pairs);
    let mut tables = match &compared {
        Some(two) => Saved::tables(two, &[]),
        None => Saved::tables(&all.saved.iter().collect::<Vec<_>>(), &all.unreadable),
    }
    .map_err(|error| failed(&error))?;
    if let Some([first, second]) = compared
        && let (Some(first), Some(second)) = (first.answered(), second.answered())
    {
        tables.push(first.beside(second).map_err(|error| failed(&error))?);
    }
    Ok(tables)
}

/// The list, or two scenarios side by side.
pub(super) async fn show(state: &State, asked: &Asked, place: Place<'_>) -> Result<Response, HttpError> {
    let current = state.freshness.current().await;
    let data = current.data.within(state.deadline);
    let reach = current.reach(state.deadline).await?.ok_or(HttpError::NoOrders)?;
    let all = all(state, &current).await?;
    let (data, supposed) = with(&all, asked, &data)?;
    let view = asked.view(state, place, &data, reach, supposed)?;
    let form = List {
        view: &view,
        saved: &all.saved,
        pairs: &asked.pairs,
    };
    let page = render_page_beside(&view, place.page, &form.markup()).await?;
    // Never answered from memory: another window may have saved one.
    Ok(asked.fresh(&html(page)))
}

/// The data with the tables of saved scenarios, and the pairs that links to figures carry on.
pub(super) fn with(all: &All, asked: &Asked, data: &Data) -> Result<(Data, Vec<(String, String)>), HttpError> {
    let tables = tables(all, &asked.pairs)?;
    let mut key = String::new();
    for saved in &all.saved {
        key.push_str(&format!("{}:{};", saved.scenario.id, saved.scenario.revision));
    }
    let compared: Vec<(String, String)> = asked
        .pairs
        .iter()
        .filter(|(name, _)| COMPARED.contains(&name.as_str()))
        .cloned()
        .collect();
    key.push_str(&query_string(
        compared.iter().map(|(name, id)| (name.as_str(), id.as_str())),
    ));
    let data = data.supposing(key, &tables).map_err(|error| failed(&error))?;
    Ok((data, compared))
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
            section.plan id="plan" aria-label=(say.one("Scénarios enregistrés", "Saved scenarios")) {
                @if self.saved.is_empty() {
                    p { (say.one(
                        "Aucun scénario n’est encore enregistré. Composez-en un, donnez-lui un nom et enregistrez-le.",
                        "No scenario has been saved yet. Make one, give it a name and save it.",
                    )) }
                    p.more { a href="/network/scenario" { (say.one("Composer un scénario", "Make a scenario")) } }
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
            h2 { (say.one("Scénarios enregistrés", "Saved scenarios")) }
            ol.changes {
                @for saved in self.saved {
                    @let scenario = &saved.scenario;
                    li {
                        @let changes = scenario.content.changes().len();
                        span.kind { (changes) " " (if changes == 1 { say.one("changement", "change") } else { say.one("changements", "changes") }) }
                        span.what {
                            a href=(address(&scenario.content)) { b { (scenario.name) } }
                            @if !scenario.note.is_empty() { " " span.detail { (scenario.note) } }
                            @if saved.answered().is_none() { " " span.detail { (say.one("ne se calcule plus sur ces données", "cannot be computed on these data any more")) } }
                        }
                        form method="post" action="/network/scenarios/delete" {
                            input type="hidden" name="id" value=(scenario.id);
                            button.link type="submit" aria-label=(say.labelled(say.one("Supprimer", "Delete"), &scenario.name)) { (say.one("supprimer", "delete")) }
                        }
                    }
                }
            }
        }
    }

    fn compare(&self) -> Markup {
        let say = self.say();
        let labels = [say.one("Premier", "First"), say.one("Second", "Second")];
        let chosen = |key: &str| {
            self.pairs
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, id)| id.as_str())
        };
        markup! {
            form.add method="get" action="/network/scenarios/compare" {
                h2 { (say.one("Comparer deux scénarios", "Compare two scenarios")) }
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
                div.acts { button.primary type="submit" { (say.one("Comparer", "Compare")) } }
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

/// Whether a pair belongs to the pages of saved scenarios.
pub(super) fn is_own(key: &str) -> bool {
    COMPARED.contains(&key)
}
