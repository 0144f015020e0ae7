use nalgebra::{DMatrix, DVector};

use super::interval::{IntervalColumns, PredictionInterval, Range};
use crate::error::{Error, ErrorKind, Result};
use crate::math::normal;
use crate::math::random::Stream;
use crate::parallel;
use crate::prediction::fit::{Fit, FitReport, Scale, normal_quantile};
use crate::prediction::{Bdw, CovariateModel, GammaGamma, PurchaseModel, Sbg};
use crate::units::Probability;

/// A model that is known by its parameters.
pub trait Parametric: Sync + Sized {
    /// The parameters, in their order.
    fn values(&self) -> Vec<f64>;

    /// The same model with other parameters, as many.
    ///
    /// # Errors
    /// `NotFinite` and `OutOfRange` for a parameter that the model does not allow; `LengthMismatch`.
    fn with_values(&self, values: &[f64]) -> Result<Self>;

    /// On which scale each of them is uncertain; all are positive unless said otherwise.
    fn scales(&self) -> Vec<Scale> {
        vec![Scale::Logarithm; self.values().len()]
    }
}

/// A model and how uncertain its parameters are: ln θ of positive parameters θ is normal around their
/// logarithms with a covariance C; so are other parameters themselves.
///
/// Predictions are given as what fills a column:
///
/// ```
/// # use crm_core::ledger::{LedgerBuilder, Simulation, SummaryOptions};
/// use crm_core::prediction::fit::FitOptions;
/// use crm_core::prediction::{
///     BgNbd, Histories, HistoryColumns, PredictionNumbers, PurchasePrediction, Range,
/// };
/// # use crm_core::units::Probability;
/// # let mut builder = LedgerBuilder::new();
/// # builder.push(&Simulation { seed: 1, ..Simulation::default() }.run()?.chunk())?;
/// # let summary = builder.finish()?.summary(&SummaryOptions::default())?;
///
/// let fit = BgNbd::fit(&Histories::try_from(&summary)?, &FitOptions::default())?;
/// let customers = HistoryColumns::from(&summary);
/// let year = PredictionNumbers { horizon: 365.0.into(), ..PredictionNumbers::default() };
/// let predict = |model: &BgNbd, out: &mut [f64]| {
///     PurchasePrediction::ExpectedPurchases.predict_into(model, customers, year, out)
/// };
/// let level = Probability::try_from(0.95)?;
/// let total = fit.uncertain().total(summary.len(), Range::OneSign, level, predict)?;
/// assert!(total.lower < total.estimate && total.estimate < total.upper);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct UncertainModel<M> {
    model: M,
    /// L with L L′ = C; none where a fit is at the boundary.
    factor: Option<DMatrix<f64>>,
}

/// Step in ln θ of the differences below, and in γ / (its standard error), since γ has a unit: their error
/// is about the fourth power of it, and rounding a thousand times that of the prediction.
const STEP: f64 = 1e-3;
/// A part of a variance that is not told from rounding.
const ROUNDING: f64 = 1e-9;

impl<M: Parametric> UncertainModel<M> {
    /// A model with the covariance of its parameters' logarithms, or of those themselves that may be negative, row-major, as a
    /// report of a fit has it. Zeros say that a parameter is known; NaN that the uncertainty is not, as at the
    /// boundary.
    ///
    /// # Errors
    /// `LengthMismatch`; `NotFinite`; `OutOfRange` for what is no covariance matrix.
    pub fn new(model: M, log_covariance: &[f64]) -> Result<Self> {
        let size = model.values().len();
        if log_covariance.len() != size * size {
            let found = log_covariance.len();
            return Err(Error::length("log_covariance", found, size * size));
        }
        let unknown = log_covariance.iter().any(|value| value.is_nan());
        let factor = if unknown {
            None
        } else {
            Some(factor(&covariance(size, log_covariance)?)?)
        };
        Ok(UncertainModel { model, factor })
    }

