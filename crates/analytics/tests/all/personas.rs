//! Groups that were planted come back, whatever the order of rows and the units; one heap stays one.

use chalandise_analytics::customers::personas::{
    Customers, Dropped, DroppedReason, Feature, Found, Options, PersonasError, Scale, adjusted_rand_index, find,
};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, LogNormal, Normal, Poisson};

/// A table with the group that each row was drawn from.
#[derive(Clone)]
struct Table {
    features: Vec<Feature>,
    values: Vec<f64>,
    keys: Vec<u64>,
    weights: Option<Vec<f64>>,
    truth: Vec<u8>,
}

impl Table {
    fn customers(&self) -> Customers<'_> {
        Customers {
            features: &self.features,
            values: &self.values,
            keys: &self.keys,
            weights: self.weights.as_deref(),
        }
    }

    fn find(&self, options: &Options) -> Found {
        find(&self.customers(), 0, options).expect("groups")
    }

    fn width(&self) -> usize {
        self.features.len()
    }

    /// The same rows in another order.
    fn reordered(&self, order: &[usize]) -> Table {
        let width = self.width();
        Table {
            features: self.features.clone(),
            values: order
                .iter()
                .flat_map(|&row| self.values[row * width..(row + 1) * width].to_vec())
                .collect(),
            keys: order.iter().map(|&row| self.keys[row]).collect(),
            weights: None,
            truth: order.iter().map(|&row| self.truth[row]).collect(),
        }
    }
}

/// A shorter search, where the number of groups is not the question.
fn quick() -> Options {
    Options {
        groups: 3..=5,
        starts: 10,
        ..Options::default()
    }
}

fn feature(name: &str, scale: Scale) -> Feature {
    Feature {
        name: name.to_string(),
        scale,
    }
}

fn labels(found: &Found) -> Vec<u8> {
    found.memberships.iter().map(|membership| membership.group).collect()
}

fn groups(found: &Found) -> usize {
    found.personas.components.len()
}

/// A way to shop: spend a year, orders, share on the web, days since the last order, basket; and how many shop so.
struct Shopper {
    spend: f64,
    orders: f64,
    web: (f64, f64),
    gap: f64,
    margin: f64,
    share: f64,
}

/// Ordered by spend, so that the group's number is its place.
const SHOPPERS: [Shopper; 4] = [
    Shopper {
        spend: 2_400.0,
        orders: 9.0,
        web: (3.0, 3.0),
        gap: 20.0,
        margin: 0.3,
        share: 0.1,
    },
    Shopper {
        spend: 900.0,
        orders: 2.0,
        web: (1.0, 20.0),
        gap: 60.0,
        margin: 0.5,
        share: 0.3,
    },
    Shopper {
        spend: 250.0,
        orders: 4.0,
        web: (20.0, 1.0),
        gap: 40.0,
        margin: 0.4,
        share: 0.4,
    },
    Shopper {
        spend: 60.0,
        orders: 1.2,
        web: (3.0, 3.0),
        gap: 300.0,
        margin: 0.4,
        share: 0.2,
    },
];

fn shoppers(rows: usize, seed: u64) -> Table {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut table = Table {
        features: vec![
            feature("spend", Scale::Log),
            feature("orders", Scale::Log),
            feature("web_share", Scale::Share),
            feature("gap_days", Scale::Log),
            feature("margin_rate", Scale::Plain),
        ],
        values: Vec::new(),
        keys: Vec::new(),
        weights: None,
        truth: Vec::new(),
    };
    for row in 0..rows {
        let mut at: f64 = rng.random();
        let mut group = 0;
        while group + 1 < SHOPPERS.len() && at >= SHOPPERS[group].share {
            at -= SHOPPERS[group].share;
            group += 1;
        }
        let shopper = &SHOPPERS[group];
        let mut log = |median: f64, sigma: f64| LogNormal::new(median.ln(), sigma).expect("finite").sample(&mut rng);
        let drawn = [
            log(shopper.spend, 0.3),
            log(shopper.orders, 0.25),
            log(shopper.gap, 0.4),
        ];
        let web = Beta::new(shopper.web.0, shopper.web.1)
            .expect("positive")
            .sample(&mut rng);
        let margin = Normal::new(shopper.margin, 0.04).expect("positive").sample(&mut rng);
        table.values.extend([drawn[0], drawn[1], web, drawn[2], margin]);
        table.keys.push(1_000_003 * row as u64 + 17);
        table.truth.push(group as u8);
    }
    table
}

