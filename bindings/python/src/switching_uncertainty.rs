//! How far to trust the value of brand switching.

use crm_core::clv::switching::estimate::{TransitionCounts, TransitionPosterior};
use crm_core::clv::switching::uncertainty::{
    DrawnValues, Gradient, InputDoubts, Lever, MatrixEstimate, MonteCarlo, StandardError, Summary,
    Valuation, normal_interval,
};
use crm_core::clv::switching::{Shares, TransitionMatrix};
use crm_core::units::Label;
use pyo3::prelude::*;

use crate::buffers::{Floats, Output, Values, detached};
use crate::error::Result;
use crate::numbers::Number;
use crate::switching::{self, rows, rule};

#[derive(IntoPyObject)]
pub(crate) struct GradientOut {
    value: f64,
    transition: Vec<f64>,
    transition_along_simplex: Vec<f64>,
    discount_rate: f64,
    purchases_per_period: f64,
    shares: Vec<f64>,
    purchases: f64,
    contribution: Vec<f64>,
}

impl From<Gradient> for GradientOut {
    fn from(found: Gradient) -> Self {
        GradientOut {
            value: found.value,
            transition: found.transition,
            transition_along_simplex: found.transition_along_simplex,
            discount_rate: found.discount_rate,
            purchases_per_period: found.purchases_per_period,
            shares: found.shares,
            purchases: found.purchases,
            contribution: found.contribution,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ErrorOut {
    value: f64,
    standard_error: f64,
    row_variance: Vec<f64>,
    discount_rate_variance: f64,
    shares_variance: f64,
    contribution_variance: f64,
}

impl From<StandardError> for ErrorOut {
    fn from(found: StandardError) -> Self {
        ErrorOut {
            value: found.value,
            standard_error: found.standard_error,
            row_variance: found.row_variance,
            discount_rate_variance: found.discount_rate_variance,
            shares_variance: found.shares_variance,
            contribution_variance: found.contribution_variance,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct RowOut {
    brand: usize,
    variance: f64,
    variance_share: f64,
    known_by: f64,
    variance_reduction: f64,
    error_reduction: f64,
}

#[derive(IntoPyObject)]
pub(crate) struct EntryOut {
    origin: usize,
    to: usize,
    variance: f64,
    variance_share: f64,
    elasticity: f64,
    elasticity_along_simplex: f64,
}

#[derive(IntoPyObject)]
pub(crate) struct LeversOut {
    input: Vec<&'static str>,
    brand: Vec<Option<usize>>,
    next_brand: Vec<Option<usize>>,
    base: Vec<f64>,
    derivative: Vec<f64>,
    effect: Vec<f64>,
    elasticity: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct SummaryOut {
    mean: f64,
    standard_deviation: f64,
    quantiles: Vec<f64>,
}

impl From<Summary> for SummaryOut {
    fn from(found: Summary) -> Self {
        SummaryOut {
            mean: found.mean,
            standard_deviation: found.standard_deviation,
            quantiles: found.quantiles,
        }
    }
}

/// (r, purchases per period, T or none for no end).
type TimeIn = (Number, Number, Option<u32>);

/// (number of draws, seed).
type HowIn = (u32, u64);

/// (standard deviation of r, purchases that the shares are known by, standard deviations of π).
type DoubtsIn = (f64, Option<f64>, Vec<f64>);

fn doubts((discount_rate_sd, shares_known_by, contribution_sd): DoubtsIn) -> InputDoubts {
    InputDoubts {
        discount_rate_sd,
        shares_known_by,
        contribution_sd,
    }
}

fn how((draws, seed): HowIn) -> MonteCarlo {
    MonteCarlo { draws, seed }
}

fn posterior(parameters: &Floats) -> crm_core::Result<TransitionPosterior> {
    TransitionPosterior::new(&rows("parameters", parameters)?)
}

/// A switching matrix, and how well each of its rows is known.
#[pyclass(frozen, name = "MatrixEstimate", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Estimate(MatrixEstimate);

#[pymethods]
impl Estimate {
    #[staticmethod]
    fn from_posterior(parameters: Floats) -> Result<Self> {
        Ok(Estimate(MatrixEstimate::from_posterior(&posterior(
            &parameters,
        )?)))
    }

    #[staticmethod]
    fn from_counts(counts: Floats) -> Result<Self> {
        let counts = TransitionCounts::new(&rows("counts", &counts)?)?;
        Ok(Estimate(MatrixEstimate::from_counts(&counts)?))
    }

    /// The rows one after the other.
    fn transition_matrix(&self) -> Vec<f64> {
        self.0.matrix().entries().to_vec()
    }

    fn known_by(&self) -> Vec<f64> {
        self.0.known_by().to_vec()
    }
}

/// Where a normal number lies with probability `level`.
#[pyfunction]
pub(crate) fn normal_interval_of(
    value: f64,
    standard_error: f64,
    level: Number,
) -> Result<(f64, f64)> {
    let level = level.probability("level")?;
    Ok(normal_interval(value, standard_error, level)?)
}

/// All that the value depends on beside the switching matrix.
#[pyclass(frozen, name = "SwitchingValuation", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyValuation(Valuation);

#[pymethods]
impl PyValuation {
    #[staticmethod]
    fn of_customer(
        shares: Floats,
        purchases: Number,
        contribution: Values,
        time: TimeIn,
    ) -> Result<Self> {
        let shares = Shares::new(shares.slice("shares")?)?;
        let (discounting, horizon) = switching::time(&time.0, &time.1, time.2)?;
        let made = Valuation::new(
            &shares,
            purchases.f64("purchases")?,
            contribution.column("contribution")?,
            discounting,
            horizon,
        )?;
        Ok(PyValuation(made))
    }

    #[staticmethod]
    fn of_portfolio(
        py: Python<'_>,
        shares: Floats,
        purchases: Values,
        sum_to_one: bool,
        contribution: Values,
        time: TimeIn,
    ) -> Result<Self> {
        let brands = shares.shape().last().copied().unwrap_or(0);
        let shares = shares.slice("shares")?;
        let purchases = purchases.column("purchases")?;
        let contribution = contribution.column("contribution")?;
        let (discounting, horizon) = switching::time(&time.0, &time.1, time.2)?;
        detached(py, || {
            Valuation::of_portfolio(
                brands,
                shares,
                purchases,
                rule(sum_to_one),
                contribution,
                discounting,
                horizon,
            )
        })
        .map(PyValuation)
    }

    fn brands(&self) -> usize {
        self.0.brands()
    }

    fn gradient(
        &self,
        py: Python<'_>,
        transition_matrix: Floats,
        weights: Floats,
    ) -> Result<GradientOut> {
        let matrix = TransitionMatrix::new(&rows("transition_matrix", &transition_matrix)?)?;
        let weights = weights.slice("weights")?;
        detached(py, || self.0.gradient(&matrix, weights)).map(Into::into)
    }

    /// The input, its brands, base, derivative, effect and elasticity, column by column.
    fn levers(
        &self,
        py: Python<'_>,
        transition_matrix: Floats,
        weights: Floats,
    ) -> Result<LeversOut> {
        let matrix = TransitionMatrix::new(&rows("transition_matrix", &transition_matrix)?)?;
        let weights = weights.slice("weights")?;
        let levers = detached(py, || self.0.levers(&matrix, weights))?;
        let column = |part: fn(&Lever) -> f64| levers.iter().map(part).collect();
        Ok(LeversOut {
            input: levers.iter().map(|lever| lever.input.name()).collect(),
            brand: levers.iter().map(|lever| lever.brand).collect(),
            next_brand: levers.iter().map(|lever| lever.next_brand).collect(),
            base: column(|lever| lever.base),
            derivative: column(|lever| lever.derivative),
            effect: column(|lever| lever.effect),
            elasticity: column(|lever| lever.elasticity),
        })
    }

    fn standard_error(
        &self,
        py: Python<'_>,
        estimate: &Estimate,
        weights: Floats,
        doubts: DoubtsIn,
    ) -> Result<ErrorOut> {
        let (weights, doubts) = (weights.slice("weights")?, self::doubts(doubts));
        detached(py, || self.0.standard_error(&estimate.0, weights, &doubts)).map(Into::into)
    }

    /// The standard error, the rows, the entries.
    fn ranking(
        &self,
        py: Python<'_>,
        estimate: &Estimate,
        weights: Floats,
    ) -> Result<(f64, Vec<RowOut>, Vec<EntryOut>)> {
        let weights = weights.slice("weights")?;
        let ranking = detached(py, || self.0.ranking(&estimate.0, weights))?;
        let rows = ranking.rows.iter().map(|row| RowOut {
            brand: row.brand,
            variance: row.variance,
            variance_share: row.variance_share,
            known_by: row.known_by,
            variance_reduction: row.variance_reduction,
            error_reduction: row.error_reduction,
        });
        let entries = ranking.entries.iter().map(|entry| EntryOut {
            origin: entry.from,
            to: entry.to,
            variance: entry.variance,
            variance_share: entry.variance_share,
            elasticity: entry.elasticity,
            elasticity_along_simplex: entry.elasticity_along_simplex,
        });
        Ok((ranking.standard_error, rows.collect(), entries.collect()))
    }

    fn simulate(
        &self,
        py: Python<'_>,
        parameters: Floats,
        doubts: DoubtsIn,
        how: HowIn,
    ) -> Result<Drawn> {
        let (posterior, doubts) = (posterior(&parameters)?, self::doubts(doubts));
        let how = self::how(how);
        detached(py, || self.0.simulate(&posterior, &doubts, how)).map(Drawn)
    }

    /// One summary for each period.
    fn bands(
        &self,
        py: Python<'_>,
        parameters: Floats,
        doubts: DoubtsIn,
        how: HowIn,
        weights: Floats,
        probabilities: Floats,
    ) -> Result<Vec<SummaryOut>> {
        let (posterior, doubts) = (posterior(&parameters)?, self::doubts(doubts));
        let weights = weights.slice("weights")?;
        let probabilities = probabilities.slice("probabilities")?;
        let how = self::how(how);
        let bands = detached(py, || {
            self.0
                .bands(&posterior, &doubts, how, weights, probabilities)
        })?;
        Ok(bands.periods.into_iter().map(Into::into).collect())
    }
}

/// The value to every brand in every random draw.
#[pyclass(frozen, name = "DrawnValues", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Drawn(DrawnValues);

#[pymethods]
impl Drawn {
    fn brands(&self) -> usize {
        self.0.brands()
    }

    fn draws(&self) -> usize {
        self.0.values().len() / self.0.brands()
    }

    /// `out` is a table of draws × brands.
    fn values(&self, mut out: Output) -> Result<()> {
        let out = out.slice()?;
        let values = self.0.values();
        if out.len() != values.len() {
            return Err(crm_core::Error::length("out", out.len(), values.len()).into());
        }
        out.copy_from_slice(values);
        Ok(())
    }

    fn summary(
        &self,
        py: Python<'_>,
        weights: Floats,
        probabilities: Floats,
    ) -> Result<SummaryOut> {
        let weights = weights.slice("weights")?;
        let probabilities = probabilities.slice("probabilities")?;
        detached(py, || self.0.summary(weights, probabilities)).map(Into::into)
    }
}
