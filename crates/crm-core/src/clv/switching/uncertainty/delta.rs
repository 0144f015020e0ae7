use serde::{Deserialize, Serialize};

use super::Valuation;
use super::gradient::Gradient;
use super::valuation::per_brand;
use crate::clv::switching::TransitionMatrix;
use crate::clv::switching::estimate::{TransitionCounts, TransitionPosterior};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::math::normal;
use crate::units::Probability;

/// A switching matrix, and how well each of its rows is known: the covariance of row a, independent of
/// the other rows, is (diag(p) − p pᵀ) / m_a with p the row and m_a the purchases of brand a that it is known by.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixEstimate {
    pub(super) matrix: TransitionMatrix,
    pub(super) known_by: Vec<f64>,
}

impl MatrixEstimate {
    /// The mean of Dirichlet rows, whose covariance has m_a = A_a + 1, A_a the sum of the row's parameters.
    #[must_use]
    pub fn from_posterior(posterior: &TransitionPosterior) -> Self {
        MatrixEstimate {
            matrix: posterior.mean(),
            known_by: posterior.totals().iter().map(|total| total + 1.0).collect(),
        }
    }

    /// The likeliest matrix, with the covariance of multinomial rows: m_a = n_a, the switches that were
    /// seen from brand a.
    ///
    /// # Errors
    /// `Empty` with the row of a brand from which no switch was seen.
    pub fn from_counts(counts: &TransitionCounts) -> Result<Self> {
        Ok(MatrixEstimate {
            matrix: counts.maximum_likelihood()?,
            known_by: counts.row_sums(),
        })
    }

    /// The matrix itself.
    #[must_use]
    pub fn matrix(&self) -> &TransitionMatrix {
        &self.matrix
    }

    /// m_a of every row.
    #[must_use]
    pub fn known_by(&self) -> &[f64] {
        &self.known_by
    }
}

/// What is not known exactly beside P; by default all is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InputDoubts {
    /// The standard deviation of r; default 0.
    pub discount_rate_sd: f64,
    /// The purchases from which the present shares were estimated, n: they are Dirichlet with parameters
    /// n · S_0, whose covariance is (diag(S_0) − S_0 S_0ᵀ) / (n + 1). `None`, the default, where they are
    /// known.
    pub shares_known_by: Option<f64>,
    /// The standard deviation of every π_j, which are independent; default none, as if all were 0.
    pub contribution_sd: Vec<f64>,
}

impl InputDoubts {
    /// The standard deviation of each contribution, or 0.
    pub(super) fn contribution_sd(&self, brands: usize) -> Vec<f64> {
        if self.contribution_sd.is_empty() {
            vec![0.0; brands]
        } else {
            self.contribution_sd.clone()
        }
    }

    pub(super) fn check(&self, brands: usize) -> Result<()> {
        if !Domain::NonNegative.contains(self.discount_rate_sd) {
            return Err(Domain::NonNegative.refuse("discount_rate_sd", self.discount_rate_sd));
        }
        if let Some(n) = self
            .shares_known_by
            .filter(|&n| !Domain::Positive.contains(n))
        {
            return Err(Domain::Positive.refuse("shares_known_by", n));
        }
        let deviations = self.contribution_sd(brands);
        let deviations = per_brand("contribution_sd", (&deviations).into(), brands)?;
        match deviations.iter().enumerate().find(|(_, sd)| **sd < 0.0) {
            Some((j, &sd)) => Err(Domain::NonNegative.refuse("contribution_sd", sd).at_row(j)),
            None => Ok(()),
        }
    }
}

/// The standard error of V = Σ_j w_j · CLV(j), and where it comes from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StandardError {
    /// V at the estimates.
    pub value: f64,
    /// √ of the sum of all variances below.
    pub standard_error: f64,
    /// The part of the variance of V that each row of P brings.
    pub row_variance: Vec<f64>,
    /// The part of r.
    pub discount_rate_variance: f64,
    /// The part of S_0.
    pub shares_variance: f64,
    /// The part of π.
    pub contribution_variance: f64,
}

impl StandardError {
    /// Where V lies with probability `level` if it is about normal: value ∓ z · standard error.
    ///
    /// # Errors
    /// `OutOfRange` for a level of 0 or 1.
    pub fn interval(&self, level: Probability) -> Result<(f64, f64)> {
        normal_interval(self.value, self.standard_error, level)
    }
}

/// value ∓ z · `standard_error`, where a normal number lies with probability `level`: z = Φ⁻¹((1 + level) / 2).
///
/// # Errors
/// `OutOfRange` for a level of 0 or 1.
pub fn normal_interval(value: f64, standard_error: f64, level: Probability) -> Result<(f64, f64)> {
    if level == Probability::ZERO || level == Probability::ONE {
        let rule = "must be between 0 and 1, both excluded";
        return Err(Error::new(ErrorKind::OutOfRange, "level", rule).with_value(level.value()));
    }
    let reach = -normal::quantile(0.5 * level.complement().to_f64()) * standard_error;
    Ok((value - reach, value + reach))
}

