//! From the text of a URL or a command line to the typed values of a query's parameters.

use std::collections::BTreeMap;
use std::fmt;

use super::header::Query;
use super::value::{Kind, Value};
use chalandise_faults::nearest;

/// The values of all parameters of one query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bound {
    pub(super) values: BTreeMap<String, (Kind, Value)>,
}

impl Bound {
    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).map(|(_, value)| value)
    }

    /// All names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, (_, value))| (name.as_str(), value))
    }

    /// One text for equal values, `from_on=2026-01-01&region=null`: with the lake version and the query, the key of a
    /// cached result. A text value is quoted, so that the text "null" and no value differ.
    pub fn key(&self) -> String {
        let one = |(name, value): (&str, &Value)| match value {
            Value::Text(text) => format!("{name}={text:?}"),
            value => format!("{name}={value}"),
        };
        self.iter().map(one).collect::<Vec<_>>().join("&")
    }
}

/// One thing wrong with a given parameter. Values are not repeated: they may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindFault {
    /// The query has no such parameter.
    Unknown {
        /// The name given.
        name: String,
        /// A declared name that looks like it.
        nearest: Option<String>,
    },
    /// A parameter without a default was not given.
    Missing {
        /// The parameter.
        name: String,
        /// What it must hold.
        kind: Kind,
    },
    /// The text is no value of the parameter's kind.
    Unreadable {
        /// The parameter.
        name: String,
        /// What it must hold.
        kind: Kind,
    },
}

impl fmt::Display for BindFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BindFault::Unknown { name, nearest } => {
                write!(out, "there is no parameter `{name}`")?;
                match nearest {
                    Some(nearest) => write!(out, "; did you mean `{nearest}`?"),
                    None => Ok(()),
                }
            }
            BindFault::Missing { name, kind } => {
                write!(out, "parameter `{name}` is missing: give {}", kind.written())
            }
            BindFault::Unreadable { name, kind } => {
                write!(out, "parameter `{name}` cannot be read: give {}", kind.written())
            }
        }
    }
}

/// All faults of the parameters given to one query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindError {
    /// The query.
    pub query: String,
    /// What is wrong, never empty.
    pub faults: Vec<BindFault>,
}

impl fmt::Display for BindError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "query `{}`: ", self.query)?;
        for (index, fault) in self.faults.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(out, "{separator}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for BindError {}

impl Query {
    /// Types the given texts and fills in defaults. An empty text counts as not given, as in an empty form field.
    ///
    /// # Errors
    /// Lists every parameter that is unknown, missing or unreadable.
    pub fn bind(&self, given: &BTreeMap<String, String>) -> Result<Bound, BindError> {
        let mut faults: Vec<BindFault> = given
            .keys()
            .filter(|name| self.param(name).is_none())
            .map(|name| BindFault::Unknown {
                name: name.clone(),
                nearest: nearest(name, self.params.iter().map(|p| p.name.as_str())).map(str::to_owned),
            })
            .collect();
        let bound = self.fill(given, &mut faults);
        self.bound(bound, faults)
    }

    /// Like [`Query::bind`], but takes from `given` only what the query declares: a page hands the same filters to all
    /// of its queries.
    ///
    /// # Errors
    /// Lists every parameter that is missing or unreadable.
    pub fn bind_known(&self, given: &BTreeMap<String, String>) -> Result<Bound, BindError> {
        let mut faults = Vec::new();
        let bound = self.fill(given, &mut faults);
        self.bound(bound, faults)
    }

    /// Every parameter null: what planning needs to know the types.
    pub(super) fn nulls(&self) -> Bound {
        let null = |param: &super::Param| (param.name.clone(), (param.kind, Value::Null));
        Bound {
            values: self.params.iter().map(null).collect(),
        }
    }

    fn bound(&self, bound: Bound, faults: Vec<BindFault>) -> Result<Bound, BindError> {
        if faults.is_empty() {
            return Ok(bound);
        }
        Err(BindError {
            query: self.name.clone(),
            faults,
        })
    }

    fn fill(&self, given: &BTreeMap<String, String>, faults: &mut Vec<BindFault>) -> Bound {
        let mut values = BTreeMap::new();
        for param in &self.params {
            let (name, kind) = (param.name.clone(), param.kind);
            let text = given.get(&name).filter(|text| !text.is_empty());
            let value = match text {
                Some(text) => kind.value(text),
                None => param.default.clone(),
            };
            match (value, text) {
                (Some(value), _) => {
                    values.insert(name, (kind, value));
                }
                (None, Some(_)) => faults.push(BindFault::Unreadable { name, kind }),
                (None, None) => faults.push(BindFault::Missing { name, kind }),
            }
        }
        Bound { values }
    }
}
