//! What the text of a query shows to be wrong with it, before it is planned.

use std::collections::BTreeSet;

use datafusion::error::DataFusionError;

use super::header::Query;
use super::statement::{NotOneQuery, used_parameters};
use chalandise_faults::{Fault, hint};

/// Parameters that the SQL uses and the header does not declare, or the reverse.
pub(super) fn used_and_declared(query: &Query) -> Vec<Fault> {
    let Ok(used) = used_parameters(&query.sql) else {
        // The parser reports what cannot be split into tokens.
        return Vec::new();
    };
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for parameter in &used {
        if query.param(&parameter.name).is_some() || !seen.insert(&parameter.name) {
            continue;
        }
        let declared = query.params.iter().map(|param| param.name.as_str());
        let hint = hint(&parameter.name, declared, |near| format!("${near}"));
        faults.push(query.fault(
            parameter.line,
            format!("parameter `${}` is used but not declared{hint}", parameter.name),
            format!(
                "declare it in the header: `-- @param {}: kind -- what it means`",
                parameter.name
            ),
        ));
    }
    for param in &query.params {
        if !used.iter().any(|parameter| parameter.name == param.name) {
            faults.push(query.fault(
                param.line,
                format!("parameter `{}` is declared but not used", param.name),
                format!("use `${}` in the SQL or delete the line", param.name),
            ));
        }
    }
    faults
}

/// A text that is not one `select`.
pub(super) fn not_one_query(query: &Query, why: &NotOneQuery) -> Fault {
    match why {
        NotOneQuery::Syntax(error) => {
            let (line, words) = place(&words(error));
            query.fault(line, format!("the SQL cannot be read: {words}"), "correct the SQL")
        }
        NotOneQuery::Nothing => query.fault(
            None,
            "the file holds no statement",
            "write one `select` below the header",
        ),
        NotOneQuery::Several(line) => query.fault(
            *line,
            "a second statement begins here",
            "keep one `select` a file; `with` joins several steps",
        ),
        NotOneQuery::NotSelect => query.fault(
            None,
            "the statement is not a `select`",
            "query files only read: write a `select`",
        ),
    }
}

/// The engine's first sentence. Only planning errors of query files go through here: they are shown to the author of the
/// file and can hold no value of a row, since nothing has been read.
pub fn words(error: &DataFusionError) -> String {
    let text = error.find_root().strip_backtrace();
    let line = text.lines().next().unwrap_or_default();
    let plain = [
        "Error during planning: ",
        "Schema error: ",
        "SQL error: ",
        "External error: ",
    ]
    .iter()
    .fold(line, |line, prefix| line.strip_prefix(prefix).unwrap_or(line));
    plain.trim_end_matches('.').replace("datafusion.public.", "")
}

/// Takes the parser's `at Line: 3, Column: 5` out of its words.
fn place(words: &str) -> (Option<usize>, String) {
    let plain = words
        .trim_start_matches("ParserError(\"")
        .trim_start_matches("TokenizerError(\"")
        .trim_end_matches("\")")
        .replace("\\\"", "\"");
    let Some((before, after)) = plain.split_once(" at Line: ") else {
        return (None, plain);
    };
    let line = after.split(',').next().and_then(|digits| digits.trim().parse().ok());
    (line, before.to_owned())
}
