//! How a long operation tells how far it is.

/// Receives the progress of a long operation; the caller draws it.
pub trait Progress: Send + Sync {
    /// A step begins; `total` is its size in units of its own (bytes, rows), when known.
    fn begin(&self, step: &str, total: Option<u64>);
    /// That much of the step is done since the last call.
    fn advance(&self, amount: u64);
}

/// No progress is shown.
impl Progress for () {
    fn begin(&self, _step: &str, _total: Option<u64>) {}
    fn advance(&self, _amount: u64) {}
}