    /// The model with its parameters as they are.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// This model and one whose parameters are uncertain independently of it, as one.
    pub(crate) fn joined<B: Parametric, J>(
        &self,
        other: &UncertainModel<B>,
        model: J,
    ) -> UncertainModel<J> {
        let both = self.factor.as_ref().zip(other.factor.as_ref());
        let factor = both.map(|(a, b)| {
            let mut joined = DMatrix::zeros(a.nrows() + b.nrows(), a.nrows() + b.nrows());
            joined.view_mut((0, 0), a.shape()).copy_from(a);
            joined
                .view_mut((a.nrows(), a.nrows()), b.shape())
                .copy_from(b);
            joined
        });
        UncertainModel { model, factor }
    }

    /// The standard error of each row's prediction, by the delta method: √(g′ C g) with g the derivatives
    /// by the logarithms of the parameters, central differences of fourth order. NaN where the fit is
    /// at the boundary.
    ///
    /// # Errors
    /// Those of `predict`.
    pub fn standard_errors_into(
        &self,
        predict: impl Fn(&M, &mut [f64]) -> Result<()>,
        out: &mut [f64],
    ) -> Result<()> {
        let slopes = self.slopes(out.len(), predict)?;
        for (row, error) in out.iter_mut().enumerate() {
            let at_row = slopes.iter().map(|slope| slope.get(row).copied());
            *error = self.standard_error(at_row.map(|slope| slope.unwrap_or(f64::NAN)));
        }
        Ok(())
    }

    /// Each row's prediction with its standard error and its interval at `level`, which stays in the `range` of
    /// the prediction.
    ///
    /// # Errors
    /// Those of `predict`; `OutOfRange` for a level of 0 or 1; `LengthMismatch` for the columns.
    pub fn intervals_into(
        &self,
        range: Range,
        level: Probability,
        predict: impl Fn(&M, &mut [f64]) -> Result<()>,
        columns: &mut IntervalColumns<'_>,
    ) -> Result<()> {
        let z = normal_quantile(level)?;
        columns.check()?;
        predict(&self.model, columns.estimate)?;
        self.standard_errors_into(predict, columns.standard_error)?;
        let rows = columns.estimate.iter().zip(&*columns.standard_error);
        let ends = columns.lower.iter_mut().zip(&mut *columns.upper);
        for ((estimate, error), (lower, upper)) in rows.zip(ends) {
            let interval = range.interval(*estimate, *error, z);
            (*lower, *upper) = (interval.lower, interval.upper);
        }
        Ok(())
    }

    /// The sum of the predictions of all rows, with the standard error of the sum by the delta method,
    /// and its interval at `level`. Errors of rows are not independent, since all hang on the same
    /// parameters: that is counted in. NaN if one row is.
    ///
    /// # Errors
    /// Those of `predict`; `OutOfRange` for a level of 0 or 1.
    pub fn total(
        &self,
        rows: usize,
        range: Range,
        level: Probability,
        predict: impl Fn(&M, &mut [f64]) -> Result<()>,
    ) -> Result<PredictionInterval> {
        let z = normal_quantile(level)?;
        let mut predictions = vec![0.0; rows];
        predict(&self.model, &mut predictions)?;
        let slopes = self.slopes(rows, predict)?;
        let standard_error = self.standard_error(slopes.iter().map(|slope| slope.iter().sum()));
        Ok(range.interval_of_sum(&predictions, standard_error, z))
    }

    /// Models with parameters drawn from their distribution. Draw b comes from stream b of `seed`.
    ///
    /// # Errors
    /// `NoSolution` for a fit at the boundary, which has no such distribution.
    pub fn draws(&self, count: u32, seed: u64) -> Result<Vec<M>>
    where
        M: Send,
    {
        let Some(factor) = &self.factor else {
            let reason = "is at the boundary: the parameters have no distribution to draw from";
            return Err(Error::new(ErrorKind::NoSolution, "fit", reason));
        };
        let (values, scales) = (self.model.values(), self.model.scales());
        let draw = |b: usize| {
            let mut random = Stream::new(seed, b as u64);
            let normals = values.iter().map(|_| normal::quantile(random.uniform()));
            let steps = factor * DVector::from_vec(normals.collect());
            let moved = values.iter().zip(&scales).zip(&steps);
            let drawn: Vec<f64> = moved
                .map(|((v, scale), step)| scale.moved(*v, *step))
                .collect();
            self.model.with_values(&drawn)
        };
        parallel::map_range(count as usize, draw)
            .into_iter()
            .collect()
    }

