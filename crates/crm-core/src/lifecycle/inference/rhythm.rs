//! How fast customers buy: the population, and each customer shrunk towards it.

use serde::Serialize;

use super::options::RuleOptions;

/// The rhythm of the whole population, by which short histories are completed.
///
/// The interpurchase time of customer i with x repetitions of mean m_i is estimated by credibility
/// (an empirical-Bayes mean that supposes no distribution):
///
/// μ_i = z·m_i + (1 − z)·m, z = x / (x + k), k = σ²/τ²,
///
/// where σ² is the variance of the interpurchase times within customers, τ² that between them and
/// m their credibility-weighted mean. Regular buyers (small σ²) are believed after few repetitions,
/// irregular ones after many; a customer without a repetition has the population's mean.
///
/// Source: Bühlmann & Straub 1970, estimators of Bühlmann & Gisler 2005, section 4.8.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Population {
    /// m, the mean interpurchase time in periods; the number of periods observed if nobody has
    /// bought twice.
    pub interpurchase_time: f64,
    /// k, how many interpurchase times of a customer the mean weighs as much as: as given by the
    /// options, else as estimated, held between 2 and 1000. 2 where the data cannot tell: fewer
    /// than two customers with a repetition, or none with two.
    pub weight: f64,
    /// Customers with at least one repetition.
    pub repeat_buyers: u64,
}

/// Limits of an estimated weight: with less than 2, a single silent customer would hardly ever
/// count as gone; from 1000 on, the population's mean decides alone in any case.
const WEIGHT_LIMITS: (f64, f64) = (2.0, 1000.0);

/// The interpurchase times of one customer, in periods.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Intervals {
    pub(super) count: f64,
    pub(super) sum: f64,
    pub(super) sum_of_squares: f64,
}

impl Intervals {
    pub(super) fn add(&mut self, interval: f64) {
        self.count += 1.0;
        self.sum += interval;
        self.sum_of_squares += interval * interval;
    }

    /// The intervals between these periods with a purchase, which increase.
    pub(super) fn between(mut periods: impl Iterator<Item = u32>) -> Self {
        let mut intervals = Intervals::default();
        let Some(mut earlier) = periods.next() else {
            return intervals;
        };
        for later in periods {
            intervals.add(f64::from(later - earlier));
            earlier = later;
        }
        intervals
    }

    fn mean(self) -> f64 {
        self.sum / self.count
    }

    fn squared_deviations(self) -> f64 {
        self.sum_of_squares - self.sum * self.sum / self.count
    }
}

impl Population {
    /// From the intervals of every customer with at least one.
    pub(super) fn estimate(
        options: &RuleOptions,
        observed: u32,
        repeat_buyers: &[Intervals],
    ) -> Self {
        let customers = repeat_buyers.len() as u64;
        let (mut count, mut sum, mut squared_counts, mut within) = (0.0, 0.0, 0.0, 0.0);
        for own in repeat_buyers {
            count += own.count;
            sum += own.sum;
            squared_counts += own.count * own.count;
            within += own.squared_deviations();
        }
        if customers == 0 {
            return Population {
                interpurchase_time: f64::from(observed.max(1)),
                weight: options.population_weight.unwrap_or(WEIGHT_LIMITS.0),
                repeat_buyers: 0,
            };
        }
        let overall = sum / count;
        let degrees = count - customers as f64;
        let weight = options.population_weight.unwrap_or_else(|| {
            if customers < 2 || degrees < 1.0 {
                return WEIGHT_LIMITS.0;
            }
            let variance = within / degrees;
            let scatter: f64 = repeat_buyers
                .iter()
                .map(|own| own.count * (own.mean() - overall) * (own.mean() - overall))
                .sum();
            let between =
                (scatter - (customers - 1) as f64 * variance) / (count - squared_counts / count);
            if between > 0.0 {
                (variance / between).clamp(WEIGHT_LIMITS.0, WEIGHT_LIMITS.1)
            } else {
                WEIGHT_LIMITS.1
            }
        });
        let (mut weighted, mut weights) = (0.0, 0.0);
        for own in repeat_buyers {
            let z = own.count / (own.count + weight);
            weighted += z * own.mean();
            weights += z;
        }
        Population {
            interpurchase_time: weighted / weights,
            weight,
            repeat_buyers: customers,
        }
    }
}