/// One heap: independent features of one kind of customer.
fn heap(rows: usize, seed: u64) -> Table {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let normal = Normal::new(0.0, 1.0).expect("positive");
    Table {
        features: vec![
            feature("spend", Scale::Plain),
            feature("age", Scale::Plain),
            feature("distance", Scale::Plain),
        ],
        values: (0..3 * rows).map(|_| normal.sample(&mut rng)).collect(),
        keys: (0..rows as u64).collect(),
        weights: None,
        truth: vec![0; rows],
    }
}

#[test]
fn planted_groups_come_back_in_their_number_and_order() {
    for seed in 0..3 {
        let table = shoppers(4_000, seed);
        let found = table.find(&Options::default());
        assert_eq!(groups(&found), 4, "seed {seed}: {:?}", found.choice);
        assert!(found.choice.better_than_one());
        let hits = labels(&found)
            .iter()
            .zip(&table.truth)
            .filter(|(found, truth)| found == truth)
            .count();
        assert!(hits as f64 > 0.95 * 4_000.0, "seed {seed}: {hits}");
        for (profile, shopper) in found.profiles.iter().zip(&SHOPPERS) {
            assert!((profile.share - shopper.share).abs() < 0.03);
            assert!(profile.mean_probability > 0.9);
        }
    }
}

