//! Fragments put into the queries that name them.
//!
//! It happens once, when the library is read, so that the text of a query is the same wherever it is run, checked, hashed or
//! shown, and can be read and run alone. Every line remembers where it was written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::fragment::{Fragment, Mark, Place, comma_after, marks, named};
use super::header::{FRAGMENT_TAGS, Header, Param, QUERY_TAGS, Query, is_use};
use super::hide::{self, Edit};
use super::origin::Origin;
use super::statement::parse_query;
use super::text;
use chalandise_faults::{Fault, hint};

#[cfg(test)]
mod tests;

/// A line and where it was written.
struct Line {
    text: String,
    file: Arc<str>,
    number: usize,
}

/// A parameter that a fragment declares, in the line that does.
struct Declared {
    param: Param,
    line: Line,
}

impl Line {
    fn all(file: &Arc<str>, lines: &[&str]) -> Vec<Line> {
        let line = |(index, text): (usize, &&str)| Line {
            text: (*text).to_owned(),
            file: Arc::clone(file),
            number: index + 1,
        };
        lines.iter().enumerate().map(line).collect()
    }
}

/// A query with all of its fragments.
pub(super) struct Composed {
    pub(super) query: Query,
    pub(super) faults: Vec<Fault>,
    /// The fragments that it names, directly or through others.
    pub(super) used: BTreeSet<String>,
}

/// Reads a query and puts in the fragments that it names.
pub(super) fn query(name: &str, path: &Path, text: &str, fragments: &BTreeMap<String, Fragment>) -> Composed {
    let found = marks(text, false);
    let hides = |found: &&[Mark]| !found.is_empty() || !Header::read(name, text, &QUERY_TAGS).0.smalls.is_empty();
    let Some(found) = found.as_deref().ok().filter(hides) else {
        let (query, faults) = Query::parse(name, path, text);
        let used = match found {
            Ok(_) => BTreeSet::new(),
            // The parser reports what cannot be split into tokens; the fragments in it are not to be reported as well.
            Err(_) => fragments.keys().filter(|name| text.contains(*name)).cloned().collect(),
        };
        return Composed { query, faults, used };
    };
    let file: Arc<str> = format!("{name}.sql").into();
    let mut composer = Composer::new(fragments);
    // A line in a wrong place is reported, and would cut the header short.
    let is_wrong = |line: usize| {
        let mut marks = found.iter();
        marks.any(|mark| mark.line == line && mark.place == Place::Elsewhere)
    };
    let lines = text.lines().enumerate();
    let plain: Vec<&str> = lines
        .map(|(index, line)| if is_wrong(index + 1) { "" } else { line })
        .collect();
    let (header, _) = Header::read(&file, &plain.join("\n"), &QUERY_TAGS);
    let body = composer.body(&file, &plain, header.lines, found);
    let mut lines = Line::all(&file, &plain[..header.lines]);
    let place = place_of_params(&header);
    lines.splice(place..place, composer.declarations(&file, &header));
    lines.extend(body);
    composer.finish(name, path, lines)
}

/// The faults of a fragment, which is read with every argument standing for itself.
pub(super) fn fragment(of: &Fragment, fragments: &BTreeMap<String, Fragment>) -> Vec<Fault> {
    let mut faults = of.faults();
    let mut composer = Composer::new(fragments);
    composer.open.push(of.name.clone());
    let file: Arc<str> = of.file.as_str().into();
    let text = of.with(&of.itself());
    let (header, _) = Header::read(&file, &text, &FRAGMENT_TAGS);
    let plain: Vec<&str> = text.lines().collect();
    let found = marks(&text, true).unwrap_or_default();
    let body = composer.body(&file, &plain, header.lines, &found);

    let mut lines = Line::all(&file, &plain[..header.lines]);
    lines.retain(|line| header.arguments.iter().all(|argument| argument.line != line.number));
    lines.extend(composer.declarations(&file, &header));
    let around = |text: &str, number: usize| Line {
        text: text.to_owned(),
        file: Arc::clone(&file),
        number,
    };
    lines.push(around("with", header.lines + 1));
    lines.extend(body);
    lines.push(around("select 1 as one", plain.len()));
    let composed = composer.finish(of.file.trim_end_matches(".sql"), Path::new(&of.file), lines);
    // What the parser says of a text that is known to be faulty would only confuse.
    if faults.is_empty() && composed.faults.is_empty() && composed.query.whole {
        faults.extend(text::used_and_declared(&composed.query));
        faults.extend(
            parse_query(&composed.query.sql)
                .err()
                .map(|why| text::not_one_query(&composed.query, &why)),
        );
    }
    faults.extend(composed.faults);
    faults
}