impl Valuation {
    /// The standard error of V = Σ_j w_j · CLV(j), to first order (the delta method):
    ///
    /// Var V = Σ_a (1/m_a) · Var_a + (∂V/∂r)² σ_r² + T²/(n+1) · Var_S + Σ_j (∂V/∂π_j)² σ_j²
    ///
    /// where Var_a = Σ_b P_ab (∂V/∂P_ab − Σ_c P_ac ∂V/∂P_ac)² is the variance of the derivatives over the row,
    /// and Var_S likewise that of ∂V/∂S_0 over the shares, which sum to T (1 for one customer).
    ///
    /// Trust it while V is nearly linear over the likely inputs; compare with [`Valuation::simulate`].
    ///
    /// Source: Oehlert 1992, "A note on the delta method"; the covariance of Dirichlet and of multinomial
    /// rows from Johnson, Kotz & Balakrishnan 2000, ch. 49, and 1997, ch. 35.
    ///
    /// ```
    /// use crm_core::clv::switching::estimate::TransitionPosterior;
    /// use crm_core::clv::switching::uncertainty::{InputDoubts, MatrixEstimate, Valuation};
    /// use crm_core::clv::switching::{Discounting, Shares};
    /// use crm_core::units::Rate;
    ///
    /// let posterior = TransitionPosterior::new(&[[8.0, 2.0], [1.0, 3.0]])?;
    /// let customer = Valuation::new(
    ///     &Shares::new([1.0, 0.0])?, 1.0, 100.0.into(), Discounting::new(Rate::ZERO), 1.into(),
    /// )?;
    /// let estimate = MatrixEstimate::from_posterior(&posterior);
    /// let error = customer.standard_error(&estimate, &customer.only(0)?, &InputDoubts::default())?;
    ///
    /// // 100 now, and 100 with a probability that is Beta(8, 2) of mean 0.8 and variance 0.16 / 11.
    /// assert!((error.value - 180.0).abs() < 1e-12);
    /// assert!((error.standard_error - 100.0 * (0.16_f64 / 11.0).sqrt()).abs() < 1e-12);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Valuation::gradient`]; `OutOfRange` and `NotFinite` for `doubts`.
    pub fn standard_error(
        &self,
        estimate: &MatrixEstimate,
        weights: &[f64],
        doubts: &InputDoubts,
    ) -> Result<StandardError> {
        doubts.check(self.brands())?;
        let gradient = self.gradient(&estimate.matrix, weights)?;
        let row_variance = row_variances(estimate, &gradient);
        let discount_rate_variance = square(gradient.discount_rate * doubts.discount_rate_sd);
        let total: f64 = self.shares.iter().sum();
        let shares_variance = match doubts.shares_known_by {
            Some(n) if total > 0.0 => {
                let shares: Vec<f64> = self.shares.iter().map(|share| share / total).collect();
                square(total) / (n + 1.0) * variance_over(&shares, &gradient.shares)
            }
            _ => 0.0,
        };
        let deviations = doubts.contribution_sd(self.brands());
        let contributions = gradient.contribution.iter().zip(&deviations);
        let contribution_variance: f64 = contributions.map(|(g, sd)| square(g * sd)).sum();
        let variance = row_variance.iter().sum::<f64>()
            + discount_rate_variance
            + shares_variance
            + contribution_variance;
        if !variance.is_finite() {
            return Err(Error::overflow("clv"));
        }
        Ok(StandardError {
            value: gradient.value,
            standard_error: variance.sqrt(),
            row_variance,
            discount_rate_variance,
            shares_variance,
            contribution_variance,
        })
    }
}

/// The part of the variance that each row of P brings.
fn row_variances(estimate: &MatrixEstimate, gradient: &Gradient) -> Vec<f64> {
    let rows = estimate.matrix.rows();
    let derivatives = gradient.transition.chunks_exact(estimate.matrix.states());
    rows.zip(derivatives)
        .zip(&estimate.known_by)
        .map(|((p, g), known_by)| variance_over(p, g) / known_by)
        .collect()
}

/// Σ_b p_b · (g_b − Σ_c p_c g_c)².
fn variance_over(p: &[f64], g: &[f64]) -> f64 {
    deviations_over(p, g)
        .zip(p)
        .map(|(deviation, p)| p * square(deviation))
        .sum()
}

/// g_b − Σ_c p_c g_c of each b, from differences alone.
pub(super) fn deviations_over<'a>(p: &[f64], g: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    let level = g.first().copied().unwrap_or(0.0);
    let mean: f64 = p.iter().zip(g).map(|(p, g)| p * (g - level)).sum();
    g.iter().map(move |g| (g - level) - mean)
}

pub(super) fn square(x: f64) -> f64 {
    x * x
}
