#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators, constructs or paths"
)]

use super::composites::{Failure, Plan};
use super::estimate::Estimates;
use super::higher::Lower;
use super::moments::Moments;
use super::options::{Estimator, PlsOptions, PlsStatus};
use super::{Mode, Responses, StructuralModel};
use crate::error::{Error, ErrorKind, Result};
use crate::math::distribution;

/// What partial least squares says of a model: [`StructuralModel::fit`].
///
/// Results for indicators are in the order of [`StructuralModel::indicators`], for constructs in that of
/// [`StructuralModel::constructs`], for paths in that of [`StructuralModel::paths`]. Matrices are row-major.
#[derive(Debug, Clone)]
pub struct PlsFit {
    pub(super) model: StructuralModel,
    pub(super) options: PlsOptions,
    pub(super) plan: Plan,
    pub(super) moments: Moments,
    /// S.
    pub(super) correlation: Vec<f64>,
    pub(super) estimates: Estimates,
    /// Of a model with constructs of constructs.
    pub(super) lower: Option<Lower>,
}

/// A path of the inner model, from the regression of a construct on all its drivers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PathEstimate {
    /// Place of the driver among the constructs.
    pub from: usize,
    /// Place of the construct that it drives.
    pub to: usize,
    /// β, in standard deviations.
    pub coefficient: f64,
    /// √((1 − R²) · VIF / (n − k − 1)) with k drivers, as of ordinary least squares; NaN with [`Estimator::Consistent`], which has no
    /// such formula. It takes the weights of the indicators for known: the bootstrap does not.
    pub standard_error: f64,
    /// β over its standard error.
    pub t: f64,
    /// Both tails of Student's t with n − k − 1 degrees of freedom.
    pub p_value: f64,
    /// Effect size f² = (R² − R² without this driver) / (1 − R²) (Cohen 1988): 0.02 is small, 0.15 medium, 0.35 large.
    pub f_squared: f64,
    /// Variance inflation factor of the driver among the drivers.
    pub vif: f64,
}

/// How much of a construct its drivers explain.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Explained {
    /// Place of the construct.
    pub construct: usize,
    /// R².
    pub r_squared: f64,
    /// 1 − (1 − R²)(n − 1)/(n − k − 1) with k drivers.
    pub adjusted_r_squared: f64,
}

/// A number that no correlation or reliability may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Inadmissible {
    /// |loading| > 1.
    Loading {
        /// Place of the indicator.
        indicator: usize,
        /// Its loading.
        value: f64,
    },
    /// |correlation| > 1 of two constructs.
    Correlation {
        /// Place of one construct.
        first: usize,
        /// Place of the other.
        second: usize,
        /// Their correlation.
        value: f64,
    },
    /// ρ_A > 1.
    Reliability {
        /// Place of the construct.
        construct: usize,
        /// ρ_A.
        value: f64,
    },
    /// R² > 1 or below 0.
    Explained {
        /// Place of the construct.
        construct: usize,
        /// R².
        value: f64,
    },
}

