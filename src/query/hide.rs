//! The SQL that hides the figures of small groups, put into the text of a query that declares them.
//!
//! The rule, in the words of `queries/README.md`:
//!
//! 1. A group of 1 to `min_group_size` - 1 customers is hidden, and one whose customers are not known.
//! 2. Across the values of a parameter, the hidden ones of a group, and customers without a value, have `min_group_size` customers
//!    or more together; else the smallest value that is not hidden is hidden too.
//! 3. The same holds among the rows of one answer that add up.
//!
//! Steps do it, between those of the query's author and what is selected from them, so that whoever reads the text sees what is run.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

use super::fragment::{is, is_space, tokens};
use super::header::Header;
use super::small::{Across, Small, Together};
use chalandise_faults::nearest;

#[cfg(test)]
mod tests;

/// The parameter with the least number of customers of a group that is shown.
const LEAST: &str = "min_group_size";

/// The rows of the answer itself, where they are the groups.
const ANSWER: &str = "answer";

/// A change to a text.
#[derive(Debug)]
pub(super) struct Edit {
    /// Line and letter, from 0.
    pub(super) at: (usize, usize),
    /// How many letters go.
    pub(super) without: usize,
    /// What takes their place.
    pub(super) text: String,
    /// The line, from 1, that asked for it.
    pub(super) of: usize,
}

/// What is wrong with a line, and what to do.
pub(super) type Wrong = (usize, String, String);

/// The changes that make a query hide what its header says, the last in the text first.
pub(super) fn edits(text: &str, header: &Header, place_of_param: usize) -> Result<Vec<Edit>, Vec<Wrong>> {
    let Some(first) = header.smalls.first() else {
        return Ok(Vec::new());
    };
    let wrong = unknown_columns(header);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    // The parser reports what cannot be split into tokens.
    let tokens = tokens(text).unwrap_or_default();
    let sql: Vec<&TokenWithSpan> = tokens.iter().filter(|token| !is_space(token)).collect();
    let mut edits = Vec::new();
    let mut targets: BTreeMap<Option<&str>, Vec<&Small>> = BTreeMap::new();
    for small in &header.smalls {
        targets.entry(small.step.as_deref()).or_default().push(small);
    }
    for (step, smalls) in targets {
        let added = match step {
            Some(step) => in_step(&sql, step, &smalls),
            None => in_answer(&sql, header, &smalls),
        };
        edits.extend(added.map_err(|wrong| vec![wrong])?);
    }
    for small in &header.smalls {
        edits.push(Edit {
            at: (small.line - 1, 0),
            without: usize::MAX,
            text: said(small),
            of: small.line,
        });
    }
    for (index, line) in text.lines().take(header.lines).enumerate() {
        let tag = line.trim().strip_prefix("--").map(str::trim).unwrap_or_default();
        let across = tag.strip_prefix("@across").and_then(|rest| rest.split(':').next());
        let said = match across {
            Some(params) => format!("-- Nor do they follow across the values of {}.", params.trim()),
            None if tag.starts_with("@together") => {
                "-- Nor do they follow from the rows that add up with them.".to_owned()
            }
            None => continue,
        };
        edits.push(Edit {
            at: (index, 0),
            without: usize::MAX,
            text: said,
            of: index + 1,
        });
    }
    if header.params.iter().all(|param| param.name != LEAST) {
        edits.push(Edit {
            at: (place_of_param, 0),
            without: 0,
            text: format!(
                "-- @param {LEAST}: integer = 11 -- groups of fewer customers carry no figure; 0 hides none\n"
            ),
            of: first.line,
        });
    }
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.at));
    Ok(edits)
}

/// What a reader of the text is told in place of the line.
fn said(small: &Small) -> String {
    let columns: Vec<&str> = small.columns.iter().map(|(column, _)| column.as_str()).collect();
    format!(
        "-- Hidden where {} are fewer than {LEAST}, but not 0: {}.",
        small.count,
        columns.join(", ")
    )
}

