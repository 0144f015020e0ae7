//! The prices of places and of money: the minimum of the dual.
#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of offers, plus one for the budget"
)]

use nalgebra::{Cholesky, DMatrix, DVector};

use super::Problem;
use crate::math::elementary;
use crate::parallel;

/// Rows of one sum: sums over blocks in their order give the same bits for any number of threads.
const BLOCK: usize = 8192;
/// With more customers than this the first prices come from a part of them.
const PART: usize = 40_000;
/// Smoothing at the start and at the end, of the largest value.
const ROUGH: f64 = 0.05;
const FINE: f64 = 1e-7;
/// Or the end is where smoothing adds less than this part to the dual: it is as near to its minimum.
const NEAR: f64 = 1e-7;
/// After the first prices are known.
const REFINED: f64 = 1e-3;
/// How much finer each stage is.
const FINER: f64 = 0.1;
/// Newton steps of a stage at most.
const MOST_STEPS: usize = 25;
/// A stage ends with a step that gains less than this part of the smoothing.
const LEAST_GAIN: f64 = 1e-2;
/// The longest step, of the largest value.
const LONGEST: f64 = 0.3;

/// λ of each offer and μ.
pub(super) struct Prices {
    pub(super) places: Vec<f64>,
    pub(super) money: f64,
}

impl Prices {
    /// v − λ − μ c.
    pub(super) fn reduced(&self, problem: &Problem<'_>, offer: usize, value: f64) -> f64 {
        value - self.places[offer] - self.money * problem.offers[offer].cost
    }
}

/// The dual at the prices: what no assignment can exceed.
pub(super) fn value(problem: &Problem<'_>, prices: &Prices) -> f64 {
    let blocks = parallel::map_range(problem.customers.div_ceil(BLOCK), |block| {
        let rows = block * BLOCK..((block + 1) * BLOCK).min(problem.customers);
        rows.map(|row| {
            let columns = problem.values.iter().enumerate();
            columns
                .map(|(offer, column)| prices.reduced(problem, offer, column[row]))
                .fold(0.0, f64::max)
        })
        .sum::<f64>()
    });
    let places = problem.offers.iter().zip(&prices.places);
    let paid = places.map(|(offer, price)| offer.capacity.map_or(0.0, |k| price * k as f64));
    blocks.iter().sum::<f64>()
        + paid.sum::<f64>()
        + problem.budget.map_or(0.0, |budget| prices.money * budget)
}

pub(super) fn prices(problem: &Problem<'_>) -> Prices {
    let size = problem.offers.len() + 1;
    let scale = Scale::of(problem);
    let mut point = DVector::zeros(size);
    let stride = problem.customers.div_ceil(PART);
    if stride > 1 {
        descend(&Dual::new(problem, &scale, stride), &mut point, ROUGH);
        descend(&Dual::new(problem, &scale, 1), &mut point, REFINED);
    } else {
        descend(&Dual::new(problem, &scale, 1), &mut point, ROUGH);
    }
    Prices {
        places: point
            .iter()
            .take(size - 1)
            .map(|p| p * scale.value)
            .collect(),
        money: point[size - 1] * scale.value / scale.cost,
    }
}

/// Values and costs are measured in their largest.
struct Scale {
    value: f64,
    cost: f64,
}

impl Scale {
    fn of(problem: &Problem<'_>) -> Self {
        let largest = |values: &mut dyn Iterator<Item = f64>| {
            let largest = values.fold(0.0, f64::max);
            if largest > 0.0 { largest } else { 1.0 }
        };
        let columns = problem.values.iter();
        Scale {
            value: largest(&mut columns.flat_map(|column| column.iter().copied())),
            cost: largest(&mut problem.offers.iter().map(|offer| offer.cost)),
        }
    }
}

/// The dual of every `stride`-th customer, with its part of places and money.
struct Dual<'a> {
    problem: &'a Problem<'a>,
    value_scale: f64,
    stride: usize,
    rows: usize,
    costs: Vec<f64>,
    /// K_j, then B; infinite where there is no limit.
    limits: Vec<f64>,
}

/// The smoothed dual per customer, its gradient and its Hessian.
struct Evaluation {
    value: f64,
    /// What smoothing adds to the value.
    added: f64,
    gradient: DVector<f64>,
    hessian: DMatrix<f64>,
}

impl<'a> Dual<'a> {
    fn new(problem: &'a Problem<'a>, scale: &Scale, stride: usize) -> Self {
        let rows = problem.customers.div_ceil(stride);
        let places = problem.offers.iter().map(|offer| offer.capacity);
        let places = places.map(|k| k.map_or(f64::INFINITY, |k| k as f64));
        let budget = problem.budget.map_or(f64::INFINITY, |b| b / scale.cost);
        let part = problem.customers as f64;
        Dual {
            problem,
            value_scale: scale.value,
            stride,
            rows,
            costs: problem.offers.iter().map(|o| o.cost / scale.cost).collect(),
            limits: places.chain([budget]).map(|limit| limit / part).collect(),
        }
    }

