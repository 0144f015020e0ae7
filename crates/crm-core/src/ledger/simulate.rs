use serde::{Deserialize, Serialize};

use super::{AmountColumn, Chunk, CustomerColumn, TimeColumn, TimeUnit, TimeZone};
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;
use crate::units::Date;

/// A generator of transaction logs whose customers differ in how often they buy, when they leave
/// and what they spend.
///
/// Each customer enters at a random time, buys then, and goes on:
/// - the time to the next purchase is exponential with a rate λ, and λ ~ Gamma(r, α);
/// - the customer leaves for good as [`DropOut`] says;
/// - amounts are Gamma(p, ν) with ν ~ Gamma(q, γ), so their mean is p/ν (Gamma-Gamma).
///
/// All gammas are given by shape and rate. The defaults are those of the CDNOW customers (Fader &
/// Hardie 2005, in weeks, here in days), watched for a year and a half.
///
/// The log depends on these fields alone: the same bits for any number of threads and on every
/// platform. Each customer has an own stream of random numbers, so that more customers do not
/// change the first ones.
///
/// Source: Fader, Hardie & Lee (2005), "Counting your customers the easy way", section 3;
/// Schmittlein, Morrison & Colombo (1987); Fader & Hardie (2013), note 025.
///
/// ```
/// use crm_core::ledger::{LedgerBuilder, Simulation, SummaryOptions};
///
/// let log = Simulation { customers: 100, seed: 1, ..Simulation::default() }.run()?;
/// let mut builder = LedgerBuilder::new();
/// builder.push(&log.chunk())?;
/// let summary = builder.finish()?.summary(&SummaryOptions::default())?;
/// assert_eq!(summary.len(), 100);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Simulation {
    /// How many customers; default 1,000.
    pub customers: u32,
    /// Seed of the random numbers; default 0.
    pub seed: u64,
    /// The first day; default 1997-01-01.
    pub start: Date,
    /// How many days are observed; default 546.
    pub days: u32,
    /// Customers enter uniformly over this many first days; default 84.
    pub entry_days: u32,
    /// r, shape of the purchase rate; default 0.243.
    pub r: f64,
    /// α, rate of the purchase rate, in days; default 30.9.
    pub alpha: f64,
    /// How customers leave; default beta-geometric with a = 0.793, b = 2.426.
    pub drop_out: DropOut,
    /// p, shape of the amounts; default 6.25.
    pub p: f64,
    /// q, shape of ν; default 3.74.
    pub q: f64,
    /// γ, rate of ν, in money; default 15.4.
    pub gamma: f64,
    /// Probability that a purchase is returned in full, within 30 days and within the
    /// observation; default 0.
    pub return_probability: f64,
    /// Cost as a part of the amount; default 0.6.
    pub cost_share: f64,
}

/// How customers leave for good.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DropOut {
    /// After each repeat purchase with a probability ~ Beta(a, b), as in the BG/NBD.
    BetaGeometric {
        /// a.
        a: f64,
        /// b.
        b: f64,
    },
    /// After an exponential time from entry with a rate ~ Gamma(s, β), as in the Pareto/NBD.
    GammaExponential {
        /// s, shape.
        s: f64,
        /// β, rate, in days.
        beta: f64,
    },
    /// Never.
    Never,
}

/// A simulated log, in the order of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SimulatedLog {
    /// Number of the customer, from 1.
    pub customer: Vec<i64>,
    /// Seconds since 1970-01-01, naive.
    pub time: Vec<i64>,
    /// Amount in hundredths; negative for returns.
    pub amount: Vec<i64>,
    /// Cost in hundredths; negative for returns.
    pub cost: Vec<i64>,
}

