//! What a build is told of the network models: the table `[network]` of the file, and flags of `chalandise build`.

use super::{Key, not_empty};

/// Words for how distances are measured.
pub const DISTANCES: [&str; 3] = ["great-circle", "approximate-time", "travel-times"];

/// Words for how a store's pull falls with the distance; `best` tries all others.
pub const DECAYS: [&str; 5] = ["power", "exponential", "sqrt-exponential", "gaussian", "best"];

/// The most columns that may attract.
const MOST_COLUMNS: usize = 8;

/// Settings of the network models, in the words of the user.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// One of [`DISTANCES`].
    pub distance: &'static str,
    /// Columns of stores that attract; `sales_area_m2` when none.
    pub attraction: Vec<String>,
    /// One of [`DECAYS`].
    pub decay: &'static str,
    /// Share of the potential that is spent in stores; the retailer's own when none.
    pub store_share: Option<f64>,
    /// Smallest and largest distance, in km or minutes: the usual ones of the measure where there are none.
    pub reach: (Option<f64>, Option<f64>),
}

impl Default for Network {
    fn default() -> Self {
        Network {
            distance: DISTANCES[0],
            attraction: Vec::new(),
            decay: "best",
            store_share: None,
            reach: (None, None),
        }
    }
}

/// The keys of the table.
pub const KEYS: &[Key] = &[
    Key {
        name: "network.distance",
        allowed: "great-circle, approximate-time, travel-times",
        doc: "How far a cell is from a store: km along the great circle, approximate minutes by car, or the minutes of the table travel_times.",
        set: |config, text| {
            config.network.distance = one_of(&DISTANCES, text)?;
            Ok(())
        },
    },
    Key {
        name: "network.attraction",
        allowed: "columns of stores or names in store_attributes, such as sales_area_m2,parking_places, and format",
        doc: "What attracts customers to a store, beside what is its own.",
        set: |config, text| {
            config.network.attraction = columns(text)?;
            Ok(())
        },
    },
    Key {
        name: "network.decay",
        allowed: "power, exponential, sqrt-exponential, gaussian, best",
        doc: "How a store's pull falls with the distance; best tries all and takes the likeliest.",
        set: |config, text| {
            config.network.decay = one_of(&DECAYS, text)?;
            Ok(())
        },
    },
    Key {
        name: "network.store_share",
        allowed: "a number above 0, at most 1, such as 0.7",
        doc: "Share of the spend potential that is spent in stores; the retailer's own share of stores when not given.",
        set: |config, text| {
            let share = number(text)?;
            if !(share > 0.0 && share <= 1.0) {
                return Err("it is out of range".into());
            }
            config.network.store_share = Some(share);
            Ok(())
        },
    },
    Key {
        name: "network.reach",
        allowed: "the largest distance in km or minutes, such as 60, or the smallest and the largest, such as 2,60; at most 1000",
        doc: "Stores farther than the largest are out of reach, smaller distances count as the smallest (1,80 km or 5,90 minutes).",
        set: |config, text| {
            config.network.reach = reach(text)?;
            Ok(())
        },
    },
];

fn one_of(words: &[&'static str], text: &str) -> Result<&'static str, String> {
    let found = words.iter().find(|word| **word == text.trim());
    found.copied().ok_or_else(|| "it is none of the words".to_owned())
}

fn columns(text: &str) -> Result<Vec<String>, String> {
    let columns: Vec<String> = not_empty(text)?.split(',').map(|name| name.trim().to_owned()).collect();
    let odd = |name: &String| name.is_empty() || name.chars().any(|it| it.is_control() || it == '=');
    if columns.iter().any(odd) {
        return Err("a name is empty, or has = or invisible signs".into());
    }
    if (1..columns.len()).any(|place| columns[..place].contains(&columns[place])) {
        return Err("a name stands twice".into());
    }
    if columns.len() > MOST_COLUMNS {
        return Err(format!("it names more than {MOST_COLUMNS} columns"));
    }
    Ok(columns)
}

fn number(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim().parse().map_err(|_| "it is no number".to_owned())?;
    if number.is_finite() {
        Ok(number)
    } else {
        Err("it is no number".into())
    }
}

fn reach(text: &str) -> Result<(Option<f64>, Option<f64>), String> {
    let (smallest, largest) = match text.split_once(',') {
        Some((smallest, largest)) => (Some(number(smallest)?), number(largest)?),
        None => (None, number(text)?),
    };
    if !(largest > 0.0 && largest <= 1_000.0) || smallest.is_some_and(|smallest| smallest <= 0.0) {
        return Err("it is out of range".into());
    }
    if smallest.is_some_and(|smallest| smallest >= largest) {
        return Err("the smallest distance is not below the largest".into());
    }
    Ok((smallest, Some(largest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reach_is_the_largest_distance_or_both() {
        assert_eq!(reach("60"), Ok((None, Some(60.0))));
        assert_eq!(reach("2, 60"), Ok((Some(2.0), Some(60.0))));
        for wrong in ["", "far", "0", "-5", "NaN", "inf", "60,2", "0,60", "5000"] {
            assert!(reach(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn columns_are_named_once() {
        assert_eq!(
            columns("sales_area_m2, parking"),
            Ok(vec!["sales_area_m2".into(), "parking".into()])
        );
        for wrong in ["", ",", "a,a", "a=b", "a,b,c,d,e,f,g,h,i"] {
            assert!(columns(wrong).is_err(), "{wrong}");
        }
    }
}