fn joined(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

fn origin_of(lines: &[Line]) -> Origin {
    Origin::of(lines.iter().map(|line| (Arc::clone(&line.file), line.number)))
}

/// Changes a line, which may become several: those in between were asked for elsewhere.
fn apply(lines: &mut Vec<Line>, edit: Edit) {
    let (index, letters) = edit.at;
    let Some((line, asked)) = lines.get(index).zip(lines.get(edit.of.saturating_sub(1))) else {
        return;
    };
    let before: String = line.text.chars().take(letters).collect();
    let after: String = line.text.chars().skip(letters.saturating_add(edit.without)).collect();
    let text = format!("{before}{}{after}", edit.text);
    let parts: Vec<&str> = text.split('\n').collect();
    let last = parts.len() - 1;
    let line_of = |(place, part): (usize, &&str)| {
        let of = if place == 0 || place == last { line } else { asked };
        Line {
            text: part.trim_end().to_owned(),
            file: Arc::clone(&of.file),
            number: of.number,
        }
    };
    let made: Vec<Line> = parts.iter().enumerate().map(line_of).collect();
    lines.splice(index..=index, made);
}

/// The fragment that a line means, also when it cannot be put in: it is not to be reported as unused as well.
fn named_in(tag: &str) -> Option<&str> {
    let words = tag.strip_prefix("with").filter(|_| is_use(tag))?;
    words.split('(').next().map(str::trim)
}

/// Before the parameters of a header, else before its columns.
fn place_of_params(header: &Header) -> usize {
    let param = header.params.first().map(|param| param.line);
    let column = header.columns.first().map(|column| column.line);
    param.or(column).map_or(header.lines, |line| line - 1)
}

struct Composer<'a> {
    fragments: &'a BTreeMap<String, Fragment>,
    faults: Vec<Fault>,
    used: BTreeSet<String>,
    declared: Vec<Declared>,
    /// The fragments within which the composer is.
    open: Vec<String>,
    whole: bool,
}

impl<'a> Composer<'a> {
    fn new(fragments: &'a BTreeMap<String, Fragment>) -> Composer<'a> {
        Composer {
            fragments,
            faults: Vec::new(),
            used: BTreeSet::new(),
            declared: Vec::new(),
            open: Vec::new(),
            whole: true,
        }
    }

    /// A text that cannot be composed.
    fn fault(&mut self, file: &str, line: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Fault::new(file, line, what, remedy));
        self.whole = false;
    }