const SECONDS_PER_DAY: f64 = 86_400.0;
const DAYS_TO_RETURN: f64 = 30.0;
/// Fewer transactions than this are simulated: they are all held in memory.
const MOST_ROWS: usize = 1 << 27;
/// The most that one transaction brings, in hundredths: sums of 2³² of them fit everywhere.
const LARGEST_AMOUNT: f64 = 1e15;
/// Customers that one task simulates.
const CUSTOMERS_PER_TASK: u32 = 1 << 10;

#[derive(Debug, Clone, Copy)]
struct Row {
    time: i64,
    customer: u32,
    amount: i64,
}

impl Default for Simulation {
    fn default() -> Self {
        Simulation {
            customers: 1_000,
            seed: 0,
            start: Date::clamped(9_862),
            days: 546,
            entry_days: 84,
            r: 0.243,
            alpha: 30.9,
            drop_out: DropOut::BetaGeometric { a: 0.793, b: 2.426 },
            p: 6.25,
            q: 3.74,
            gamma: 15.4,
            return_probability: 0.0,
            cost_share: 0.6,
        }
    }
}

impl Simulation {
    /// Simulates the log.
    ///
    /// # Errors
    /// - [`ErrorKind::NotFinite`], [`ErrorKind::OutOfRange`] for a parameter that is not positive,
    ///   0 customers, 0 days, entry days of 0 or beyond the observation, an observation beyond the
    ///   year 9999, or a return probability or cost share
    ///   outside [0, 1];
    /// - [`ErrorKind::Overflow`] if 2²⁷ transactions or more are to be expected when nobody
    ///   leaves, or against all odds come about.
    pub fn run(&self) -> Result<SimulatedLog> {
        self.check()?;
        let tasks = self.customers.div_ceil(CUSTOMERS_PER_TASK) as usize;
        let simulated = parallel::map_range(tasks, |task| {
            let first = task as u32 * CUSTOMERS_PER_TASK;
            let mut rows = Vec::new();
            for customer in first..self.customers.min(first.saturating_add(CUSTOMERS_PER_TASK)) {
                self.simulate(customer, &mut rows)?;
            }
            Ok(rows)
        });
        let mut rows = simulated
            .into_iter()
            .collect::<Result<Vec<Vec<Row>>>>()?
            .concat();
        parallel::sort_by_key(&mut rows, |row| (row.time, row.customer, row.amount));
        Ok(SimulatedLog {
            customer: rows.iter().map(|row| i64::from(row.customer) + 1).collect(),
            time: rows.iter().map(|row| row.time).collect(),
            amount: rows.iter().map(|row| row.amount).collect(),
            cost: rows
                .iter()
                .map(|row| (row.amount as f64 * self.cost_share).round() as i64)
                .collect(),
        })
    }

    /// Adds the transactions of one customer.
    fn simulate(&self, customer: u32, rows: &mut Vec<Row>) -> Result<()> {
        let mut random = Stream::new(self.seed, u64::from(customer));
        let end = f64::from(self.days);
        let entry = random.uniform() * f64::from(self.entry_days);
        let rate = random.gamma(self.r) / self.alpha;
        let (leave_probability, leave_time) = match self.drop_out {
            DropOut::BetaGeometric { a, b } => (random.beta(a, b), f64::INFINITY),
            DropOut::GammaExponential { s, beta } => {
                let rate = random.gamma(s) / beta;
                (0.0, entry + random.exponential() / rate)
            }
            DropOut::Never => (0.0, f64::INFINITY),
        };
        // A gamma of a tiny shape rounds to 0.
        let spend_rate = (random.gamma(self.q) / self.gamma).max(f64::MIN_POSITIVE);
        let midnight = i64::from(self.start.days()) * 86_400;
        let add = |rows: &mut Vec<Row>, time: f64, amount: f64| {
            rows.push(Row {
                time: midnight + (time * SECONDS_PER_DAY) as i64,
                customer,
                amount: amount as i64,
            });
        };
        let mut time = entry;
        loop {
            let amount = (random.gamma(self.p) / spend_rate * 100.0).round();
            let amount = amount.clamp(1.0, LARGEST_AMOUNT);
            if rows.len() >= MOST_ROWS {
                return Err(self.too_many());
            }
            add(rows, time, amount);
            if random.uniform() < self.return_probability {
                let returned = time + random.uniform() * DAYS_TO_RETURN;
                if returned < end {
                    add(rows, returned, -amount);
                }
            }
            let left = time > entry && random.uniform() < leave_probability;
            time += random.exponential() / rate;
            if left || time >= leave_time.min(end) {
                return Ok(());
            }
        }
    }