/// Columns of the answer that are hidden must be declared; those of a step are left to the engine.
fn unknown_columns(header: &Header) -> Vec<Wrong> {
    let declared = || header.columns.iter().map(|column| column.name.as_str());
    let of_answer = header.smalls.iter().filter(|small| small.step.is_none());
    let hidden = of_answer.flat_map(|small| small.columns.iter().map(|(column, _)| (small.line, column)));
    hidden
        .filter(|(_, column)| declared().all(|name| name != column.as_str()))
        .map(|(line, column)| {
            let hint = nearest(column, declared())
                .map(|near| format!(" (did you mean `{near}`?)"))
                .unwrap_or_default();
            (
                line,
                format!("`@small` hides the column `{column}`, which is not declared{hint}"),
                format!("correct the name, or declare it: `-- @column {column}: unit -- what it means`"),
            )
        })
        .collect()
}

/// The columns of the answer that small groups hide.
pub(super) fn of_answer(header: &Header) -> Vec<String> {
    let of_answer = header.smalls.iter().filter(|small| small.step.is_none());
    let columns = of_answer.flat_map(|small| small.columns.iter().map(|(column, _)| column.clone()));
    columns.collect()
}

fn before(token: &TokenWithSpan) -> (usize, usize) {
    let place = token.span.start;
    let from_0 = |number: u64| usize::try_from(number).unwrap_or(1).saturating_sub(1);
    (from_0(place.line), from_0(place.column))
}

fn behind(token: &TokenWithSpan) -> (usize, usize) {
    let place = token.span.end;
    let from_0 = |number: u64| usize::try_from(number).unwrap_or(1).saturating_sub(1);
    (from_0(place.line), from_0(place.column))
}

/// The tokens outside all brackets, with their places in the list.
fn outside<'t>(sql: &[&'t TokenWithSpan]) -> Vec<(usize, &'t TokenWithSpan)> {
    let mut depth = 0;
    let mut found = Vec::new();
    for (index, token) in sql.iter().enumerate() {
        if token.token == Token::RParen {
            depth -= 1;
        }
        if depth == 0 {
            found.push((index, *token));
        }
        if token.token == Token::LParen {
            depth += 1;
        }
    }
    found
}

/// A step keeps its name; what its author wrote goes under another one.
fn in_step(sql: &[&TokenWithSpan], step: &str, smalls: &[&Small]) -> Result<Vec<Edit>, Wrong> {
    let line = smalls.first().map_or(1, |small| small.line);
    let outer = outside(sql);
    let is_step = |tokens: &[(usize, &TokenWithSpan)]| {
        matches!(&tokens[0].1.token, Token::Word(word) if word.value == step)
            && is(tokens[1].1, Keyword::AS)
            && tokens[2].1.token == Token::LParen
    };
    let Some(at) = outer.windows(4).position(is_step) else {
        return Err((
            line,
            format!("the query has no step `{step}`"),
            "name a step of its `with`, or leave `in` out to hide columns of the answer".to_owned(),
        ));
    };
    let whole = format!("{step}_whole");
    let (last, steps) = stages(&whole, smalls);
    let columns: Vec<String> = hidden(smalls).into_iter().map(|(_, text)| text).collect();
    let close = outer[at + 3].1;
    Ok(vec![
        Edit {
            at: before(outer[at].1),
            without: step.chars().count(),
            text: whole,
            of: line,
        },
        Edit {
            at: behind(close),
            without: 0,
            text: format!(
                ",\n{steps},\n{step} as (\n    select * replace (\n        {}\n    )\n    from {last}\n)",
                columns.join(",\n        ")
            ),
            of: line,
        },
    ])
}

