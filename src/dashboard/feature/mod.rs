//! What a page may do beside showing queries: suppose tables for its request, and stand beside a form.
//!
//! `[feature]` of a page file names one of [`FEATURES`] and the queries that it reads. Before the page's queries run, the feature reads the
//! address and computes tables; they stand before the lake's own of the same name in the session of that request ([`Data::supposing`]), so
//! that the page, its figures, their files and whatever else asks read them like any other.
//!
//! A feature is added in one place: one file here, one line in the list.

mod best_sites;
mod saved;
pub mod scenario;

pub use saved::refused;

use crate::filters::query_string;
use crate::page::Page;
use crate::view::View;
use async_trait::async_trait;
use chalandise_notebook::Notebook;
use chalandise_serving::{Data, DataError, Version};
use maud::Markup;
use scenario::Fault;
use std::fmt::Debug;

/// All features.
pub static FEATURES: [&dyn Feature; 3] = [&scenario::Scenario, &saved::SavedScenarios, &best_sites::BestSites];

/// A query that a feature reads: its key in the page file, and the columns that it must give.
pub type Role = (&'static str, &'static [&'static str]);

/// What a feature reads a request from, beside the view.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The lake version.
    pub version: &'a Version,
    /// What users write down.
    pub notebook: &'a Notebook,
    /// The path of the address.
    pub path: &'a str,
    /// All pairs of the address, in their order.
    pub pairs: &'a [(String, String)],
}

/// What a request supposes.
#[derive(Debug, Clone)]
pub struct Supposed {
    /// The data, with the tables of the request.
    pub data: Data,
    /// The pairs of the address that links to the page and to its figures carry on.
    pub pairs: Vec<(String, String)>,
}

/// A page as a feature has it.
pub struct Prepared {
    /// What the request supposes.
    pub supposed: Supposed,
    /// The form beside the results.
    pub form: Option<Box<dyn Form>>,
    /// Whether the whole address could be followed; else the form says what could not.
    pub whole: bool,
}

/// A form beside a page's results.
pub trait Form: Send + Sync {
    /// The form.
    fn markup(&self, view: &View<'_>) -> Markup;
}

/// Why a feature cannot do what the address asks.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FeatureError {
    /// The plan of the address cannot be evaluated: all that is wrong with it.
    #[error("the plan of the address has {} faults", .0.len())]
    Plan(Vec<Fault>),
    /// A query failed.
    #[error(transparent)]
    Data(std::sync::Arc<DataError>),
    /// Something of ours failed; the log says what.
    #[error("{0} failed")]
    Failed(&'static str),
}

impl FeatureError {
    /// Writes a failure of ours to the log.
    pub fn failed(what: &'static str, error: &(dyn std::error::Error + 'static)) -> FeatureError {
        tracing::error!(error, "{what} failed");
        FeatureError::Failed(what)
    }
}

impl From<DataError> for FeatureError {
    fn from(error: DataError) -> FeatureError {
        FeatureError::Data(std::sync::Arc::new(error))
    }
}

/// What a page does beside showing queries.
#[async_trait]
pub trait Feature: Debug + Sync {
    /// Its name in page files.
    fn name(&self) -> &'static str;

    /// The queries that page files may name for it.
    fn queries(&self) -> &'static [Role] {
        &[]
    }

    /// Whether it reads a key of the address; the filters leave these alone.
    fn is_key(&self, _key: &str) -> bool {
        false
    }

    /// Whether its answers follow from the address and the lake version alone, and may be kept.
    fn is_lasting(&self) -> bool {
        true
    }

    /// Another address under which the same stands, spelled as links spell it; none when this is the one.
    ///
    /// # Errors
    /// [`FeatureError`] when the lake cannot be read.
    async fn address(&self, _asked: &Asked<'_>) -> Result<Option<String>, FeatureError> {
        Ok(None)
    }

    /// What a figure or a file of the page supposes: the whole address is followed, or nothing.
    ///
    /// # Errors
    /// [`FeatureError`] when the address cannot be followed.
    async fn suppose(&self, view: &View<'_>, asked: &Asked<'_>) -> Result<Supposed, FeatureError>;

    /// What the page supposes, and its form: what cannot be followed of the address the form may say.
    ///
    /// # Errors
    /// [`FeatureError`] when the address cannot be followed.
    async fn prepare(&self, view: &View<'_>, asked: &Asked<'_>) -> Result<Prepared, FeatureError> {
        Ok(Prepared {
            supposed: self.suppose(view, asked).await?,
            form: None,
            whole: true,
        })
    }
}

/// The feature of a page.
#[must_use]
pub fn of(page: &Page) -> Option<&'static dyn Feature> {
    let named = page.feature.as_ref()?;
    FEATURES.into_iter().find(|feature| feature.name() == named.does)
}

/// A path with pairs behind it.
fn address<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    format!("{path}{}", query_string(pairs))
}