    /// As [`total`](Self::total), from the sums under [`draws`](Self::draws): their standard deviation and
    /// their (1 ∓ level)/2 quantiles. Where sums are skewed this is the truer interval.
    ///
    /// # Errors
    /// Those of `predict` and `draws`; `OutOfRange` for a level of 0 or 1 and for fewer than 2 draws.
    pub fn total_by_draws(
        &self,
        rows: usize,
        level: Probability,
        (count, seed): (u32, u64),
        predict: impl Fn(&M, &mut [f64]) -> Result<()>,
    ) -> Result<PredictionInterval>
    where
        M: Send,
    {
        normal_quantile(level)?;
        if count < 2 {
            let rule = "must be 2 or more";
            return Err(Error::new(ErrorKind::OutOfRange, "count", rule).with_value(count));
        }
        let mut predictions = vec![0.0; rows];
        let mut total = |model: &M| -> Result<f64> {
            predict(model, &mut predictions)?;
            Ok(predictions.iter().sum())
        };
        let estimate = total(&self.model)?;
        let models = self.draws(count, seed)?;
        let totals: Vec<f64> = models.iter().map(total).collect::<Result<_>>()?;
        Ok(PredictionInterval::percentile(estimate, totals, level))
    }

    /// √(g′ C g) = |L′ g|.
    fn standard_error(&self, gradient: impl Iterator<Item = f64>) -> f64 {
        let gradient = DVector::from_vec(gradient.collect());
        match &self.factor {
            Some(factor) => factor.tr_mul(&gradient).norm(),
            None => f64::NAN,
        }
    }

    /// How far to move a coordinate.
    fn step(&self, place: usize, scale: Scale) -> f64 {
        let deviation = match (scale, &self.factor) {
            (Scale::Linear, Some(factor)) => factor.row(place).norm(),
            _ => 1.0,
        };
        if deviation > 0.0 {
            STEP * deviation
        } else {
            STEP
        }
    }

    /// ∂ prediction / ∂ coordinate of each row, one column per parameter.
    fn slopes(
        &self,
        rows: usize,
        predict: impl Fn(&M, &mut [f64]) -> Result<()>,
    ) -> Result<Vec<Vec<f64>>> {
        let values = self.model.values();
        let moved = |place: usize, scale: Scale, step: f64| {
            let mut moved = values.clone();
            if let Some(value) = moved.get_mut(place) {
                *value = scale.moved(*value, step);
            }
            let mut out = vec![0.0; rows];
            predict(&self.model.with_values(&moved)?, &mut out)?;
            Ok(out)
        };
        let slope = |(place, scale): (usize, Scale)| {
            let step = self.step(place, scale);
            let at = |steps: f64| moved(place, scale, steps * step);
            let near = at(1.0)?.into_iter().zip(at(-1.0)?);
            let far = at(2.0)?.into_iter().zip(at(-2.0)?);
            let difference = |((up, down), (up_twice, down_twice)): ((f64, f64), (f64, f64))| {
                (8.0 * (up - down) - (up_twice - down_twice)) / (12.0 * step)
            };
            Ok(near.zip(far).map(difference).collect())
        };
        self.model
            .scales()
            .into_iter()
            .enumerate()
            .map(slope)
            .collect()
    }
}

impl<M: Parametric + Clone> Fit<M> {
    /// The fitted model with the uncertainty that the fit leaves its parameters.
    #[must_use]
    pub fn uncertain(&self) -> UncertainModel<M> {
        UncertainModel {
            model: self.model.clone(),
            factor: self.report.covariance_factor(),
        }
    }
}

