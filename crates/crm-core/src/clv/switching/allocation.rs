use std::iter;

use serde::{Deserialize, Serialize};

use super::geometric::{discounted_retention, retained};
use super::{Discounting, Horizon, MatrixClv, SharePath, ShareRule, Shares, TransitionMatrix};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::math::double_double::DoubleDouble;
use crate::units::{Probability, Share};

/// The largest table of contributions (a gigabyte): a limit against absurd horizons.
const LARGEST_TABLE: usize = 1 << 27;

/// Where the share S_{j,t} of the customers' purchases that brand j gets comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareSource {
    /// Customer keeping: S_t = S_0 · ρ^t of one focal brand; what it loses, it loses for good.
    Retention {
        /// S_0.
        initial: Share,
        /// ρ, the part of the purchases kept from one period to the next.
        retention: Probability,
    },
    /// The shares of every brand in every period, as observed or planned.
    Path(SharePath),
    /// Brand switching: S_t = S_{t−1} · P.
    Switching {
        /// S_0.
        initial: Shares,
        /// P.
        transition: Transition,
    },
}

/// The switching matrix of each period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// The same in all periods.
    Constant(TransitionMatrix),
    /// Matrix t (from 0) leads from period t to period t + 1: T matrices for t = 0, …, T.
    ByPeriod(Vec<TransitionMatrix>),
}

impl From<TransitionMatrix> for Transition {
    fn from(matrix: TransitionMatrix) -> Self {
        Transition::Constant(matrix)
    }
}

/// A number that may differ by brand, by period, or by both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// The same for all brands and periods.
    Constant(f64),
    /// One for each brand.
    PerBrand(Vec<f64>),
    /// One for each period t = 0, …, T.
    PerPeriod(Vec<f64>),
    /// One row for each period t = 0, …, T, with one number for each brand.
    PerBrandAndPeriod(Vec<Vec<f64>>),
}

impl From<f64> for Amount {
    fn from(value: f64) -> Self {
        Amount::Constant(value)
    }
}

impl Amount {
    pub(super) fn check(
        &self,
        argument: &'static str,
        domain: Domain,
        brands: usize,
    ) -> Result<()> {
        let check_values = |values: &[f64]| match values.iter().find(|v| !domain.contains(**v)) {
            Some(&value) => Err(domain.refuse(argument, value)),
            None => Ok(()),
        };
        let check_brands = |values: &[f64]| {
            if values.len() == brands {
                check_values(values)
            } else {
                Err(Error::length(argument, values.len(), brands))
            }
        };
        match self {
            Amount::Constant(value) => check_values(&[*value]),
            Amount::PerBrand(values) => check_brands(values),
            Amount::PerPeriod(values) => check_values(values),
            Amount::PerBrandAndPeriod(rows) => rows
                .iter()
                .enumerate()
                .try_for_each(|(i, row)| check_brands(row).map_err(|error| error.at_row(i))),
        }
    }

    /// The number of periods that it is given for; `None` if it is the same in all.
    pub(super) fn periods(&self) -> Option<usize> {
        match self {
            Amount::Constant(_) | Amount::PerBrand(_) => None,
            Amount::PerPeriod(values) => Some(values.len()),
            Amount::PerBrandAndPeriod(rows) => Some(rows.len()),
        }
    }

    pub(super) fn at(&self, brand: usize, period: usize) -> f64 {
        let value = match self {
            Amount::Constant(value) => Some(value),
            Amount::PerBrand(values) => values.get(brand),
            Amount::PerPeriod(values) => values.get(period),
            Amount::PerBrandAndPeriod(rows) => rows.get(period).and_then(|row| row.get(brand)),
        };
        value.copied().unwrap_or(f64::NAN)
    }
}

/// How a market, or one customer, spreads its purchases over brands, and what they contribute.
///
/// CLV(j) = Σ_{t=0}^{T} (1+r)^(−t/f) · F_t · S_{j,t} · π_{j,t}
///
/// Source: Rust, Lemon & Zeithaml 2004, "Return on marketing", equation (3).
///
/// ```
/// use crm_core::clv::switching::{
///     Discounting, ShareSource, Shares, SpendingAllocation, TransitionMatrix,
/// };
/// use crm_core::units::Rate;
///
/// let market = SpendingAllocation::new(
///     ShareSource::Switching {
///         initial: Shares::new([0.5, 0.3, 0.2])?,
///         transition: TransitionMatrix::new(&[[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])?
///             .into(),
///     },
///     1.0.into(),
///     300.0.into(),
/// )?;
/// let discounting = Discounting::new(Rate::try_from(0.1)?);
/// let clv = market.clv(discounting, 1.into())?;
///
/// // S_1 = (0.42, 0.38, 0.20)
/// assert!((clv[0] - (150.0 + 126.0 / 1.1)).abs() < 1e-12);
/// // All purchases go somewhere: the market is worth 300 now and 300 discounted once.
/// assert!((clv.iter().sum::<f64>() - 300.0 * (1.0 + 1.0 / 1.1)).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawAllocation", into = "RawAllocation")]
pub struct SpendingAllocation {
    shares: ShareSource,
    purchases: Amount,
    contribution: Amount,
}

