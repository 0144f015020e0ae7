//! Estimating a switching matrix: panels, posteriors, market shares, surveys.

use crm_core::clv::switching::estimate::{
    ChiSquareTest, DirichletPrior, LogitFit, PanelRules, PurchasePanel, ShareRegression, Shrinkage,
    Survey, Term, TransitionCounts, TransitionPosterior, homogeneity_test as test_homogeneity,
};
use crm_core::clv::switching::{SharePath, ShareRule, TransitionMatrix};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::buffers::{Floats, Values, detached};
use crate::categories::member;
use crate::error::Result;
use crate::numbers::Number;

/// Whole numbers, as `int64` of NumPy.
type Integers = PyBuffer<i64>;

/// Codes that the package made; what is none is refused by the core.
fn codes(py: Python<'_>, codes: &Integers) -> PyResult<Vec<u32>> {
    let codes = codes.to_vec(py)?.into_iter();
    Ok(codes
        .map(|code| u32::try_from(code).unwrap_or(u32::MAX))
        .collect())
}

#[derive(IntoPyObject)]
pub(crate) struct TestParts {
    likelihood_ratio: f64,
    pearson: f64,
    degrees_of_freedom: u64,
    likelihood_ratio_p: f64,
    pearson_p: f64,
    smallest_expected: f64,
}

impl From<ChiSquareTest> for TestParts {
    fn from(test: ChiSquareTest) -> Self {
        TestParts {
            likelihood_ratio: test.likelihood_ratio,
            pearson: test.pearson,
            degrees_of_freedom: test.degrees_of_freedom,
            likelihood_ratio_p: test.likelihood_ratio_p,
            pearson_p: test.pearson_p,
            smallest_expected: test.smallest_expected,
        }
    }
}

/// The purchases of a panel as sequences.
#[pyclass(frozen, name = "PurchasePanel", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyPanel(PurchasePanel);

#[pymethods]
impl PyPanel {
    #[new]
    fn new(
        py: Python<'_>,
        brands: usize,
        customers: Integers,
        times: Integers,
        brand: Integers,
        ties: &str,
        longest_gap: Option<u64>,
    ) -> Result<Self> {
        let rules = PanelRules {
            ties: member("ties", ties)?,
            longest_gap,
        };
        let (customers, times, brand) =
            (customers.to_vec(py)?, times.to_vec(py)?, codes(py, &brand)?);
        detached(py, || {
            PurchasePanel::new(brands, &customers, &times, &brand, rules)
        })
        .map(PyPanel)
    }

    /// Purchases and sequences.
    fn size(&self) -> (usize, usize) {
        (self.0.purchases(), self.0.sequences())
    }

    /// The rows one after the other.
    fn counts(&self, py: Python<'_>) -> Result<Vec<f64>> {
        detached(py, || Ok(self.0.counts().counts().to_vec()))
    }

    fn counts_by_period(&self, py: Python<'_>, boundaries: Vec<i64>) -> Result<Vec<Vec<f64>>> {
        let periods = detached(py, || self.0.counts_by_period(&boundaries))?;
        Ok(periods
            .iter()
            .map(|period| period.counts().to_vec())
            .collect())
    }

    fn second_order_test(&self, py: Python<'_>) -> Result<TestParts> {
        detached(py, || self.0.second_order_test()).map(Into::into)
    }

    fn stationarity_test(&self, py: Python<'_>, boundaries: Vec<i64>) -> Result<TestParts> {
        detached(py, || self.0.stationarity_test(&boundaries)).map(Into::into)
    }
}

/// The rows of a table of one, two or three dimensions.
fn rows<'a>(argument: &'static str, table: &'a Floats) -> crm_core::Result<Vec<&'a [f64]>> {
    let values = table.slice(argument)?;
    Ok(match table.shape().last() {
        None | Some(0) => Vec::new(),
        Some(&columns) => values.chunks_exact(columns).collect(),
    })
}

fn table(counts: &Floats) -> crm_core::Result<TransitionCounts> {
    TransitionCounts::new(&rows("counts", counts)?)
}

/// The rows one after the other.
#[pyfunction]
pub(crate) fn pair_counts(
    py: Python<'_>,
    brands: usize,
    current: Integers,
    following: Integers,
    weight: Values,
) -> Result<Vec<f64>> {
    let (from, to) = (codes(py, &current)?, codes(py, &following)?);
    let weight = weight.column("weight")?;
    let counts = detached(py, || {
        TransitionCounts::from_pairs(brands, &from, &to, weight)
    })?;
    Ok(counts.counts().to_vec())
}

/// Refuses what are no counts.
#[pyfunction]
pub(crate) fn check_counts(counts: Floats) -> Result<()> {
    table(&counts)?;
    Ok(())
}

#[pyfunction]
pub(crate) fn independence_test(counts: Floats) -> Result<TestParts> {
    Ok(table(&counts)?.independence_test()?.into())
}

