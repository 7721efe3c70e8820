//! What could be computed and what not, and why: for the log, the table `model_status` and the notes on the page.

use chalandise_analytics::purchase::fit::{Fit, FitError};

/// The words for how a computation may end.
pub(super) const STATUSES: &[&str] = &[
    "ok",
    "too_few",
    "no_repeat",
    "no_maximum",
    "no_mean",
    "too_short",
    "no_data",
    "unusable",
    "limit",
    "next_best",
    "not_determined",
    "left_censored",
];

/// How a computation ended; in the order of [`STATUSES`].
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
    /// There is a result of the limit that the model's likelihood rises towards.
    Limit,
    /// There is a result of another model, since the chosen one has none.
    NextBest,
    /// Resamples of the customers do not tell how far an estimate may be off.
    NotDetermined,
    /// Customers first seen are not customers won: most were there before the data begin.
    LeftCensored,
}

impl Status {
    /// The word in `model_status`.
    pub(super) const fn word(self) -> &'static str {
        STATUSES[self as usize]
    }

    /// Whether there is a result.
    pub(super) const fn has_result(self) -> bool {
        matches!(self, Status::Ok | Status::Limit | Status::NextBest)
    }
}

/// Which model was to give a result, and which one gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Models {
    pub(super) chosen: String,
    pub(super) used: String,
}

impl Models {
    pub(super) fn of(chosen: impl Into<String>, used: impl Into<String>) -> Models {
        Models {
            chosen: chosen.into(),
            used: used.into(),
        }
    }
}

/// How the computation of a subject ended.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) subject: &'static str,
    pub(super) status: Status,
    /// Of a purchase model or a spend model that has a result.
    pub(super) models: Option<Models>,
    /// Why the model that was to give the result has none itself.
    pub(super) reason: Option<Status>,
}

/// The statuses of a build, one a subject.
#[derive(Debug, Default)]
pub(super) struct Statuses(Vec<Ended>);

impl Statuses {
    /// Notes how a computation ended; a later word on a subject takes the place of an earlier one.
    pub(super) fn note(&mut self, subject: &'static str, status: Status) {
        if !status.has_result() {
            tracing::warn!(subject, status = status.word(), "not computed");
        }
        self.put(Ended {
            subject,
            status,
            models: None,
            reason: None,
        });
    }

    /// Notes which model gave the result of a subject, and why not the one that was to.
    pub(super) fn note_models(
        &mut self,
        subject: &'static str,
        status: Status,
        models: Models,
        reason: Option<Status>,
    ) {
        if status != Status::Ok {
            let Models { chosen, used } = &models;
            tracing::warn!(
                subject,
                chosen,
                used,
                reason = reason.map(Status::word),
                "the model has no result of its own; another is used in its place"
            );
        }
        self.put(Ended {
            subject,
            status,
            models: Some(models),
            reason,
        });
    }

    fn put(&mut self, ended: Ended) {
        match self.0.iter_mut().find(|known| known.subject == ended.subject) {
            Some(known) => *known = ended,
            None => self.0.push(ended),
        }
    }

    pub(super) fn rows(&self) -> &[Ended] {
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
            (None, of_error(&error))
        }
    }
}

/// What an error of a fit is called.
pub(super) fn of_error(error: &FitError) -> Status {
    match error {
        FitError::TooFew { .. } => Status::TooFew,
        FitError::NoRepeat => Status::NoRepeat,
        _ => Status::Unusable,
    }
}
