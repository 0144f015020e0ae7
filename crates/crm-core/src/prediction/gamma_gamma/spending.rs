use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::require_spend;
use crate::error::{Error, Result};
use crate::ledger::{Summary, check_weights};
use crate::parallel;

/// What customers spent: what [`GammaGamma`](super::GammaGamma) is fitted to.
///
/// A customer without repeat purchases (x = 0, mean spend 0) says nothing of spend and is left out,
/// so that the columns of a summary can be given as they are. Where the mean spend includes the
/// first purchase, the frequency must count it too.
///
/// ```
/// use crm_core::prediction::Spending;
///
/// let spending = Spending::new(&[2.0, 0.0, 1.0], &[22.35, 0.0, 11.77])?;
/// assert_eq!(spending.customers(), 2.0);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Spending {
    customers: f64,
    /// The different frequencies, in the order in which they come first.
    pub(super) frequencies: Vec<FrequencyTotals>,
    /// Parts of the totals of customers with the same frequency and weight.
    pub(super) blocks: Vec<Block>,
    /// 1/(x m̄) of each customer.
    pub(super) inverse_totals: Vec<f64>,
    correlation: Option<f64>,
    mean_spend: f64,
}

/// What customers with the same frequency x sum up to.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct FrequencyTotals {
    pub(super) frequency: f64,
    /// Σ weight.
    pub(super) customers: f64,
    /// Σ weight · ln(x m̄).
    pub(super) log_totals: f64,
    /// Σ weight · ln m̄.
    pub(super) log_means: f64,
}

/// Customers with the same frequency and weight.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// Place of the frequency.
    pub(super) frequency: usize,
    pub(super) weight: f64,
    /// Their places among the totals.
    pub(super) totals: Range<usize>,
}

/// Customers of one block at most; fixed, so that results do not depend on the number of threads.
const CUSTOMERS_PER_BLOCK: usize = 1 << 12;

impl Spending {
    /// One customer a row: frequency x and mean spend m̄ of its x purchases.
    ///
    /// # Errors
    /// `Empty` if no row has a purchase; `LengthMismatch`; with the row, `NotFinite`, and `OutOfRange`
    /// for a frequency that is not a whole number and a mean spend that is not positive (not 0 for
    /// x = 0).
    pub fn new(frequency: &[f64], mean_spend: &[f64]) -> Result<Self> {
        Self::read(frequency, mean_spend, None)
    }

    /// As many customers a row as its weight says; a weight of 0 leaves the row out.
    ///
    /// # Errors
    /// Those of [`new`](Self::new); `NotFinite` and `OutOfRange` for weights that are not finite or
    /// negative.
    pub fn with_weights(frequency: &[f64], mean_spend: &[f64], weights: &[f64]) -> Result<Self> {
        Self::read(frequency, mean_spend, Some(weights))
    }

    fn read(frequency: &[f64], mean_spend: &[f64], weights: Option<&[f64]>) -> Result<Self> {
        if mean_spend.len() != frequency.len() {
            return Err(Error::length(
                "mean_spend",
                mean_spend.len(),
                frequency.len(),
            ));
        }
        if let Some(weights) = weights {
            check_weights(weights, frequency.len())?;
        }
        let weight = |row: usize| match weights {
            None => 1.0,
            Some(weights) => weights.get(row).copied().unwrap_or_default(),
        };
        let mut groups = Groups::default();
        let mut places = Vec::new();
        let mut moments = Moments::default();
        for (row, (&x, &mean)) in frequency.iter().zip(mean_spend).enumerate() {
            require_spend(x, mean).map_err(|error| error.at_row(row))?;
            let weight = weight(row);
            if x > 0.0 && weight > 0.0 {
                places.push(groups.place(x, weight));
                moments.add(x, mean, weight);
            }
        }
        if places.is_empty() {
            return Err(Error::empty("frequency"));
        }
        let rows = frequency.iter().zip(mean_spend).enumerate();
        let totals = rows
            .filter(|(row, (x, _))| **x > 0.0 && weight(*row) > 0.0)
            .map(|(_, (x, mean))| x * mean);
        Ok(groups.spending(&places, totals, &moments))
    }

    /// Customers with repeat purchases: the sum of their weights.
    #[must_use]
    pub fn customers(&self) -> f64 {
        self.customers
    }

    /// Pearson's correlation of frequency and mean spend over customers with repeat purchases; none
    /// if one of both does not differ between customers.
    ///
    /// The model assumes that spend does not hang on frequency. CDNOW has 0.11; from some 0.3 on
    /// (either sign) values that multiply both should not be trusted.
    #[must_use]
    pub fn correlation(&self) -> Option<f64> {
        self.correlation
    }

