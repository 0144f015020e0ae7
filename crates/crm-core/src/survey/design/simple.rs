use serde::{Deserialize, Serialize};

use super::Drawn;
use crate::error::Result;
use crate::math::random::Stream;
use crate::survey::{positive, range};

/// A simple random sample without replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SimpleRandom {
    /// N, units of the population.
    pub population: u64,
    /// n, units to draw.
    pub size: u64,
}

impl SimpleRandom {
    /// The units that are drawn, in ascending order.
    ///
    /// # Errors
    /// `OutOfRange` unless 0 < size ≤ population.
    pub fn draw(&self, seed: u64) -> Result<Vec<Drawn>> {
        check_size("size", self.size, self.population)?;
        let units = choose(&mut Stream::new(seed, 0), self.population, self.size);
        let weight = self.population as f64 / self.size as f64;
        let drawn = units.into_iter().map(|unit| Drawn {
            unit,
            group: 0,
            weight,
        });
        Ok(drawn.collect())
    }
}

pub(super) fn check_size(argument: &'static str, size: u64, population: u64) -> Result<()> {
    if size == 0 {
        return Err(positive(argument, size));
    }
    if size > population {
        let rule = format!("must not be more than the population of {population}");
        return Err(range(argument, size, rule));
    }
    Ok(())
}

/// `size` of the numbers below `population`, ascending; each set of them is as likely as any other.
///
/// Source: Floyd's algorithm; Bentley & Floyd 1987, "A sample of brilliance".
pub(super) fn choose(random: &mut Stream, population: u64, size: u64) -> Vec<u64> {
    let mut chosen = std::collections::BTreeSet::new();
    for last in population - size..population {
        let unit = random.below(last + 1);
        if !chosen.insert(unit) {
            chosen.insert(last);
        }
    }
    chosen.into_iter().collect()
}
