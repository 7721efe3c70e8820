//! The header of a query file: prose, `@param`, `@column` and `@sorted` lines in leading comments, and those that say what small
//! groups hide. That of a fragment has `@param` and `@argument`.

use std::path::{Path, PathBuf};

use super::origin::Origin;
use super::small::{self, Small};
use super::value::{Kind, Value};
use chalandise_faults::{Fault, hint};

/// A parameter that a query declares.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Name, without the `$`.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// The value when none is given; none when one must be given.
    pub default: Option<Value>,
    /// What it means.
    pub doc: String,
    /// Line of the declaration, from 1.
    pub line: usize,
}

/// A column that a query declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name in the result.
    pub name: String,
    /// Unit: `money`, `ratio`, `change`, `count`, `days`, `text` ...
    pub unit: String,
    /// What it means.
    pub doc: String,
    /// Line of the declaration, from 1.
    pub line: usize,
}

impl Column {
    /// How tables and exports show the column, in the words of the number styles: `money`, `count`, `percent` ...
    ///
    /// A unit outside this list (`days`, `km`, `m2`, `degrees`) is shown as a plain number beside its unit.
    pub fn style(&self) -> &'static str {
        match self.unit.as_str() {
            "text" | "boolean" | "h3 cell" => "text",
            "date" => "date",
            "month" => "month_year",
            "money" => "money",
            "money change" => "signed_money",
            "count" => "count",
            "count change" => "signed_count",
            "ratio" => "percent",
            "change" => "signed_percent",
            "points" => "signed_points",
            _ => "number",
        }
    }
}

/// One query file.
#[derive(Clone, Debug)]
pub struct Query {
    /// Folder and stem: `overview/by_month`.
    pub name: String,
    /// Where the file lies.
    pub path: PathBuf,
    /// The header's prose; the first line is the summary.
    pub doc: String,
    /// The whole text: the file as its author wrote it, with the text of each fragment in the place of the line that names it.
    pub sql: String,
    /// Declared parameters, in order.
    pub params: Vec<Param>,
    /// Declared columns, in order.
    pub columns: Vec<Column>,
    /// Columns by which a roll-up is to be stored sorted, so that readers can skip what a filter leaves out.
    pub sorted: Vec<String>,
    /// Columns of the answer that are empty for a group of too few customers.
    pub hidden: Vec<String>,
    /// Where the lines of the text come from.
    pub(super) origin: Origin,
    /// Whether every fragment could be put in; what planning would say of a text with gaps would only confuse.
    pub(super) whole: bool,
}

impl Query {
    /// Reads one query file's text; the faults are those that the header alone can have.
    pub fn parse(name: &str, path: &Path, text: &str) -> (Query, Vec<Fault>) {
        let (header, faults) = Header::read(&format!("{name}.sql"), text, &QUERY_TAGS);
        let query = Query {
            name: name.to_owned(),
            path: path.to_owned(),
            doc: header.doc,
            sql: text.to_owned(),
            params: header.params,
            columns: header.columns,
            sorted: header.sorted,
            hidden: Vec::new(),
            origin: Origin::default(),
            whole: true,
        };
        (query, faults)
    }

    /// The first line of the prose.
    pub fn summary(&self) -> &str {
        self.doc.lines().next().unwrap_or_default()
    }

    /// A parameter by name.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name == name)
    }

    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The folder, `overview` of `overview/by_month`; empty when there is none.
    pub fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _stem)| folder)
    }

    /// The name without its folder, `by_month` of `overview/by_month`.
    pub fn stem(&self) -> &str {
        self.name
            .rsplit_once('/')
            .map_or(self.name.as_str(), |(_folder, stem)| stem)
    }

    /// The file as messages name it.
    pub(super) fn file(&self) -> String {
        format!("{}.sql", self.name)
    }

    /// A fault at a line of the text, named where that line was written.
    pub(super) fn fault(
        &self,
        line: impl Into<Option<usize>>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Fault {
        self.origin.real(Fault::new(self.file(), line, what, remedy))
    }
}

