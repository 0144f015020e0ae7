//! Brand switching: the model of one market, the kernel for a table of customers.

use crm_core::clv::switching::{
    Amount, Discounting, Horizon, MatrixClv, SharePath, ShareRule, ShareSource, Shares,
    SpendingAllocation, Transition, TransitionMatrix,
};
use crm_core::kernels::Column;
use pyo3::prelude::*;

use crate::buffers::{Floats, Output, Values, detached};
use crate::error::Result;
use crate::numbers::Number;

/// A number for all, or an array: one number per brand, or rows by period of one number or one
/// per brand.
#[derive(Debug)]
pub(crate) enum AmountIn {
    Constant(Number),
    Array(Floats),
}

impl<'py> FromPyObject<'_, 'py> for AmountIn {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.extract() {
            Ok(floats) => Ok(AmountIn::Array(floats)),
            Err(_) => object.extract().map(AmountIn::Constant),
        }
    }
}

impl AmountIn {
    fn amount(&self, argument: &'static str) -> crm_core::Result<Amount> {
        Ok(match self {
            AmountIn::Constant(number) => Amount::Constant(number.f64(argument)?),
            AmountIn::Array(floats) => match floats.shape() {
                [_, 1] => Amount::PerPeriod(floats.slice(argument)?.to_vec()),
                [_, _] => {
                    let rows = rows(argument, floats)?;
                    Amount::PerBrandAndPeriod(rows.into_iter().map(<[f64]>::to_vec).collect())
                }
                _ => Amount::PerBrand(floats.slice(argument)?.to_vec()),
            },
        })
    }
}

/// The rows of the last dimension.
fn rows<'a>(argument: &'static str, table: &'a Floats) -> crm_core::Result<Vec<&'a [f64]>> {
    let values = table.slice(argument)?;
    Ok(match table.shape().last() {
        None | Some(0) => Vec::new(),
        Some(&columns) => values.chunks_exact(columns).collect(),
    })
}

fn rule(sum_to_one: bool) -> ShareRule {
    if sum_to_one {
        ShareRule::SumToOne
    } else {
        ShareRule::Any
    }
}

/// The arguments that all values have; a horizon of `None` has no end.
fn time(
    discount_rate: &Number,
    purchases_per_period: &Number,
    horizon: Option<u32>,
) -> crm_core::Result<(Discounting, Horizon)> {
    let discounting = Discounting::new(discount_rate.rate("discount_rate")?);
    let purchases = purchases_per_period.f64("purchases_per_period")?;
    Ok((
        discounting.with_purchases_per_period(purchases)?,
        horizon.map_or(Horizon::Infinite, Horizon::Periods),
    ))
}

/// How a market spreads its purchases over brands, and what they contribute.
#[pyclass(frozen, name = "SpendingAllocation", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Allocation(SpendingAllocation);

impl Allocation {
    fn new(source: ShareSource, purchases: &AmountIn, contribution: &AmountIn) -> Result<Self> {
        let purchases = purchases.amount("purchases")?;
        let contribution = contribution.amount("contribution")?;
        let made = SpendingAllocation::new(source, purchases, contribution)?;
        Ok(Allocation(made))
    }
}

#[pymethods]
impl Allocation {
    #[staticmethod]
    fn from_retention(
        share: Number,
        retention: Number,
        purchases: AmountIn,
        contribution: AmountIn,
    ) -> Result<Self> {
        let source = ShareSource::Retention {
            initial: share.share("share")?,
            retention: retention.probability("retention")?,
        };
        Self::new(source, &purchases, &contribution)
    }

    #[staticmethod]
    fn from_path(
        shares: Floats,
        sum_to_one: bool,
        purchases: AmountIn,
        contribution: AmountIn,
    ) -> Result<Self> {
        let path = SharePath::new(&rows("shares", &shares)?, rule(sum_to_one))?;
        Self::new(ShareSource::Path(path), &purchases, &contribution)
    }

    /// `transition_matrix` has two dimensions, or three for a matrix by period.
    #[staticmethod]
    fn from_switching(
        shares: Floats,
        transition_matrix: Floats,
        purchases: AmountIn,
        contribution: AmountIn,
    ) -> Result<Self> {
        let initial = Shares::new(shares.slice("shares")?)?;
        let rows = rows("transition_matrix", &transition_matrix)?;
        let transition = match transition_matrix.shape() {
            [_, brands, _] => {
                let matrices = rows.chunks((*brands).max(1)).map(TransitionMatrix::new);
                Transition::ByPeriod(matrices.collect::<crm_core::Result<_>>()?)
            }
            _ => TransitionMatrix::new(&rows)?.into(),
        };
        let source = ShareSource::Switching {
            initial,
            transition,
        };
        Self::new(source, &purchases, &contribution)
    }

    fn brands(&self) -> usize {
        self.0.brands()
    }

    fn clv(
        &self,
        py: Python<'_>,
        discount_rate: Number,
        purchases_per_period: Number,
        horizon: Option<u32>,
    ) -> Result<Vec<f64>> {
        let (discounting, horizon) = time(&discount_rate, &purchases_per_period, horizon)?;
        detached(py, || self.0.clv(discounting, horizon))
    }

    /// The rows one after the other.
    fn contributions(
        &self,
        py: Python<'_>,
        discount_rate: Number,
        purchases_per_period: Number,
        last: u32,
    ) -> Result<Vec<f64>> {
        let (discounting, _) = time(&discount_rate, &purchases_per_period, None)?;
        detached(py, || self.0.contributions(discounting, last)).map(|made| made.values)
    }
}

/// Divides every row by its sum.
#[pyfunction]
pub(crate) fn normalize_shares(weights: Floats, mut out: Output) -> Result<()> {
    let path = SharePath::normalized(&rows("weights", &weights)?);
    let path = path.map_err(|error| error.named("weights"))?;
    for (out, share) in out.slice()?.iter_mut().zip(path.rows().flatten()) {
        *out = *share;
    }
    Ok(())
}

/// The value that each brand gets from any customer, under one switching matrix.
#[pyclass(frozen, name = "MatrixClv", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Kernel(MatrixClv);

#[pymethods]
impl Kernel {
    #[new]
    fn new(
        py: Python<'_>,
        transition_matrix: Floats,
        contribution: Values,
        discount_rate: Number,
        purchases_per_period: Number,
        horizon: Option<u32>,
    ) -> Result<Self> {
        let matrix = TransitionMatrix::new(&rows("transition_matrix", &transition_matrix)?)?;
        let contribution = contribution.column("contribution")?;
        let (discounting, horizon) = time(&discount_rate, &purchases_per_period, horizon)?;
        detached(py, || {
            MatrixClv::new(&matrix, contribution, discounting, horizon)
        })
        .map(Kernel)
    }

    fn brands(&self) -> usize {
        self.0.states()
    }

    /// The rows one after the other.
    fn values(&self) -> Vec<f64> {
        self.0.values().to_vec()
    }

    /// `shares` and `out` are tables, row-major.
    fn evaluate(
        &self,
        py: Python<'_>,
        shares: Floats,
        purchases: Values,
        sum_to_one: bool,
        mut out: Output,
    ) -> Result<()> {
        let shares = shares.slice("shares")?;
        let purchases: Column<'_> = purchases.column("purchases")?;
        let out = out.slice()?;
        detached(py, || {
            self.0.evaluate(shares, purchases, rule(sum_to_one), out)
        })
    }
}