/// The answer becomes a step, and what is left of it is selected, sorted and cut as its author wrote.
fn in_answer(sql: &[&TokenWithSpan], header: &Header, smalls: &[&Small]) -> Result<Vec<Edit>, Wrong> {
    let line = smalls.first().map_or(1, |small| small.line);
    let outer = outside(sql);
    let select = outer.iter().find(|(_, token)| is(token, Keyword::SELECT));
    let end = outer
        .last()
        .filter(|(_, token)| token.token != Token::SemiColon)
        .or_else(|| outer.iter().rev().nth(1));
    let (Some((first, select)), Some((_, end))) = (select, end) else {
        return Err((
            line,
            "the query has no `select` outside brackets".to_owned(),
            "write one `select` below the header".to_owned(),
        ));
    };
    let (last, steps) = stages(ANSWER, smalls);
    let changed: BTreeMap<&str, String> = hidden(smalls).into_iter().collect();
    let columns = header.columns.iter().map(|column| column.name.as_str());
    let columns: Vec<String> = columns
        .map(|column| changed.get(column).cloned().unwrap_or_else(|| quoted(column)))
        .collect();
    let mut edits = Vec::new();
    match first.checked_sub(1).and_then(|index| sql.get(index)) {
        None => edits.push(Edit {
            at: before(select),
            without: 0,
            text: format!("with {ANSWER} as (\n"),
            of: line,
        }),
        Some(close) => edits.extend([
            Edit {
                at: behind(close),
                without: 0,
                text: ",".to_owned(),
                of: line,
            },
            Edit {
                at: before(select),
                without: 0,
                text: format!("{ANSWER} as (\n"),
                of: line,
            },
        ]),
    }
    let kept = outer.iter().find(|(index, token)| {
        index > first && (is(token, Keyword::ORDER) || is(token, Keyword::LIMIT) || is(token, Keyword::OFFSET))
    });
    let text = format!("),\n{steps}\nselect\n    {}\nfrom {last}\n", columns.join(",\n    "));
    edits.push(match kept {
        Some((_, token)) => Edit {
            at: before(token),
            without: 0,
            text,
            of: line,
        },
        None => Edit {
            at: behind(end),
            without: 0,
            text: format!("\n{}", text.trim_end()),
            of: line,
        },
    });
    Ok(edits)
}

/// `case` is a word of SQL.
fn quoted(column: &str) -> String {
    match column {
        "case" | "end" | "when" | "order" | "group" | "from" | "to" | "limit" => format!("\"{column}\""),
        _ => column.to_owned(),
    }
}

/// The entries that hide a column: the number of each and its word in place of a text.
type HiddenBy<'s> = Vec<(usize, Option<&'s str>)>;