#[pyfunction]
pub(crate) fn homogeneity_test(groups: Vec<Floats>) -> Result<TestParts> {
    let groups = groups
        .iter()
        .map(table)
        .collect::<crm_core::Result<Vec<_>>>()?;
    Ok(test_homogeneity(&groups)?.into())
}

#[derive(IntoPyObject)]
pub(crate) struct FitParts {
    transition_matrix: Vec<f64>,
    standard_errors: Vec<f64>,
    log_likelihood: f64,
    free_parameters: usize,
    switches: f64,
    aic: f64,
    bic: f64,
}

#[pyfunction]
pub(crate) fn transition_fit(counts: Floats) -> Result<FitParts> {
    let fit = table(&counts)?.fit()?;
    Ok(FitParts {
        transition_matrix: fit.transition_matrix.entries().to_vec(),
        standard_errors: fit.standard_errors,
        log_likelihood: fit.log_likelihood,
        free_parameters: fit.free_parameters,
        switches: fit.switches,
        aic: fit.aic,
        bic: fit.bic,
    })
}

/// Counts in advance: one for all pairs, one for each next brand, or a table.
#[derive(Debug, FromPyObject)]
pub(crate) enum Prior {
    Array(Floats),
    Uniform(Number),
}

impl Prior {
    fn read(&self) -> crm_core::Result<DirichletPrior> {
        Ok(match self {
            Prior::Uniform(number) => DirichletPrior::Uniform(number.f64("prior")?),
            Prior::Array(floats) => match floats.shape() {
                [_] => DirichletPrior::PerBrand(floats.slice("prior")?.to_vec()),
                _ => {
                    let rows = rows("prior", floats)?.into_iter();
                    DirichletPrior::Matrix(rows.map(<[f64]>::to_vec).collect())
                }
            },
        })
    }
}

/// α + counts, row after row.
#[pyfunction]
pub(crate) fn posterior_parameters(counts: Floats, prior: Prior) -> Result<Vec<f64>> {
    Ok(table(&counts)?
        .posterior(&prior.read()?)?
        .parameters()
        .to_vec())
}

/// What is known of a switching matrix. Tables are given row after row.
#[pyclass(frozen, name = "TransitionPosterior", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyPosterior(TransitionPosterior);

#[pymethods]
impl PyPosterior {
    #[new]
    fn new(parameters: Floats) -> Result<Self> {
        let rows = rows("parameters", &parameters)?;
        Ok(PyPosterior(TransitionPosterior::new(&rows)?))
    }

    fn mean(&self) -> Vec<f64> {
        self.0.mean().entries().to_vec()
    }

    fn mode(&self) -> Result<Vec<f64>> {
        Ok(self.0.mode()?.entries().to_vec())
    }

    fn standard_deviations(&self) -> Vec<f64> {
        self.0.standard_deviations()
    }

    fn covariance(&self, row: usize) -> Result<Vec<f64>> {
        Ok(self.0.covariance(row)?)
    }

    fn credible_interval(&self, py: Python<'_>, level: Number) -> Result<(Vec<f64>, Vec<f64>)> {
        let level = level.probability("level")?;
        let interval = detached(py, || self.0.credible_interval(level))?;
        Ok((interval.lower, interval.upper))
    }

