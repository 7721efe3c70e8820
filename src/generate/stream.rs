//! Random streams keyed by (seed, law, entity).
//!
//! Every draw of the demo comes from a stream of its own, so a law can be added or switched off without moving the
//! draws of another, and any entity can be drawn again, in any order and on any thread, with the same result.

use std::convert::Infallible;

use rand::TryRng;
use rand_distr::{Distribution, Exp1, StandardNormal};

/// Turns the name of a law into its key (FNV-1a, 64 bits).
pub const fn key(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}

/// Finaliser of SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators").
const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Increment of SplitMix64: the golden ratio in 64 bits.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A random stream: SplitMix64 started at a point that depends on seed, law and entity.
#[derive(Debug, Clone)]
pub struct Stream {
    state: u64,
}

impl Stream {
    /// The stream of an entity under a law; `law` comes from [`key`].
    pub fn new(seed: u64, law: u64, entity: u64) -> Self {
        let start = mix(seed.wrapping_add(STEP));
        let start = mix(start ^ law);
        Self {
            state: mix(start ^ entity.wrapping_mul(STEP)),
        }
    }

    /// Next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// Uniform on [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Uniform on 0 .. `count` (0 when `count` is 0).
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }

    /// True with the given probability. Always draws once, so that streams stay in step.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        Exp1.sample(self)
    }

    /// Normal with mean 0 and deviation 1.
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(self)
    }

    /// One of the items; the first ones far more often (weight falls linearly to zero, squared).
    pub fn frequent_first<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let unit = self.unit();
        let at = (unit * unit * items.len() as f64) as usize;
        &items[at.min(items.len() - 1)]
    }

    /// One of the items, all alike.
    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.bits() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.bits())
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(8) {
            let bytes = self.bits().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_law_and_entity_and_repeat() {
        let first = Stream::new(1, key("stores"), 7).bits();
        assert_eq!(first, Stream::new(1, key("stores"), 7).bits());
        assert_ne!(first, Stream::new(2, key("stores"), 7).bits());
        assert_ne!(first, Stream::new(1, key("dirt"), 7).bits());
        assert_ne!(first, Stream::new(1, key("stores"), 8).bits());
    }

    #[test]
    fn neighbouring_entities_are_not_alike() {
        let mean = (0..20_000)
            .map(|entity| Stream::new(3, key("purchasing"), entity).unit())
            .sum::<f64>()
            / 20_000.0;
        assert!((mean - 0.5).abs() < 4.0 * (1.0 / 12.0_f64 / 20_000.0).sqrt());
    }
}
