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

/// The interpurchase times of all customers with at least one, by how many they have. Whole numbers, so that the order in
/// which customers come does not count.
#[derive(Debug, Default)]
pub(super) struct RepeatBuyers {
    /// Those with x repetitions are in place x.
    by_repetitions: Vec<Group>,
}

/// Customers with the same number x of repetitions.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    customers: u64,
    /// Σ t, t the sum of a customer's interpurchase times.
    sum: u64,
    /// Σ t².
    squared_sums: u128,
    /// Σ of the squares of all interpurchase times.
    squares: u128,
}

impl RepeatBuyers {
    /// A customer with these periods with a purchase, which increase.
    pub(super) fn add(&mut self, mut periods: impl Iterator<Item = u32>) {
        let Some(first) = periods.next() else {
            return;
        };
        let (mut last, mut repetitions, mut squares) = (first, 0, 0);
        for period in periods {
            let interval = u64::from(period - last);
            squares += interval * interval;
            repetitions += 1;
            last = period;
        }
        if repetitions > 0 {
            let sum = u64::from(last - first);
            let own = Group {
                customers: 1,
                sum,
                squared_sums: u128::from(sum * sum),
                squares: u128::from(squares),
            };
            self.add_group(repetitions, own);
        }
    }

    pub(super) fn append(&mut self, others: &RepeatBuyers) {
        let others = others.by_repetitions.iter().enumerate();
        for (repetitions, group) in others.filter(|(_, group)| group.customers > 0) {
            self.add_group(repetitions, *group);
        }
    }

    fn add_group(&mut self, repetitions: usize, group: Group) {
        if self.by_repetitions.len() <= repetitions {
            self.by_repetitions
                .resize(repetitions + 1, Group::default());
        }
        if let Some(all) = self.by_repetitions.get_mut(repetitions) {
            all.customers += group.customers;
            all.sum += group.sum;
            all.squared_sums += group.squared_sums;
            all.squares += group.squares;
        }
    }

    /// Each group, after its x.
    fn groups(&self) -> impl Iterator<Item = (f64, &Group)> {
        let groups = self.by_repetitions.iter().enumerate();
        let groups = groups.filter(|(_, group)| group.customers > 0);
        groups.map(|(repetitions, group)| (repetitions as f64, group))
    }
}

impl Group {
    /// Σ of the squared deviations of interpurchase times from their customer's mean: Σ of squares − Σ t² / x.
    fn within_customers(&self, repetitions: f64) -> f64 {
        self.squares as f64 - self.squared_sums as f64 / repetitions
    }

    /// Σ x·(m − mean)² over the customers, m = t / x.
    fn between_customers(&self, repetitions: f64, mean: f64) -> f64 {
        let (n, sum) = (u128::from(self.customers), u128::from(self.sum));
        let among = (n * self.squared_sums - sum * sum) as f64;
        let (n, sum) = (self.customers as f64, self.sum as f64);
        let of_group = sum / (n * repetitions) - mean;
        among / (n * repetitions) + n * repetitions * of_group * of_group
    }
}

impl Population {
    pub(super) fn estimate(options: &RuleOptions, observed: u32, buyers: &RepeatBuyers) -> Self {
        let (mut customers, mut count, mut sum) = (0, 0.0, 0.0);
        let (mut squared_counts, mut within) = (0.0, 0.0);
        for (x, group) in buyers.groups() {
            let n = group.customers as f64;
            customers += group.customers;
            count += n * x;
            sum += group.sum as f64;
            squared_counts += n * x * x;
            within += group.within_customers(x);
        }
        if customers == 0 {
            return Population {
                interpurchase_time: f64::from(observed.max(1)),
                weight: options.population_weight.unwrap_or(WEIGHT_LIMITS.0),
                repeat_buyers: 0,
            };
        }
        let degrees = count - customers as f64;
        let weight = options.population_weight.unwrap_or_else(|| {
            if customers < 2 || degrees < 1.0 {
                return WEIGHT_LIMITS.0;
            }
            let variance = within / degrees;
            let overall = sum / count;
            let groups = buyers.groups();
            let scatter: f64 = groups.map(|(x, of)| of.between_customers(x, overall)).sum();
            let between =
                (scatter - (customers - 1) as f64 * variance) / (count - squared_counts / count);
            if between > 0.0 {
                (variance / between).clamp(WEIGHT_LIMITS.0, WEIGHT_LIMITS.1)
            } else {
                WEIGHT_LIMITS.1
            }
        });
        let (mut weighted, mut weights) = (0.0, 0.0);
        for (x, group) in buyers.groups() {
            weighted += group.sum as f64 / (x + weight);
            weights += group.customers as f64 * x / (x + weight);
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

    /// What is expected of a customer after so many repetitions in so many periods.
    pub(super) fn after(&self, repetitions: f64, periods: f64) -> Rhythm {
        let Population {
            interpurchase_time,
            weight,
            ..
        } = self.population;
        let interpurchase_time = (weight * interpurchase_time + periods) / (weight + repetitions);
        Rhythm {
            interpurchase_time,
            repetitions,
            block: ((interpurchase_time + 0.5) as u32).max(1),
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
    pub(super) repetitions: f64,
    /// Length of one block of the customer's own time: μ rounded to whole periods.
    pub(super) block: u32,
}
