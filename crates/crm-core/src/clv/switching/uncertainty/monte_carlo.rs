use serde::{Deserialize, Serialize};

use super::Valuation;
use super::delta::{InputDoubts, square};
use super::gradient::{add_scaled, dot};
use super::valuation::per_brand;
use crate::clv::switching::estimate::TransitionPosterior;
use crate::clv::switching::geometric::discounted_purchases;
use crate::clv::switching::{Discounting, Horizon, TransitionMatrix};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::math::random::Stream;
use crate::parallel;
use crate::units::Rate;

/// How to draw. Draw b takes its random numbers from stream b of this seed, so results are the same
/// bits for any number of threads, and the first draws of a longer run are those of a shorter one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonteCarlo {
    /// Number of draws, from 2 to 10,000,000; default 10,000.
    pub draws: u32,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl MonteCarlo {
    /// 10,000 draws.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        MonteCarlo {
            draws: 10_000,
            seed,
        }
    }

    fn check(self, columns: usize) -> Result<()> {
        if !(2..=MOST_DRAWS).contains(&self.draws) {
            let rule = format!("must be from 2 to {MOST_DRAWS}");
            return Err(Error::new(ErrorKind::OutOfRange, "draws", rule).with_value(self.draws));
        }
        if (self.draws as usize).saturating_mul(columns) > LARGEST_TABLE {
            let rule = format!("must give a table of at most {LARGEST_TABLE} values");
            return Err(Error::new(ErrorKind::OutOfRange, "draws", rule).with_value(self.draws));
        }
        Ok(())
    }
}

const MOST_DRAWS: u32 = 10_000_000;

/// The largest table of drawn values: a gigabyte.
const LARGEST_TABLE: usize = 1 << 27;

/// Draws that one task of the thread pool makes.
const DRAWS_PER_TASK: usize = 256;

/// The value to every brand in every draw: [`Valuation::simulate`].
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnValues {
    brands: usize,
    values: Vec<f64>,
}

/// What the draws of V = Σ_j w_j · CLV(j) say.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Mean of the draws.
    pub mean: f64,
    /// Standard deviation of the draws, with n − 1.
    pub standard_deviation: f64,
    /// The quantile at each of the probabilities, in their order.
    pub quantiles: Vec<f64>,
}

/// The value up to each period, in all draws: [`Valuation::bands`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Bands {
    /// One for each period t = 0, …, T: V of the purchases up to t.
    pub periods: Vec<Summary>,
}

/// The inputs of one draw.
struct Drawn {
    matrix: TransitionMatrix,
    shares: Vec<f64>,
    contribution: Vec<f64>,
    discounting: Discounting,
}

impl Valuation {
    /// The value to every brand for random inputs: rows of P from their Dirichlet posterior, and what
    /// `doubts` says of the others.
    ///
    /// S_0 is Dirichlet with parameters n · S_0, each π_j normal, r normal, drawn again where it is −1 or less (0
    /// or less without end). Without end a doubt about r that reaches 0 gives values without a mean:
    /// read quantiles.
    ///
    /// Source: Martin 1967, "Bayesian Decision Problems and Markov Chains" (Dirichlet rows); Marsaglia & Tsang 2000 (gammas).
    ///
    /// ```
    /// use crm_core::clv::switching::estimate::TransitionPosterior;
    /// use crm_core::clv::switching::uncertainty::{InputDoubts, MonteCarlo, Valuation};
    /// use crm_core::clv::switching::{Discounting, Shares};
    /// use crm_core::units::Rate;
    ///
    /// let posterior = TransitionPosterior::new(&[[8.0, 2.0], [1.0, 3.0]])?;
    /// let customer = Valuation::new(
    ///     &Shares::new([1.0, 0.0])?, 1.0, 100.0.into(), Discounting::new(Rate::ZERO), 1.into(),
    /// )?;
    /// let drawn = customer.simulate(&posterior, &InputDoubts::default(), MonteCarlo::new(7))?;
    /// let summary = drawn.summary(&customer.only(0)?, &[0.05, 0.95])?;
    ///
    /// // 100 now, and 100 with a probability that is Beta(8, 2).
    /// assert!((summary.mean - 180.0).abs() < 0.5);
    /// assert!((summary.quantiles[0] - 157.1).abs() < 1.0);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `LengthMismatch` for a posterior of other brands, `OutOfRange` and `NotFinite` for `doubts`,
    /// `OutOfRange` for the number of draws or more than 2²⁷ values, `Divergent` as
    /// [`Valuation::gradient`], `Overflow`.
    pub fn simulate(
        &self,
        posterior: &TransitionPosterior,
        doubts: &InputDoubts,
        how: MonteCarlo,
    ) -> Result<DrawnValues> {
        let brands = self.brands();
        let known_factors = self.known_factors(doubts);
        let values = self.draws(posterior, doubts, how, brands, |drawn, out| {
            let start: Vec<f64> = drawn.shares.iter().map(|s| self.purchases * s).collect();
            match self.horizon {
                Horizon::Periods(last) => {
                    let add = |factor, bought: &[f64]| add_scaled(out, factor, bought);
                    drawn.walk(start, last, known_factors.as_deref(), add);
                }
                Horizon::Infinite => {
                    let resolvent =
                        discounted_purchases(&drawn.matrix, drawn.discounting, Horizon::Infinite)?;
                    for (&bought, row) in start.iter().zip(resolvent.chunks_exact(brands)) {
                        add_scaled(out, bought, row);
                    }
                }
            }
            for (value, contribution) in out.iter_mut().zip(&drawn.contribution) {
                *value *= contribution;
            }
            Ok(())
        })?;
        Ok(DrawnValues { brands, values })
    }