    /// The lines below a header, with fragments put in.
    fn body(&mut self, file: &Arc<str>, plain: &[&str], header: usize, marks: &[Mark]) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut below = Line::all(file, plain).into_iter().skip(header).peekable();
        for mark in marks {
            while let Some(line) = below.next_if(|line| line.number < mark.line) {
                lines.push(line);
            }
            self.used.extend(
                named_in(&mark.text)
                    .filter(|name| self.fragments.contains_key(*name))
                    .map(str::to_owned),
            );
            match mark.place {
                _ if !is_use(&mark.text) => {
                    let tag = mark.text.split(char::is_whitespace).next().unwrap_or_default();
                    let hint = hint(tag, ["with"], |near| format!("@{near}"));
                    self.fault(
                        file,
                        mark.line,
                        format!("unknown line `@{tag}`{hint}"),
                        "below the header, use `@with` or begin the comment otherwise",
                    );
                }
                Place::Step { more } => {
                    below.next_if(|line| line.number == mark.line);
                    lines.extend(self.put_in(file, mark, more));
                }
                Place::Elsewhere => self.fault(
                    file,
                    mark.line,
                    "no fragment can stand here",
                    "write the line behind `with`, or behind the comma of another step of it",
                ),
                Place::BesideSql => self.fault(
                    file,
                    mark.line,
                    "a fragment is named beside SQL",
                    "give `-- @with` a line of its own, where a step of a `with` may begin",
                ),
            }
        }
        lines.extend(below);
        lines
    }

    fn put_in(&mut self, file: &Arc<str>, mark: &Mark, more: bool) -> Vec<Line> {
        let words = mark.text["with".len()..].trim();
        let (fragment, given) = match named(words, self.fragments) {
            Ok(found) => found,
            Err(faults) => {
                for (what, remedy) in faults {
                    self.fault(file, mark.line, what, remedy);
                }
                return Vec::new();
            }
        };
        if self.open.contains(&fragment.name) {
            self.fault(
                file,
                mark.line,
                format!(
                    "the fragment `{}` needs itself, directly or through others",
                    fragment.name
                ),
                "break the circle: leave the line out of one of them",
            );
            return Vec::new();
        }
        let own: Arc<str> = fragment.file.as_str().into();
        let text = fragment.with(&given);
        let plain: Vec<&str> = text.lines().collect();
        let (header, _) = Header::read(&own, &text, &FRAGMENT_TAGS);
        self.open.push(fragment.name.clone());
        let found = marks(&text, true).unwrap_or_default();
        let mut steps = self.body(&own, &plain, header.lines, &found);
        self.open.pop();
        for param in header.params {
            let line = Line {
                text: plain[param.line - 1].to_owned(),
                file: Arc::clone(&own),
                number: param.line,
            };
            self.declared.push(Declared { param, line });
        }
        let says = |line: &Line| !line.text.trim().is_empty();
        let end = steps.iter().rposition(says).map_or(0, |last| last + 1);
        steps.truncate(end);
        let start = steps.iter().position(says).unwrap_or(end);
        let said = header.doc.lines().filter(|line| !line.is_empty());
        let mut put_in: Vec<Line> = std::iter::once(words)
            .chain(said)
            .map(|says| Line {
                text: format!("-- {says}"),
                file: Arc::clone(&own),
                number: 1,
            })
            .collect();
        put_in.extend(steps.drain(start..));
        if more {
            comma_after(&mut put_in.iter_mut().map(|line| &mut line.text).collect::<Vec<_>>());
        }
        put_in
    }

    /// The lines that declare the fragments' parameters, less those that the header declares itself.
    fn declarations(&mut self, file: &Arc<str>, header: &Header) -> Vec<Line> {
        let own = |param: &Param| (param.clone(), Arc::clone(file));
        let mut known: Vec<(Param, Arc<str>)> = header.params.iter().map(own).collect();
        let mut lines = Vec::new();
        for Declared { param, line } in std::mem::take(&mut self.declared) {
            match known.iter().find(|(known, _)| known.name == param.name) {
                None => {
                    known.push((param, Arc::clone(&line.file)));
                    lines.push(line);
                }
                Some((first, first_file)) if first.kind != param.kind => {
                    // The query's own words are to be corrected, else the later fragment's.
                    let (place, number, other) = if first_file == file {
                        (file, first.line, &line.file)
                    } else {
                        (&line.file, line.number, first_file)
                    };
                    self.fault(
                        place,
                        number,
                        format!(
                            "parameter `{}` is of two kinds, {} and {}",
                            param.name,
                            first.kind.name(),
                            param.kind.name()
                        ),
                        format!("give it the kind that it has in {other}, or another name"),
                    );
                }
                Some(_) => {}
            }
        }
        lines
    }

    /// Puts in the steps that hide the figures of small groups; gives the columns of the answer that they hide.
    fn hide(&mut self, file: &str, lines: &mut Vec<Line>) -> Vec<String> {
        let text = joined(lines);
        let (header, found) = Header::read(file, &text, &QUERY_TAGS);
        if header.smalls.is_empty() {
            return Vec::new();
        }
        let origin = origin_of(lines);
        // The lines that say it are gone afterwards.
        self.faults.extend(found.into_iter().map(|fault| origin.real(fault)));
        match hide::edits(&text, &header, place_of_params(&header)) {
            Ok(edits) => edits.into_iter().for_each(|edit| apply(lines, edit)),
            Err(wrong) => {
                let faults = wrong.into_iter();
                let faults = faults.map(|(line, what, remedy)| origin.real(Fault::new(file, line, what, remedy)));
                self.faults.extend(faults);
                self.whole = false;
            }
        }
        hide::of_answer(&header)
    }

    fn finish(mut self, name: &str, path: &Path, mut lines: Vec<Line>) -> Composed {
        let hidden = self.hide(&format!("{name}.sql"), &mut lines);
        let sql = joined(&lines);
        let origin = origin_of(&lines);
        let (mut query, found) = Query::parse(name, path, &sql);
        let mut faults = self.faults;
        faults.extend(found.into_iter().map(|fault| origin.real(fault)));
        query.hidden = hidden;
        query.origin = origin;
        query.whole = self.whole;
        Composed {
            query,
            faults,
            used: self.used,
        }
    }
}
