//! Fragments: SQL that several queries share, said once.
//!
//! ```sql
//! -- What each {of} brought in the period.
//! -- @argument of -- column by which sales are told apart
//! -- @param from_on: date -- first day of the period
//! sums as (
//!     select {of}, sum(net_revenue) as net_revenue from sales_by_day where ordered_on >= $from_on group by {of}
//! )
//! ```
//!
//! The file `overview/with/revenue_by.sql` is the fragment `overview/revenue_by`. A query names it on a line of its own,
//! `-- @with overview/revenue_by(of = region)`, and [`super::compose`] puts the text in. Only names can be given, so that what
//! stands in a fragment can be read as SQL wherever it is used.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, TokenizerError, Whitespace};

use super::header::{Argument, FRAGMENT_TAGS, Header, is_name, is_use};
use chalandise_faults::{Fault, hint};

/// The folder of fragments, within that of a page.
const FOLDER: &str = "with";

/// The fragment that a file holds: `overview/revenue_by` for `overview/with/revenue_by`; none when the file is a query.
pub(super) fn fragment_of(file: &str) -> Option<String> {
    let (folder, stem) = file.rsplit_once('/')?;
    match folder.rsplit_once('/') {
        Some((above, FOLDER)) => Some(format!("{above}/{stem}")),
        None if folder == FOLDER => Some(stem.to_owned()),
        _ => None,
    }
}

/// The file that would hold a fragment.
fn file_of(name: &str) -> String {
    match name.rsplit_once('/') {
        Some((folder, stem)) => format!("{folder}/{FOLDER}/{stem}.sql"),
        None => format!("{FOLDER}/{name}.sql"),
    }
}

/// One fragment file.
#[derive(Clone, Debug)]
pub(super) struct Fragment {
    pub(super) name: String,
    /// The file as messages name it.
    pub(super) file: String,
    text: String,
    arguments: Vec<Argument>,
}

/// What a fragment's arguments stand for.
pub(super) type Given = BTreeMap<String, String>;

impl Fragment {
    pub(super) fn new(name: &str, file: &str, text: &str) -> Fragment {
        // Arguments need no names in braces; the faults of the header are found once all fragments are known.
        let (header, _) = Header::read(file, text, &FRAGMENT_TAGS);
        Fragment {
            name: name.to_owned(),
            file: file.to_owned(),
            text: text.to_owned(),
            arguments: header.arguments,
        }
    }

    /// The text with names in the place of arguments.
    pub(super) fn with(&self, given: &Given) -> String {
        given.iter().fold(self.text.clone(), |text, (argument, name)| {
            text.replace(&format!("{{{argument}}}"), name)
        })
    }

    /// Every argument standing for itself: how a fragment is read that no query uses.
    pub(super) fn itself(&self) -> Given {
        let own = |argument: &Argument| (argument.name.clone(), argument.name.clone());
        self.arguments.iter().map(own).collect()
    }

    /// What is wrong with the fragment as its author wrote it, whoever uses it.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let (_, mut faults) = Header::read(&self.file, &self.with(&self.itself()), &FRAGMENT_TAGS);
        let declared = |name: &str| self.arguments.iter().any(|argument| argument.name == name);
        let used = braces(&self.text);
        for argument in &self.arguments {
            if !used.iter().any(|(_, name)| *name == argument.name) {
                faults.push(Fault::new(
                    &*self.file,
                    argument.line,
                    format!("argument `{}` is declared but not used", argument.name),
                    format!("use `{{{}}}` in the SQL or delete the line", argument.name),
                ));
            }
        }
        for (line, name) in used.into_iter().filter(|(_, name)| !declared(name)) {
            let known = self.arguments.iter().map(|argument| argument.name.as_str());
            let hint = hint(name, known, |near| format!("{{{near}}}"));
            faults.push(Fault::new(
                &*self.file,
                line,
                format!("argument `{{{name}}}` is used but not declared{hint}"),
                format!("declare it in the header: `-- @argument {name} -- what it means`"),
            ));
        }
        faults.extend(self.shape());
        faults
    }

    /// What keeps the text from being steps of a `with`.
    fn shape(&self) -> Option<Fault> {
        let text = self.with(&self.itself());
        let fault = |token: Option<&&TokenWithSpan>, what: &str, remedy: &str| {
            let line = token.map(|token| line(token));
            Some(Fault::new(&*self.file, line, what, remedy))
        };
        // The parser reports what cannot be split into tokens.
        let tokens = tokens(&text).ok()?;
        let sql: Vec<&TokenWithSpan> = tokens.iter().filter(|token| !is_space(token)).collect();
        let last_use = marks(&text, true)
            .ok()
            .and_then(|marks| marks.last().map(|mark| mark.line));
        let mut depth = 0;
        let own_select = sql.iter().find(|token| {
            depth += match token.token {
                Token::LParen => 1,
                Token::RParen => -1,
                _ => 0,
            };
            depth == 0 && is(token, Keyword::SELECT)
        });
        match (sql.first(), sql.last()) {
            (None, _) if last_use.is_some() => None,
            (None, _) => fault(
                None,
                "the fragment holds no SQL",
                "write its steps below the header: `name as (select ...)`",
            ),
            (first @ Some(token), _) if is(token, Keyword::WITH) => fault(
                first,
                "the fragment begins with `with`",
                "leave the word out: each query that uses the fragment has it",
            ),
            _ if own_select.is_some() => fault(
                own_select,
                "the fragment has a `select` outside its steps",
                "keep `name as (select ...)`: the query that uses the fragment selects",
            ),
            (_, last @ Some(token)) if token.token == Token::Comma && last_use < Some(line(token)) => fault(
                last,
                "the fragment ends with a comma",
                "delete it: a comma is put in where another step follows",
            ),
            _ => None,
        }
    }
}

