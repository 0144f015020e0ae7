use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use super::{Concentration, curve};
use crate::error::{Error, ErrorKind, Result};
use crate::math::quantile;
use crate::units::{Probability, Share};
use crate::value::out_of_range;

/// A number that says how concentrated the profit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// [`Concentration::top_share`] of this share of the customers.
    TopShare(Share),
    /// [`Concentration::smallest_share`] for this share of the profit.
    SmallestShare(Share),
    /// [`Concentration::gini`].
    Gini,
}

/// How to resample.
///
/// A replicate draws as many rows as there are, with replacement (the multinomial bootstrap of
/// Efron 1979); a row keeps its weight. Replicate b takes its random numbers from stream b of
/// ChaCha8 with this seed, so results are the same bits for any number of threads. A row is drawn
/// as ⌊u·n / 2⁶⁴⌋ from a 64-bit u, which favours no row by more than n / 2⁶⁴.
///
/// With grouped data the rows are groups: a few groups say little about chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// Number of replicates, from 2 to 1,000,000; default 1,000.
    pub replicates: u32,
    /// Confidence level, between 0 and 1, both excluded; default 0.95.
    pub level: Probability,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl Bootstrap {
    /// 1,000 replicates, 95 % confidence.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let level = rust_decimal::Decimal::new(95, 2);
        Bootstrap {
            replicates: 1_000,
            level: Probability::new(level).unwrap_or(Probability::ONE),
            seed,
        }
    }
}

/// A percentile interval (Efron 1979): the (1 ∓ level) / 2 quantiles of the replicates, straight
/// between order statistics (type 7 of Hyndman & Fan 1996).
///
/// Profits with heavy tails make such intervals too narrow for small customer bases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Interval {
    /// The measure of the customer base itself.
    pub estimate: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Standard deviation of the replicates.
    pub standard_error: f64,
    /// Replicates in which the measure has no meaning (no positive total); they are left out of
    /// the interval. Unless it is 0, read the interval with care.
    pub undefined: u32,
}

const MOST_REPLICATES: u32 = 1_000_000;

impl Concentration {
    /// A bootstrap confidence interval for each of `measures`, all from the same replicates.
    ///
    /// ```
    /// use crm_core::value::pareto::{Bootstrap, Concentration, Measure};
    ///
    /// let profit: Vec<f64> = (1..=200).map(f64::from).collect();
    /// let base = Concentration::new(&profit)?;
    /// let gini = base.confidence(&[Measure::Gini], &Bootstrap::new(7))?[0];
    /// assert!(gini.lower < gini.estimate && gini.estimate < gini.upper);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of the measures; `OutOfRange` for `replicates` and `level`; `NoSolution` if a measure
    /// has a meaning in fewer than two replicates.
    pub fn confidence(&self, measures: &[Measure], bootstrap: &Bootstrap) -> Result<Vec<Interval>> {
        if !(2..=MOST_REPLICATES).contains(&bootstrap.replicates) {
            let rule = format!("must be from 2 to {MOST_REPLICATES}");
            return Err(out_of_range("replicates", bootstrap.replicates, rule));
        }
        if bootstrap.level == Probability::ZERO || bootstrap.level == Probability::ONE {
            let rule = "must be between 0 and 1, both excluded";
            return Err(out_of_range("level", bootstrap.level.value(), rule));
        }
        let estimates: Vec<f64> = measures
            .iter()
            .map(|measure| self.measure(*measure))
            .collect::<Result<_>>()?;
        let replicates = self.replicates(measures, bootstrap);
        let level = bootstrap.level.to_f64();
        let interval = |(index, estimate): (usize, f64)| {
            let values = replicates.iter().filter_map(|r| r.get(index).copied()?);
            percentile_interval(estimate, values.collect(), level, bootstrap.replicates)
        };
        estimates.into_iter().enumerate().map(interval).collect()
    }

    /// Every measure of replicate b: how often each row is drawn is its weight.
    fn replicate(
        &self,
        measures: &[Measure],
        seed: u64,
        b: u32,
        draws: &mut [u32],
    ) -> Vec<Option<f64>> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(u64::from(b));
        draws.fill(0);
        let rows = draws.len() as u128;
        for _ in 0..draws.len() {
            let row = (u128::from(random.next_u64()) * rows) >> 64;
            if let Some(drawn) = draws.get_mut(row as usize) {
                *drawn += 1;
            }
        }
        let rows = self
            .rows()
            .zip(&*draws)
            .map(|((profit, weight), drawn)| (profit, weight * f64::from(*drawn)));
        let totals = curve::totals(rows.clone());
        measures
            .iter()
            .map(|measure| curve::measure(rows.clone(), totals, *measure))
            .collect()
    }

    #[cfg(feature = "parallel")]
    fn replicates(&self, measures: &[Measure], bootstrap: &Bootstrap) -> Vec<Vec<Option<f64>>> {
        use rayon::prelude::*;
        let draws = || vec![0_u32; self.profit.len()];
        (0..bootstrap.replicates)
            .into_par_iter()
            .map_init(draws, |draws, b| {
                self.replicate(measures, bootstrap.seed, b, draws)
            })
            .collect()
    }

    #[cfg(not(feature = "parallel"))]
    fn replicates(&self, measures: &[Measure], bootstrap: &Bootstrap) -> Vec<Vec<Option<f64>>> {
        let mut draws = vec![0_u32; self.profit.len()];
        (0..bootstrap.replicates)
            .map(|b| self.replicate(measures, bootstrap.seed, b, &mut draws))
            .collect()
    }
}

fn percentile_interval(
    estimate: f64,
    mut values: Vec<f64>,
    level: f64,
    replicates: u32,
) -> Result<Interval> {
    values.sort_unstable_by(f64::total_cmp);
    if values.len() < 2 {
        return Err(Error::new(
            ErrorKind::NoSolution,
            "profit",
            "has a positive sum in fewer than two replicates",
        ));
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum();
    let quantile = |p: f64| quantile::of_sorted(&values, p);
    Ok(Interval {
        estimate,
        lower: quantile((1.0 - level) / 2.0),
        upper: quantile((1.0 + level) / 2.0),
        standard_error: libm::sqrt(squares / (count - 1.0)),
        undefined: replicates - values.len() as u32,
    })
}
