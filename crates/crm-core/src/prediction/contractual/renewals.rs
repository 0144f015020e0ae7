use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::ledger::check_weights;

/// What cohorts of customers under contract did at their renewals: what [`Sbg`](super::Sbg) and
/// [`Bdw`](super::Bdw) are fitted to.
///
/// For each tenure t = 1, 2, … it counts the customers who came to renewal t and those of them who
/// left at it. Cohorts of any age add up, and so do single customers.
///
/// ```
/// use crm_core::prediction::Renewals;
///
/// let mut renewals = Renewals::from_survivors(&[1000.0, 631.0, 468.0])?;
/// renewals.add_survivors(&[500.0, 320.0])?; // a younger cohort
/// assert_eq!(renewals.at_risk(), [1500.0, 631.0]);
/// assert_eq!(renewals.lost(), [549.0, 163.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Renewals {
    at_risk: Vec<f64>,
    lost: Vec<f64>,
    customers: f64,
}

/// More renewals than this of one customer are refused, as each has its own place.
const MOST_RENEWALS: f64 = 1e6;

impl Renewals {
    /// One cohort: how many customers it had at first, after the first renewal, after the second, …
    ///
    /// # Errors
    /// As [`add_survivors`](Self::add_survivors).
    pub fn from_survivors(survivors: &[f64]) -> Result<Self> {
        let mut renewals = Renewals::default();
        renewals.add_survivors(survivors)?;
        Ok(renewals)
    }

    /// Customers one by one. One with the tenure n who churned left at renewal n; one who did not
    /// has renewed n times, and what comes is not known.
    ///
    /// # Errors
    /// As [`add_customers`](Self::add_customers).
    pub fn from_customers(
        tenure: &[f64],
        churned: &[bool],
        weights: Option<&[f64]>,
    ) -> Result<Self> {
        let mut renewals = Renewals::default();
        renewals.add_customers(tenure, churned, weights)?;
        Ok(renewals)
    }

    /// Adds a cohort. Counts may be weighted.
    ///
    /// # Errors
    /// `Empty` for less than two counts; with the row, `NotFinite`, and `OutOfRange` for a count
    /// that is negative or above the one before, and for a cohort that begins with 0. Nothing
    /// changes then.
    pub fn add_survivors(&mut self, survivors: &[f64]) -> Result<()> {
        let [first, _, ..] = *survivors else {
            return Err(Error::empty("survivors"));
        };
        for (row, &count) in survivors.iter().enumerate() {
            let domain = if row == 0 {
                Domain::Positive
            } else {
                Domain::NonNegative
            };
            if !domain.contains(count) {
                return Err(domain.refuse("survivors", count).at_row(row));
            }
        }
        let pairs = || survivors.iter().zip(survivors.iter().skip(1));
        if let Some(row) = pairs().position(|(before, after)| after > before) {
            let rule = "must not be above the count before";
            let count = survivors.get(row + 1).copied().unwrap_or(f64::NAN);
            return Err(Error::new(ErrorKind::OutOfRange, "survivors", rule)
                .with_value(count)
                .at_row(row + 1));
        }
        self.reserve(survivors.len() - 1);
        let places = self.at_risk.iter_mut().zip(&mut self.lost);
        for ((at_risk, lost), (before, after)) in places.zip(pairs()) {
            *at_risk += before;
            *lost += before - after;
        }
        self.customers += first;
        Ok(())
    }