impl FitReport {
    /// L with L L′ = C; None at the boundary.
    fn covariance_factor(&self) -> Option<DMatrix<f64>> {
        let size = self.estimates.len();
        covariance(size, &self.log_covariance())
            .and_then(|covariance| factor(&covariance))
            .ok()
    }
}

/// The matrix of these numbers, which must be finite and symmetric.
fn covariance(size: usize, row_major: &[f64]) -> Result<DMatrix<f64>> {
    if let Some((row, value)) = row_major.iter().enumerate().find(|(_, v)| !v.is_finite()) {
        return Err(Error::not_finite("log_covariance", *value).at_row(row));
    }
    let matrix = DMatrix::from_row_slice(size, size, row_major);
    let asymmetry = (&matrix - matrix.transpose()).amax();
    if asymmetry <= ROUNDING * matrix.amax() {
        return Ok(matrix);
    }
    let rule = "must be a covariance matrix: it is not symmetric";
    Err(Error::new(ErrorKind::OutOfRange, "log_covariance", rule))
}

/// Cholesky's factor of a matrix that need not have full rank: columns of what is certain are 0.
fn factor(covariance: &DMatrix<f64>) -> Result<DMatrix<f64>> {
    let size = covariance.nrows();
    let mut factor: DMatrix<f64> = DMatrix::zeros(size, size);
    for column in 0..size {
        let known = &factor * factor.row(column).transpose();
        let mut rest = covariance.column(column) - known;
        rest.rows_mut(0, column).fill(0.0);
        let own_of = |vector: &DVector<f64>| vector.rows(column, 1).sum();
        let (variance, own) = (own_of(&covariance.diagonal()), own_of(&rest));
        if own > ROUNDING * ROUNDING * variance {
            factor.set_column(column, &(rest / libm::sqrt(own)));
        } else if variance < 0.0 || own < -ROUNDING * variance {
            let rule = "must be a covariance matrix: it has a negative eigenvalue";
            return Err(Error::new(ErrorKind::OutOfRange, "log_covariance", rule));
        }
    }
    Ok(factor)
}

impl<M: PurchaseModel> Parametric for M {
    fn values(&self) -> Vec<f64> {
        self.parameters().to_vec()
    }

    fn with_values(&self, values: &[f64]) -> Result<Self> {
        self.with_parameters(exactly(values)?)
    }
}

impl Parametric for CovariateModel {
    fn values(&self) -> Vec<f64> {
        self.parameters()
    }

    fn with_values(&self, values: &[f64]) -> Result<Self> {
        self.with_parameters(values)
    }

    fn scales(&self) -> Vec<Scale> {
        let coefficients = self.coefficients().iter().map(|_| Scale::Linear);
        let plain = self.base().parameters().map(|_| Scale::Logarithm);
        plain.into_iter().chain(coefficients).collect()
    }
}

impl Parametric for GammaGamma {
    fn values(&self) -> Vec<f64> {
        self.parameters().to_vec()
    }

    fn with_values(&self, values: &[f64]) -> Result<Self> {
        let [p, q, gamma] = exactly(values)?;
        GammaGamma::new(p, q, gamma)
    }
}

impl Parametric for Sbg {
    fn values(&self) -> Vec<f64> {
        self.parameters().to_vec()
    }

    fn with_values(&self, values: &[f64]) -> Result<Self> {
        let [alpha, beta] = exactly(values)?;
        Sbg::new(alpha, beta)
    }
}

impl Parametric for Bdw {
    fn values(&self) -> Vec<f64> {
        self.parameters().to_vec()
    }

    fn with_values(&self, values: &[f64]) -> Result<Self> {
        let [alpha, beta, c] = exactly(values)?;
        Bdw::new(alpha, beta, c)
    }
}

/// `values`, if there are `N`.
pub(super) fn exactly<const N: usize>(values: &[f64]) -> Result<[f64; N]> {
    values
        .try_into()
        .map_err(|_| Error::length("values", values.len(), N))
}
