//! What the parts of one shape share while they are written: where its rows come from, and what has come out so far.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use super::account::Flow;
use super::line_set::LineSet;
use super::progress::Progress;
use super::rejects::RejectWriter;

/// What the parts of one shape share.
pub struct Shared {
    /// Lines that came out, by input.
    pub seen: Mutex<Seen>,
    /// Lines that came in, and those repaired, by input.
    pub sources: HashMap<usize, (LineSet, LineSet)>,
    /// Names of the inputs.
    pub names: Arc<Vec<String>>,
    /// Whether rows are made from groups.
    pub grouped: bool,
    /// Where refused rows go.
    pub rejects: RejectWriter,
    /// Who is told how far the shaping is.
    pub progress: Arc<dyn Progress>,
}

/// What has come out of one shape so far.
#[derive(Default)]
pub struct Seen {
    /// Lines, by input.
    pub lines: HashMap<usize, LineSet>,
    /// Rows and money by outcome.
    pub flow: Flow,
    /// Rows refused or left out, by reason.
    pub reasons: BTreeMap<String, u64>,
    /// The first line that came out twice: input and line.
    pub twice: Option<(usize, u64)>,
    /// A row that belongs to no line of the primary file.
    pub stray: bool,
}