impl StructuralModel {
    /// Estimates the model by partial least squares path modelling.
    ///
    /// Indicators are standardised with the divisor n − 1 and enter by their correlations S alone. From weights of 1 on, where W holds the
    /// weights of a construct in each column and each is scaled so that w'Sw = 1, these steps repeat until Σ|Δw| < tolerance:
    ///
    /// | step | formula |
    /// | --- | --- |
    /// | correlations of the composites | C = W'SW |
    /// | inner weights E | [`InnerScheme`](super::InnerScheme), from C |
    /// | mode A | w_j = the rows of S W E_j that belong to block j |
    /// | mode B | w_j = S_jj⁻¹ times these |
    ///
    /// A composite whose loadings on its own indicators sum below zero is turned round. Paths are regressions of constructs on their drivers,
    /// from C, which [`Estimator::Consistent`] corrects first. n is the sum of the weights of the respondents.
    ///
    /// Source: Wold 1982; Lohmöller 1989; Tenenhaus, Esposito Vinzi, Chatelin & Lauro 2005, "PLS path modeling", Computational Statistics & Data
    /// Analysis 48; Dijkstra & Henseler 2015.
    ///
    /// ```
    /// use crm_core::satisfaction::structural::{Construct, Mode, PlsOptions, Responses, StructuralModel};
    ///
    /// let model = StructuralModel::new(
    ///     vec![
    ///         Construct::new("quality", Mode::A, ["q1", "q2"]),
    ///         Construct::new("satisfaction", Mode::A, ["s1", "s2"]),
    ///     ],
    ///     &[("quality", "satisfaction")],
    /// )?;
    /// let responses = Responses::new([
    ///     ("q1", &[7.0, 5.0, 8.0, 3.0, 9.0, 6.0][..]),
    ///     ("q2", &[6.0, 5.0, 9.0, 4.0, 8.0, 6.0]),
    ///     ("s1", &[8.0, 4.0, 8.0, 4.0, 9.0, 5.0]),
    ///     ("s2", &[7.0, 6.0, 9.0, 3.0, 9.0, 7.0]),
    /// ])?;
    /// let fit = model.fit(&responses, &PlsOptions::default())?;
    /// let path = fit.paths()[0];
    /// // With one driver the path is the correlation of the two composites.
    /// assert!((path.coefficient - fit.construct_correlations()[1]).abs() < 1e-15);
    /// assert!((path.coefficient.powi(2) - fit.explained()[0].r_squared).abs() < 1e-15);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Of options: `NotFinite`, `OutOfRange`. Of responses: `NotFound` with the name of an indicator without column; `NotFinite` with row and name;
    /// `OutOfRange` with the name of an indicator whose answers are all equal; `Empty` for less than two rows; `OutOfRange` for not more rows than a
    /// regression has coefficients; `NotConverged` if the EM algorithm does not settle. `NoSolution` with names where a block in mode B or the
    /// drivers of a construct are collinear, where the indicators of a construct cancel each other, and where ρ_A is not positive in PLSc.
    pub fn fit(&self, responses: &Responses<'_>, options: &PlsOptions) -> Result<PlsFit> {
        options.check()?;
        let answers = responses.select(self)?;
        let moments = Moments::new(self, &answers, options.missing)?;
        self.estimate(moments, options)
    }

    /// Of the moments of its indicators.
    pub(super) fn estimate(&self, moments: Moments, options: &PlsOptions) -> Result<PlsFit> {
        match Lower::new(self, &moments, options)? {
            None => PlsFit::of_moments(self, moments, options, None),
            Some((lower, upper)) => {
                let lifted = lower.lift.of_moments(&moments);
                PlsFit::of_moments(&upper, lifted, options, Some(lower))
            }
        }
    }

    /// Refuses so few rows that a regression of the model has no degree of freedom.
    fn check_rows(&self, plan: &Plan, count: f64) -> Result<()> {
        for (j, construct) in self.constructs().iter().enumerate() {
            let block = match construct.mode() {
                Mode::B => plan.blocks[j].len(),
                Mode::A | Mode::SingleItem => 0,
            };
            let coefficients = block.max(plan.drivers[j].len());
            if count <= coefficients as f64 + 1.0 {
                let name = construct.name();
                let rule = format!("must have more than {} rows for {name}", coefficients + 1);
                return Err(Error::new(ErrorKind::OutOfRange, "responses", rule).with_value(count));
            }
        }
        Ok(())
    }
}

impl PlsFit {
    pub(super) fn of_moments(
        model: &StructuralModel,
        moments: Moments,
        options: &PlsOptions,
        lower: Option<Lower>,
    ) -> Result<Self> {
        let plan = Plan::new(model);
        model.check_rows(&plan, moments.count)?;
        let correlation = moments.correlation();
        let estimates = Estimates::new(&plan, &correlation, options)
            .map_err(|failure: Failure| failure.error(model))?;
        Ok(PlsFit {
            model: model.clone(),
            options: *options,
            plan,
            moments,
            correlation,
            estimates,
            lower,
        })
    }

    /// The model whose indicators the answers are to: the one that was fitted.
    #[must_use]
    pub fn asked_model(&self) -> &StructuralModel {
        self.lower
            .as_ref()
            .map_or(&self.model, |lower| &lower.model)
    }

