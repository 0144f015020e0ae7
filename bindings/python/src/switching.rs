//! Brand switching: the model of one market, the kernel for a table of customers.

use crm_core::clv::switching::{
    Amount, CustomerAmount, CustomerSpending, Discounting, Horizon, IndividualMatrixClv, MatrixClv,
    SegmentMatrixClv, SharePath, ShareRule, ShareSource, Shares, SpendingAllocation, Transition,
    TransitionMatrix,
};
use pyo3::prelude::*;

use crate::buffers::{Floats, Indices, Output, Values, detached};
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
pub(crate) fn rows<'a>(
    argument: &'static str,
    table: &'a Floats,
) -> crm_core::Result<Vec<&'a [f64]>> {
    let values = table.slice(argument)?;
    Ok(match table.shape().last() {
        None | Some(0) => Vec::new(),
        Some(&columns) => values.chunks_exact(columns).collect(),
    })
}

/// The matrices of the first of three dimensions.
fn matrices(tables: &Floats) -> crm_core::Result<Vec<TransitionMatrix>> {
    let rows = rows("transition_matrix", tables)?;
    let length = tables.shape().get(1).copied().unwrap_or(0);
    rows.chunks(length.max(1))
        .map(TransitionMatrix::new)
        .collect()
}

/// A number for all customers, or an array: one number per customer, or rows of one number per brand,
/// one row for all customers or one for each.
#[derive(Debug)]
pub(crate) enum CustomerAmountIn {
    Constant(Number),
    Array(Floats),
}

impl<'py> FromPyObject<'_, 'py> for CustomerAmountIn {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.extract() {
            Ok(floats) => Ok(CustomerAmountIn::Array(floats)),
            Err(_) => object.extract().map(CustomerAmountIn::Constant),
        }
    }
}

impl CustomerAmountIn {
    fn amount(&self, argument: &'static str) -> crm_core::Result<CustomerAmount<'_>> {
        Ok(match self {
            CustomerAmountIn::Constant(number) => number.f64(argument)?.into(),
            CustomerAmountIn::Array(floats) => match floats.shape() {
                [1, _] => CustomerAmount::PerBrand(floats.slice(argument)?),
                [_, _] => CustomerAmount::PerCustomerAndBrand(floats.slice(argument)?),
                _ => floats.column(argument)?.into(),
            },
        })
    }
}

fn spending<'a>(
    purchases: &'a CustomerAmountIn,
    contribution: &'a CustomerAmountIn,
) -> crm_core::Result<CustomerSpending<'a>> {
    Ok(CustomerSpending {
        purchases: purchases.amount("purchases")?,
        contribution: contribution.amount("contribution")?,
    })
}

pub(crate) fn rule(sum_to_one: bool) -> ShareRule {
    if sum_to_one {
        ShareRule::SumToOne
    } else {
        ShareRule::Any
    }
}

/// The arguments that all values have; a horizon of `None` has no end.
pub(crate) fn time(
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
            [_, _, _] => Transition::ByPeriod(matrices(&transition_matrix)?),
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

    /// `transition_matrices` has three dimensions.
    #[staticmethod]
    fn by_period(
        py: Python<'_>,
        transition_matrices: Floats,
        purchases: AmountIn,
        contribution: AmountIn,
        discount_rate: Number,
        purchases_per_period: Number,
    ) -> Result<Self> {
        let matrices = matrices(&transition_matrices)?;
        let purchases = purchases.amount("purchases")?;
        let contribution = contribution.amount("contribution")?;
        let (discounting, _) = time(&discount_rate, &purchases_per_period, None)?;
        detached(py, || {
            MatrixClv::by_period(&matrices, &purchases, &contribution, discounting)
        })
        .map(Kernel)
    }

    /// `shares` and `out` are tables, row-major.
    fn evaluate(
        &self,
        py: Python<'_>,
        shares: Floats,
        purchases: CustomerAmountIn,
        contribution: CustomerAmountIn,
        sum_to_one: bool,
        mut out: Output,
    ) -> Result<()> {
        let shares = shares.slice("shares")?;
        let spending = spending(&purchases, &contribution)?;
        let out = out.slice()?;
        detached(py, || {
            self.0.evaluate(shares, spending, rule(sum_to_one), out)
        })
    }
}

/// The value that each brand gets from customers of several segments.
#[pyclass(frozen, name = "SegmentMatrixClv", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Segments(SegmentMatrixClv);

#[pymethods]
impl Segments {
    #[new]
    fn new(kernels: Vec<PyRef<'_, Kernel>>) -> Result<Self> {
        let kernels = kernels.iter().map(|kernel| kernel.0.clone()).collect();
        Ok(Segments(SegmentMatrixClv::new(kernels)?))
    }

    /// `shares` and `out` are tables, row-major.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the core")]
    fn evaluate(
        &self,
        py: Python<'_>,
        shares: Floats,
        segments: Indices,
        purchases: CustomerAmountIn,
        contribution: CustomerAmountIn,
        sum_to_one: bool,
        mut out: Output,
    ) -> Result<()> {
        let shares = shares.slice("shares")?;
        let segments = segments.slice("segments")?;
        let spending = spending(&purchases, &contribution)?;
        let out = out.slice()?;
        detached(py, || {
            self.0
                .evaluate(shares, segments, spending, rule(sum_to_one), out)
        })
    }
}

/// The value of customers with a matrix each: `transition_matrices` has three dimensions, `shares` and
/// `out` are tables, row-major.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the arguments of the core")]
pub(crate) fn individual_matrix_clv(
    py: Python<'_>,
    transition_matrices: Floats,
    shares: Floats,
    purchases: CustomerAmountIn,
    contribution: CustomerAmountIn,
    discount_rate: Values,
    purchases_per_period: Number,
    horizon: Option<u32>,
    sum_to_one: bool,
    mut out: Output,
) -> Result<()> {
    let customers = IndividualMatrixClv {
        states: shares.shape().last().copied().unwrap_or(0),
        transition_matrices: transition_matrices.slice("transition_matrices")?,
        shares: shares.slice("shares")?,
        rule: rule(sum_to_one),
        spending: spending(&purchases, &contribution)?,
        discount_rate: discount_rate.column("discount_rate")?,
        purchases_per_period: purchases_per_period.f64("purchases_per_period")?,
        horizon: horizon.map_or(Horizon::Infinite, Horizon::Periods),
    };
    let out = out.slice()?;
    detached(py, || customers.evaluate(out))
}
