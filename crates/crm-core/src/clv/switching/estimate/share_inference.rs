use nalgebra::{Cholesky, DMatrix, DVector, SymmetricEigen};
use serde::{Deserialize, Serialize};

use super::Interval;
use super::shares::ShareFit;
use super::simplex::{Column, stuck};
use crate::error::{Error, ErrorKind, Result};
use crate::math::distribution::student_t;
use crate::survey::Confidence;
use crate::units::{Label, Probability, Terms};

/// What a covariance of least-squares estimates takes for granted of the errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum CovarianceEstimator {
    /// Errors of the same covariance in every step, divided by the step's weight.
    Classical = 0,
    /// Errors of any covariance in each step (Eicker 1967; White 1980): too small for few steps.
    Hc0 = 1,
    /// HC0 times observations / degrees of freedom (Hinkley 1977).
    Hc1 = 2,
    /// The jackknife: what the estimates would be without each step (MacKinnon & White 1985). For few steps.
    #[default]
    Hc3 = 3,
}

impl Label for CovarianceEstimator {
    const ALL: &'static [Self] = &[
        CovarianceEstimator::Classical,
        CovarianceEstimator::Hc0,
        CovarianceEstimator::Hc1,
        CovarianceEstimator::Hc3,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            CovarianceEstimator::Classical => ("classical", "Classical", "经典（同方差）"),
            CovarianceEstimator::Hc0 => ("hc0", "Robust, HC0", "稳健 HC0"),
            CovarianceEstimator::Hc1 => ("hc1", "Robust, HC1", "稳健 HC1"),
            CovarianceEstimator::Hc3 => ("hc3", "Robust, HC3", "稳健 HC3"),
        };
        Terms { name, en, zh }
    }
}

/// How well a matrix is known that was estimated from shares. Entries held at 0 have no standard error, t, p-value
/// or interval: those are NaN.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ShareInference {
    /// √Var P_ij, row-major.
    pub standard_errors: Vec<f64>,
    /// P_ij / standard error.
    pub t_values: Vec<f64>,
    /// P(|T| > |t|) of Student's t: how likely so large a P_ij is if the true one is 0.
    pub p_values: Vec<f64>,
    /// Cov(P_ij, P_hl) at row i·k + j and column h·k + l, k² × k², row-major; 0 for entries held at 0. Entries of
    /// different rows of P are correlated.
    pub covariance: Vec<f64>,
    /// n, the steps of a weight greater than 0.
    pub observations: usize,
    /// m, the parameters that the data determine: the sum of the leverages of all steps. It is the free entries less
    /// k, one for each row, and less still with shrinkage.
    pub effective_parameters: f64,
    /// ν = n − m / (k − 1), of each of k − 1 independent equations.
    pub degrees_of_freedom: f64,
    #[serde(skip)]
    estimates: Vec<f64>,
}

impl ShareInference {
    /// P_ij ∓ t · standard error of every entry, with t of Student's distribution: the lower limits and the upper ones,
    /// row-major. Limits beyond 0 and 1 are given as they are.
    ///
    /// # Errors
    /// `OutOfRange` for a level of 0 or 1.
    pub fn confidence_interval(&self, level: Probability) -> Result<Interval> {
        let confidence = Confidence::new(level.to_f64()).map_err(|error| error.named("level"))?;
        let t = confidence.t(self.degrees_of_freedom);
        let entries = || self.estimates.iter().zip(&self.standard_errors);
        Ok(Interval {
            lower: entries().map(|(p, error)| p - t * error).collect(),
            upper: entries().map(|(p, error)| p + t * error).collect(),
        })
    }
}

