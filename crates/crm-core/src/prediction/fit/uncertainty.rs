use nalgebra::DVector;
use serde::{Deserialize, Serialize};

use super::report::{Fit, normal_quantile};
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::math::{normal, quantile};
use crate::parallel;
use crate::prediction::PurchaseModel;
use crate::units::Probability;

/// A number with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PredictionInterval {
    /// The prediction at the fitted parameters.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// Step in ln θ of the differences below: their error is about the fourth power of it, and rounding a
/// thousand times that of the prediction.
const STEP: f64 = 1e-3;

/// What the uncertainty of the parameters makes uncertain. A prediction is given as what fills a column:
///
/// ```
/// # use crm_core::ledger::{LedgerBuilder, Simulation, SummaryOptions};
/// use crm_core::prediction::fit::FitOptions;
/// use crm_core::prediction::{BgNbd, Histories, HistoryColumns, expected_purchases_into};
/// # use crm_core::units::Probability;
/// # let mut builder = LedgerBuilder::new();
/// # builder.push(&Simulation { seed: 1, ..Simulation::default() }.run()?.chunk())?;
/// # let summary = builder.finish()?.summary(&SummaryOptions::default())?;
///
/// let fit = BgNbd::fit(&Histories::try_from(&summary)?, &FitOptions::default())?;
/// let customers = HistoryColumns::from(&summary);
/// let predict = |model: &BgNbd, out: &mut [f64]| {
///     expected_purchases_into(model, customers, 365.0.into(), out)
/// };
/// let level = Probability::try_from(0.95)?;
/// let total = fit.total(summary.len(), level, predict)?;
/// assert!(total.lower < total.estimate && total.estimate < total.upper);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// Only the parameters are taken as uncertain, not what customers of known parameters will do.
impl<M: PurchaseModel> Fit<M> {
    /// The standard error of each row's prediction, by the delta method: √(g′ C g) with C the covariance of
    /// the logarithms of the parameters and g the derivatives by them, central differences of fourth
    /// order. NaN where the fit is at the boundary.
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
            let gradient: Vec<f64> = at_row.map(|slope| slope.unwrap_or(f64::NAN)).collect();
            *error = self.report.standard_error_of(&gradient);
        }
        Ok(())
    }

    /// The sum of the predictions of all rows, with the standard error of the sum by the delta method,
    /// and the interval estimate ± z · standard error at `level`. Errors of rows are not
    /// independent, since all hang on the same parameters: that is counted in.
    ///
    /// # Errors
    /// Those of `predict`; `OutOfRange` for a level of 0 or 1.
    pub fn total(
        &self,
        rows: usize,
        level: Probability,
        predict: impl Fn(&M, &mut [f64]) -> Result<()>,
    ) -> Result<PredictionInterval> {
        let z = normal_quantile(level)?;
        let mut predictions = vec![0.0; rows];
        predict(&self.model, &mut predictions)?;
        let estimate: f64 = predictions.iter().sum();
        let slopes = self.slopes(rows, predict)?;
        let gradient: Vec<f64> = slopes.iter().map(|slope| slope.iter().sum()).collect();
        let standard_error = self.report.standard_error_of(&gradient);
        Ok(PredictionInterval {
            estimate,
            standard_error,
            lower: estimate - z * standard_error,
            upper: estimate + z * standard_error,
        })
    }

    /// Models with parameters drawn from the distribution that the fit leaves them: ln θ ~ Normal with the
    /// fitted mean and covariance. Draw b comes from stream b of `seed`.
    ///
    /// # Errors
    /// `NoSolution` for a fit at the boundary, which has no such distribution.
    pub fn draws(&self, count: u32, seed: u64) -> Result<Vec<M>>
    where
        M: Send,
    {
        let Some(factor) = self.report.covariance_factor() else {
            let reason = "is at the boundary: the parameters have no distribution to draw from";
            return Err(Error::new(ErrorKind::NoSolution, "fit", reason));
        };
        let parameters = self.model.parameters();
        let draw = |b: usize| {
            let mut random = Stream::new(seed, b as u64);
            let normals = parameters.map(|_| normal::quantile(random.uniform()));
            let steps = &factor * DVector::from_row_slice(&normals);
            let mut drawn = parameters;
            for (value, step) in drawn.iter_mut().zip(&steps) {
                *value *= libm::exp(*step);
            }
            self.model.with_parameters(drawn)
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

    /// ∂ prediction / ∂ ln θ of each row, one column per parameter.
    fn slopes(
        &self,
        rows: usize,
        predict: impl Fn(&M, &mut [f64]) -> Result<()>,
    ) -> Result<Vec<Vec<f64>>> {
        let parameters = self.model.parameters();
        let moved = |place: usize, steps: f64| {
            let mut moved = parameters;
            if let Some(value) = moved.get_mut(place) {
                *value *= libm::exp(steps * STEP);
            }
            let mut out = vec![0.0; rows];
            predict(&self.model.with_parameters(moved)?, &mut out)?;
            Ok(out)
        };
        let slope = |place: usize| {
            let near = moved(place, 1.0)?.into_iter().zip(moved(place, -1.0)?);
            let far = moved(place, 2.0)?.into_iter().zip(moved(place, -2.0)?);
            let difference = |((up, down), (up_twice, down_twice)): ((f64, f64), (f64, f64))| {
                (8.0 * (up - down) - (up_twice - down_twice)) / (12.0 * STEP)
            };
            Ok(near.zip(far).map(difference).collect())
        };
        (0..parameters.len()).map(slope).collect()
    }
}

impl PredictionInterval {
    /// The standard deviation and the percentile interval of replicates; there are 2 or more.
    pub(crate) fn percentile(estimate: f64, mut replicates: Vec<f64>, level: Probability) -> Self {
        replicates.sort_unstable_by(f64::total_cmp);
        let count = replicates.len() as f64;
        let mean = replicates.iter().sum::<f64>() / count;
        let squares: f64 = replicates.iter().map(|r| (r - mean) * (r - mean)).sum();
        let level = level.to_f64();
        PredictionInterval {
            estimate,
            standard_error: libm::sqrt(squares / (count - 1.0)),
            lower: quantile::of_sorted(&replicates, (1.0 - level) / 2.0),
            upper: quantile::of_sorted(&replicates, (1.0 + level) / 2.0),
        }
    }
}