    /// Mean over customers of their mean spend.
    #[must_use]
    pub fn mean_spend(&self) -> f64 {
        self.mean_spend
    }
}

impl TryFrom<&Summary> for Spending {
    type Error = Error;

    /// The columns of a summary whose mean spend leaves out the first purchase.
    fn try_from(summary: &Summary) -> Result<Self> {
        Self::new(&summary.frequency, &summary.mean_spend)
    }
}

/// The different pairs of frequency and weight, in the order in which they come first.
#[derive(Default)]
struct Groups {
    places: HashMap<(u64, u64), u32, FixedState>,
    pairs: Vec<(f64, f64)>,
    last: Option<((u64, u64), u32)>,
}

impl Groups {
    fn place(&mut self, frequency: f64, weight: f64) -> u32 {
        let key = (frequency.to_bits(), weight.to_bits());
        if let Some((last, place)) = self.last
            && last == key
        {
            return place;
        }
        let pairs = &mut self.pairs;
        let place = *self.places.entry(key).or_insert_with(|| {
            pairs.push((frequency, weight));
            pairs.len() as u32 - 1
        });
        self.last = Some((key, place));
        place
    }

    /// The totals x m̄ of customers, sorted by the places of their pairs.
    fn spending(
        self,
        places: &[u32],
        unsorted: impl Iterator<Item = f64>,
        moments: &Moments,
    ) -> Spending {
        let mut starts = vec![0_usize; self.pairs.len() + 1];
        for &place in places {
            if let Some(count) = starts.get_mut(place as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut totals = vec![0.0; places.len()];
        for (&place, total) in places.iter().zip(unsorted) {
            if let Some(position) = next.get_mut(place as usize)
                && let Some(slot) = totals.get_mut(*position)
            {
                *slot = total;
                *position += 1;
            }
        }
        let mut frequencies: Vec<FrequencyTotals> = Vec::new();
        let mut places: HashMap<u64, usize, FixedState> = HashMap::default();
        let mut blocks = Vec::new();
        for (&(frequency, weight), bounds) in self.pairs.iter().zip(starts.windows(2)) {
            let place = *places.entry(frequency.to_bits()).or_insert_with(|| {
                frequencies.push(FrequencyTotals {
                    frequency,
                    ..FrequencyTotals::default()
                });
                frequencies.len() - 1
            });
            if let [start, end] = *bounds {
                for start in (start..end).step_by(CUSTOMERS_PER_BLOCK) {
                    blocks.push(Block {
                        frequency: place,
                        weight,
                        totals: start..end.min(start + CUSTOMERS_PER_BLOCK),
                    });
                }
            }
        }
        let logs = parallel::map_range(blocks.len(), |block| {
            let totals = blocks.get(block).and_then(|b| totals.get(b.totals.clone()));
            let logs = totals
                .unwrap_or_default()
                .iter()
                .map(|&total| libm::log(total));
            logs.sum::<f64>()
        });
        for (block, logs) in blocks.iter().zip(logs) {
            if let Some(of) = frequencies.get_mut(block.frequency) {
                let customers = block.weight * block.totals.len() as f64;
                of.customers += customers;
                of.log_totals += block.weight * logs;
                of.log_means += block.weight * logs - customers * libm::log(of.frequency);
            }
        }
        let inverse_totals = totals.into_iter().map(|total| 1.0 / total).collect();
        Spending {
            customers: moments.weight,
            frequencies,
            blocks,
            inverse_totals,
            correlation: moments.correlation(),
            mean_spend: moments.mean_spend,
        }
    }
}

/// Running means and sums of squares (West 1979).
#[derive(Default)]
struct Moments {
    weight: f64,
    mean_frequency: f64,
    mean_spend: f64,
    frequency_squares: f64,
    spend_squares: f64,
    products: f64,
}

impl Moments {
    fn add(&mut self, frequency: f64, spend: f64, weight: f64) {
        self.weight += weight;
        let share = weight / self.weight;
        let (by_frequency, by_spend) = (frequency - self.mean_frequency, spend - self.mean_spend);
        self.mean_frequency += share * by_frequency;
        self.mean_spend += share * by_spend;
        self.frequency_squares += weight * by_frequency * (frequency - self.mean_frequency);
        self.spend_squares += weight * by_spend * (spend - self.mean_spend);
        self.products += weight * by_frequency * (spend - self.mean_spend);
    }

    fn correlation(&self) -> Option<f64> {
        let deviations = self.frequency_squares.sqrt() * self.spend_squares.sqrt();
        (deviations > 0.0).then(|| (self.products / deviations).clamp(-1.0, 1.0))
    }
}
