use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use super::super::{SharePath, ShareRule, TransitionMatrix};
use super::counts::{check_brands, check_weight};
use super::share_inference::Evidence;
use super::simplex::Regression;
use crate::error::{Error, ErrorKind, Result};

/// More brands than this are refused.
pub const MOST_BRANDS_OF_SHARES: usize = 64;

/// How a switching matrix is estimated from market shares alone, when nobody saw who switched:
///
/// min Σ_t w_t ‖s_t − s_{t−1} P‖² + ρ ‖P − P₀‖² over all matrices P with entries of 0 or more and rows that sum
/// to one.
///
/// It is a convex problem, solved exactly by an active-set method; the fit certifies its solution. The
/// shares must say enough: there must be at least k steps in which the shares s_{t−1} are linearly
/// independent. One market near its steady state hardly moves and says little; several regions,
/// segments or cohorts with different shares say much more. Where the data do not determine P they are
/// refused, unless a [`Shrinkage`] says what to believe then. Standard errors: [`ShareFit::inference`].
///
/// Source: Lee, Judge & Zellner 1970, "Estimating the Parameters of the Markov Probability Model from Aggregate
/// Time Series Data", restricted least squares.
///
/// ```
/// use crm_core::clv::switching::estimate::ShareRegression;
/// use crm_core::clv::switching::{SharePath, ShareRule};
///
/// // Two regions whose customers switch by P = [0.8 0.2; 0.3 0.7].
/// let regions = [
///     SharePath::new(&[[0.9, 0.1], [0.75, 0.25], [0.675, 0.325]], ShareRule::SumToOne)?,
///     SharePath::new(&[[0.2, 0.8], [0.4, 0.6]], ShareRule::SumToOne)?,
/// ];
/// let fit = ShareRegression::default().fit(&regions)?;
/// for (found, expected) in fit.transition_matrix.entries().iter().zip([0.8, 0.2, 0.3, 0.7]) {
///     assert!((found - expected).abs() < 1e-12);
/// }
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ShareRegression {
    /// w_t, 0 or more: one for each step from a period to the next, path after path; the number of
    /// purchases behind the later shares, say. All 1 by default.
    pub weights: Option<Vec<f64>>,
    /// What P is drawn to; nothing by default.
    pub shrinkage: Option<Shrinkage>,
}

/// What a matrix is drawn to, and how strongly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shrinkage {
    /// P₀: a matrix of an earlier study, or one that says that customers mostly stay.
    pub towards: TransitionMatrix,
    /// ρ, greater than 0: it counts as much as ρ steps from each pure share (1, 0, …), (0, 1, …), ….
    pub strength: f64,
}

/// A switching matrix estimated from shares.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ShareFit {
    /// P.
    pub transition_matrix: TransitionMatrix,
    /// Σ_t w_t ‖s_t − s_{t−1} P‖².
    pub sum_of_squares: f64,
    /// 1 − sum of squares / Σ_t w_t ‖s_t − s̄‖², where s̄ are the mean shares; `None` if the shares never change.
    pub r_squared: Option<f64>,
    /// The steps that the fit is made of.
    pub steps: usize,
    /// How many independent shares the data hold: k where they determine P without shrinkage.
    pub rank: usize,
    /// Largest by smallest singular value of the weighted shares (and of the shrinkage): errors of the
    /// shares may be so many times larger in P.
    pub condition_number: f64,
    /// How far P is from the conditions of the only solution (Karush, Kuhn, Tucker), in units of a
    /// probability: max |min(P_ij, slope_ij)|. It is a few roundings at a solution.
    pub kkt_residual: f64,
    /// How many entries of P are 0 because the best fit would be negative.
    pub at_bound: usize,
    #[serde(skip)]
    pub(super) evidence: Evidence,
}

impl ShareRegression {
    /// Estimates P from the shares of one or more markets, each a path of at least two periods.
    ///
    /// # Errors
    /// `Empty` for no paths; `LengthMismatch` for paths of different brands (with the row), another number of
    /// weights than of steps, a shrinkage of other brands; `OutOfRange` for a path of one period (with the
    /// row), shares that need not sum to one, more than [`MOST_BRANDS_OF_SHARES`] brands, a negative
    /// weight, a strength of 0 or less; `NotFinite`; `NoSolution` where the shares do not determine P;
    /// `Overflow` for weights whose sum is no number;
    /// `NotConverged` if the active sets do not settle, which rounding alone could cause.
    pub fn fit(&self, paths: &[SharePath]) -> Result<ShareFit> {
        let brands = check_paths(paths)?;
        let steps = self.steps(paths)?;
        if let Some(shrinkage) = &self.shrinkage {
            shrinkage.check(brands)?;
        }
        // P depends on the ratios of weights and strength alone: as parts of the largest, their squares are numbers.
        let strength = self
            .shrinkage
            .as_ref()
            .map_or(0.0, |shrinkage| shrinkage.strength);
        let largest = steps
            .iter()
            .map(|step| step.weight)
            .fold(strength, f64::max);
        if largest == 0.0 {
            return Err(undetermined(0, brands));
        }
        let part = |weight: f64| weight / largest;
        let root = |weight: f64| part(weight).sqrt();
        let mut data = Regression::new(brands);
        for step in &steps {
            data.push(root(step.weight), step.now, step.next);
        }
        let rank = data.rank();
        if let Some(Shrinkage { towards, .. }) = &self.shrinkage {
            for (i, row) in towards.rows().enumerate() {
                let pure: Vec<f64> = (0..brands).map(|j| f64::from(u8::from(i == j))).collect();
                data.push(root(strength), &pure, row);
            }
        } else if rank < brands {
            return Err(undetermined(rank, brands));
        }
        let solution = data.solve()?;
        let evidence = Evidence::new(
            steps
                .iter()
                .map(|step| (step.now, step.next, part(step.weight))),
            &DMatrix::from_row_slice(brands, brands, &solution.entries),
            solution.columns,
        );
        let matrix = TransitionMatrix::trusted(brands, solution.entries);
        let sum_of_squares = steps.iter().map(|step| step.misfit(&matrix)).sum();
        Ok(ShareFit {
            r_squared: r_squared(sum_of_squares, &steps, brands),
            transition_matrix: matrix,
            sum_of_squares,
            steps: steps.len(),
            rank,
            condition_number: solution.condition_number,
            kkt_residual: solution.kkt_residual,
            at_bound: solution.at_bound,
            evidence,
        })
    }

