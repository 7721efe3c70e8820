//! The range: products, and the baskets that make up an order's value.

use crate::error::GenerateError;
use crate::stream::{Stream, key};

const BASKET: u64 = key("products/basket");
const FILE: &str = "data/demo/products.csv";
const KINDS: &str = include_str!("../../../data/demo/products.csv");
const COLLECTIONS: &str = include_str!("../../../data/demo/collections.txt");

/// Shares of baskets with 1, 2, 3, 4 and 5 lines, summed up.
const LINES: [f64; 5] = [0.46, 0.74, 0.89, 0.965, 1.0];

/// A product.
#[derive(Debug, Clone)]
pub struct Product {
    /// Number in the shop.
    pub id: u32,
    /// Reference in the ERP.
    pub reference: String,
    /// Name.
    pub name: String,
    /// Family (category).
    pub family: String,
    /// List price without VAT, in cents.
    pub price_cents: u32,
    /// Gross margin as a share of the price.
    pub margin_rate: f64,
}

/// A line of a basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Index into the range.
    pub product: usize,
    /// Pieces.
    pub quantity: u32,
    /// Value of the line after discounts, without VAT, in cents.
    pub cents: u32,
    /// Purchase cost of a piece, in cents.
    pub unit_cost_cents: u32,
}

impl Line {
    /// Value minus cost, in cents.
    pub fn margin_cents(&self) -> i64 {
        i64::from(self.cents) - i64::from(self.unit_cost_cents) * i64::from(self.quantity)
    }
}

/// All products, cheapest first.
#[derive(Debug, Clone)]
pub struct Range {
    products: Vec<Product>,
}

impl Range {
    /// Every kind in every collection, with prices that differ by collection.
    ///
    /// # Errors
    /// When the data file is damaged.
    pub fn load() -> Result<Self, GenerateError> {
        let mut products = Vec::new();
        let mut reader = csv::Reader::from_reader(KINDS.as_bytes());
        for record in reader.records() {
            let fault = |line, what| GenerateError::Data { file: FILE, line, what };
            let record = record.map_err(|_| fault(0, "a row does not have four cells"))?;
            let line = record.position().map_or(0, csv::Position::line);
            let number = |index: usize, what| {
                record
                    .get(index)
                    .and_then(|cell| cell.parse::<f64>().ok())
                    .ok_or_else(|| fault(line, what))
            };
            let price = number(2, "price_eur is not a number")?;
            let margin_rate = number(3, "margin_rate is not a number")?;
            for (index, collection) in COLLECTIONS.lines().enumerate() {
                let factor = [0.62, 0.8, 0.9, 1.0, 1.12, 1.3, 1.6, 2.1][index % 8];
                products.push(Product {
                    id: 0,
                    reference: String::new(),
                    name: format!("{} {collection}", &record[1]),
                    family: record[0].to_owned(),
                    price_cents: (price * factor * 100.0).round() as u32,
                    margin_rate,
                });
            }
        }
        for (index, product) in products.iter_mut().enumerate() {
            product.id = 1_001 + index as u32;
            let family: String = product
                .family
                .chars()
                .filter(char::is_ascii_uppercase)
                .take(3)
                .collect();
            product.reference = format!("{family}{:05}", product.id);
        }
        products.sort_by_key(|product| (product.price_cents, product.id));
        Ok(Self { products })
    }

    /// A product by its index.
    pub fn get(&self, index: usize) -> &Product {
        &self.products[index]
    }

    /// The lines of an order worth `cents`; they add up to it exactly.
    pub fn basket(&self, seed: u64, order: u64, cents: u32, into: &mut Vec<Line>) {
        into.clear();
        let mut stream = Stream::new(seed, BASKET, order);
        let draw = stream.unit();
        let wanted = 1 + LINES.iter().filter(|share| draw >= **share).count();
        // No line below five euro: small orders have fewer lines.
        let lines = wanted.min(1 + cents as usize / 1_500).min(5);
        let mut weights = [0.0; 5];
        for weight in weights.iter_mut().take(lines) {
            *weight = 0.25 + stream.exponential();
        }
        let total: f64 = weights.iter().sum();
        let mut left = cents;
        for (number, weight) in weights.iter().take(lines).enumerate() {
            let part = if number + 1 == lines {
                left
            } else {
                let share = (f64::from(cents) * weight / total) as u32;
                share.clamp(1, left - (lines - 1 - number) as u32)
            };
            left -= part;
            into.push(self.line(&mut stream, part));
        }
    }

    fn line(&self, stream: &mut Stream, cents: u32) -> Line {
        let draw = stream.unit();
        let quantity = match cents {
            0..1_000 => 1,
            _ if draw < 0.72 => 1,
            _ if draw < 0.92 => 2,
            1_000..80_000 => 4,
            _ => 2,
        };
        let noise = stream.normal();
        let aim = f64::from(cents) / f64::from(quantity) * (0.09 * noise).exp();
        let at = self
            .products
            .partition_point(|product| f64::from(product.price_cents) < aim);
        let near = at + stream.below(5);
        let product = near.saturating_sub(2).min(self.products.len() - 1);
        let rate = (self.products[product].margin_rate + 0.02 * noise).clamp(0.2, 0.8);
        let unit_cost_cents = (f64::from(cents) * (1.0 - rate) / f64::from(quantity)).round() as u32;
        Line {
            product,
            quantity,
            cents,
            unit_cost_cents,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baskets_add_up_to_the_order() {
        let range = Range::load().expect("data file as shipped");
        assert_eq!(range.products.len(), 71 * 8);
        let mut lines = Vec::new();
        for order in 0..5_000_u64 {
            let cents = (1 + order * order % 900_000) as u32;
            range.basket(9, order, cents, &mut lines);
            assert!((1..=5).contains(&lines.len()));
            assert_eq!(lines.iter().map(|line| line.cents).sum::<u32>(), cents);
            assert!(lines.iter().all(|line| line.cents > 0 && line.quantity > 0));
        }
    }
}
