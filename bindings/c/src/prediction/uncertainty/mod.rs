//! How sure a prediction is, when all that is uncertain are the parameters.

pub mod covariates;
pub mod lifetime_value;
pub mod purchases;
pub mod renewals;
pub mod spend;

use crm_core::Result;
use crm_core::prediction::{
    IntervalColumns, Parametric, ParametricBootstrap, PredictionInterval, Range, UncertainModel,
};
use crm_core::units::Probability;

use crate::boundary::{Outcome, Output, OutputSlice, buffer, slice, write_optional};
use crate::decimal::{crm_decimal, read_decimal};

/// A number with its uncertainty.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_prediction_interval {
    /// The prediction at the model's parameters.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

impl From<PredictionInterval> for crm_prediction_interval {
    fn from(interval: PredictionInterval) -> Self {
        crm_prediction_interval {
            estimate: interval.estimate,
            standard_error: interval.standard_error,
            lower: interval.lower,
            upper: interval.upper,
        }
    }
}

/// # Safety
/// As [`read_decimal`].
unsafe fn read_level(level: *const crm_decimal) -> Outcome<Probability> {
    // SAFETY: as the caller vouches.
    let level = unsafe { read_decimal("level", level) }?;
    Ok(Probability::named("level", level)?)
}

/// # Safety
/// `log_covariance` is NULL or points to as many numbers as the square of the model's parameters.
unsafe fn uncertain<M: Parametric>(
    argument: &'static str,
    model: M,
    log_covariance: *const f64,
) -> Outcome<UncertainModel<M>> {
    let size = model.values().len();
    // SAFETY: as the caller vouches.
    let covariance = unsafe { slice(argument, log_covariance, size * size) }?;
    UncertainModel::new(model, covariance).map_err(|error| error.named(argument).into())
}

/// Fills a column with what a model predicts for each row.
trait Predict<M>: Fn(&M, &mut [f64]) -> Result<()> {}

impl<M, P: Fn(&M, &mut [f64]) -> Result<()>> Predict<M> for P {}

/// What an uncertain model is asked: what `predict` makes of it for each of so many rows, and with which probability intervals
/// hold the truth.
struct Question<M, P> {
    model: UncertainModel<M>,
    range: Range,
    rows: usize,
    level: Probability,
    predict: P,
}

impl<M: Parametric + Send, P: Predict<M>> Question<M, P> {
    /// Writes the prediction for each row with its interval; what the caller does not want is NULL.
    ///
    /// # Safety
    /// As [`OutputSlice::optional`], for each.
    unsafe fn intervals(
        &self,
        estimate: *mut f64,
        standard_error: *mut f64,
        lower: *mut f64,
        upper: *mut f64,
    ) -> Outcome {
        let wanted = [
            ("estimate", estimate),
            ("standard_error", standard_error),
            ("lower", lower),
            ("upper", upper),
        ];
        // SAFETY: as the caller vouches.
        let optional =
            |(name, out)| unsafe { Ok((name, OutputSlice::optional(name, out, self.rows)?)) };
        let outputs: Vec<_> = wanted.into_iter().map(optional).collect::<Outcome<_>>()?;
        let column = || buffer::<f64>("customers", self.rows);
        let mut columns = [column()?, column()?, column()?, column()?];
        let [estimate, standard_error, lower, upper] = &mut columns;
        let mut into = IntervalColumns {
            estimate,
            standard_error,
            lower,
            upper,
        };
        self.model
            .intervals_into(self.range, self.level, &self.predict, &mut into)?;
        for ((name, out), values) in outputs.into_iter().zip(&columns) {
            write_optional(out, name, values)?;
        }
        Ok(())
    }

    /// Writes the sum over all rows with its interval.
    ///
    /// # Safety
    /// As [`Output::new`].
    unsafe fn total(&self, out: *mut crm_prediction_interval) -> Outcome {
        // SAFETY: as the caller vouches.
        let out = unsafe { Output::new("out", out) }?;
        let total = self
            .model
            .total(self.rows, self.range, self.level, &self.predict)?;
        out.write(total.into());
        Ok(())
    }

    /// The same from the sums under `draws` parameters, drawn with a seed.
    ///
    /// # Safety
    /// As [`Output::new`].
    unsafe fn total_by_draws(
        &self,
        draws: (u32, u64),
        out: *mut crm_prediction_interval,
    ) -> Outcome {
        // SAFETY: as the caller vouches.
        let out = unsafe { Output::new("out", out) }?;
        let total = self
            .model
            .total_by_draws(self.rows, self.level, draws, &self.predict)?;
        out.write(total.into());
        Ok(())
    }
}

/// Writes the parameters of drawn models, one model after the other.
///
/// # Safety
/// As [`OutputSlice::new`], for as many numbers.
unsafe fn write_draws<M: Parametric + Send>(
    model: &UncertainModel<M>,
    count: u32,
    seed: u64,
    parameters: *mut f64,
) -> Outcome {
    let size = model.model().values().len();
    let room = (count as usize).saturating_mul(size);
    // SAFETY: as the caller vouches.
    let parameters = unsafe { OutputSlice::new("parameters", parameters, room) }?;
    let models = model.draws(count, seed)?;
    let drawn: Vec<f64> = models.iter().flat_map(Parametric::values).collect();
    parameters.write("parameters", &drawn)
}

/// Where a parametric bootstrap goes.
struct BootstrapOutputs {
    intervals: OutputSlice<crm_prediction_interval>,
    replicate_parameters: Option<OutputSlice<f64>>,
    undefined: Output<u32>,
    size: usize,
    replicates: u32,
}

impl BootstrapOutputs {
    /// # Safety
    /// As [`OutputSlice::new`] for `size` intervals, [`OutputSlice::optional`] for `replicates` · `size`
    /// numbers, and [`Output::new`].
    unsafe fn new(
        intervals: *mut crm_prediction_interval,
        replicate_parameters: *mut f64,
        undefined: *mut u32,
        size: usize,
        replicates: u32,
    ) -> Outcome<Self> {
        let numbers = size.saturating_mul(replicates as usize);
        let name = "replicate_parameters";
        // SAFETY: as the caller vouches.
        unsafe {
            Ok(BootstrapOutputs {
                intervals: OutputSlice::new("intervals", intervals, size)?,
                replicate_parameters: OutputSlice::optional(name, replicate_parameters, numbers)?,
                undefined: Output::new("undefined", undefined)?,
                size,
                replicates,
            })
        }
    }

    fn write(self, made: &ParametricBootstrap, level: Probability) -> Outcome {
        let intervals: Vec<crm_prediction_interval> =
            made.intervals(level)?.into_iter().map(Into::into).collect();
        let mut parameters: Vec<f64> = made.parameters.iter().flatten().copied().collect();
        parameters.resize(self.size * self.replicates as usize, f64::NAN);
        self.intervals.write("intervals", &intervals)?;
        write_optional(
            self.replicate_parameters,
            "replicate_parameters",
            &parameters,
        )?;
        self.undefined.write(made.undefined);
        Ok(())
    }
}