    /// V of the purchases up to each period t = 0, …, T, in the draws of [`Valuation::simulate`]: what a
    /// fan chart shows.
    ///
    /// # Errors
    /// Those of [`Valuation::simulate`]; `OutOfRange` for an infinite horizon and for probabilities outside
    /// [0, 1], `LengthMismatch` and `NotFinite` for `weights`.
    pub fn bands(
        &self,
        posterior: &TransitionPosterior,
        doubts: &InputDoubts,
        how: MonteCarlo,
        weights: &[f64],
        probabilities: &[f64],
    ) -> Result<Bands> {
        let weights = per_brand("weights", weights.into(), self.brands())?;
        check_probabilities(probabilities)?;
        let Horizon::Periods(last) = self.horizon else {
            let rule = "must be finite for a value up to each period";
            return Err(Error::new(ErrorKind::OutOfRange, "horizon", rule));
        };
        let periods = (last as usize).saturating_add(1);
        let known_factors = self.known_factors(doubts);
        let values = self.draws(posterior, doubts, how, periods, |drawn, out| {
            let start: Vec<f64> = drawn.shares.iter().map(|s| self.purchases * s).collect();
            let target: Vec<f64> = drawn
                .contribution
                .iter()
                .zip(&weights)
                .map(|(c, w)| c * w)
                .collect();
            let (mut value, mut out) = (0.0, out.iter_mut());
            drawn.walk(start, last, known_factors.as_deref(), |factor, bought| {
                value += factor * dot(bought, &target);
                if let Some(out) = out.next() {
                    *out = value;
                }
            });
            Ok(())
        })?;
        let summary = |t| {
            let column = values.iter().skip(t).step_by(periods).copied().collect();
            summarize(column, probabilities)
        };
        Ok(Bands {
            periods: parallel::map_range(periods, summary),
        })
    }

    /// δ^t of every period, where r is known.
    fn known_factors(&self, doubts: &InputDoubts) -> Option<Vec<f64>> {
        match self.horizon {
            Horizon::Periods(last) if doubts.discount_rate_sd == 0.0 => {
                Some(self.discounting.factors(last).collect())
            }
            _ => None,
        }
    }

    /// A row of `columns` numbers for each draw, which `evaluate` writes over zeros.
    fn draws(
        &self,
        posterior: &TransitionPosterior,
        doubts: &InputDoubts,
        how: MonteCarlo,
        columns: usize,
        evaluate: impl Fn(&Drawn, &mut [f64]) -> Result<()> + Sync,
    ) -> Result<Vec<f64>> {
        if posterior.states() != self.brands() {
            return Err(Error::length(
                "posterior",
                posterior.states(),
                self.brands(),
            ));
        }
        doubts.check(self.brands())?;
        how.check(columns)?;
        let draws = how.draws as usize;
        let task = |task: usize| {
            let first = task * DRAWS_PER_TASK;
            let mut values = vec![0.0; draws.saturating_sub(first).min(DRAWS_PER_TASK) * columns];
            for (b, out) in values.chunks_exact_mut(columns).enumerate() {
                let mut random = Stream::new(how.seed, (first + b) as u64);
                evaluate(&self.draw(posterior, doubts, &mut random)?, out)?;
            }
            Ok(values)
        };
        let tasks = parallel::map_range(draws.div_ceil(DRAWS_PER_TASK), task);
        let values = tasks
            .into_iter()
            .collect::<Result<Vec<Vec<f64>>>>()?
            .concat();
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(Error::overflow("clv"))
        }
    }

    fn draw(
        &self,
        posterior: &TransitionPosterior,
        doubts: &InputDoubts,
        random: &mut Stream,
    ) -> Result<Drawn> {
        let matrix = posterior.draw(random);
        let total: f64 = self.shares.iter().sum();
        let shares = match doubts.shares_known_by {
            Some(n) if total > 0.0 => random_shares(&self.shares, total, n, random),
            _ => self.shares.clone(),
        };
        let mut contribution = self.contribution.clone();
        for (value, sd) in contribution.iter_mut().zip(&doubts.contribution_sd) {
            *value += sd * random.normal();
        }
        let discounting = if doubts.discount_rate_sd > 0.0 {
            self.random_discounting(doubts.discount_rate_sd, random)?
        } else {
            self.discounting
        };
        Ok(Drawn {
            matrix,
            shares,
            contribution,
            discounting,
        })
    }

    fn random_discounting(&self, sd: f64, random: &mut Stream) -> Result<Discounting> {
        let mean = self.discounting.rate().to_f64();
        let bound = match self.horizon {
            Horizon::Periods(_) => -1.0,
            Horizon::Infinite => 0.0,
        };
        if mean <= bound {
            let reason = "must be greater than 0 for a finite value over an infinite horizon";
            return Err(Error::new(ErrorKind::Divergent, "discount_rate", reason));
        }
        // The mean is allowed, so at least every other draw is.
        let rate = loop {
            let rate = mean + sd * random.normal();
            if rate > bound {
                break rate;
            }
        };
        Discounting::new(Rate::try_from(rate)?)
            .with_purchases_per_period(self.discounting.purchases_per_period())
    }
}