    /// Adds customers one by one; without weights each counts 1.
    ///
    /// # Errors
    /// `LengthMismatch`; with the row, `NotFinite`, and `OutOfRange` for a tenure that is not a whole
    /// number up to 1,000,000, a tenure of 0 with churn, and negative weights. Nothing changes then.
    pub fn add_customers(
        &mut self,
        tenure: &[f64],
        churned: &[bool],
        weights: Option<&[f64]>,
    ) -> Result<()> {
        if churned.len() != tenure.len() {
            return Err(Error::length("churned", churned.len(), tenure.len()));
        }
        if let Some(weights) = weights {
            check_weights(weights, tenure.len())?;
        }
        for (row, (&n, &left)) in tenure.iter().zip(churned).enumerate() {
            if !Domain::Count.contains(n) {
                return Err(Domain::Count.refuse("tenure", n).at_row(row));
            }
            let rule = if n > MOST_RENEWALS {
                "must be at most 1000000"
            } else if left && n == 0.0 {
                "must be 1 or more for a customer who churned"
            } else {
                continue;
            };
            return Err(Error::new(ErrorKind::OutOfRange, "tenure", rule)
                .with_value(n)
                .at_row(row));
        }
        // Of each tenure, the weights of those who left at it and of those known up to it.
        let longest = tenure.iter().copied().fold(0.0, f64::max) as usize;
        let mut left_at = vec![0.0; longest + 1];
        let mut known_to = vec![0.0; longest + 1];
        for (row, (&n, &left)) in tenure.iter().zip(churned).enumerate() {
            let weight = match weights {
                None => 1.0,
                Some(weights) => weights.get(row).copied().unwrap_or_default(),
            };
            let counts = if left { &mut left_at } else { &mut known_to };
            if let Some(count) = counts.get_mut(n as usize) {
                *count += weight;
            }
            self.customers += weight;
        }
        self.reserve(longest);
        let mut remaining: f64 = left_at.iter().chain(&known_to).sum();
        let counts = left_at.iter().zip(&known_to);
        let mut known_before = known_to.first().copied().unwrap_or_default();
        for ((at_risk, lost), (&left, &known)) in self
            .at_risk
            .iter_mut()
            .zip(&mut self.lost)
            .zip(counts.skip(1))
        {
            remaining -= known_before;
            *at_risk += remaining;
            *lost += left;
            remaining -= left;
            known_before = known;
        }
        Ok(())
    }

    /// Adds other customers.
    pub fn merge(&mut self, other: &Renewals) {
        self.reserve(other.at_risk.len());
        let others = other.at_risk.iter().zip(&other.lost);
        for ((at_risk, lost), (more_at_risk, more_lost)) in
            self.at_risk.iter_mut().zip(&mut self.lost).zip(others)
        {
            *at_risk += more_at_risk;
            *lost += more_lost;
        }
        self.customers += other.customers;
    }

    /// How many customers came to renewal 1, 2, …
    #[must_use]
    pub fn at_risk(&self) -> &[f64] {
        &self.at_risk
    }

    /// How many of them left at it.
    #[must_use]
    pub fn lost(&self) -> &[f64] {
        &self.lost
    }

    /// How many customers there are: the sum of the weights.
    #[must_use]
    pub fn customers(&self) -> f64 {
        self.customers
    }

    /// The share that left at a renewal, over all renewals.
    pub(super) fn churn(&self) -> f64 {
        self.lost.iter().sum::<f64>() / self.at_risk.iter().sum::<f64>()
    }

    /// Refuses data that say nothing of who leaves when.
    pub(super) fn require_identifiable(&self) -> Result<()> {
        if self.at_risk.iter().all(|&count| count == 0.0) {
            return Err(Error::empty("renewals"));
        }
        let refuse = |reason| Err(Error::new(ErrorKind::NoSolution, "renewals", reason));
        let renewals = || self.at_risk.iter().zip(&self.lost);
        if self.lost.iter().all(|&lost| lost == 0.0) {
            return refuse("are of customers who all stayed: no model can be told from another");
        }
        if renewals().all(|(at_risk, lost)| lost == at_risk) {
            return refuse("are of customers who all left: no model can be told from another");
        }
        if renewals().filter(|(at_risk, _)| **at_risk > 0.0).count() < 2 {
            return refuse("are the first ones only: no model can be told from another");
        }
        Ok(())
    }

    fn reserve(&mut self, renewals: usize) {
        let length = self.at_risk.len().max(renewals);
        self.at_risk.resize(length, 0.0);
        self.lost.resize(length, 0.0);
    }
}
