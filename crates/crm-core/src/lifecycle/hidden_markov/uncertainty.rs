use std::ops::ControlFlow;

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

use super::blocks::{Block, blocks};
use super::coordinates::{Coordinate, Scale, coordinates};
use super::expectation::Expectations;
use super::start;
use super::{HiddenMarkov, Panel, StateTransitions};
use crate::error::{Error, ErrorKind, Result};
use crate::math::proportion;
use crate::units::Probability;

/// How sure the parameters of a hidden Markov model are: [`HiddenMarkov::uncertainty`]. Parameters are in the order of
/// [`HiddenMarkov::parameter_names`].
///
/// A parameter at the edge of what it may be (a probability of 0, a state that nobody is in, a shape without bound) has
/// no standard error: it is NaN, and the others are as if that parameter were known. So is one of whose coordinate the
/// panel tells less than a hundredth of an observation would.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ParameterUncertainty {
    /// The parameters of the model.
    pub estimates: Vec<f64>,
    /// Of each parameter.
    pub standard_errors: Vec<f64>,
    /// Covariances of the parameters, row-major.
    pub covariance: Vec<f64>,
    /// How far the model is from the maximum of ln L, in standard errors: √(sᵀ I⁻¹ s) with the score s. A fit that has
    /// converged is far below 1; where it is not, the information is that of another place, and a smaller
    /// [`tolerance`](super::EmOptions::tolerance) helps.
    pub distance: f64,
    #[serde(skip)]
    scales: Vec<Scale>,
}

impl ParameterUncertainty {
    /// The confidence interval of each parameter: lower ends, then upper ends. It is symmetric in the log-odds of a
    /// probability, in the logarithm of what is positive, else in the parameter itself; NaN without a standard error.
    ///
    /// # Errors
    /// `OutOfRange` for a confidence of 0 or 1.
    pub fn intervals(&self, confidence: Probability) -> Result<(Vec<f64>, Vec<f64>)> {
        let z = proportion::z(confidence)?;
        let parameters = self.estimates.iter().zip(&self.standard_errors);
        Ok(parameters
            .zip(&self.scales)
            .map(|((&estimate, &error), scale)| {
                let half = z * error / scale.slope(estimate);
                (scale.moved(estimate, -half), scale.moved(estimate, half))
            })
            .unzip())
    }
}

/// A coordinate of which the panel tells less than this is held: its standard error would be above 10.
const LEAST_INFORMATION: f64 = 0.01;
/// Steps of the differences: the error of the five-point formula, of its fourth power, and rounding are both about 1e-13.
const STEP: f64 = 2e-3;

impl HiddenMarkov {
    /// Names of the parameters in the order of [`ParameterUncertainty`]: `initial_i`; `transition_i_j`, or by
    /// covariates `transition_i_j_constant` and `transition_i_j_k` of covariate k; then those of the emissions
    /// with the state, as `mean_i`.
    #[must_use]
    pub fn parameter_names(&self) -> Vec<String> {
        let states = 0..self.states();
        let mut names: Vec<String> = states.clone().map(|i| format!("initial_{i}")).collect();
        for i in states.clone() {
            for j in states.clone() {
                match &self.transitions {
                    StateTransitions::Constant(_) => names.push(format!("transition_{i}_{j}")),
                    StateTransitions::Logit(_) if i == j => {}
                    StateTransitions::Logit(logit) => {
                        names.push(format!("transition_{i}_{j}_constant"));
                        names.extend(
                            (0..logit.covariates()).map(|k| format!("transition_{i}_{j}_{k}")),
                        );
                    }
                }
            }
        }
        let of_state = self.emissions.family().parameters();
        names.extend(states.flat_map(|i| of_state.iter().map(move |name| format!("{name}_{i}"))));
        names
    }

    /// The parameters in the order of their [names](Self::parameter_names), and what they are free in.
    fn parameter_values(&self) -> Vec<(f64, Scale)> {
        let probability = |&p: &f64| (p, Scale::LogOdds);
        let mut values: Vec<(f64, Scale)> = self.initial.iter().map(probability).collect();
        match &self.transitions {
            StateTransitions::Constant(matrix) => {
                values.extend(matrix.entries().iter().map(probability));
            }
            StateTransitions::Logit(logit) => {
                values.extend(
                    logit
                        .coefficients()
                        .iter()
                        .map(|&c| (c, Scale::Linear(1.0))),
                );
            }
        }
        let free = self.emissions.family().parameters().iter().cycle();
        let parameters = self.emissions.parameters().iter().zip(free);
        values.extend(parameters.map(|(&value, &name)| match name {
            "purchase_probability" => (value, Scale::LogOdds),
            "log_mean" => (value, Scale::Linear(1.0)),
            _ => (value, Scale::Logarithm),
        }));
        values
    }

    /// How sure the parameters are that were fitted to this panel: the inverse of the observed information.
    ///
    /// The information, −∂²ln L, is the difference of the score in free coordinates (log-odds, logarithms), and the score
    /// is exact: what the E-step expects of the score of histories and states together (Fisher's identity). Errors
    /// of the parameters follow by the delta method. It takes four E-steps for each parameter; the results are the
    /// same bits for any number of threads.
    ///
    /// # Errors
    /// As [`HiddenMarkov::decode`]; `Empty` if no value is known; `NotConverged` if the model is no maximum of ln L: its
    /// information is not positive definite.
    ///
    /// Source: Louis 1982, "Finding the observed information matrix when using the EM algorithm", JRSS B 44 (2);
    /// Jamshidian & Jennrich 2000, "Standard errors for EM estimation", JRSS B 62 (2), for the differences.
    pub fn uncertainty(&self, panel: &Panel) -> Result<ParameterUncertainty> {
        let made = self.uncertainty_watched(panel, |_| ControlFlow::Continue(()))?;
        made.ok_or_else(super::fit::stopped)
    }