#[derive(Serialize, Deserialize)]
struct RawAllocation {
    shares: ShareSource,
    purchases: Amount,
    contribution: Amount,
}

impl SpendingAllocation {
    /// `purchases` is F_t, the expected number of purchases in a period over all brands (0 or more);
    /// `contribution` is π_{j,t}, the contribution per purchase.
    ///
    /// # Errors
    /// `LengthMismatch` where a matrix or amount has not one number per brand (the focal brand alone
    /// for retention); `NotFinite`; `OutOfRange` for negative purchases.
    pub fn new(shares: ShareSource, purchases: Amount, contribution: Amount) -> Result<Self> {
        let brands = brands(&shares);
        if let ShareSource::Switching { transition, .. } = &shares {
            let matrices = match transition {
                Transition::Constant(matrix) => std::slice::from_ref(matrix),
                Transition::ByPeriod(matrices) => matrices,
            };
            if let Some(matrix) = matrices.iter().find(|matrix| matrix.states() != brands) {
                return Err(Error::length("transition_matrix", matrix.states(), brands));
            }
        }
        purchases.check("purchases", Domain::NonNegative, brands)?;
        contribution.check("contribution", Domain::Finite, brands)?;
        Ok(SpendingAllocation {
            shares,
            purchases,
            contribution,
        })
    }

    /// The number of brands that get a value; one for retention.
    #[must_use]
    pub fn brands(&self) -> usize {
        brands(&self.shares)
    }

    /// CLV(j) of every brand j over t = 0, …, T, or without end.
    ///
    /// # Errors
    /// `LengthMismatch` where an input by period does not have the periods of the horizon, or the
    /// horizon is infinite; `Divergent` where the infinite sum has no value; `Overflow`.
    pub fn clv(&self, discounting: Discounting, horizon: Horizon) -> Result<Vec<f64>> {
        self.check_periods(horizon)?;
        let constant = self.purchases.periods().is_none() && self.contribution.periods().is_none();
        match (&self.shares, horizon) {
            (ShareSource::Retention { initial, retention }, _) if constant => {
                let kept = discounted_retention(*retention, discounting, horizon)?;
                finite(vec![kept * initial.to_f64() * self.spending(0, 0)])
            }
            (
                ShareSource::Switching {
                    initial,
                    transition: Transition::Constant(matrix),
                },
                _,
            ) if constant => {
                let spending: Vec<f64> = (0..self.brands()).map(|j| self.spending(j, 0)).collect();
                let kernel = MatrixClv::new(matrix, (&spending).into(), discounting, horizon)?;
                let mut clv = vec![0.0; self.brands()];
                kernel.evaluate(initial.values(), 1.0.into(), ShareRule::SumToOne, &mut clv)?;
                Ok(clv)
            }
            (_, Horizon::Periods(last)) => {
                let mut sums = vec![DoubleDouble::ZERO; self.brands()];
                for row in self.contribution_rows(discounting, last) {
                    for (sum, contribution) in sums.iter_mut().zip(row) {
                        *sum = *sum + contribution.into();
                    }
                }
                finite(sums.into_iter().map(DoubleDouble::to_f64).collect())
            }
            // Infinite horizons with inputs by period were refused above.
            (_, Horizon::Infinite) => Err(no_closed_form("purchases")),
        }
    }

    /// The terms of the sum: (1+r)^(−t/f) · F_t · S_{j,t} · π_{j,t} for t = 0, …, `last` and every brand.
    ///
    /// # Errors
    /// `LengthMismatch` where an input by period has not `last` + 1 periods, `OutOfRange` for a table
    /// of more than 2²⁷ contributions, `Overflow`.
    pub fn contributions(&self, discounting: Discounting, last: u32) -> Result<Contributions> {
        self.check_periods(Horizon::Periods(last))?;
        let size = (last as usize)
            .saturating_add(1)
            .saturating_mul(self.brands());
        if size > LARGEST_TABLE {
            let reason = format!("must give a table of at most {LARGEST_TABLE} contributions");
            return Err(Error::new(ErrorKind::OutOfRange, "periods", reason).with_value(last));
        }
        let values = self
            .contribution_rows(discounting, last)
            .flatten()
            .collect();
        Ok(Contributions {
            brands: self.brands(),
            values: finite(values)?,
        })
    }