impl ShareFit {
    /// Standard errors, t values and covariances of the entries of P.
    ///
    /// With e_t = s_t − s_{t−1} P, the estimates of the free entries move by B · Σ_t w_t (e_t ⊗ s_{t−1}), where B is the
    /// inverse of the second derivatives over the free entries with rows that sum to one, and
    ///
    /// Cov P = B · (Σ_t w_t² (a_t ⊗ s_{t−1}) (a_t ⊗ s_{t−1})ᵀ) · B,
    ///
    /// with a_t = e_t (HC0), √(n/ν) · e_t (HC1), or (I − H_t)⁻¹ e_t (HC3), H_t the leverage of step t, so that HC3 is the
    /// sum of squares of what leaving out each step does. Classical: B · (Σ ⊗ Σ_t w_t s_{t−1}ᵀ s_{t−1}) · B with
    /// Σ = Σ_t w_t e_tᵀ e_t / ν. The errors of one step, which sum to zero over the brands, may be correlated in all of
    /// them; steps are independent. Where no entry is held at 0 all are those of a regression of each brand's shares.
    ///
    /// Entries at 0 are taken as truly 0, so the others' standard errors are too small if they are not; with
    /// shrinkage they measure how P varies, not how far it is drawn away. The work grows as n·k⁴ (classical: as k⁶).
    ///
    /// Source: White 1980, "A Heteroskedasticity-Consistent Covariance Matrix Estimator and a Direct Test for
    /// Heteroskedasticity"; MacKinnon & White 1985, "Some Heteroskedasticity-Consistent Covariance Matrix Estimators with
    /// Improved Finite Sample Properties"; Bell & McCaffrey 2002 for errors correlated over brands.
    ///
    /// ```
    /// use crm_core::clv::switching::estimate::{CovarianceEstimator, ShareRegression};
    /// use crm_core::clv::switching::{SharePath, ShareRule};
    /// use crm_core::units::Probability;
    ///
    /// let shares = [[0.9, 0.1], [0.74, 0.26], [0.67, 0.33], [0.645, 0.355], [0.61, 0.39]];
    /// let fit = ShareRegression::default().fit(&[SharePath::new(&shares, ShareRule::SumToOne)?])?;
    /// let found = fit.inference(CovarianceEstimator::Hc3)?;
    /// assert_eq!((found.observations, found.degrees_of_freedom.round()), (4, 2.0));
    /// // Rows sum to one: what one entry gains, the other one loses.
    /// assert!((found.standard_errors[0] - found.standard_errors[1]).abs() < 1e-12);
    /// let limits = found.confidence_interval(Probability::try_from(0.95)?)?;
    /// assert!(limits.lower[0] < fit.transition_matrix.entries()[0]);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `NoSolution` for as many parameters as steps (no error is left to see), and for HC3, with the number of the
    /// step, where one step alone determines what is fitted to it; `Overflow`.
    pub fn inference(&self, estimator: CovarianceEstimator) -> Result<ShareInference> {
        let evidence = &self.evidence;
        let (n, k) = evidence.residuals.shape();
        let tangent = Tangent::new(k, &evidence.columns)?;
        let leverages: Vec<DMatrix<f64>> = (0..n)
            .map(|t| tangent.leverage(&evidence.share(t)))
            .collect();
        let effective_parameters: f64 = leverages.iter().map(DMatrix::trace).sum();
        let equations = k.saturating_sub(1) as f64;
        let degrees_of_freedom = n as f64 - effective_parameters / equations;
        // One step more than parameters is a degree of freedom; what rounding leaves of none is none.
        if degrees_of_freedom.is_nan() || degrees_of_freedom <= 1e-9 * n as f64 {
            let reason = "must have more steps than parameters for standard errors";
            let error = Error::new(ErrorKind::NoSolution, "shares", reason);
            return Err(error.with_value(format_args!("of {n} steps")));
        }
        let moves = match estimator {
            CovarianceEstimator::Classical => {
                let spread = evidence.residuals.clone().qr().r() / degrees_of_freedom.sqrt();
                let shares = evidence.shares.clone().qr().r();
                let pairs = spread.row_iter().flat_map(|a| {
                    let a = a.transpose();
                    shares.row_iter().map(move |x| (a.clone(), x.transpose()))
                });
                tangent.moves(pairs)
            }
            CovarianceEstimator::Hc0 => tangent.moves(evidence.steps(1.0)),
            CovarianceEstimator::Hc1 => {
                tangent.moves(evidence.steps((n as f64 / degrees_of_freedom).sqrt()))
            }
            CovarianceEstimator::Hc3 => {
                let mut steps = Vec::with_capacity(n);
                for (t, leverage) in leverages.into_iter().enumerate() {
                    let left = without_leverage(leverage, &evidence.residual(t));
                    let left = left.ok_or_else(|| decides_alone(evidence.row(t)))?;
                    steps.push((left, evidence.share(t)));
                }
                tangent.moves(steps)
            }
        };
        let covariance = &moves * moves.transpose();
        let covariance: Vec<f64> = covariance.iter().copied().collect();
        if !covariance.iter().all(|entry| entry.is_finite()) {
            return Err(Error::overflow("shares"));
        }
        let estimates = self.transition_matrix.entries().to_vec();
        let mut found = ShareInference {
            standard_errors: Vec::with_capacity(k * k),
            t_values: Vec::with_capacity(k * k),
            p_values: Vec::with_capacity(k * k),
            covariance,
            observations: n,
            effective_parameters,
            degrees_of_freedom,
            estimates,
        };
        let variances = found.covariance.iter().step_by(k * k + 1);
        for ((&p, variance), free) in found.estimates.iter().zip(variances).zip(tangent.free()) {
            let error = if free { variance.sqrt() } else { f64::NAN };
            let t = p / error;
            found.standard_errors.push(error);
            found.t_values.push(t);
            found.p_values.push(if t.is_nan() {
                f64::NAN
            } else {
                2.0 * student_t(degrees_of_freedom, t.abs()).1
            });
        }
        Ok(found)
    }
}

/// The steps of a fit that have a weight, each times the root of it, and what is left of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Evidence {
    /// √w_t s_{t−1}, n × k.
    shares: DMatrix<f64>,
    /// √w_t (s_t − s_{t−1} P), n × k.
    residuals: DMatrix<f64>,
    /// The number of each step among all.
    rows: Vec<usize>,
    columns: Vec<Column>,
}

