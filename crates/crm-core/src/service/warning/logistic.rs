#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators"
)]

use nalgebra::{Cholesky, DMatrix, DVector};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::math::special::{logistic, softplus};
use crate::parallel;
use crate::survey::check_column;

/// Newton's method takes 4 to 10 steps; where it takes more, the indicators tell the lost from the rest without fail.
const MOST_ITERATIONS: usize = 50;
/// Rows of one sum: sums over blocks in their order give the same bits for any number of threads.
const BLOCK: usize = 4096;
/// The part of an indicator's information that the others leave, below which it counts as their combination.
const LEAST_INFORMATION: f64 = 1e-11;
/// The change of standardised coefficients at which the maximum is reached.
const TOLERANCE: f64 = 1e-10;

/// P(lost) = 1 / (1 + exp −(β₀ + Σ βⱼ xⱼ)).
///
/// ```
/// use crm_core::service::warning::fit_logistic;
///
/// // Months since the last purchase, and whether the customer left.
/// let months = [1.0, 2.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
/// let left = [false, false, true, false, false, true, true, true];
/// let model = fit_logistic(&[&months], &left, 0.0)?;
/// let risk = model.predict(&[&[1.0, 7.0]])?;
/// assert!(risk[0] < 0.3 && risk[1] > 0.8);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogisticModel {
    /// β₀.
    pub intercept: f64,
    /// βⱼ, one per indicator: the change of the log-odds with one unit of it.
    pub coefficients: Vec<f64>,
    /// Of the intercept and the coefficients, from the observed information, which with a penalty has the penalty in it.
    pub standard_errors: Vec<f64>,
    /// ln L, without the penalty.
    pub log_likelihood: f64,
    /// ln L of the mere share of lost customers.
    pub null_log_likelihood: f64,
    /// Rows of the fit.
    pub rows: u64,
}

impl LogisticModel {
    /// P(lost) of each row of a table with the indicators of the fit.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`] for other numbers of indicators or rows, [`ErrorKind::NotFinite`] with the row.
    pub fn predict(&self, indicators: &[&[f64]]) -> Result<Vec<f64>> {
        let rows = check_table(indicators)?;
        if indicators.len() != self.coefficients.len() {
            let expected = self.coefficients.len();
            return Err(Error::length("indicators", indicators.len(), expected));
        }
        let mut scores = vec![self.intercept; rows];
        for (column, beta) in indicators.iter().zip(&self.coefficients) {
            for (score, x) in scores.iter_mut().zip(*column) {
                *score += beta * x;
            }
        }
        scores
            .iter_mut()
            .for_each(|score| *score = logistic(*score));
        Ok(scores)
    }

    /// What each indicator adds to the log-odds of one customer, βⱼ (xⱼ − reference), with the largest first: why somebody is warned of.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`].
    pub fn contributions(&self, customer: &[f64], reference: &[f64]) -> Result<Vec<(usize, f64)>> {
        let count = self.coefficients.len();
        for (argument, values) in [("customer", customer), ("reference", reference)] {
            if values.len() != count {
                return Err(Error::length(argument, values.len(), count));
            }
        }
        let parts = self.coefficients.iter().zip(customer).zip(reference);
        let mut parts: Vec<(usize, f64)> = parts
            .map(|((beta, x), from)| beta * (x - from))
            .enumerate()
            .collect();
        parts.sort_by(|a, b| f64::total_cmp(&b.1.abs(), &a.1.abs()));
        Ok(parts)
    }
}