#[test]
fn traits_say_what_sets_a_group_apart_in_the_features_units() {
    let table = shoppers(5_000, 1);
    let found = table.find(&quick());
    let web_buyers = &found.profiles[2];
    let strongest = web_buyers.traits[0];
    assert_eq!(strongest.feature, 2);
    assert!(strongest.strength > 2.0);
    let strengths: Vec<f64> = web_buyers.traits.iter().map(|it| -it.strength.abs()).collect();
    assert!(strengths.is_sorted() && strengths.len() == 5);

    let labels = labels(&found);
    let mean = |inside: bool| {
        let rows = (0..labels.len()).filter(|&row| (labels[row] == 2) == inside);
        let values: Vec<f64> = rows.map(|row| table.values[row * 5 + 2]).collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    assert!((strongest.group_mean - mean(true)).abs() < 1e-12);
    assert!((strongest.others_mean - mean(false)).abs() < 1e-12);
    assert!(strongest.group_median > strongest.others_mean);

    let late = found.profiles[3]
        .traits
        .iter()
        .find(|it| it.feature == 3)
        .expect("the gap");
    assert!(late.strength > 1.0 && late.group_mean > 200.0 && late.others_mean < 80.0);
}

#[test]
fn one_heap_gives_the_fewest_groups_and_says_that_one_is_better() {
    for seed in 0..3 {
        let found = heap(3_000, seed).find(&Options::default());
        assert_eq!(groups(&found), 3, "seed {seed}");
        assert!(!found.choice.better_than_one());
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let table = shoppers(3_000, 4);
    let options = Options {
        sample: 2_000,
        ..quick()
    };
    let found = table.find(&options);
    assert_eq!(found.sampled, 2_000);
    let mut order: Vec<usize> = (0..3_000).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(9));
    let reordered = table.reordered(&order).find(&options);
    assert_eq!(found.personas, reordered.personas);
    assert_eq!(found.choice, reordered.choice);
    for (place, &row) in order.iter().enumerate() {
        assert_eq!(reordered.memberships[place], found.memberships[row]);
    }
}

#[test]
fn the_unit_of_a_log_feature_changes_nothing() {
    let table = shoppers(3_000, 5);
    let mut in_cents = table.clone();
    for row in in_cents.values.chunks_exact_mut(5) {
        row[0] *= 100.0;
        row[3] /= 7.0;
    }
    let (found, in_cents) = (table.find(&quick()), in_cents.find(&quick()));
    assert_eq!(labels(&found), labels(&in_cents));
    let (euros, cents) = (found.profiles[0].traits[0], in_cents.profiles[0].traits[0]);
    assert_eq!(euros.feature, cents.feature);
    assert!((euros.strength - cents.strength).abs() < 1e-6);
}

#[test]
fn unknown_values_count_as_the_median_and_in_no_mean() {
    let mut table = shoppers(4_000, 6);
    let whole = table.find(&quick());
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for value in &mut table.values {
        if rng.random::<f64>() < 0.03 {
            *value = f64::NAN;
        }
    }
    let found = table.find(&quick());
    let agreement = adjusted_rand_index(&labels(&whole), &labels(&found)).expect("rows");
    assert!(agreement > 0.85, "{agreement}");
    assert!(
        found
            .profiles
            .iter()
            .flat_map(|it| &it.traits)
            .all(|it| it.group_mean.is_finite())
    );

    // A customer of whom a feature is unknown is placed as one with the median of it.
    let mut medians: Vec<f64> = table
        .values
        .iter()
        .skip(2)
        .step_by(5)
        .copied()
        .filter(|it| !it.is_nan())
        .collect();
    medians.sort_by(f64::total_cmp);
    let median = 0.5 * (medians[(medians.len() - 1) / 2] + medians[medians.len() / 2]);
    let place = |web_share: f64| {
        let row = [300.0, 3.0, web_share, 50.0, 0.4];
        let one = Customers {
            values: &row,
            keys: &[1],
            ..table.customers()
        };
        found.personas.assign(&one).expect("a row")[0]
    };
    assert_eq!(place(f64::NAN).group, place(median).group);
    assert!((place(f64::NAN).probability - place(median).probability).abs() < 1e-3);
}

#[test]
fn features_that_tell_nothing_are_dropped_and_named() {
    let table = shoppers(2_000, 7);
    let mut wider = table.clone();
    wider.features.insert(1, feature("country", Scale::Plain));
    wider.features.push(feature("score", Scale::Plain));
    wider.values = table
        .values
        .chunks_exact(5)
        .flat_map(|row| [row[0], 33.0, row[1], row[2], row[3], row[4], f64::NAN])
        .collect();
    let found = wider.find(&quick());
    let dropped = |feature, reason| Dropped { feature, reason };
    assert_eq!(
        found.dropped,
        [dropped(1, DroppedReason::Constant), dropped(6, DroppedReason::Unknown)]
    );
    assert_eq!(labels(&found), labels(&table.find(&quick())));

    wider.values.iter_mut().for_each(|value| *value = 1.0);
    let nothing = find(&wider.customers(), 0, &quick());
    assert_eq!(nothing, Err(PersonasError::NoFeatures));
}

#[test]
fn a_handful_of_giants_is_no_group() {
    let mut table = shoppers(5_000, 8);
    for row in table.values.chunks_exact_mut(5).step_by(500) {
        row[0] *= 10_000.0;
        row[1] *= 1_000.0;
    }
    let found = table.find(&quick());
    assert_eq!(groups(&found), 4);
    assert!(found.profiles.iter().all(|profile| profile.share >= 0.03));
}

#[test]
fn a_weight_of_two_is_two_customers() {
    let mut table = shoppers(3_000, 10);
    let weights: Vec<f64> = table
        .truth
        .iter()
        .map(|group| if *group == 0 { 3.0 } else { 1.0 })
        .collect();
    let heavy: f64 = weights.iter().filter(|weight| **weight > 1.0).sum();
    let share = heavy / weights.iter().sum::<f64>();
    table.weights = Some(weights);
    let found = table.find(&quick());
    assert_eq!(groups(&found), 4);
    assert!((found.profiles[0].share - share).abs() < 0.01);
    assert!((found.personas.components[0].share - share).abs() < 0.02);
    // Only ratios matter.
    let mut thousandfold = table.clone();
    thousandfold
        .weights
        .iter_mut()
        .flatten()
        .for_each(|weight| *weight *= 1_024.0);
    assert_eq!(thousandfold.find(&quick()).memberships, found.memberships);
}

#[test]
fn resamples_of_separated_groups_agree() {
    let table = shoppers(4_000, 11);
    let drawn = |seed: u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let poisson = Poisson::new(1.0).expect("positive");
        let mut resample = table.clone();
        resample.weights = Some((0..4_000).map(|_| poisson.sample(&mut rng)).collect());
        resample.find(&quick())
    };
    let (left, right) = (drawn(1), drawn(2));
    let agreement = adjusted_rand_index(&labels(&left), &labels(&right)).expect("rows");
    assert!(agreement > 0.9, "{agreement}");

    let again = |table: &Table| {
        let found = table.find(&quick());
        let indices = found.personas.found_again(&table.customers(), &quick(), 3);
        let indices = indices.expect("rows");
        indices.iter().sum::<f64>() / indices.len() as f64
    };
    assert!(again(&table) > 0.9);
    assert!(again(&heap(3_000, 1)) < 0.7);
}

