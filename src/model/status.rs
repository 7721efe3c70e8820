//! What could be computed and what not, and why: for the log, the table `model_status` and the notes on the page.

use chalandise_analytics::fit::{Fit, FitError};

use chalandise_lake::contract;

/// How a computation ended; in the order of [`contract::STATUSES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// There is a result.
    Ok,
    /// Customers or purchases are too few.
    TooFew,
    /// Nobody bought again.
    NoRepeat,
    /// The likelihood has no maximum that was found.
    NoMaximum,
    /// The model has no mean.
    NoMean,
    /// The days observed are too few.
    TooShort,
    /// The data that it needs are not in the lake.
    NoData,
    /// A value that the model does not know.
    Unusable,
}

impl Status {
    /// The word in `model_status`.
    pub(super) const fn word(self) -> &'static str {
        contract::STATUSES[self as usize]
    }
}

/// The statuses of a build, one a subject.
#[derive(Debug, Default)]
pub(super) struct Statuses(Vec<(&'static str, Status)>);

impl Statuses {
    /// Notes how a computation ended; a later word on a subject takes the place of an earlier one.
    pub(super) fn note(&mut self, subject: &'static str, status: Status) {
        match self.0.iter_mut().find(|(known, _)| *known == subject) {
            Some((_, known)) => *known = status,
            None => self.0.push((subject, status)),
        }
        if status != Status::Ok {
            tracing::warn!(subject, status = status.word(), "not computed");
        }
    }

    pub(super) fn rows(&self) -> &[(&'static str, Status)] {
        &self.0
    }
}

/// How computations ended that say what they found and need; one a subject.
#[derive(Debug, Default)]
pub(super) struct Notes(Vec<(&'static str, Status, String)>);

impl Notes {
    /// There is a result.
    pub(super) fn ok(&mut self, subject: &'static str) {
        self.0.push((subject, Status::Ok, String::new()));
    }

    /// There is one, or none, and what a reader should know of it.
    pub(super) fn tell(&mut self, subject: &'static str, status: Status, reason: String) {
        tracing::info!(subject, status = status.word(), reason);
        self.0.push((subject, status, reason));
    }

    /// There is none, and why.
    pub(super) fn note(&mut self, subject: &'static str, status: Status, reason: String) {
        tracing::warn!(subject, status = status.word(), reason, "not computed");
        self.0.push((subject, status, reason));
    }

    pub(super) fn rows(&self) -> &[(&'static str, Status, String)] {
        &self.0
    }
}

/// A fit with its status, or a line in the log: customers too few for a model are no error of the build.
pub(super) fn fitted<M>(name: &'static str, fit: Result<Fit<M>, FitError>) -> (Option<Fit<M>>, Status) {
    match fit {
        Ok(fit) if fit.converged() => (Some(fit), Status::Ok),
        Ok(fit) => {
            tracing::warn!(
                model = name,
                "the likelihood has no maximum that was found; the model is not used"
            );
            (Some(fit), Status::NoMaximum)
        }
        Err(error) => {
            tracing::warn!(model = name, "the model is not used: {error}");
            let status = match error {
                FitError::TooFew { .. } => Status::TooFew,
                FitError::NoRepeat => Status::NoRepeat,
                _ => Status::Unusable,
            };
            (None, status)
        }
    }
}