impl Evidence {
    /// `steps` are s_{t−1}, s_t and w_t as the fit saw it.
    pub(super) fn new<'a>(
        steps: impl Iterator<Item = (&'a [f64], &'a [f64], f64)>,
        matrix: &DMatrix<f64>,
        columns: Vec<Column>,
    ) -> Self {
        let (mut shares, mut next, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for (row, (now, then, weight)) in steps.enumerate() {
            if weight > 0.0 {
                let root = weight.sqrt();
                shares.extend(now.iter().map(|share| root * share));
                next.extend(then.iter().map(|share| root * share));
                rows.push(row);
            }
        }
        let shares = DMatrix::from_row_slice(rows.len(), matrix.nrows(), &shares);
        let next = DMatrix::from_row_slice(rows.len(), matrix.nrows(), &next);
        Evidence {
            residuals: next - &shares * matrix,
            shares,
            rows,
            columns,
        }
    }

    fn share(&self, t: usize) -> DVector<f64> {
        self.shares.row(t).transpose()
    }

    fn residual(&self, t: usize) -> DVector<f64> {
        self.residuals.row(t).transpose()
    }

    fn row(&self, t: usize) -> usize {
        self.rows.get(t).copied().unwrap_or(t)
    }

    /// `factor` · e_t and s_{t−1} of each step.
    fn steps(&self, factor: f64) -> impl Iterator<Item = (DVector<f64>, DVector<f64>)> {
        let all = 0..self.rows.len();
        all.map(move |t| (self.residual(t) * factor, self.share(t)))
    }
}

/// B: how the free entries of matrices whose rows sum to one answer to slopes of the sum of squares.
///
/// With C_j the inverse of XᵀX over the free rows of column j and K = Σ_j C_j, its block of columns j and l is
/// 1{j = l} C_j − C_j K⁻¹ C_l.
struct Tangent<'a> {
    k: usize,
    columns: &'a [Column],
    sum: Cholesky<f64, nalgebra::Dyn>,
}

impl<'a> Tangent<'a> {
    fn new(k: usize, columns: &'a [Column]) -> Result<Self> {
        let sum = Cholesky::new(Column::sum(columns, k)).ok_or_else(stuck)?;
        Ok(Tangent { k, columns, sum })
    }

    /// Which entries of P are free, row-major.
    fn free(&self) -> impl Iterator<Item = bool> {
        let entries = (0..self.k).flat_map(|i| self.columns.iter().map(move |c| (i, c)));
        entries.map(|(i, column)| column.free.contains(&i))
    }

    /// C_j x in column j.
    fn answers(&self, x: &DVector<f64>) -> DMatrix<f64> {
        let answers: Vec<DVector<f64>> = self.columns.iter().map(|c| c.answer(x)).collect();
        DMatrix::from_columns(&answers)
    }

    /// H = (I ⊗ xᵀ) B (I ⊗ x): how the fitted shares of a step follow its shares.
    fn leverage(&self, x: &DVector<f64>) -> DMatrix<f64> {
        let answers = self.answers(x);
        let own = DMatrix::from_diagonal(&answers.tr_mul(x));
        own - answers.tr_mul(&self.sum.solve(&answers))
    }

    /// B (a ⊗ x) of each pair (a, x) in a column, entries of P row-major.
    fn moves(&self, pairs: impl IntoIterator<Item = (DVector<f64>, DVector<f64>)>) -> DMatrix<f64> {
        let moves: Vec<DVector<f64>> = pairs
            .into_iter()
            .map(|(a, x)| {
                let mut pulled = self.answers(&x);
                for (mut column, a) in pulled.column_iter_mut().zip(a.iter()) {
                    column *= *a;
                }
                let shared = self.sum.solve(&pulled.column_sum());
                let moved = (pulled - self.answers(&shared)).transpose();
                DVector::from_column_slice(moved.as_slice())
            })
            .collect();
        DMatrix::from_columns(&moves)
    }
}

/// (I − H)⁻¹ e; `None` where H has an eigenvalue of 1.
fn without_leverage(leverage: DMatrix<f64>, residual: &DVector<f64>) -> Option<DVector<f64>> {
    let eigen = SymmetricEigen::new(leverage);
    let left = eigen.eigenvalues.map(|value| 1.0 - value);
    // A leverage of 1 is known to the roundings of XᵀX⁻¹.
    if left.min() < 1e-8 {
        return None;
    }
    let along = eigen.eigenvectors.tr_mul(residual).component_div(&left);
    Some(eigen.eigenvectors * along)
}

fn decides_alone(row: usize) -> Error {
    let reason =
        "determines what is fitted to it, so that HC3 has no number: add steps, or ask for HC1";
    Error::new(ErrorKind::NoSolution, "shares", reason).at_row(row)
}