/// Fits [`LogisticModel`] to columns of indicators and to who was lost, by maximum likelihood. A `penalty` of more than 0 is taken off
/// ln L as penalty/2 · Σ (βⱼ sⱼ)², s the standard deviations of the indicators, so that it means the same for every unit of measure.
///
/// Source: McCullagh & Nelder 1989, "Generalized Linear Models", chapter 4; the penalty is le Cessie & van Houwelingen 1992.
///
/// # Errors
/// [`ErrorKind::Empty`]; [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] with the row; [`ErrorKind::OutOfRange`] for a negative
/// penalty; [`ErrorKind::NoSolution`] where nobody or everybody was lost, for an indicator that is constant or a combination of the
/// others, and where an indicator tells the lost from the rest without fail, so that its coefficient has no bound: a penalty gives it one.
pub fn fit_logistic(indicators: &[&[f64]], lost: &[bool], penalty: f64) -> Result<LogisticModel> {
    let rows = check_table(indicators)?;
    if lost.len() != rows {
        return Err(Error::length("lost", lost.len(), rows));
    }
    if !penalty.is_finite() || penalty < 0.0 {
        let reason = "must be a finite number, 0 or more";
        return Err(Error::new(ErrorKind::OutOfRange, "penalty", reason).with_value(penalty));
    }
    let count = lost.iter().filter(|&&lost| lost).count();
    if count == 0 || count == rows {
        let who = if count == 0 { "nobody" } else { "everybody" };
        let reason = format!("says that {who} was lost: there is nothing to tell apart");
        return Err(Error::new(ErrorKind::NoSolution, "lost", reason));
    }
    let table = Standardised::of(indicators, lost)?;
    let share = count as f64 / rows as f64;
    let mut beta = DVector::zeros(indicators.len() + 1);
    beta[0] = libm::log(share / (1.0 - share));
    let null_log_likelihood = table.evaluate(&beta, 0.0).log_likelihood;
    let mut now = table.evaluate(&beta, penalty);
    for _ in 0..MOST_ITERATIONS {
        let factor = table.factor(&now.information)?;
        let step = factor.solve(&now.gradient);
        let converged = step.amax() <= TOLERANCE;
        (beta, now) = table.climb(&beta, &step, &now, penalty);
        if converged {
            return Ok(table.model(&beta, &factor.inverse(), null_log_likelihood, penalty));
        }
        if penalty == 0.0 && beta.rows(1, indicators.len()).amax() > 50.0 {
            break;
        }
    }
    let runaway = beta.rows(1, indicators.len()).iamax();
    let reason = "tells the lost from the rest without fail: its coefficient has no bound; give a penalty, for example 1";
    Err(Error::new(ErrorKind::NoSolution, "indicators", reason)
        .with_value(format_args!("separating in column {runaway}")))
}

fn check_table(indicators: &[&[f64]]) -> Result<usize> {
    let Some(first) = indicators.first() else {
        return Err(Error::empty("indicators"));
    };
    for column in indicators {
        if column.len() != first.len() {
            return Err(Error::length("indicators", column.len(), first.len()));
        }
        check_column("indicators", column)?;
    }
    Ok(first.len())
}

/// The indicators, of mean 0 and standard deviation 1.
struct Standardised<'a> {
    columns: &'a [&'a [f64]],
    lost: &'a [bool],
    means: Vec<f64>,
    deviations: Vec<f64>,
}

/// The penalised likelihood at a point.
struct Evaluation {
    /// Without the penalty.
    log_likelihood: f64,
    /// With it.
    objective: f64,
    gradient: DVector<f64>,
    information: DMatrix<f64>,
}