    /// Means and covariances of the answers.
    pub(super) fn asked_moments(&self) -> &Moments {
        let lower = self.lower.as_ref();
        lower.map_or(&self.moments, |lower| &lower.moments)
    }

    /// The first stage of a model with constructs of constructs ([`HigherOrder::TwoStage`](super::HigherOrder::TwoStage)): how their components are measured.
    #[must_use]
    pub fn first_stage(&self) -> Option<&PlsFit> {
        self.lower.as_ref()?.first.as_deref()
    }

    /// The model that the results are about. With constructs of constructs it is not the one that was fitted: in two stages the indices of their
    /// components are their indicators, from 0 to 100, and the components are gone; with repeated indicators they have those of their components.
    #[must_use]
    pub fn model(&self) -> &StructuralModel {
        &self.model
    }

    /// How it was fitted.
    #[must_use]
    pub fn options(&self) -> &PlsOptions {
        &self.options
    }

    /// Whether the weights settled.
    #[must_use]
    pub fn status(&self) -> PlsStatus {
        if self.estimates.composites.has_converged {
            PlsStatus::Converged
        } else {
            PlsStatus::IterationLimit
        }
    }

    /// The number of iterations.
    #[must_use]
    pub fn iterations(&self) -> u32 {
        self.estimates.composites.iterations
    }

    /// Σ|Δw| of the last iteration.
    #[must_use]
    pub fn last_change(&self) -> f64 {
        self.estimates.composites.change
    }

    /// n: the sum of the weights of the respondents used.
    #[must_use]
    pub fn observations(&self) -> f64 {
        self.moments.count
    }

    /// The number of rows used.
    #[must_use]
    pub fn rows_used(&self) -> usize {
        self.moments.used
    }

    /// Rows left out for missing answers.
    #[must_use]
    pub fn rows_dropped(&self) -> usize {
        self.moments.dropped
    }

    /// Missing answers of each indicator, in rows.
    #[must_use]
    pub fn missing(&self) -> &[usize] {
        &self.moments.missing
    }

    /// Mean of each indicator.
    #[must_use]
    pub fn means(&self) -> &[f64] {
        &self.moments.means
    }

    /// Standard deviation of each indicator, with n − 1.
    #[must_use]
    pub fn standard_deviations(&self) -> Vec<f64> {
        self.moments.deviations()
    }

    /// S, the correlations of the indicators.
    #[must_use]
    pub fn correlations(&self) -> &[f64] {
        &self.correlation
    }