    /// Every step from a period to the next, path after path.
    fn steps<'a>(&self, paths: &'a [SharePath]) -> Result<Vec<Step<'a>>> {
        let pairs = paths
            .iter()
            .flat_map(|path| path.rows().zip(path.rows().skip(1)));
        let mut steps: Vec<Step<'a>> = pairs
            .map(|(now, next)| Step {
                now,
                next,
                weight: 1.0,
            })
            .collect();
        let Some(weights) = &self.weights else {
            return Ok(steps);
        };
        if weights.len() != steps.len() {
            return Err(Error::length("weights", weights.len(), steps.len()));
        }
        for (row, (step, &weight)) in steps.iter_mut().zip(weights).enumerate() {
            check_weight("weights", weight).map_err(|error| error.at_row(row))?;
            step.weight = weight;
        }
        if !weights.iter().sum::<f64>().is_finite() {
            return Err(Error::overflow("weights"));
        }
        Ok(steps)
    }
}

/// s_{t−1}, s_t and w_t.
struct Step<'a> {
    now: &'a [f64],
    next: &'a [f64],
    weight: f64,
}

impl Step<'_> {
    /// w_t ‖s_t − s_{t−1} P‖².
    fn misfit(&self, matrix: &TransitionMatrix) -> f64 {
        let mut residual = self.next.to_vec();
        for (share, row) in self.now.iter().zip(matrix.rows()) {
            for (left, p) in residual.iter_mut().zip(row) {
                *left -= share * p;
            }
        }
        self.weight * residual.iter().map(|left| left * left).sum::<f64>()
    }
}

impl Shrinkage {
    fn check(&self, brands: usize) -> Result<()> {
        if self.towards.states() != brands {
            return Err(Error::length("towards", self.towards.states(), brands));
        }
        check_weight("strength", self.strength)?;
        if self.strength == 0.0 {
            let error = Error::new(ErrorKind::OutOfRange, "strength", "must be greater than 0");
            return Err(error.with_value(0));
        }
        Ok(())
    }
}

/// The number of brands of all paths.
fn check_paths(paths: &[SharePath]) -> Result<usize> {
    const ARGUMENT: &str = "shares";
    let brands = paths.first().map_or(0, SharePath::brands);
    check_brands(brands, MOST_BRANDS_OF_SHARES).map_err(|error| error.named(ARGUMENT))?;
    for (row, path) in paths.iter().enumerate() {
        let refused = if path.brands() != brands {
            Error::length(ARGUMENT, path.brands(), brands)
        } else if path.periods() < 2 {
            let error = Error::new(
                ErrorKind::OutOfRange,
                ARGUMENT,
                "must have two periods or more",
            );
            error.with_value("of one period")
        } else if path.rule() == ShareRule::Any {
            let reason = "must be shares that sum to one: what is not known cannot have switched";
            Error::new(ErrorKind::NotStochastic, ARGUMENT, reason)
        } else {
            continue;
        };
        return Err(refused.at_row(row));
    }
    Ok(brands)
}

/// 1 − sum of squares / Σ w ‖s_t − s̄‖²; `None` where the shares do not change.
fn r_squared(sum_of_squares: f64, steps: &[Step<'_>], brands: usize) -> Option<f64> {
    let weights: f64 = steps.iter().map(|step| step.weight).sum();
    let mut mean = vec![0.0; brands];
    for step in steps {
        for (mean, share) in mean.iter_mut().zip(step.next) {
            *mean += step.weight * share / weights;
        }
    }
    let squares = |step: &Step<'_>| {
        let distances = step
            .next
            .iter()
            .zip(&mean)
            .map(|(share, mean)| (share - mean) * (share - mean));
        step.weight * distances.sum::<f64>()
    };
    let total: f64 = steps.iter().map(squares).sum();
    (total > weights * f64::EPSILON).then(|| 1.0 - sum_of_squares / total)
}

fn undetermined(rank: usize, brands: usize) -> Error {
    let reason = format!(
        "must move in {brands} independent ways to determine {brands} rows of the matrix: add periods, or \
         markets with other shares, or say what to shrink towards"
    );
    Error::new(ErrorKind::NoSolution, "shares", reason).with_value(format_args!("of rank {rank}"))
}