    /// The same, which tells `progress` of how many coordinates the differences are done. Once that breaks, the result
    /// is `None`.
    ///
    /// # Errors
    /// As [`HiddenMarkov::uncertainty`].
    pub fn uncertainty_watched(
        &self,
        panel: &Panel,
        progress: impl Fn(u32) -> ControlFlow<()>,
    ) -> Result<Option<ParameterUncertainty>> {
        self.check(panel)?;
        let least_deviation = start::Scale::of(panel, self.emissions.family())?.least_deviation();
        let blocks = blocks(panel, self.emissions.family());
        let at = Expectations::of(self, panel, &blocks);
        if at.log_likelihood == f64::NEG_INFINITY {
            let reason = "are impossible under the model";
            return Err(Error::new(ErrorKind::NoSolution, "values", reason));
        }
        let all = coordinates(self, &at);
        let Some(information) = self.information(panel, &blocks, &all, progress)? else {
            return Ok(None);
        };
        let told = |place: usize| {
            information
                .get((place, place))
                .copied()
                .unwrap_or(0.0)
                .abs()
        };
        let is_free = |(place, coordinate): &(usize, &Coordinate)| {
            told(*place) >= LEAST_INFORMATION && !self.is_at_limit(**coordinate, least_deviation)
        };
        let (kept, free): (Vec<usize>, Vec<Coordinate>) =
            all.iter().enumerate().filter(is_free).unzip();
        let information = information.select_rows(&kept).select_columns(&kept);
        let factor = information.cholesky().ok_or_else(|| {
            let reason =
                "is no maximum of the likelihood: its information is not positive definite";
            Error::new(ErrorKind::NotConverged, "model", reason)
        })?;
        let score = free.iter().map(|coordinate| coordinate.score(self, &at));
        let score = DVector::from_iterator(free.len(), score);
        let distance = libm::sqrt(score.dot(&factor.solve(&score)).max(0.0));

        let (estimates, scales): (Vec<f64>, Vec<Scale>) =
            self.parameter_values().into_iter().unzip();
        let mut slopes = DMatrix::zeros(estimates.len(), free.len());
        let mut is_free = vec![false; estimates.len()];
        for (column, coordinate) in free.iter().enumerate() {
            for (parameter, slope) in coordinate.slopes(self) {
                if let (Some(cell), Some(is_free)) = (
                    slopes.get_mut((parameter, column)),
                    is_free.get_mut(parameter),
                ) {
                    *cell = slope;
                    *is_free |= slope != 0.0;
                }
            }
        }
        for held in all.iter().filter(|coordinate| !free.contains(coordinate)) {
            if let Some(is_free) = is_free.get_mut(held.own(self)) {
                *is_free = false;
            }
        }
        let covariance = &slopes * factor.inverse() * slopes.transpose();
        let known = |i: usize, j: usize, value: f64| {
            let both = is_free.get(i) == Some(&true) && is_free.get(j) == Some(&true);
            if both { value } else { f64::NAN }
        };
        let size = estimates.len();
        let cells = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
        let covariance: Vec<f64> = cells
            .map(|(i, j)| known(i, j, covariance.get((i, j)).copied().unwrap_or(f64::NAN)))
            .collect();
        let variances = covariance.iter().step_by(size + 1);
        Ok(Some(ParameterUncertainty {
            standard_errors: variances.map(|&variance| libm::sqrt(variance)).collect(),
            estimates,
            covariance,
            distance,
            scales,
        }))
    }

    /// Whether a fit to the panel keeps this parameter from going further, so that its score need not vanish.
    fn is_at_limit(&self, coordinate: Coordinate, least_deviation: f64) -> bool {
        match coordinate {
            Coordinate::Emission(place, _) => self.emissions.is_at_limit(place, least_deviation),
            _ => false,
        }
    }

    /// −∂²ln L by these coordinates.
    fn information(
        &self,
        panel: &Panel,
        blocks: &[Block],
        coordinates: &[Coordinate],
        progress: impl Fn(u32) -> ControlFlow<()>,
    ) -> Result<Option<DMatrix<f64>>> {
        let mut columns = Vec::with_capacity(coordinates.len());
        for (done, &moving) in coordinates.iter().enumerate() {
            let scores = |step: f64| -> Result<DVector<f64>> {
                let model = moving.moved(self, step)?;
                let at = Expectations::of(&model, panel, blocks);
                let scores = coordinates.iter().map(|c| c.score(&model, &at));
                Ok(DVector::from_iterator(coordinates.len(), scores))
            };
            let near = scores(-STEP)? - scores(STEP)?;
            let far = scores(-2.0 * STEP)? - scores(2.0 * STEP)?;
            columns.push((near * 8.0 - far) / (12.0 * STEP));
            if progress(done as u32 + 1).is_break() {
                return Ok(None);
            }
        }
        if columns.is_empty() {
            return Ok(Some(DMatrix::zeros(0, 0)));
        }
        let differences = DMatrix::from_columns(&columns);
        Ok(Some((&differences + differences.transpose()) * 0.5))
    }
}