    fn sample(&self, seed: u64, stream: u64) -> Vec<f64> {
        self.0.sample(seed, stream).entries().to_vec()
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ShareParts {
    transition_matrix: Vec<f64>,
    sum_of_squares: f64,
    r_squared: Option<f64>,
    steps: usize,
    rank: usize,
    condition_number: f64,
    kkt_residual: f64,
    at_bound: usize,
}

/// What a regression is made of.
fn share_regression_of(
    shares: &[Floats],
    weights: Option<&Floats>,
    towards: Option<(&Floats, Number)>,
) -> Result<(ShareRegression, Vec<SharePath>)> {
    let path = |shares: &Floats| SharePath::new(&rows("shares", shares)?, ShareRule::SumToOne);
    let paths = shares
        .iter()
        .map(path)
        .collect::<crm_core::Result<Vec<_>>>()?;
    let mut regression = ShareRegression::default();
    if let Some(weights) = weights {
        regression.weights = Some(weights.slice("weights")?.to_vec());
    }
    if let Some((towards, strength)) = towards {
        let towards = TransitionMatrix::new(&rows("towards", towards)?);
        regression.shrinkage = Some(Shrinkage {
            towards: towards.map_err(|error| error.named("towards"))?,
            strength: strength.f64("strength")?,
        });
    }
    Ok((regression, paths))
}

#[pyfunction]
pub(crate) fn share_regression(
    py: Python<'_>,
    shares: Vec<Floats>,
    weights: Option<Floats>,
    towards: Option<Floats>,
    strength: Option<Number>,
) -> Result<ShareParts> {
    let drawn = towards.as_ref().zip(strength);
    let (regression, paths) = share_regression_of(&shares, weights.as_ref(), drawn)?;
    let fit = detached(py, || regression.fit(&paths))?;
    Ok(ShareParts {
        transition_matrix: fit.transition_matrix.entries().to_vec(),
        sum_of_squares: fit.sum_of_squares,
        r_squared: fit.r_squared,
        steps: fit.steps,
        rank: fit.rank,
        condition_number: fit.condition_number,
        kkt_residual: fit.kkt_residual,
        at_bound: fit.at_bound,
    })
}

#[derive(IntoPyObject)]
pub(crate) struct ShareInferenceParts {
    standard_errors: Vec<f64>,
    t_values: Vec<f64>,
    p_values: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    covariance: Vec<f64>,
    observations: usize,
    effective_parameters: f64,
    degrees_of_freedom: f64,
}

/// The standard errors of a regression, which is fitted again.
#[pyfunction]
pub(crate) fn share_inference(
    py: Python<'_>,
    shares: Vec<Floats>,
    weights: Option<Floats>,
    towards: Option<Floats>,
    strength: Option<Number>,
    covariance: &str,
    level: Number,
) -> Result<ShareInferenceParts> {
    let (covariance, level) = (
        member("covariance", covariance)?,
        level.probability("level")?,
    );
    let drawn = towards.as_ref().zip(strength);
    let (regression, paths) = share_regression_of(&shares, weights.as_ref(), drawn)?;
    let (inference, limits) = detached(py, || {
        let inference = regression.fit(&paths)?.inference(covariance)?;
        let limits = inference.confidence_interval(level)?;
        Ok((inference, limits))
    })?;
    Ok(ShareInferenceParts {
        standard_errors: inference.standard_errors,
        t_values: inference.t_values,
        p_values: inference.p_values,
        lower: limits.lower,
        upper: limits.upper,
        covariance: inference.covariance,
        observations: inference.observations,
        effective_parameters: inference.effective_parameters,
        degrees_of_freedom: inference.degrees_of_freedom,
    })
}

#[derive(IntoPyObject)]
pub(crate) struct LogitParts {
    estimates: Vec<f64>,
    standard_errors: Vec<f64>,
    z: Vec<f64>,
    p_values: Vec<f64>,
    covariance: Vec<f64>,
    log_likelihood: f64,
    null_log_likelihood: f64,
    shares_log_likelihood: f64,
    mcfadden_r_squared: f64,
    customers: usize,
    iterations: usize,
    gradient_norm: f64,
    least_information: f64,
}

/// A multinomial logit with inertia, fitted.
#[pyclass(frozen, name = "InertiaLogit", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyLogit(LogitFit);

#[pymethods]
impl PyLogit {
    /// `attributes` has customers × brands × columns numbers, `covariates` customers × columns.
    #[new]
    fn new(
        py: Python<'_>,
        brands: usize,
        last: Integers,
        following: Integers,
        attributes: Floats,
        covariates: Floats,
    ) -> Result<Self> {
        let columns = |table: &Floats| table.shape().last().copied().unwrap_or(0);
        let (last, next) = (codes(py, &last)?, codes(py, &following)?);
        let survey = Survey::new(brands, &last, &next)?
            .with_attributes(columns(&attributes), attributes.slice("attributes")?)?
            .with_covariates(columns(&covariates), covariates.slice("covariates")?)?;
        detached(py, || survey.fit()).map(PyLogit)
    }

    fn parts(&self) -> LogitParts {
        let fit = &self.0;
        let column = |part: fn(&crm_core::clv::switching::estimate::Coefficient) -> f64| {
            fit.coefficients.iter().map(part).collect()
        };
        LogitParts {
            estimates: column(|c| c.estimate),
            standard_errors: column(|c| c.standard_error),
            z: column(|c| c.z),
            p_values: column(|c| c.p_value),
            covariance: fit.covariance.clone(),
            log_likelihood: fit.log_likelihood,
            null_log_likelihood: fit.null_log_likelihood,
            shares_log_likelihood: fit.shares_log_likelihood,
            mcfadden_r_squared: fit.mcfadden_r_squared,
            customers: fit.customers,
            iterations: fit.iterations,
            gradient_norm: fit.gradient_norm,
            least_information: fit.least_information,
        }
    }

    /// The kind of each coefficient, its brand and its column.
    fn terms(&self) -> Vec<(&'static str, Option<usize>, Option<usize>)> {
        let terms = self
            .0
            .coefficients
            .iter()
            .map(|coefficient| coefficient.term);
        let named = terms.map(|term| match term {
            Term::Constant { brand } => ("constant", Some(brand), None),
            Term::Inertia => ("inertia", None, None),
            Term::Attribute { column } => ("attribute", None, Some(column)),
            Term::Covariate { brand, column } => ("covariate", Some(brand), Some(column)),
        });
        named.collect()
    }

    /// The matrix and its standard errors, row after row.
    fn predict(&self, covariates: Floats, attributes: Floats) -> Result<(Vec<f64>, Vec<f64>)> {
        let covariates = covariates.slice("covariates")?;
        let predicted = self
            .0
            .predict(covariates, attributes.slice("attributes")?)?;
        let matrix = predicted.transition_matrix.entries().to_vec();
        Ok((matrix, predicted.standard_errors))
    }
}
