//! The form of a plan: ranges, names, and changes that exclude each other. Values are put into the form in which they are kept.

use std::collections::BTreeMap;

use super::assumption::{ASSUMED, Assumed, CENTS, MOST_MONEY};
use super::number::{self, rounded};
use super::{Assumptions, Change, Part, PlanFault, Wrong};
use crate::plain;

/// Bounds of a number and the steps to which one whole is rounded.
struct Bounds {
    least: f64,
    most: f64,
    steps: f64,
}

/// Steps of a degree: 11 cm on the ground.
const LATITUDE: Bounds = Bounds {
    least: -90.0,
    most: 90.0,
    steps: 1e6,
};
const LONGITUDE: Bounds = Bounds {
    least: -180.0,
    most: 180.0,
    steps: 1e6,
};
/// The largest shopping centres have under 1 km2.
const AREA: Bounds = Bounds {
    least: 0.0,
    most: 1e6,
    steps: 100.0,
};
const MONEY: Bounds = Bounds {
    least: 0.0,
    most: MOST_MONEY,
    steps: CENTS,
};

impl Bounds {
    /// Rounds the value when it is in range; never true of NaN.
    fn keep(&self, value: &mut f64) -> Result<(), Wrong> {
        if !(self.least..=self.most).contains(value) {
            return Err(Wrong::Range {
                least: self.least.to_string(),
                most: self.most.to_string(),
            });
        }
        *value = rounded(*value, self.steps);
        Ok(())
    }
}

/// Faults of one change.
struct Checked<'a> {
    number: usize,
    faults: &'a mut Vec<PlanFault>,
}

impl Checked<'_> {
    fn fault(&mut self, field: &'static str, value: String, wrong: Wrong) {
        self.faults.push(PlanFault {
            part: Part::Change {
                number: self.number,
                field: Some(field),
            },
            value,
            wrong,
        });
    }

    fn number(&mut self, field: &'static str, value: &mut f64, bounds: &Bounds) {
        if let Err(wrong) = bounds.keep(value) {
            self.fault(field, plain::shown(&value.to_string()), wrong);
        }
    }

    fn place(&mut self, latitude: &mut f64, longitude: &mut f64) {
        self.number("latitude", latitude, &LATITUDE);
        self.number("longitude", longitude, &LONGITUDE);
    }

    fn text(&mut self, field: &'static str, text: &mut String) {
        match plain::name(text) {
            Ok(name) if name.len() == text.len() => {}
            Ok(name) => *text = name.to_owned(),
            Err(fault) => self.fault(field, plain::shown(text), fault.into()),
        }
    }
}

/// Checks one change by itself.
pub(super) fn change(number: usize, change: &mut Change, faults: &mut Vec<PlanFault>) {
    let mut checked = Checked { number, faults };
    match change {
        Change::Open {
            name,
            latitude,
            longitude,
            sales_area_m2,
            format,
            fixed_cost,
            investment,
        } => {
            checked.text("name", name);
            checked.place(latitude, longitude);
            checked.number("sales_area_m2", sales_area_m2, &AREA);
            if let Some(format) = format {
                checked.text("format", format);
            }
            for (field, money) in [("fixed_cost", fixed_cost), ("investment", investment)] {
                if let Some(money) = money {
                    checked.number(field, money, &MONEY);
                }
            }
        }
        Change::Close { store_id } => checked.text("store_id", store_id),
        Change::Move {
            store_id,
            latitude,
            longitude,
        } => {
            checked.text("store_id", store_id);
            checked.place(latitude, longitude);
        }
        Change::Resize {
            store_id,
            sales_area_m2,
        } => {
            checked.text("store_id", store_id);
            checked.number("sales_area_m2", sales_area_m2, &AREA);
        }
        Change::Competitor {
            name,
            latitude,
            longitude,
            sales_area_m2,
        } => {
            checked.text("name", name);
            checked.place(latitude, longitude);
            checked.number("sales_area_m2", sales_area_m2, &AREA);
        }
    }
}

/// Checks changes, each with its number, against each other: what one says of a store or calls a site, no other may.
pub(super) fn together<'a>(changes: impl Iterator<Item = (usize, &'a Change)>, faults: &mut Vec<PlanFault>) {
    let mut stores: BTreeMap<&str, Vec<(usize, &Change)>> = BTreeMap::new();
    let mut names: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (number, change) in changes {
        let clash = match change {
            Change::Open { name, .. } | Change::Competitor { name, .. } => {
                let other = *names.entry((change.kind(), plain::key(name))).or_insert(number);
                (other != number).then_some(("name", name, Wrong::SameName { other }))
            }
            Change::Close { store_id } | Change::Move { store_id, .. } | Change::Resize { store_id, .. } => {
                let said = stores.entry(store_id).or_default();
                let clash = said.iter().find(|(_, other)| exclude_each_other(other, change));
                let clash = clash.map(|&(other, said)| {
                    if said == change {
                        Wrong::Twice
                    } else {
                        Wrong::Contradicts { other }
                    }
                });
                said.push((number, change));
                clash.map(|wrong| ("store_id", store_id, wrong))
            }
        };
        if let Some((field, value, wrong)) = clash {
            Checked { number, faults }.fault(field, plain::shown(value), wrong);
        }
    }
}

/// Whether two changes of one store cannot both be: it moves once, is resized once, and closes alone.
fn exclude_each_other(one: &Change, other: &Change) -> bool {
    one.kind() == other.kind() || [one, other].iter().any(|change| matches!(change, Change::Close { .. }))
}

/// Checks the assumptions as JSON spells them.
pub(super) fn assumptions(assumptions: &mut Assumptions, faults: &mut Vec<PlanFault>) {
    for assumed in ASSUMED {
        if let Some(value) = (assumed.field)(assumptions)
            && let Err(wrong) = assumed.bounds().keep(value)
        {
            faults.push(PlanFault {
                part: Part::Assumption(assumed.name),
                value: plain::shown(&value.to_string()),
                wrong,
            });
        }
    }
}

impl Assumed {
    fn bounds(&self) -> Bounds {
        Bounds {
            least: self.least,
            most: self.most,
            steps: self.steps,
        }
    }

    /// The value as an address spells it.
    pub(super) fn spelled(&self, value: f64) -> String {
        if self.percent {
            number::percent(value).to_string()
        } else {
            value.to_string()
        }
    }

    /// Reads the value of an address, in percent or not.
    pub(super) fn read(&self, text: &str) -> Result<f64, Wrong> {
        let given = number::read(text).ok_or(Wrong::Number)?;
        let mut value = if self.percent { number::fraction(given) } else { given };
        match self.bounds().keep(&mut value) {
            Ok(()) => Ok(value),
            Err(_) => Err(Wrong::Range {
                least: self.spelled(self.least),
                most: self.spelled(self.most),
            }),
        }
    }
}