impl Drawn {
    /// Tells `visit` δ^t and F · S_t of every period.
    fn walk(
        &self,
        start: Vec<f64>,
        last: u32,
        known_factors: Option<&[f64]>,
        mut visit: impl FnMut(f64, &[f64]),
    ) {
        let drawn_factors: Vec<f64>;
        let factors = match known_factors {
            Some(factors) => factors,
            None => {
                drawn_factors = self.discounting.factors(last).collect();
                &drawn_factors
            }
        };
        let mut now = start;
        let mut next = vec![0.0; now.len()];
        for &factor in factors {
            visit(factor, &now);
            next.fill(0.0);
            for (&share, row) in now.iter().zip(self.matrix.rows()) {
                add_scaled(&mut next, share, row);
            }
            std::mem::swap(&mut now, &mut next);
        }
    }
}

/// Dirichlet shares with parameters `known_by` · shares, of the same sum; what is 0 stays 0.
fn random_shares(shares: &[f64], total: f64, known_by: f64, random: &mut Stream) -> Vec<f64> {
    let parameters: Vec<f64> = shares
        .iter()
        .filter(|share| **share > 0.0)
        .map(|share| share / total * known_by)
        .collect();
    let mut drawn = random.dirichlet(&parameters).into_iter();
    shares
        .iter()
        .map(|&share| {
            if share > 0.0 {
                total * drawn.next().unwrap_or(0.0)
            } else {
                0.0
            }
        })
        .collect()
}

impl DrawnValues {
    /// The number of brands.
    #[must_use]
    pub fn brands(&self) -> usize {
        self.brands
    }

    /// Row-major: one row for each draw with the value to every brand.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Mean, standard deviation and quantiles of V = Σ_j w_j · CLV(j). An equal-tailed interval of
    /// level 0.9 lies between the quantiles at 0.05 and 0.95. Quantiles are straight between order
    /// statistics (type 7 of Hyndman & Fan 1996).
    ///
    /// # Errors
    /// `LengthMismatch` and `NotFinite` for `weights`, `OutOfRange` and `NotFinite` for probabilities
    /// outside [0, 1].
    pub fn summary(&self, weights: &[f64], probabilities: &[f64]) -> Result<Summary> {
        let weights = per_brand("weights", weights.into(), self.brands)?;
        check_probabilities(probabilities)?;
        let draws = self.values.chunks_exact(self.brands);
        Ok(summarize(
            draws.map(|draw| dot(draw, &weights)).collect(),
            probabilities,
        ))
    }
}

fn check_probabilities(probabilities: &[f64]) -> Result<()> {
    let refused = probabilities
        .iter()
        .position(|p| !Domain::Probability.contains(*p));
    match refused.and_then(|i| Some((i, probabilities.get(i)?))) {
        Some((i, &p)) => Err(Domain::Probability.refuse("probabilities", p).at_row(i)),
        None => Ok(()),
    }
}

/// Two draws or more.
fn summarize(mut draws: Vec<f64>, probabilities: &[f64]) -> Summary {
    draws.sort_unstable_by(f64::total_cmp);
    let count = draws.len() as f64;
    let level = draws.first().copied().unwrap_or(0.0);
    let mean = level + draws.iter().map(|value| value - level).sum::<f64>() / count;
    let squares: f64 = draws.iter().map(|value| square(value - mean)).sum();
    let at = |index: usize| {
        draws
            .get(index)
            .or(draws.last())
            .copied()
            .unwrap_or(f64::NAN)
    };
    let quantile = |&p: &f64| {
        let place = p * (count - 1.0);
        let below = place as usize;
        at(below) + (place - below as f64) * (at(below + 1) - at(below))
    };
    Summary {
        mean,
        standard_deviation: (squares / (count - 1.0)).sqrt(),
        quantiles: probabilities.iter().map(quantile).collect(),
    }
}
