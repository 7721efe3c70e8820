//! A plan as the readable pairs of an address, which are its whole state:
//!
//! ```text
//! ?change=open:47.1683,-1.4712,2400:Vertou
//! &change=open:47.25,-1.6,1800,format=retail park,fixed_cost=310000,investment=900000:Orvault
//! &change=close:S123
//! &change=move:S201:47.2,-1.6
//! &change=resize:S007:1800
//! &change=competitor:47.2,-1.5,2000:Rival
//! &margin=51.8&web=1.1&kept=30&fixed_cost=250000&investment=800000&ramp=70
//! ```
//! Changes keep their order; a name comes last and may hold any sign; in a format, `,` `:` and `\` stand behind a `\`.
//! `margin`, `web`, `kept` and `ramp` are percent. Empty values count as not given, as in an empty form field.
//!
//! A form without script adds one change by the kind, which is the value of the button that sends it
//! (`<button name="add" value="open">`), and by fields named as in JSON behind `add_`: `add_name`, `add_latitude` and so on.
//! Whoever answers such an address leads to the [`Plan::pairs`] of what was read, see [`Address::canonical`].
//!
//! The caller encodes and decodes the percent signs of addresses.

use std::fmt;

use super::assumption::{ASSUMED, Assumed};
use super::{Assumptions, Change, MOST_CHANGES, Part, Plan, PlanError, PlanFault, Wrong};
use super::{check, form, number};
use crate::plain;

/// Key of a change.
pub const CHANGE: &str = "change";
/// Options of an opening, behind its area.
pub const OPTIONS: [&str; 3] = ["format", "fixed_cost", "investment"];

/// A plan read from the pairs of an address.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// The plan.
    pub plan: Plan,
    /// Whether the address spells the plan as [`Plan::pairs`] does. If not (a form was sent), lead the reader to those
    /// pairs, so that one plan has one address.
    pub canonical: bool,
}

/// Every key that a plan reads; others in an address are not its own.
pub fn keys() -> impl Iterator<Item = &'static str> {
    let assumed = ASSUMED.iter().map(|assumed| assumed.key);
    [CHANGE].into_iter().chain(assumed).chain(form::KEYS)
}