    fn check(&self) -> Result<()> {
        let drop_out = match self.drop_out {
            DropOut::BetaGeometric { a, b } => [("a", a), ("b", b)],
            DropOut::GammaExponential { s, beta } => [("s", s), ("beta", beta)],
            DropOut::Never => [("a", 1.0), ("b", 1.0)],
        };
        let parameters = [
            ("r", self.r),
            ("alpha", self.alpha),
            ("p", self.p),
            ("q", self.q),
            ("gamma", self.gamma),
        ];
        for (argument, value) in parameters.into_iter().chain(drop_out) {
            if !value.is_finite() {
                return Err(Error::not_finite(argument, value));
            }
            if value <= 0.0 {
                return Err(out_of_range(argument, "must be greater than 0", value));
            }
        }
        for (argument, value) in [
            ("return_probability", self.return_probability),
            ("cost_share", self.cost_share),
        ] {
            if !value.is_finite() {
                return Err(Error::not_finite(argument, value));
            }
            if !(0.0..=1.0).contains(&value) {
                return Err(out_of_range(argument, "must be between 0 and 1", value));
            }
        }
        if self.customers == 0 {
            return Err(out_of_range("customers", "must be 1 or more", 0));
        }
        let days_left = i64::from(self.start.days_until(Date::MAX)) + 1;
        if self.days == 0 || i64::from(self.days) > days_left {
            let rule = "must be 1 or more and end by the year 9999";
            return Err(out_of_range("days", rule, self.days));
        }
        if !(1..=self.days).contains(&self.entry_days) {
            let rule = "must be between 1 and the days of observation";
            return Err(out_of_range("entry_days", rule, self.entry_days));
        }
        let purchases = 1.0 + self.r / self.alpha * f64::from(self.days);
        let expected = (1.0 + self.return_probability) * purchases * f64::from(self.customers);
        if expected >= MOST_ROWS as f64 {
            return Err(self.too_many());
        }
        Ok(())
    }

    fn too_many(&self) -> Error {
        let reason = "make 2^27 transactions or more: take fewer customers, fewer days or a lower \
                      purchase rate r / alpha";
        Error::new(ErrorKind::Overflow, "customers", reason).with_value(self.customers)
    }
}

fn out_of_range(
    argument: &'static str,
    rule: &'static str,
    value: impl std::fmt::Display,
) -> Error {
    Error::new(ErrorKind::OutOfRange, argument, rule).with_value(value)
}

impl SimulatedLog {
    /// How many transactions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.customer.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.customer.is_empty()
    }

    /// The day of each transaction, in days since 1970-01-01.
    #[must_use]
    pub fn dates(&self) -> Vec<i32> {
        self.time
            .iter()
            .map(|time| time.div_euclid(86_400) as i32)
            .collect()
    }

    /// The log as a builder takes it, with costs.
    #[must_use]
    pub fn chunk(&self) -> Chunk<'_> {
        let minor = |units| AmountColumn::Minor { units, scale: 2 };
        Chunk {
            customers: CustomerColumn::Integers(&self.customer),
            times: TimeColumn::Timestamps {
                ticks: &self.time,
                unit: TimeUnit::Second,
                zone: TimeZone::Naive,
            },
            amounts: minor(&self.amount),
            costs: Some(minor(&self.cost)),
        }
    }
}