    /// (1/n) Σ ε ln(1 + Σ_j exp((v_ij − λ_j − μ c_j)/ε)) + Σ λ_j K_j/n + μ B/n.
    fn evaluate(&self, point: &DVector<f64>, smoothing: f64) -> Evaluation {
        let size = point.len();
        let blocks = parallel::map_range(self.rows.div_ceil(BLOCK), |block| {
            self.block(block * BLOCK, point, smoothing)
        });
        let mut sum = Evaluation {
            value: 0.0,
            added: 0.0,
            gradient: DVector::zeros(size),
            hessian: DMatrix::zeros(size, size),
        };
        for block in blocks {
            sum.value += block.value;
            sum.added += block.added;
            sum.gradient += block.gradient;
            sum.hessian += block.hessian;
        }
        let part = 1.0 / self.rows as f64;
        sum.value *= part;
        sum.added *= part;
        sum.gradient *= part;
        sum.hessian *= part;
        for (k, &limit) in self.limits.iter().enumerate() {
            if limit.is_finite() {
                sum.value += point[k] * limit;
                sum.gradient[k] += limit;
            }
        }
        sum
    }

    fn block(&self, first: usize, point: &DVector<f64>, smoothing: f64) -> Evaluation {
        let offers = self.costs.len();
        let last = (first + BLOCK).min(self.rows);
        let price: Vec<f64> = (0..offers)
            .map(|j| point[j] + point[offers] * self.costs[j])
            .collect();
        let (mut value, mut added) = (0.0, 0.0);
        let mut gradient = DVector::zeros(offers + 1);
        let mut hessian = DMatrix::zeros(offers + 1, offers + 1);
        let mut share = vec![0.0; offers];
        for row in first..last {
            let row = row * self.stride;
            let mut most = 0.0_f64;
            for j in 0..offers {
                share[j] = self.problem.values[j][row] / self.value_scale - price[j];
                most = most.max(share[j]);
            }
            let nothing = elementary::exp((-most / smoothing).max(-690.0));
            let mut sum = nothing;
            for entry in &mut share {
                *entry = elementary::exp(((*entry - most) / smoothing).max(-690.0));
                sum += *entry;
            }
            value += most;
            added += smoothing * elementary::ln(sum);
            if nothing > 0.999_999 * sum {
                continue;
            }
            let mut spent = 0.0;
            for (entry, cost) in share.iter_mut().zip(&self.costs) {
                *entry /= sum;
                spent += *entry * cost;
            }
            for j in 0..offers {
                let s = share[j];
                gradient[j] -= s;
                if s < 1e-12 {
                    continue;
                }
                hessian[(j, j)] += s;
                for k in 0..=j {
                    hessian[(j, k)] -= s * share[k];
                }
                hessian[(offers, j)] += s * (self.costs[j] - spent);
                hessian[(offers, offers)] += s * self.costs[j] * (self.costs[j] - spent);
            }
            gradient[offers] -= spent;
        }
        hessian /= smoothing;
        hessian.fill_upper_triangle_with_lower_triangle();
        Evaluation {
            value: value + added,
            added,
            gradient,
            hessian,
        }
    }
}

/// Projected Newton steps (Bertsekas 1982) with less and less smoothing.
fn descend(dual: &Dual<'_>, point: &mut DVector<f64>, from: f64) {
    let mut smoothing = from;
    loop {
        let mut now = dual.evaluate(point, smoothing);
        for _ in 0..MOST_STEPS {
            let free: Vec<usize> = (0..point.len())
                .filter(|&k| dual.limits[k].is_finite())
                .filter(|&k| point[k] > 0.0 || now.gradient[k] < 0.0)
                .collect();
            let slope: f64 = free
                .iter()
                .map(|&k| now.gradient[k].abs())
                .fold(0.0, f64::max);
            if free.is_empty() || slope <= 1e-9 {
                break;
            }
            let Some(step) = newton_step(&now, &free) else {
                break;
            };
            let Some((next, there)) = search(dual, point, &free, &step, &now, smoothing) else {
                break;
            };
            let gained = now.value - there.value;
            (*point, now) = (next, there);
            if gained <= LEAST_GAIN * smoothing {
                break;
            }
        }
        if smoothing <= FINE || now.added <= NEAR * now.value {
            return;
        }
        smoothing = (smoothing * FINER).max(FINE);
    }
}

fn newton_step(now: &Evaluation, free: &[usize]) -> Option<DVector<f64>> {
    let size = free.len();
    let curvature = DMatrix::from_fn(size, size, |a, b| now.hessian[(free[a], free[b])]);
    let slope = DVector::from_fn(size, |a, _| -now.gradient[free[a]]);
    // Where few customers waver the Hessian is nearly singular: steps are as long as they may be.
    let mut damping = 1e-9 * curvature.diagonal().amax() + 1e-12;
    loop {
        let damped = &curvature + DMatrix::identity(size, size) * damping;
        if let Some(factor) = Cholesky::new(damped) {
            let step = factor.solve(&slope);
            let longest = step.amax();
            if longest.is_finite() {
                return Some(if longest > LONGEST {
                    step * (LONGEST / longest)
                } else {
                    step
                });
            }
        }
        damping *= 100.0;
        if damping > 1e12 {
            return None;
        }
    }
}

fn search(
    dual: &Dual<'_>,
    point: &DVector<f64>,
    free: &[usize],
    step: &DVector<f64>,
    now: &Evaluation,
    smoothing: f64,
) -> Option<(DVector<f64>, Evaluation)> {
    let mut length = 1.0;
    while length > 1e-6 {
        let mut next = point.clone();
        for (&k, step) in free.iter().zip(step.iter()) {
            next[k] = (point[k] + length * step).max(0.0);
        }
        let there = dual.evaluate(&next, smoothing);
        let promised: f64 = now.gradient.dot(&(&next - point));
        if there.value <= now.value + 1e-4 * promised.min(0.0) {
            return Some((next, there));
        }
        length *= 0.4;
    }
    None
}