impl<'a> Standardised<'a> {
    fn of(columns: &'a [&'a [f64]], lost: &'a [bool]) -> Result<Self> {
        let rows = lost.len() as f64;
        let (mut means, mut deviations) = (Vec::new(), Vec::new());
        for (place, column) in columns.iter().enumerate() {
            let mean = column.iter().sum::<f64>() / rows;
            let squares: f64 = column.iter().map(|x| (x - mean) * (x - mean)).sum();
            let deviation = libm::sqrt(squares / rows);
            if !deviation.is_finite() {
                return Err(Error::overflow("indicators"));
            }
            if deviation <= 1e-14 * mean.abs() {
                return Err(combination(place));
            }
            means.push(mean);
            deviations.push(deviation);
        }
        Ok(Standardised {
            columns,
            lost,
            means,
            deviations,
        })
    }

    fn evaluate(&self, beta: &DVector<f64>, penalty: f64) -> Evaluation {
        let size = beta.len();
        let blocks = parallel::map_range(self.lost.len().div_ceil(BLOCK), |block| {
            self.block(block * BLOCK, beta)
        });
        let mut sum = Evaluation {
            log_likelihood: 0.0,
            objective: 0.0,
            gradient: DVector::zeros(size),
            information: DMatrix::zeros(size, size),
        };
        for block in blocks {
            sum.log_likelihood += block.log_likelihood;
            sum.gradient += block.gradient;
            sum.information += block.information;
        }
        sum.objective = sum.log_likelihood;
        for j in 1..size {
            sum.objective -= 0.5 * penalty * beta[j] * beta[j];
            sum.gradient[j] -= penalty * beta[j];
            sum.information[(j, j)] += penalty;
        }
        sum
    }

    fn block(&self, first: usize, beta: &DVector<f64>) -> Evaluation {
        let size = beta.len();
        let last = (first + BLOCK).min(self.lost.len());
        let mut log_likelihood = 0.0;
        let mut gradient = DVector::zeros(size);
        let mut information = DMatrix::zeros(size, size);
        let mut x = DVector::from_element(size, 1.0);
        for (row, &lost) in self.lost.iter().enumerate().take(last).skip(first) {
            for (j, column) in self.columns.iter().enumerate() {
                x[j + 1] = column
                    .get(row)
                    .map_or(0.0, |value| (value - self.means[j]) / self.deviations[j]);
            }
            let score = x.dot(beta);
            let p = logistic(score);
            log_likelihood -= softplus(if lost { -score } else { score });
            gradient.axpy(f64::from(u8::from(lost)) - p, &x, 1.0);
            information.syger(p * (1.0 - p), &x, &x, 1.0);
        }
        information.fill_upper_triangle_with_lower_triangle();
        Evaluation {
            log_likelihood,
            objective: log_likelihood,
            gradient,
            information,
        }
    }

    fn factor(&self, information: &DMatrix<f64>) -> Result<Cholesky<f64, nalgebra::Dyn>> {
        let dependent = |place: usize| combination(place.saturating_sub(1));
        let factor = Cholesky::new(information.clone()).ok_or_else(|| dependent(1))?;
        let root = factor.l();
        for j in 1..root.nrows() {
            if root[(j, j)] * root[(j, j)] <= LEAST_INFORMATION * information[(j, j)] {
                return Err(dependent(j));
            }
        }
        Ok(factor)
    }

    /// The whole step, or the largest half of a half … that does not lose likelihood.
    fn climb(
        &self,
        beta: &DVector<f64>,
        step: &DVector<f64>,
        now: &Evaluation,
        penalty: f64,
    ) -> (DVector<f64>, Evaluation) {
        let rounding = 1e-13 * now.objective.abs();
        let mut length = 1.0;
        loop {
            let next = beta + step * length;
            let there = self.evaluate(&next, penalty);
            if there.objective >= now.objective - rounding || length < 1e-9 {
                return (next, there);
            }
            length *= 0.5;
        }
    }

    /// Back to the units of the indicators.
    fn model(
        &self,
        beta: &DVector<f64>,
        covariance: &DMatrix<f64>,
        null_log_likelihood: f64,
        penalty: f64,
    ) -> LogisticModel {
        let coefficients: Vec<f64> = (0..self.means.len())
            .map(|j| beta[j + 1] / self.deviations[j])
            .collect();
        let shift: f64 = coefficients
            .iter()
            .zip(&self.means)
            .map(|(b, m)| b * m)
            .sum();
        let to_intercept = DVector::from_fn(beta.len(), |i, _| match i {
            0 => 1.0,
            i => -self.means[i - 1] / self.deviations[i - 1],
        });
        let variance = (covariance * &to_intercept).dot(&to_intercept);
        let slopes = (0..self.means.len())
            .map(|j| libm::sqrt(covariance[(j + 1, j + 1)]) / self.deviations[j]);
        LogisticModel {
            intercept: beta[0] - shift,
            standard_errors: std::iter::once(libm::sqrt(variance))
                .chain(slopes)
                .collect(),
            coefficients,
            log_likelihood: self.evaluate(beta, penalty).log_likelihood,
            null_log_likelihood,
            rows: self.lost.len() as u64,
        }
    }
}

fn combination(place: usize) -> Error {
    let reason = "is constant or a combination of the columns before it; leave it out";
    Error::new(ErrorKind::NoSolution, "indicators", reason)
        .with_value(format_args!("collinear in column {place}"))
}