/// The names in braces, with their lines.
fn braces(text: &str) -> Vec<(usize, &str)> {
    let in_line = |(index, line)| {
        let parts = str::split(line, '{').skip(1);
        parts.filter_map(move |part: &str| Some((index + 1, part.split_once('}')?.0)))
    };
    let all = text.lines().enumerate().flat_map(in_line);
    all.filter(|(_, name)| is_name(name)).collect()
}

/// A line `-- @...` below the header.
pub(super) struct Mark {
    /// From 1.
    pub(super) line: usize,
    /// What follows the `@`.
    pub(super) text: String,
    pub(super) place: Place,
}

/// Where a mark stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Where a step of a `with` may begin.
    Step {
        /// Whether another step follows.
        more: bool,
    },
    /// Anywhere else.
    Elsewhere,
    /// On a line with SQL.
    BesideSql,
}

/// The lines that name fragments, and others that look like them. Text in quotes does not count.
pub(super) fn marks(text: &str, in_fragment: bool) -> Result<Vec<Mark>, TokenizerError> {
    let tokens = tokens(text)?;
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    // For every open bracket, whether a comma there parts the steps of a `with`.
    let mut steps = vec![in_fragment];
    let mut may_begin = in_fragment;
    let mut in_header = true;
    for (index, token) in tokens.iter().enumerate() {
        if let Some(tag) = tag(token) {
            if in_header && !is_use(tag) {
                continue;
            }
            in_header &= !in_fragment;
            let line = line(token);
            let alone = lines
                .get(line - 1)
                .is_some_and(|line| line.trim_start().starts_with("--"));
            let place = match (alone, may_begin) {
                (false, _) => Place::BesideSql,
                (true, false) => Place::Elsewhere,
                (true, true) => Place::Step {
                    more: step_follows(&tokens[index + 1..]),
                },
            };
            found.push(Mark {
                line,
                text: tag.to_owned(),
                place,
            });
            continue;
        }
        if is_space(token) {
            continue;
        }
        in_header = false;
        let innermost = steps.last_mut();
        may_begin = match &token.token {
            Token::Comma => innermost.is_some_and(|steps| *steps),
            Token::LParen => {
                steps.push(false);
                false
            }
            Token::RParen => {
                steps.pop();
                false
            }
            _ if is(token, Keyword::WITH) => {
                innermost.into_iter().for_each(|steps| *steps = true);
                true
            }
            _ if is(token, Keyword::SELECT) => {
                innermost.into_iter().for_each(|steps| *steps = false);
                false
            }
            _ => may_begin && is(token, Keyword::RECURSIVE),
        };
    }
    Ok(found)
}

fn step_follows(tokens: &[TokenWithSpan]) -> bool {
    let next = tokens
        .iter()
        .find(|token| !is_space(token) || tag(token).is_some_and(is_use));
    next.is_some_and(|token| {
        !matches!(token.token, Token::RParen | Token::LParen | Token::EOF)
            && !is(token, Keyword::SELECT)
            && !is(token, Keyword::VALUES)
    })
}