/// What is expected of customers of this population, by how often they bought.
pub(super) struct Rhythms<'a> {
    options: &'a RuleOptions,
    pub(super) population: Population,
    /// [`stretch`](Self::stretch) of the first repetitions.
    stretches: Vec<f64>,
}

/// Repetitions for which the stretch of a silence is computed once for all customers.
const TABULATED: u32 = 64;

impl<'a> Rhythms<'a> {
    pub(super) fn new(options: &'a RuleOptions, population: Population) -> Self {
        let mut rhythms = Rhythms {
            options,
            population,
            stretches: Vec::new(),
        };
        let counts = (0..TABULATED).map(f64::from);
        rhythms.stretches = counts.map(|count| rhythms.stretch(count)).collect();
        rhythms
    }

    /// What is expected of a customer with these intervals.
    pub(super) fn after(&self, own: Intervals) -> Rhythm {
        let Population {
            interpurchase_time,
            weight,
            ..
        } = self.population;
        Rhythm {
            interpurchase_time: (weight * interpurchase_time + own.sum) / (weight + own.count),
            repetitions: own.count,
        }
    }

    /// Odds that a customer has left after so many repetitions.
    fn dropout_odds(&self, repetitions: f64) -> f64 {
        self.options.dropout_a / (self.options.dropout_b + repetitions)
    }

    /// Probability that the customer is still there after a silence of `periods`:
    /// 1 / (1 + odds / G), G = (1 + s / (n·μ))^−n the probability of so long a gap, n = k + x.
    ///
    /// The form of the MBG/NBD model (Batislam, Denizel & Filiztekin 2007, equation 6), with the
    /// shrunk rhythm in place of fitted parameters.
    pub(super) fn p_alive(&self, rhythm: Rhythm, periods: f64) -> f64 {
        let n = self.population.weight + rhythm.repetitions;
        let log_gap = -n * libm::log1p(periods / (n * rhythm.interpurchase_time));
        1.0 / (1.0 + self.dropout_odds(rhythm.repetitions) * libm::exp(-log_gap))
    }

    /// The silence at which [`p_alive`](Self::p_alive) comes down to the probability that counts as a Termination.
    pub(super) fn silence_at_termination(&self, rhythm: Rhythm) -> f64 {
        let n = self.population.weight + rhythm.repetitions;
        let tabulated = self.stretches.get(rhythm.repetitions as usize).copied();
        let stretch = tabulated.unwrap_or_else(|| self.stretch(rhythm.repetitions));
        (n * rhythm.interpurchase_time * stretch).max(0.0)
    }

    /// That silence in units of n·μ: G^(−1/n) − 1.
    fn stretch(&self, repetitions: f64) -> f64 {
        let p = self.options.termination;
        let gap = self.dropout_odds(repetitions) * p / (1.0 - p);
        libm::expm1(-libm::log(gap) / (self.population.weight + repetitions))
    }
}

/// What is expected of one customer after a purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rhythm {
    /// μ: the expected interpurchase time in periods.
    pub(super) interpurchase_time: f64,
    /// x.
    repetitions: f64,
}

impl Rhythm {
    /// Length of one block of the customer's own time: μ rounded to whole periods.
    pub(super) fn block(self) -> u32 {
        let below = self.interpurchase_time as u32;
        let rest = self.interpurchase_time - f64::from(below);
        below.saturating_add(u32::from(rest >= 0.5)).max(1)
    }
}