    fn contribution_rows(
        &self,
        discounting: Discounting,
        last: u32,
    ) -> impl Iterator<Item = Vec<f64>> {
        let rows = (0..=last).zip(share_rows(&self.shares));
        rows.map(move |(t, mut row)| {
            let factor = discounting.factor(t.into());
            for (j, share) in row.iter_mut().enumerate() {
                *share *= factor * self.spending(j, t as usize);
            }
            row
        })
    }

    /// F_t · π_{j,t}.
    fn spending(&self, brand: usize, period: usize) -> f64 {
        self.purchases.at(brand, period) * self.contribution.at(brand, period)
    }

    /// Every input by period is given for exactly t = 0, …, T.
    fn check_periods(&self, horizon: Horizon) -> Result<()> {
        let (source, source_periods, steps) = match &self.shares {
            ShareSource::Path(path) => ("shares", Some(path.periods()), 0),
            ShareSource::Switching {
                transition: Transition::ByPeriod(matrices),
                ..
            } => ("transition_matrix", Some(matrices.len()), 1),
            _ => ("shares", None, 0),
        };
        let inputs = [
            (source, source_periods, steps),
            ("purchases", self.purchases.periods(), 0),
            ("contribution", self.contribution.periods(), 0),
        ];
        for (argument, found, steps) in inputs {
            match (found, horizon) {
                (Some(_), Horizon::Infinite) => return Err(no_closed_form(argument)),
                (Some(found), Horizon::Periods(last)) => {
                    let expected = (last as usize).saturating_add(1) - steps;
                    if found != expected {
                        return Err(Error::length(argument, found, expected));
                    }
                }
                (None, _) => {}
            }
        }
        Ok(())
    }
}

impl TryFrom<RawAllocation> for SpendingAllocation {
    type Error = Error;

    fn try_from(raw: RawAllocation) -> Result<Self> {
        Self::new(raw.shares, raw.purchases, raw.contribution)
    }
}

impl From<SpendingAllocation> for RawAllocation {
    fn from(allocation: SpendingAllocation) -> Self {
        RawAllocation {
            shares: allocation.shares,
            purchases: allocation.purchases,
            contribution: allocation.contribution,
        }
    }
}

/// The contribution of every brand in every period, ready to plot.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Contributions {
    /// The number of brands.
    pub brands: usize,
    /// One row for each period t = 0, …, T, with the discounted contribution of every brand.
    pub values: Vec<f64>,
}

impl Contributions {
    /// The discounted contributions of each period in turn.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.brands)
    }
}

fn brands(shares: &ShareSource) -> usize {
    match shares {
        ShareSource::Retention { .. } => 1,
        ShareSource::Path(path) => path.brands(),
        ShareSource::Switching { initial, .. } => initial.values().len(),
    }
}

/// S_0, S_1, … as far as they are given.
fn share_rows(shares: &ShareSource) -> Box<dyn Iterator<Item = Vec<f64>> + '_> {
    match shares {
        ShareSource::Retention { initial, retention } => {
            let share = move |t| vec![initial.to_f64() * retained(*retention, t)];
            Box::new((0_u64..).map(share))
        }
        ShareSource::Path(path) => Box::new(path.rows().map(<[f64]>::to_vec)),
        ShareSource::Switching {
            initial,
            transition,
        } => {
            let start: Vec<DoubleDouble> =
                initial.values().iter().copied().map(Into::into).collect();
            let later: Box<dyn Iterator<Item = _>> = match transition {
                Transition::Constant(matrix) => {
                    let p = matrix.exact_entries();
                    Box::new(iter::repeat(()).scan(start.clone(), move |row, ()| step(row, &p)))
                }
                Transition::ByPeriod(matrices) => {
                    Box::new(matrices.iter().scan(start.clone(), |row, matrix| {
                        step(row, &matrix.exact_entries())
                    }))
                }
            };
            let rows = iter::once(start).chain(later);
            Box::new(rows.map(|row| row.into_iter().map(DoubleDouble::to_f64).collect()))
        }
    }
}

/// S_t = S_{t−1} · P.
fn step(shares: &mut Vec<DoubleDouble>, matrix: &[DoubleDouble]) -> Option<Vec<DoubleDouble>> {
    let mut next = vec![DoubleDouble::ZERO; shares.len()];
    for (&share, row) in shares.iter().zip(matrix.chunks_exact(shares.len())) {
        for (entry, &probability) in next.iter_mut().zip(row) {
            *entry = *entry + share * probability;
        }
    }
    shares.clone_from(&next);
    Some(next)
}

fn finite(values: Vec<f64>) -> Result<Vec<f64>> {
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(Error::overflow("clv"))
    }
}

fn no_closed_form(argument: &'static str) -> Error {
    let reason = "must be the same in all periods for an infinite horizon";
    Error::new(ErrorKind::LengthMismatch, argument, reason)
}
