use serde::{Deserialize, Serialize};

use super::Drawn;
use super::simple::check_size;
use crate::error::Result;
use crate::math::random::Stream;
use crate::survey::range;
use crate::units::{Label, Terms};

/// How a systematic sample steps through its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Interval {
    /// Steps of k = N/n from a random start below k, where n divides N.
    Equal = 0,
    /// Steps of ⌊N/n⌋ around a circle, from a random start anywhere. Source: Lahiri 1951.
    Circular = 1,
    /// Steps of N/n, whole or not, from a random start: unit ⌊(r + i N)/n⌋, with r below N.
    Fractional = 2,
}

impl Label for Interval {
    const ALL: &'static [Self] = &[Interval::Equal, Interval::Circular, Interval::Fractional];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Interval::Equal => ("equal", "Equal interval", "等距抽样"),
            Interval::Circular => ("circular", "Circular", "循环等距抽样"),
            Interval::Fractional => ("fractional", "Fractional interval", "分数间隔法"),
        };
        Terms { name, en, zh }
    }
}

/// A systematic sample: units in equal steps, in the order of the frame. Each unit has the probability n/N.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Systematic {
    /// N, units of the population.
    pub population: u64,
    /// n, units to draw.
    pub size: u64,
    /// How to step where N/n is no whole number.
    pub interval: Interval,
}

impl Systematic {
    /// The units that are drawn, in ascending order.
    ///
    /// # Errors
    /// `OutOfRange` unless 0 < size ≤ population, and where equal intervals do not divide the population.
    pub fn draw(&self, seed: u64) -> Result<Vec<Drawn>> {
        let Systematic {
            population,
            size,
            interval,
        } = *self;
        check_size("size", size, population)?;
        let step = population / size;
        let mut random = Stream::new(seed, 0);
        let mut units: Vec<u64> = match interval {
            Interval::Equal => {
                if !population.is_multiple_of(size) {
                    let rule = "must divide the population, or take a fractional interval";
                    return Err(range("size", size, rule));
                }
                let start = random.below(step);
                (0..size).map(|i| start + i * step).collect()
            }
            Interval::Circular => {
                let start = random.below(population);
                let around =
                    |i: u64| (start as u128 + u128::from(i * step)) % u128::from(population);
                (0..size).map(|i| around(i) as u64).collect()
            }
            Interval::Fractional => {
                let start = u128::from(random.below(population));
                let place = |i: u64| start + u128::from(i) * u128::from(population);
                (0..size)
                    .map(|i| (place(i) / u128::from(size)) as u64)
                    .collect()
            }
        };
        units.sort_unstable();
        let weight = population as f64 / size as f64;
        let drawn = units.into_iter().map(|unit| Drawn {
            unit,
            group: 0,
            weight,
        });
        Ok(drawn.collect())
    }
}
