//! Where the lines of a composed text were written.

use std::sync::Arc;

use chalandise_faults::Fault;

/// Where the lines of a text come from; empty for a file without fragments.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    lines: Vec<(Arc<str>, usize)>,
}

impl Origin {
    pub(super) fn of(lines: impl IntoIterator<Item = (Arc<str>, usize)>) -> Origin {
        Origin {
            lines: lines.into_iter().collect(),
        }
    }

    /// A fault of the text, named where its line was written.
    pub(super) fn real(&self, mut fault: Fault) -> Fault {
        let place = fault.line.and_then(|line| self.lines.get(line.checked_sub(1)?));
        if let Some((file, line)) = place {
            fault.file = file.to_string();
            fault.line = Some(*line);
        }
        fault
    }
}