/// The hidden columns as they are selected from the last stage.
fn hidden<'s>(smalls: &[&'s Small]) -> Vec<(&'s str, String)> {
    let mut columns: Vec<(&str, HiddenBy<'_>)> = Vec::new();
    for (index, small) in smalls.iter().enumerate() {
        for (column, word) in &small.columns {
            let by = (index + 1, word.as_deref());
            match columns.iter_mut().find(|(known, _)| known == column) {
                Some((_, all)) => all.push(by),
                None => columns.push((column.as_str(), vec![by])),
            }
        }
    }
    let select = |(column, by): (&'s str, Vec<(usize, Option<&str>)>)| {
        let whens: Vec<String> = by
            .iter()
            .map(|(index, word)| {
                let word = match word {
                    None => "null".to_owned(),
                    Some(truth @ ("true" | "false")) => (*truth).to_owned(),
                    Some(word) => format!("'{word}'"),
                };
                format!("when small_{index} then {word}")
            })
            .collect();
        let name = quoted(column);
        (column, format!("case {} else {name} end as {name}", whens.join(" ")))
    };
    columns.into_iter().map(select).collect()
}

/// The steps that add to the rows of a source, for each small line, whether it hides them: `small_1`, `small_2` …; the name of the last
/// and the text of all.
fn stages(source: &str, smalls: &[&Small]) -> (String, String) {
    let mut steps = Vec::new();
    let mut from = source.to_owned();
    for (index, small) in smalls.iter().enumerate() {
        let number = index + 1;
        let name = format!("{source}_{number}");
        let across = small.across.as_ref();
        let params = across.map_or(&[][..], |across| across.params.as_slice());
        for param in params {
            steps.extend(across.map(|across| beside(&name, param, across, small)));
        }
        let own = if small.together.is_some() {
            (format!("{name}_alone"), "alone".to_owned())
        } else {
            (name.clone(), "small".to_owned())
        };
        steps.push(alone(&name, &own.0, &own.1, number, &from, params, small));
        if let Some(together) = &small.together {
            steps.push(together_with(&name, &own.0, number, together, small));
        }
        from = name;
    }
    (from, steps.join(",\n"))
}

/// Whether a step is one of those that look at the values of a parameter, such as `answer_1_beside_region`.
pub(super) fn is_step_of(name: &str, param: &str) -> bool {
    let of_param = name.strip_suffix(param);
    let kinds = ["_by_", "_rest_", "_beside_"];
    let number = of_param.and_then(|name| kinds.iter().find_map(|kind| name.strip_suffix(kind)));
    let number = number.and_then(|name| name.rsplit_once('_'));
    number.is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// For each group, the value of a parameter that is hidden beside small ones.
fn beside(name: &str, param: &str, across: &Across, small: &Small) -> String {
    let Across { params, step, once } = across;
    let count = &small.count;
    let once = once.as_ref().unwrap_or(count);
    let others = params.iter().filter(|other| *other != param);
    let others: String = others
        .map(|other| format!("\n        and (${other} is null or {other} = ${other})"))
        .collect();
    let mut keys = small.keys.clone();
    keys.push(param.to_owned());
    let by_value = keys.join(", ");
    let keys: String = small.keys.iter().map(|key| format!("{key},\n        ")).collect();
    let by_group = if small.keys.is_empty() {
        String::new()
    } else {
        format!("    group by {}\n", small.keys.join(", "))
    };
    let shown = format!("{param} is not null and {count} >= ${LEAST}");
    format!(
        "-- Values of {param}: what each has of a group, and which is hidden so that small ones do not follow from the others.\n\
         {name}_by_{param} as (\n    \
         select {by_value}, sum({count}) as {count}, sum({once}) as counted_once\n    \
         from {step}\n    \
         where\n        ${param} is not null{others}\n    \
         group by {by_value}\n\
         ),\n\
         {name}_rest_{param} as (\n    \
         select\n        {keys}\
         first_value({param} order by {count}, {param}) filter (where {shown}) as {param},\n        \
         count(*) filter (where coalesce({count}, 1) > 0 and not coalesce({shown}, false)) as small_values,\n        \
         sum(counted_once) - coalesce(sum({count}) filter (where {shown}), 0) as rest\n    \
         from {name}_by_{param}\n\
         {by_group}\
         ),\n\
         {name}_beside_{param} as (\n    \
         select *\n    \
         from {name}_rest_{param}\n    \
         where (small_values > 0 or rest > 0) and rest < ${LEAST}\n\
         )"
    )
}

/// The rows that hide themselves, or are hidden beside other values of a parameter.
fn alone(name: &str, own: &str, word: &str, number: usize, from: &str, params: &[String], small: &Small) -> String {
    let count = &small.count;
    let mut joins = String::new();
    let mut others = String::new();
    for param in params {
        let other = format!("{name}_beside_{param}");
        let keys = small.keys.iter();
        let keys: String = keys
            .map(|key| format!(" and ({other}.{key} is not distinct from {from}.{key})"))
            .collect();
        joins += &format!("\n    left join {other} on {other}.{param} = ${param}{keys}");
        others += &format!(" and {other}.{param} is null");
    }
    format!(
        "-- Groups of too few customers, but not of none.\n\
         {own} as (\n    \
         select\n        {from}.*,\n        \
         case\n            \
         when {from}.{count} = 0 or ${LEAST} = 0 then false\n            \
         when {from}.{count} >= ${LEAST}{others} then false\n            \
         else true\n        \
         end as {word}_{number}\n    \
         from {from}{joins}\n\
         )"
    )
}

/// The rows that are hidden beside others that they add up with.
fn together_with(name: &str, own: &str, number: usize, together: &Together, small: &Small) -> String {
    let count = &small.count;
    let once = together.once.as_ref().unwrap_or(count);
    let line = match together.per.as_slice() {
        [] => String::new(),
        per => format!("partition by {}", per.join(", ")),
    };
    let space = if line.is_empty() { "" } else { " " };
    let keys = small.keys.join(", ");
    format!(
        "-- The smallest of the others, where those hidden have too few even together.\n\
         {name} as (\n    \
         select\n        *,\n        \
         alone_{number} or (\n            \
         {count} >= ${LEAST}\n            \
         and max(case when alone_{number} then 1 else 0 end) over ({line}) = 1\n            \
         and coalesce(sum(case when alone_{number} then {once} end) over ({line}), 0) < ${LEAST}\n            \
         and row_number() over (\n                \
         {line}{space}order by alone_{number} or {count} = 0, {count}, {keys}\n            \
         ) = 1\n        \
         ) as small_{number}\n    \
         from {own}\n\
         )"
    )
}