/// Whether a word is a name: lower-case letters, digits and `_`, a letter first.
pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether what follows `-- @` in a line names a fragment to be put in.
pub(super) fn is_use(tag: &str) -> bool {
    tag.split(char::is_whitespace).next() == Some("with")
}

/// Lines that the header of a query may have.
pub(super) const QUERY_TAGS: [&str; 6] = [
    "param",
    "column",
    "sorted",
    small::TAGS[0],
    small::TAGS[1],
    small::TAGS[2],
];
/// Lines that the header of a fragment may have.
pub(super) const FRAGMENT_TAGS: [&str; 2] = ["param", "argument"];

/// A name that a fragment takes in place of `{name}` in its text.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) line: usize,
}

/// What the leading comments of a file say.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) doc: String,
    pub(super) params: Vec<Param>,
    pub(super) columns: Vec<Column>,
    pub(super) sorted: Vec<String>,
    pub(super) arguments: Vec<Argument>,
    pub(super) smalls: Vec<Small>,
    /// How many lines it has: what stands below is SQL.
    pub(super) lines: usize,
}

impl Header {
    /// Reads the header of a file that may have the given lines.
    pub(super) fn read(file: &str, text: &str, tags: &[&'static str]) -> (Header, Vec<Fault>) {
        let mut reader = Reader {
            file,
            tags,
            header: Header::default(),
            faults: Vec::new(),
        };
        reader.read(text);
        (reader.header, reader.faults)
    }

    fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name == name)
    }
}