#[test]
fn rows_that_are_no_customers_are_named() {
    let table = shoppers(200, 12);
    let error = |table: &Table| find(&table.customers(), 0, &Options::default()).expect_err("an error");
    let with = |place: usize, value: f64| {
        let mut table = table.clone();
        table.values[place] = value;
        error(&table).to_string()
    };
    assert!(with(7, 1.2).starts_with("row 1: 1.2 is no value of web_share"));
    assert!(with(10, -5.0).starts_with("row 2: -5 is no value of spend"));
    assert!(with(4, f64::INFINITY).starts_with("row 0: inf is no value of margin_rate"));

    let mut short = table.clone();
    short.values.pop();
    assert!(matches!(error(&short), PersonasError::Lengths { values: 999, .. }));
    let mut weighted = table.clone();
    weighted.weights = Some(vec![1.0; 200]);
    weighted
        .weights
        .iter_mut()
        .flatten()
        .skip(9)
        .take(1)
        .for_each(|it| *it = -1.0);
    assert_eq!(error(&weighted), PersonasError::Weight { row: 9 });
    weighted.weights = Some((0..200).map(|row| if row < 59 { 1.0 } else { 0.0 }).collect());
    assert_eq!(
        error(&weighted),
        PersonasError::TooFewRows {
            rows: 59,
            groups: 3,
            needed: 60
        }
    );
    let mut alike = table.clone();
    for (row, values) in alike.values.chunks_exact_mut(5).enumerate() {
        values.fill(if row % 2 == 0 { 0.2 } else { 0.7 });
    }
    assert_eq!(error(&alike), PersonasError::TooFewDistinct { groups: 3 });

    let unknown = find(&table.customers(), 5, &Options::default());
    assert_eq!(unknown, Err(PersonasError::UnknownFeature { feature: 5 }));
    let nine = Options {
        groups: 3..=9,
        ..Options::default()
    };
    assert!(matches!(
        find(&table.customers(), 0, &nine),
        Err(PersonasError::Option { option: "groups", .. })
    ));
    let found = table.find(&Options::default());
    let heap = heap(10, 1);
    assert_eq!(
        found.personas.assign(&heap.customers()),
        Err(PersonasError::OtherFeatures { given: 3, expected: 5 })
    );
}

#[test]
fn no_table_gives_a_membership_that_is_no_number() {
    let odd = [0.0, 0.0, 0.0, 1.0, 0.5, f64::NAN, 1e-300, 1e150, 7.0, 5e-324];
    let options = Options {
        starts: 2,
        ..Options::default()
    };
    for seed in 0..60 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let kinds = rng.random_range(2..=odd.len());
        let scales = [Scale::Plain, Scale::Log, Scale::Share].map(|scale| feature("odd", scale));
        let mut draw = |largest: f64| {
            let value = odd[rng.random_range(0..kinds)];
            if value > largest { 1.0 } else { value }
        };
        let values: Vec<f64> = (0..300)
            .map(|place| draw(if place % 3 == 2 { 1.0 } else { f64::INFINITY }))
            .collect();
        let table = Table {
            features: scales.to_vec(),
            values,
            // Keys that are not distinct.
            keys: (0..100).map(|row| row / 3).collect(),
            weights: Some(
                (0..100)
                    .map(|_| draw(f64::INFINITY))
                    .map(|it| if it.is_nan() { 2.0 } else { it + 1.0 })
                    .collect(),
            ),
            truth: vec![0; 100],
        };
        match find(&table.customers(), 1, &options) {
            Ok(found) => {
                assert!(found.memberships.iter().all(|it| (0.0..=1.0).contains(&it.probability)));
                assert!(found.choice.candidates.iter().all(|it| it.criterion.is_finite()));
                let traits = found.profiles.iter().flat_map(|it| &it.traits);
                assert!(traits.map(|it| it.strength).all(f64::is_finite), "seed {seed}");
            }
            Err(error) => assert!(
                matches!(error, PersonasError::TooFewDistinct { .. } | PersonasError::NoFeatures),
                "seed {seed}: {error}"
            ),
        }
    }
}
