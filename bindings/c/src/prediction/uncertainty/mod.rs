//! How sure a prediction is, when all that is uncertain are the parameters.

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

/// Where the intervals of rows go; what the caller does not want is none.
struct IntervalOutputs {
    estimate: Option<OutputSlice<f64>>,
    standard_error: Option<OutputSlice<f64>>,
    lower: Option<OutputSlice<f64>>,
    upper: Option<OutputSlice<f64>>,
    rows: usize,
}

impl IntervalOutputs {
    /// # Safety
    /// As [`OutputSlice::optional`], for each.
    unsafe fn new(
        estimate: *mut f64,
        standard_error: *mut f64,
        lower: *mut f64,
        upper: *mut f64,
        rows: usize,
    ) -> Outcome<Self> {
        // SAFETY: as the caller vouches.
        unsafe {
            Ok(IntervalOutputs {
                estimate: OutputSlice::optional("estimate", estimate, rows)?,
                standard_error: OutputSlice::optional("standard_error", standard_error, rows)?,
                lower: OutputSlice::optional("lower", lower, rows)?,
                upper: OutputSlice::optional("upper", upper, rows)?,
                rows,
            })
        }
    }

    fn write<M: Parametric>(
        self,
        model: &UncertainModel<M>,
        range: Range,
        level: Probability,
        predict: impl Fn(&M, &mut [f64]) -> Result<()>,
    ) -> Outcome {
        let column = || buffer::<f64>("customers", self.rows);
        let (mut estimate, mut standard_error) = (column()?, column()?);
        let (mut lower, mut upper) = (column()?, column()?);
        let mut columns = IntervalColumns {
            estimate: &mut estimate,
            standard_error: &mut standard_error,
            lower: &mut lower,
            upper: &mut upper,
        };
        model.intervals_into(range, level, predict, &mut columns)?;
        write_optional(self.estimate, "estimate", &estimate)?;
        write_optional(self.standard_error, "standard_error", &standard_error)?;
        write_optional(self.lower, "lower", &lower)?;
        write_optional(self.upper, "upper", &upper)
    }
}

/// The parameters of drawn models, one model after the other.
fn parameters_of<M: Parametric>(models: &[M]) -> Vec<f64> {
    models.iter().flat_map(Parametric::values).collect()
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