struct Reader<'a> {
    file: &'a str,
    tags: &'a [&'static str],
    header: Header,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn read(&mut self, text: &str) {
        let mut prose: Vec<&str> = Vec::new();
        for (index, raw) in text.lines().enumerate() {
            let Some(content) = raw.trim().strip_prefix("--") else {
                if raw.trim().is_empty() {
                    continue;
                }
                break;
            };
            let content = content.trim();
            match content.strip_prefix('@') {
                // A fragment may begin with another one.
                Some(tag) if is_use(tag) => break,
                Some(tag) => self.tag(index + 1, tag),
                None => prose.push(content),
            }
            self.header.lines = index + 1;
        }
        self.header.doc = prose.join("\n").trim().to_owned();
        if self.header.doc.is_empty() {
            self.fault(
                1,
                "the file says nothing about itself".into(),
                "start it with a comment of one sentence: `-- Net revenue per month of a period.`".into(),
            );
        }
    }

    fn fault(&mut self, line: usize, what: String, remedy: String) {
        let fault = Fault::new(self.file, line, what, remedy);
        self.faults.push(fault);
    }

    fn tag(&mut self, line: usize, text: &str) {
        let (tag, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match tag {
            _ if !self.tags.contains(&tag) => self.unknown(line, tag),
            "param" => self.param(line, rest.trim()),
            "column" => self.column(line, rest.trim()),
            "argument" => self.argument(line, rest.trim()),
            _ if small::TAGS.contains(&tag) => {
                let fault = small::read(&mut self.header.smalls, self.file, line, tag, rest.trim());
                self.faults.extend(fault);
            }
            _ => {
                let names = rest.split(',').map(|name| name.trim().to_owned());
                self.header.sorted = names.collect();
            }
        }
    }

    fn unknown(&mut self, line: usize, tag: &str) {
        let hint = hint(tag, self.tags.iter().copied(), |near| format!("@{near}"));
        let allowed: Vec<String> = self.tags.iter().map(|tag| format!("`@{tag}`")).collect();
        let (last, others) = allowed
            .split_last()
            .map_or(("", [].as_slice()), |(last, others)| (last.as_str(), others));
        self.fault(
            line,
            format!("unknown header line `@{tag}`{hint}"),
            format!("use {} or {last}", others.join(", ")),
        );
    }

    fn argument(&mut self, line: usize, text: &str) {
        let (name, doc) = split_doc(text);
        self.check_name(line, "argument", name);
        if doc.is_empty() {
            self.undocumented(line, "argument", name);
        }
        if self.header.arguments.iter().any(|argument| argument.name == name) {
            self.fault(
                line,
                format!("argument `{name}` is declared twice"),
                "keep one of the declarations".into(),
            );
            return;
        }
        self.header.arguments.push(Argument {
            name: name.to_owned(),
            doc: doc.to_owned(),
            line,
        });
    }

    fn param(&mut self, line: usize, text: &str) {
        let (declaration, doc) = split_doc(text);
        let (left, default) = match declaration.split_once('=') {
            Some((left, default)) => (left.trim(), Some(default.trim())),
            None => (declaration, None),
        };
        let Some((name, kind)) = left.split_once(':').map(|(n, k)| (n.trim(), k.trim())) else {
            self.fault(
                line,
                "a parameter without a kind".into(),
                "write `-- @param name: kind -- what it means`, kind being one of text, date, integer, decimal, \
                 number, boolean"
                    .into(),
            );
            return;
        };
        self.check_name(line, "parameter", name);
        let Some(kind) = Kind::parse(kind) else {
            let hint = hint(kind, Kind::ALL.map(Kind::name), str::to_owned);
            self.fault(
                line,
                format!("parameter `{name}` is of the unknown kind `{kind}`{hint}"),
                "use one of text, date, integer, decimal, number, boolean".into(),
            );
            return;
        };
        if doc.is_empty() {
            self.undocumented(line, "parameter", name);
        }
        if self.header.param(name).is_some() {
            self.fault(
                line,
                format!("parameter `{name}` is declared twice"),
                "keep one of the declarations".into(),
            );
            return;
        }
        let default = match default.map(|text| parse_default(kind, text)) {
            None => None,
            Some(Some(value)) => Some(value),
            Some(None) => {
                self.fault(
                    line,
                    format!("the default of parameter `{name}` is not of its kind, {}", kind.name()),
                    format!("write {}, or null", kind.written()),
                );
                None
            }
        };
        self.header.params.push(Param {
            name: name.to_owned(),
            kind,
            default,
            doc: doc.to_owned(),
            line,
        });
    }

    fn column(&mut self, line: usize, text: &str) {
        let (declaration, doc) = split_doc(text);
        let Some((name, unit)) = declaration
            .split_once(':')
            .map(|(name, unit)| (name.trim(), unit.trim()))
            .filter(|(_, unit)| !unit.is_empty())
        else {
            self.fault(
                line,
                "a column without a unit".into(),
                "write `-- @column name: unit -- what it means`; the unit of words is text, of numbers without one count"
                    .into(),
            );
            return;
        };
        self.check_name(line, "column", name);
        if doc.is_empty() {
            self.undocumented(line, "column", name);
        }
        if self.header.columns.iter().any(|column| column.name == name) {
            self.fault(
                line,
                format!("column `{name}` is declared twice"),
                "keep one of the declarations".into(),
            );
            return;
        }
        self.header.columns.push(Column {
            name: name.to_owned(),
            unit: unit.to_owned(),
            doc: doc.to_owned(),
            line,
        });
    }

    fn check_name(&mut self, line: usize, what: &str, name: &str) {
        if !is_name(name) {
            self.fault(
                line,
                format!("`{name}` is not a name for a {what}"),
                "use lower-case letters, digits and _, a letter first".into(),
            );
        }
    }

    fn undocumented(&mut self, line: usize, what: &str, name: &str) {
        self.fault(
            line,
            format!("{what} `{name}` says nothing about itself"),
            "end the line with ` -- ` and what it means".into(),
        );
    }
}

/// `declaration -- doc`
fn split_doc(text: &str) -> (&str, &str) {
    let (declaration, doc) = text.split_once("--").unwrap_or((text, ""));
    (declaration.trim(), doc.trim())
}

/// A default: null, a value as in a URL, or text in quotes.
fn parse_default(kind: Kind, text: &str) -> Option<Value> {
    if text == "null" {
        return Some(Value::Null);
    }
    let unquoted = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    kind.value(unquoted.unwrap_or(text))
}