    /// Outer weights w of the standardised indicators: each composite Σ w_i z_i has variance 1.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.estimates.composites.weights
    }

    /// Outer weights of the indicators in their own units: u = w / s.d.
    #[must_use]
    pub fn unstandardised_weights(&self) -> Vec<f64> {
        let weights = self.weights().iter().zip(self.moments.deviations());
        weights
            .map(|(weight, deviation)| weight / deviation)
            .collect()
    }

    /// Correlations of the indicators with their own constructs; with [`Estimator::Consistent`], w √ρ_A / w'w for common factors.
    #[must_use]
    pub fn loadings(&self) -> &[f64] {
        &self.estimates.loadings
    }

    /// Correlations of every indicator (row) with every construct (column); with [`Estimator::Consistent`], those with a common factor are
    /// divided by its √ρ_A, and [`PlsFit::loadings`] stand for its own indicators.
    #[must_use]
    pub fn cross_loadings(&self) -> Vec<f64> {
        let (indicators, constructs) = (self.plan.indicators, self.plan.constructs());
        let mut loadings = vec![0.0; indicators * constructs];
        for (j, block) in self.plan.blocks.iter().enumerate() {
            let scale = libm::sqrt(self.attenuation(j));
            for i in 0..indicators {
                loadings[i * constructs + j] = if block.contains(&i) {
                    self.estimates.loadings[i]
                } else {
                    self.estimates.composites.loadings[j * indicators + i] / scale
                };
            }
        }
        loadings
    }

    /// What the squared correlations of a construct with others were divided by.
    fn attenuation(&self, construct: usize) -> f64 {
        match self.options.estimator {
            Estimator::Plain => 1.0,
            Estimator::Consistent => self.estimates.rho_a[construct],
        }
    }

    /// C, the correlations of the constructs.
    #[must_use]
    pub fn construct_correlations(&self) -> &[f64] {
        &self.estimates.correlations
    }

    /// Every path with its standard error, effect size and inflation.
    #[must_use]
    pub fn paths(&self) -> Vec<PathEstimate> {
        let paths = self.model.paths().iter().enumerate();
        let estimate = |(place, path): (usize, &super::Path)| {
            let coefficient = self.estimates.paths[place];
            let vif = self.estimates.inflation[place];
            let unexplained = 1.0 - self.estimates.r_squared[path.to];
            let degrees = self.degrees_of_freedom(path.to);
            let standard_error = match self.options.estimator {
                Estimator::Plain => libm::sqrt(unexplained.max(0.0) * vif / degrees),
                Estimator::Consistent => f64::NAN,
            };
            let t = coefficient / standard_error;
            let p_value = if t.is_nan() {
                f64::NAN
            } else {
                2.0 * distribution::student_t(degrees, t.abs()).1
            };
            PathEstimate {
                from: path.from,
                to: path.to,
                coefficient,
                standard_error,
                t,
                p_value,
                f_squared: coefficient * coefficient / (vif * unexplained),
                vif,
            }
        };
        paths.map(estimate).collect()
    }

    /// n − k − 1 of a construct with k drivers.
    fn degrees_of_freedom(&self, construct: usize) -> f64 {
        self.moments.count - self.plan.drivers[construct].len() as f64 - 1.0
    }

    /// R² of every construct that has drivers.
    #[must_use]
    pub fn explained(&self) -> Vec<Explained> {
        let constructs = 0..self.plan.constructs();
        let explained = |construct: usize| {
            let r_squared = self.estimates.r_squared[construct];
            let ratio = (self.moments.count - 1.0) / self.degrees_of_freedom(construct);
            Explained {
                construct,
                r_squared,
                adjusted_r_squared: 1.0 - (1.0 - r_squared) * ratio,
            }
        };
        let driven = constructs.filter(|&j| !self.plan.drivers[j].is_empty());
        driven.map(explained).collect()
    }

    /// Total effect of every construct (row) on every other (column): over all ways between them, the sum of the products of their paths.
    #[must_use]
    pub fn total_effects(&self) -> Vec<f64> {
        self.estimates.total_effects(&self.plan)
    }

    /// The same without the direct paths.
    #[must_use]
    pub fn indirect_effects(&self) -> Vec<f64> {
        let mut effects = self.total_effects();
        for (path, coefficient) in self.model.paths().iter().zip(&self.estimates.paths) {
            effects[path.from * self.plan.constructs() + path.to] -= coefficient;
        }
        effects
    }

    /// What no correlation or reliability may be, as [`Estimator::Consistent`] may give it: a sign of a wrong model, or of chance in small samples.
    /// Nothing is clipped.
    #[must_use]
    pub fn inadmissible(&self) -> Vec<Inadmissible> {
        // Rounding may lift a perfect correlation above 1.
        let exceeds = |value: f64| value.abs() > 1.0 + 1e-9;
        let constructs = self.plan.constructs();
        let loadings = self.estimates.loadings.iter().enumerate();
        let loadings = loadings.filter(|(_, value)| exceeds(**value));
        let mut found: Vec<Inadmissible> = loadings
            .map(|(indicator, &value)| Inadmissible::Loading { indicator, value })
            .collect();
        for first in 0..constructs {
            for second in first + 1..constructs {
                let value = self.estimates.correlations[first * constructs + second];
                if exceeds(value) {
                    found.push(Inadmissible::Correlation {
                        first,
                        second,
                        value,
                    });
                }
            }
        }
        let reliabilities = self.estimates.rho_a.iter().enumerate();
        let reliabilities = reliabilities.filter(|(_, value)| exceeds(**value));
        found.extend(
            reliabilities.map(|(construct, &value)| Inadmissible::Reliability { construct, value }),
        );
        let explained = self.estimates.r_squared.iter().enumerate();
        let explained = explained.filter(|(_, value)| exceeds(**value) || **value < -1e-9);
        found.extend(
            explained.map(|(construct, &value)| Inadmissible::Explained { construct, value }),
        );
        found
    }
}
