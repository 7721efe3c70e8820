//! Personas: customers grouped by how often, how lately, how much, where and what they buy; and what they buy next to what.

use chalandise_analytics::customers::association::{Association, NextPurchases, Purchase};
use chalandise_analytics::customers::personas::{Customers, Feature, Found, Options, PersonasError, Scale, find};

use super::histories::Known;
use super::purchases::{Bought, MOST_OF_A_CUSTOMER};
use super::value::Valued;
use crate::status::{Status, Statuses};

/// Features before the categories.
const FEATURES: [(&str, Scale); 7] = [
    ("clv", Scale::Log),
    ("purchase_days", Scale::Log),
    ("gap_days", Scale::Log),
    ("mean_value", Scale::Log),
    ("web_share", Scale::Share),
    ("distance_share", Scale::Share),
    ("web_to_store_share", Scale::Share),
];
/// Weakest difference that describes a persona (Cohen: medium), and how many are told.
const LEAST_STRENGTH: f64 = 0.5;
const MOST_TRAITS: usize = 5;
/// A pair of categories is told from so many customers on.
const FEWEST_CUSTOMERS: u64 = 50;
/// Share of the pairs told that may be chance.
const FALSE_DISCOVERIES: f64 = 0.05;
/// Persona that stands for all customers in the pairs.
const ALL: i64 = 0;

/// Groups of customers and what sets them apart.
#[derive(Default)]
pub(super) struct Personas {
    /// For each customer his persona, from 1, with its probability; empty without personas.
    pub(super) members: Vec<(i64, f64)>,
    pub(super) traits: Vec<Trait>,
    pub(super) pairs: Vec<Pair>,
}

/// What sets a persona apart.
pub(super) struct Trait {
    pub(super) persona: i64,
    /// From 1, the strongest first.
    pub(super) rank: i64,
    /// `category` for a share of net revenue in a category, else the feature's name.
    pub(super) feature: &'static str,
    pub(super) category: Option<String>,
    pub(super) mean: f64,
    pub(super) others_mean: f64,
    pub(super) strength: f64,
}

/// What is bought next after what.
pub(super) struct Pair {
    /// Persona, or 0 for all customers.
    pub(super) persona: i64,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) found: Association,
}

/// Groups the customers; nothing where they are too few.
pub(super) fn personas(known: &Known, bought: &Bought, valued: &Valued, statuses: &mut Statuses) -> Personas {
    let mut personas = Personas {
        pairs: pairs(ALL, &bought.rows, &bought.categories),
        ..Personas::default()
    };
    let found = match grouped(known, bought, valued) {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!("no personas: {error}");
            let status = match error {
                PersonasError::TooFewRows { .. } | PersonasError::TooFewDistinct { .. } => Status::TooFew,
                _ => Status::Unusable,
            };
            statuses.note("personas", status);
            return personas;
        }
    };
    statuses.note("personas", Status::Ok);
    let members = found.memberships.iter();
    personas.members = members
        .map(|member| (i64::from(member.group) + 1, member.probability))
        .collect();
    personas.traits = traits(&found, &bought.categories);
    for persona in 1..=found.profiles.len() as i64 {
        let of = |row: &&Purchase| personas.members[row.customer as usize].0 == persona;
        let rows: Vec<Purchase> = bought.rows.iter().filter(of).copied().collect();
        personas.pairs.extend(pairs(persona, &rows, &bought.categories));
    }
    personas
}

fn grouped(known: &Known, bought: &Bought, valued: &Valued) -> Result<Found, PersonasError> {
    let categories = bought.categories.len().min(MOST_OF_A_CUSTOMER);
    let named = FEATURES.map(|(name, scale)| (name.to_owned(), scale));
    let of_categories = bought.categories[..categories]
        .iter()
        .map(|name| (name.clone(), Scale::Share));
    let features: Vec<Feature> = named
        .into_iter()
        .chain(of_categories)
        .map(|(name, scale)| Feature { name, scale })
        .collect();
    let mut values = Vec::with_capacity(known.len() * features.len());
    for place in 0..known.len() {
        let history = &known.histories[place];
        values.extend([
            valued.customers[place].clv.map_or(f64::NAN, |clv| clv.value.max(0.0)),
            f64::from(history.x) + 1.0,
            history.t - history.t_x,
            known.mean_values[place].max(0.0),
            bought.web_share(place),
            bought.distance_share(place),
            // Not known of anybody without web events; a feature that does not vary is left out.
            bought.web_to_store.get(place).copied().unwrap_or(f64::NAN),
        ]);
        values.extend((0..categories).map(|category| bought.category_share(place, category)));
    }
    let customers = Customers {
        features: &features,
        values: &values,
        keys: &known.keys,
        weights: None,
    };
    find(&customers, 0, &Options::default())
}

fn traits(found: &Found, categories: &[String]) -> Vec<Trait> {
    let mut told = Vec::new();
    for (profile, persona) in found.profiles.iter().zip(1..) {
        let strong = profile.traits.iter().filter(|it| it.strength.abs() >= LEAST_STRENGTH);
        for (it, rank) in strong.take(MOST_TRAITS).zip(1..) {
            let category = it.feature.checked_sub(FEATURES.len());
            told.push(Trait {
                persona,
                rank,
                feature: category.map_or_else(|| FEATURES[it.feature].0, |_| "category"),
                category: category.map(|category| categories[category].clone()),
                mean: it.group_mean,
                others_mean: it.others_mean,
                strength: it.strength,
            });
        }
    }
    told
}

fn pairs(persona: i64, rows: &[Purchase], categories: &[String]) -> Vec<Pair> {
    let counted = match NextPurchases::count(rows, categories.len()) {
        Ok(counted) => counted,
        Err(error) => {
            tracing::warn!("no next purchases: {error}");
            return Vec::new();
        }
    };
    let found = counted.associations(FEWEST_CUSTOMERS).into_iter();
    found
        .filter(|found| found.is_significant(FALSE_DISCOVERIES))
        .map(|found| Pair {
            persona,
            from: categories[found.from as usize].clone(),
            to: categories[found.to as usize].clone(),
            found,
        })
        .collect()
}
