//! The fields of a form that adds one change, for pages without script. The kind is the value of the button that sends
//! the form: `<button name="add" value="open">`. Fields that the kind does not have are ignored.

use std::collections::BTreeMap;

use super::{Change, Part, PlanFault, Wrong, number};
use crate::plain;

/// Keys of the fields; the part behind `add_` is the name of the change's field.
pub(super) const KEYS: [&str; 9] = [
    "add",
    "add_store_id",
    "add_name",
    "add_latitude",
    "add_longitude",
    "add_sales_area_m2",
    "add_format",
    "add_fixed_cost",
    "add_investment",
];

/// The filled fields of the form; of one given twice, the last.
#[derive(Debug, Default)]
pub(super) struct Fields(BTreeMap<&'static str, String>);

impl Fields {
    pub(super) fn take(&mut self, key: &'static str, value: &str) {
        self.0.insert(key.strip_prefix("add_").unwrap_or(key), value.to_owned());
    }

    /// The change that the form adds, as change `number`; none when no button was pressed.
    pub(super) fn change(&self, number: usize) -> Option<Result<Change, Vec<PlanFault>>> {
        let kind = self.0.get("add")?;
        let mut filled = Filled {
            fields: &self.0,
            number,
            faults: Vec::new(),
        };
        let change = filled.change(kind.trim());
        Some(match change {
            Some(change) if filled.faults.is_empty() => Ok(change),
            _ => Err(filled.faults),
        })
    }
}

struct Filled<'a> {
    fields: &'a BTreeMap<&'static str, String>,
    number: usize,
    faults: Vec<PlanFault>,
}

impl Filled<'_> {
    fn change(&mut self, kind: &str) -> Option<Change> {
        Some(match kind {
            "open" => Change::Open {
                name: self.text("name"),
                latitude: self.value("latitude"),
                longitude: self.value("longitude"),
                sales_area_m2: self.value("sales_area_m2"),
                format: self.fields.get("format").cloned(),
                fixed_cost: self.optional("fixed_cost"),
                investment: self.optional("investment"),
            },
            "close" => Change::Close {
                store_id: self.text("store_id"),
            },
            "move" => Change::Move {
                store_id: self.text("store_id"),
                latitude: self.value("latitude"),
                longitude: self.value("longitude"),
            },
            "resize" => Change::Resize {
                store_id: self.text("store_id"),
                sales_area_m2: self.value("sales_area_m2"),
            },
            "competitor" => Change::Competitor {
                name: self.text("name"),
                latitude: self.value("latitude"),
                longitude: self.value("longitude"),
                sales_area_m2: self.value("sales_area_m2"),
            },
            kind => {
                let nearest = Change::nearest_kind(kind);
                self.fault(None, kind, Wrong::Kind { nearest });
                return None;
            }
        })
    }

    fn text(&mut self, field: &'static str) -> String {
        match self.fields.get(field) {
            Some(text) => text.clone(),
            None => {
                self.fault(Some(field), "", Wrong::Missing);
                String::new()
            }
        }
    }

    /// The number of a field; with a fault noted, any number.
    fn value(&mut self, field: &'static str) -> f64 {
        if !self.fields.contains_key(field) {
            self.fault(Some(field), "", Wrong::Missing);
        }
        self.optional(field).unwrap_or(0.0)
    }

    fn optional(&mut self, field: &'static str) -> Option<f64> {
        let text = self.fields.get(field)?;
        let value = number::read(text);
        if value.is_none() {
            self.fault(Some(field), text, Wrong::Number);
        }
        value
    }

    fn fault(&mut self, field: Option<&'static str>, value: &str, wrong: Wrong) {
        self.faults.push(PlanFault {
            part: Part::Change {
                number: self.number,
                field,
            },
            value: plain::shown(value),
            wrong,
        });
    }
}