impl Plan {
    /// Reads a plan from decoded pairs in their order; pairs with other keys than [`keys`] are left to the caller.
    ///
    /// # Errors
    /// [`PlanError`] with every fault of every part.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Address, PlanError> {
        let mut reading = Reading::default();
        for (key, value) in pairs {
            reading.pair(key, value);
        }
        reading.finish()
    }

    /// Reads a plan from one text, as SQL and scripts hand it over: one change or one `key=value` of an assumption a line.
    ///
    /// # Errors
    /// As [`Plan::read`].
    pub fn read_lines(text: &str) -> Result<Plan, PlanError> {
        let pairs = text.lines().map(|line| {
            let assumed = line
                .split_once('=')
                .filter(|(key, _)| ASSUMED.iter().any(|assumed| assumed.key == key.trim()));
            assumed.map_or((CHANGE, line), |(key, value)| (key.trim(), value))
        });
        Ok(Plan::read(pairs)?.plan)
    }

    /// The pairs that spell this plan: the changes in their order, then the assumptions in that of [`ASSUMED`].
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let changes = self.changes.iter().map(|change| (CHANGE, change.to_string()));
        changes.chain(spelled(&self.assumptions)).collect()
    }

    /// The changes, one a line.
    pub fn changes_text(&self) -> String {
        self.changes
            .iter()
            .map(Change::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The assumptions, one a line: `margin=51.8`. With the changes before it, [`Plan::read_lines`] reads it back.
    pub fn assumptions_text(&self) -> String {
        let lines = spelled(&self.assumptions).map(|(key, value)| format!("{key}={value}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn spelled(assumptions: &Assumptions) -> impl Iterator<Item = (&'static str, String)> {
    let one = |assumed: &Assumed| Some((assumed.key, assumed.spelled((assumed.get)(assumptions)?)));
    ASSUMED.iter().filter_map(one)
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    /// The pairs of ours as given, but for changes beyond the most.
    given: Vec<(&'static str, String)>,
    /// Changes given, readable or not.
    count: usize,
    /// Those that could be read, each with its number.
    changes: Vec<(usize, Change)>,
    assumptions: Assumptions,
    form: form::Fields,
    faults: Vec<PlanFault>,
}

impl Reading {
    fn pair(&mut self, key: &str, value: &str) {
        let Some(key) = keys().find(|known| *known == key) else {
            return;
        };
        if self.count < MOST_CHANGES || key != CHANGE {
            self.given.push((key, value.to_owned()));
        }
        if value.trim().is_empty() {
            return;
        }
        if key == CHANGE {
            self.count += 1;
            // What comes behind is counted for the message and not read.
            if self.count <= MOST_CHANGES {
                self.change(value);
            }
        } else if let Some(assumed) = ASSUMED.iter().find(|assumed| assumed.key == key) {
            self.assumption(assumed, value);
        } else {
            self.form.take(key, value);
        }
    }

    fn change(&mut self, text: &str) {
        let number = self.count;
        match read_change(text.trim(), number) {
            Ok(change) => self.changes.push((number, change)),
            Err(fault) => self.faults.push(fault),
        }
    }

    fn assumption(&mut self, assumed: &Assumed, text: &str) {
        let field = (assumed.field)(&mut self.assumptions);
        let wrong = match assumed.read(text) {
            _ if field.is_some() => Wrong::Twice,
            Ok(value) => {
                *field = Some(value);
                return;
            }
            Err(wrong) => wrong,
        };
        self.faults.push(PlanFault {
            part: Part::Assumption(assumed.key),
            value: plain::shown(text),
            wrong,
        });
    }

    fn finish(mut self) -> Result<Address, PlanError> {
        if let Some(drafted) = self.form.change(self.count + 1) {
            self.count += 1;
            match drafted {
                Ok(change) => self.changes.push((self.count, change)),
                Err(faults) => self.faults.extend(faults),
            }
        }
        if self.count > MOST_CHANGES {
            return Err(PlanError::too_many(self.count));
        }
        for (number, change) in &mut self.changes {
            check::change(*number, change, &mut self.faults);
        }
        check::together(
            self.changes.iter().map(|(number, change)| (*number, change)),
            &mut self.faults,
        );
        self.faults.sort_by_key(|fault| match fault.part {
            Part::Changes => 0,
            Part::Change { number, .. } => number,
            Part::Assumption(_) | Part::Key => usize::MAX,
        });
        PlanError::unless_empty(self.faults)?;
        let plan = Plan {
            changes: self.changes.into_iter().map(|(_, change)| change).collect(),
            assumptions: self.assumptions,
        };
        let canonical = plan.pairs() == self.given;
        Ok(Address { plan, canonical })
    }
}

/// Reads one change; its numbers may still be out of range.
fn read_change(text: &str, number: usize) -> Result<Change, PlanFault> {
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    let reader = Reader { text, number };
    match kind.trim() {
        "open" => reader.open(rest),
        "close" if rest.trim().is_empty() => Err(reader.shape("close:STORE")),
        "close" => Ok(Change::Close { store_id: rest.into() }),
        "move" => reader.moved(rest),
        "resize" => reader.resize(rest),
        "competitor" => reader.competitor(rest),
        kind => Err(reader.whole(Wrong::Kind {
            nearest: Change::nearest_kind(kind),
        })),
    }
}

/// One change being read.
#[derive(Clone, Copy)]
struct Reader<'a> {
    text: &'a str,
    number: usize,
}

impl Reader<'_> {
    fn whole(self, wrong: Wrong) -> PlanFault {
        self.fault(None, self.text, wrong)
    }

    fn shape(self, shape: &'static str) -> PlanFault {
        self.whole(Wrong::Shape { shape })
    }

    fn fault(self, field: Option<&'static str>, value: &str, wrong: Wrong) -> PlanFault {
        PlanFault {
            part: Part::Change {
                number: self.number,
                field,
            },
            value: plain::shown(value),
            wrong,
        }
    }

    fn value(self, field: &'static str, text: &str) -> Result<f64, PlanFault> {
        number::read(text).ok_or_else(|| self.fault(Some(field), text, Wrong::Number))
    }

    fn open(self, rest: &str) -> Result<Change, PlanFault> {
        const SHAPE: &str = "open:LATITUDE,LONGITUDE,AREA:NAME";
        let (parts, name) = head(rest).ok_or_else(|| self.shape(SHAPE))?;
        let [latitude, longitude, area, options @ ..] = parts.as_slice() else {
            return Err(self.shape(SHAPE));
        };
        let [mut format, mut fixed_cost, mut investment] = [None, None, None];
        for option in options {
            let (key, value) = option.split_once('=').unwrap_or((option, ""));
            let slot = match key.trim() {
                "format" => &mut format,
                "fixed_cost" => &mut fixed_cost,
                "investment" => &mut investment,
                _ => return Err(self.fault(None, option, Wrong::Option)),
            };
            if slot.replace(value).is_some() {
                return Err(self.fault(None, option, Wrong::Twice));
            }
        }
        Ok(Change::Open {
            latitude: self.value("latitude", latitude)?,
            longitude: self.value("longitude", longitude)?,
            sales_area_m2: self.value("sales_area_m2", area)?,
            format: format.map(str::to_owned),
            fixed_cost: fixed_cost.map(|text| self.value("fixed_cost", text)).transpose()?,
            investment: investment.map(|text| self.value("investment", text)).transpose()?,
            name: name.to_owned(),
        })
    }

    fn competitor(self, rest: &str) -> Result<Change, PlanFault> {
        const SHAPE: &str = "competitor:LATITUDE,LONGITUDE,AREA:NAME";
        let (parts, name) = head(rest).ok_or_else(|| self.shape(SHAPE))?;
        let [latitude, longitude, area] = parts.as_slice() else {
            return Err(self.shape(SHAPE));
        };
        Ok(Change::Competitor {
            latitude: self.value("latitude", latitude)?,
            longitude: self.value("longitude", longitude)?,
            sales_area_m2: self.value("sales_area_m2", area)?,
            name: name.to_owned(),
        })
    }

    fn moved(self, rest: &str) -> Result<Change, PlanFault> {
        // From the right: an id may hold colons, a place holds none.
        let parts = rest
            .rsplit_once(':')
            .and_then(|(store, place)| Some((store, place.split_once(',')?)));
        let (store, (latitude, longitude)) = parts.ok_or_else(|| self.shape("move:STORE:LATITUDE,LONGITUDE"))?;
        Ok(Change::Move {
            latitude: self.value("latitude", latitude)?,
            longitude: self.value("longitude", longitude)?,
            store_id: store.to_owned(),
        })
    }

    fn resize(self, rest: &str) -> Result<Change, PlanFault> {
        let (store, area) = rest.rsplit_once(':').ok_or_else(|| self.shape("resize:STORE:AREA"))?;
        Ok(Change::Resize {
            sales_area_m2: self.value("sales_area_m2", area)?,
            store_id: store.to_owned(),
        })
    }
}

/// Splits `47.1,-1.4,2400,format=a\:b:Vertou` into the parts before the first bare colon and the name behind it.
fn head(rest: &str) -> Option<(Vec<String>, &str)> {
    let mut parts = vec![String::new()];
    let mut signs = rest.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            ':' => return Some((parts, &rest[at + 1..])),
            ',' => parts.push(String::new()),
            '\\' => parts.last_mut()?.push(signs.next()?.1),
            sign => parts.last_mut()?.push(sign),
        }
    }
    None
}

/// The text of the change in an address.
impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:", self.kind())?;
        match self {
            Change::Open {
                name,
                latitude,
                longitude,
                sales_area_m2,
                format,
                fixed_cost,
                investment,
            } => {
                write!(out, "{latitude},{longitude},{sales_area_m2}")?;
                if let Some(format) = format {
                    write!(out, ",format=")?;
                    for sign in format.chars() {
                        let mark = if matches!(sign, ',' | ':' | '\\') { "\\" } else { "" };
                        write!(out, "{mark}{sign}")?;
                    }
                }
                for (key, money) in [("fixed_cost", fixed_cost), ("investment", investment)] {
                    if let Some(money) = money {
                        write!(out, ",{key}={money}")?;
                    }
                }
                write!(out, ":{name}")
            }
            Change::Close { store_id } => write!(out, "{store_id}"),
            Change::Move {
                store_id,
                latitude,
                longitude,
            } => write!(out, "{store_id}:{latitude},{longitude}"),
            Change::Resize {
                store_id,
                sales_area_m2,
            } => write!(out, "{store_id}:{sales_area_m2}"),
            Change::Competitor {
                name,
                latitude,
                longitude,
                sales_area_m2,
            } => write!(out, "{latitude},{longitude},{sales_area_m2}:{name}"),
        }
    }
}