/// Puts a comma behind the last word of a text.
pub(super) fn comma_after(lines: &mut [&mut String]) {
    let text: Vec<&str> = lines.iter().map(|line| line.as_str()).collect();
    let Ok(tokens) = tokens(&text.join("\n")) else {
        return;
    };
    let Some(last) = tokens.iter().rfind(|token| !is_space(token)) else {
        return;
    };
    let end = last.span.end;
    let line = usize::try_from(end.line).unwrap_or(1) - 1;
    let letters = usize::try_from(end.column).unwrap_or(1) - 1;
    if let Some(line) = lines.get_mut(line) {
        let place = line.char_indices().nth(letters).map_or(line.len(), |(place, _)| place);
        line.insert(place, ',');
    }
}

pub(super) fn tokens(text: &str) -> Result<Vec<TokenWithSpan>, TokenizerError> {
    Tokenizer::new(&GenericDialect {}, text).tokenize_with_location()
}

pub(super) fn line(token: &TokenWithSpan) -> usize {
    usize::try_from(token.span.start.line).unwrap_or(1).max(1)
}

pub(super) fn is_space(token: &TokenWithSpan) -> bool {
    matches!(token.token, Token::Whitespace(_))
}

pub(super) fn is(token: &TokenWithSpan, keyword: Keyword) -> bool {
    matches!(&token.token, Token::Word(word) if word.keyword == keyword)
}

/// What follows `-- @`.
fn tag(token: &TokenWithSpan) -> Option<&str> {
    match &token.token {
        Token::Whitespace(Whitespace::SingleLineComment { comment, prefix }) if prefix == "--" => {
            comment.trim().strip_prefix('@')
        }
        _ => None,
    }
}

/// The fragment that a line names and what it gives to it, `overview/revenue_by(of = region)`.
pub(super) fn named<'a>(
    text: &str,
    fragments: &'a BTreeMap<String, Fragment>,
) -> Result<(&'a Fragment, Given), Vec<(String, String)>> {
    let (name, list) = match text.split_once('(') {
        None => (text, ""),
        Some((name, rest)) => (
            name.trim_end(),
            rest.strip_suffix(')').ok_or_else(|| vec![unreadable()])?,
        ),
    };
    if !name.split('/').all(is_name) {
        return Err(vec![unreadable()]);
    }
    let Some(fragment) = fragments.get(name) else {
        let hint = hint(name, fragments.keys().map(String::as_str), str::to_owned);
        return Err(vec![(
            format!("there is no fragment `{name}`{hint}"),
            format!("correct the name, or add the file {}", file_of(name)),
        )]);
    };
    let pairs: Option<Vec<(&str, &str)>> = match list.trim() {
        "" => Some(Vec::new()),
        list => list
            .split(',')
            .map(|pair| pair.split_once('=').map(|(name, value)| (name.trim(), value.trim())))
            .collect(),
    };
    let given = pairs.ok_or_else(|| vec![unreadable()])?;
    let mut faults = Vec::new();
    let mut taken = Given::new();
    for (argument, value) in given {
        if !fragment.arguments.iter().any(|known| known.name == argument) {
            faults.push(unknown_argument(fragment, argument));
        } else if !is_name(value.trim_start_matches('_')) {
            faults.push((
                format!("argument `{argument}` of `{name}` is given `{value}`, which is no name"),
                "give a name: lower-case letters, digits and _, no digit first".to_owned(),
            ));
        } else if taken.insert(argument.to_owned(), value.to_owned()).is_some() {
            faults.push((
                format!("argument `{argument}` of `{name}` is given twice"),
                "keep one of the two".to_owned(),
            ));
        }
    }
    // A name that was mistyped is not to be reported as missing too.
    if faults.is_empty() {
        let lacking = |argument: &&Argument| !taken.contains_key(&argument.name);
        faults.extend(fragment.arguments.iter().filter(lacking).map(|argument| {
            (
                format!("`{name}` lacks its argument `{}`", argument.name),
                format!("give it in brackets, `({} = name)`: {}", argument.name, argument.doc),
            )
        }));
    }
    if faults.is_empty() {
        Ok((fragment, taken))
    } else {
        Err(faults)
    }
}

fn unreadable() -> (String, String) {
    (
        "the line does not name a fragment".to_owned(),
        "write `-- @with folder/name`, or `-- @with folder/name(argument = name)`".to_owned(),
    )
}

fn unknown_argument(fragment: &Fragment, argument: &str) -> (String, String) {
    let known: Vec<&str> = fragment.arguments.iter().map(|known| known.name.as_str()).collect();
    let hint = hint(argument, known.iter().copied(), str::to_owned);
    let remedy = match known.as_slice() {
        [] => format!("it takes none: write `-- @with {}`", fragment.name),
        known => format!("it takes: {}", known.join(", ")),
    };
    (
        format!("`{}` has no argument `{argument}`{hint}", fragment.name),
        remedy,
    )
}
