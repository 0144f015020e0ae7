//! The scaled forward–backward recursions, for the customers of a pack side by side in the lanes of vectors.
//!
//! α̂_t(j) = b_t(j) Σ_i α̂_{t−1}(i) P_ij / c_t, where c_t makes them sum to one, is the probability of state j given the
//! periods up to t; β̂_t(i) = Σ_j P_ij b_{t+1}(j) β̂_{t+1}(j) / c_{t+1}; α̂_t β̂_t is the probability given all periods, and
//! Σ ln c_t the log-likelihood (Rabiner 1989, section V.A). Each lane is the same chain of products and sums on every
//! processor: no fused multiply-add.

#![expect(
    clippy::indexing_slicing,
    reason = "every place is below the lengths that `Workspace::reserve` makes"
)]
#![expect(
    clippy::needless_range_loop,
    reason = "iterators are not always inlined into the functions of an instruction set"
)]

use pulp::{Arch, Simd, WithSimd};

use super::blocks::{LANES, Vector};

/// Working memory of a pack: for each period, a vector for each state.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// b, up to a factor for each period.
    pub(super) density: Vec<Vector>,
    /// P of each period, where it varies.
    pub(super) matrices: Vec<Vector>,
    /// α̂.
    pub(super) filtered: Vec<Vector>,
    /// α̂ β̂.
    pub(super) smoothed: Vec<Vector>,
    /// c.
    pub(super) scale: Vec<Vector>,
    /// ξ: the probabilities of both states of a move; summed over periods where P does not vary.
    pub(super) joint: Vec<Vector>,
    beta: Vec<Vector>,
    ahead: Vec<Vector>,
}

impl Workspace {
    pub(super) fn reserve(&mut self, states: usize, periods: usize, varying: bool) {
        let zero = [0.0; LANES];
        let squares = states * states;
        let by_period = if varying { periods } else { 0 };
        self.density.resize(periods * states, zero);
        self.filtered.resize(periods * states, zero);
        self.smoothed.resize(periods * states, zero);
        self.scale.resize(periods, zero);
        self.matrices.resize(by_period * squares, zero);
        self.joint.resize(by_period.max(1) * squares, zero);
        self.beta.resize(states, zero);
        self.ahead.resize(states, zero);
    }
}

/// Passes forward and backward over the periods of a pack whose densities (and matrices) are in `work`.
pub(super) fn pass(
    arch: Arch,
    initial: &[f64],
    constant: Option<&[f64]>,
    periods: usize,
    work: &mut Workspace,
) {
    let task = Task {
        initial,
        constant,
        periods,
        work,
    };
    match initial.len() {
        2 => arch.dispatch(Fixed::<2>(task)),
        3 => arch.dispatch(Fixed::<3>(task)),
        4 => arch.dispatch(Fixed::<4>(task)),
        5 => arch.dispatch(Fixed::<5>(task)),
        6 => arch.dispatch(Fixed::<6>(task)),
        states => arch.dispatch(Any(task, states)),
    }
}

struct Task<'a> {
    initial: &'a [f64],
    constant: Option<&'a [f64]>,
    periods: usize,
    work: &'a mut Workspace,
}

/// A task whose number of states is known to the compiler.
struct Fixed<'a, const K: usize>(Task<'a>);

impl<const K: usize> WithSimd for Fixed<'_, K> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        run(self.0, K);
    }
}

/// A task with any number of states.
struct Any<'a>(Task<'a>, usize);

impl WithSimd for Any<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        run(self.0, self.1);
    }
}

#[inline(always)]
fn run(task: Task<'_>, states: usize) {
    let Task {
        initial,
        constant,
        periods,
        work,
    } = task;
    match constant {
        Some(matrix) => {
            let matrix = Constant(&matrix[..states * states], states);
            forward(initial, matrix, states, periods, work);
            backward(matrix, states, periods, work, false);
            // ξ = α̂ P (b β̂ / c), summed over the periods without P.
            for place in 0..states * states {
                for lane in 0..LANES {
                    work.joint[place][lane] *= matrix.0[place];
                }
            }
        }
        None => {
            let matrices = std::mem::take(&mut work.matrices);
            let varying = Varying(&matrices[..periods * states * states], states);
            forward(initial, varying, states, periods, work);
            backward(varying, states, periods, work, true);
            for place in states * states..periods * states * states {
                for lane in 0..LANES {
                    work.joint[place][lane] *= matrices[place][lane];
                }
            }
            work.matrices = matrices;
        }
    }
}

/// P_ij of the move into a period.
trait Matrix: Copy {
    fn at(self, period: usize, i: usize, j: usize) -> Vector;
}

#[derive(Clone, Copy)]
struct Constant<'a>(&'a [f64], usize);

impl Matrix for Constant<'_> {
    #[inline(always)]
    fn at(self, _: usize, i: usize, j: usize) -> Vector {
        [self.0[i * self.1 + j]; LANES]
    }
}

#[derive(Clone, Copy)]
struct Varying<'a>(&'a [Vector], usize);

impl Matrix for Varying<'_> {
    #[inline(always)]
    fn at(self, period: usize, i: usize, j: usize) -> Vector {
        self.0[(period * self.1 + i) * self.1 + j]
    }
}

#[inline(always)]
fn forward(
    initial: &[f64],
    matrix: impl Matrix,
    states: usize,
    periods: usize,
    work: &mut Workspace,
) {
    let density = &work.density[..periods * states];
    let filtered = &mut work.filtered[..periods * states];
    let scale = &mut work.scale[..periods];
    for t in 0..periods {
        let mut sum = [0.0; LANES];
        for j in 0..states {
            let mut predicted = [initial[j]; LANES];
            if t > 0 {
                predicted = [0.0; LANES];
                for i in 0..states {
                    let p = matrix.at(t, i, j);
                    let before = filtered[(t - 1) * states + i];
                    for lane in 0..LANES {
                        predicted[lane] += before[lane] * p[lane];
                    }
                }
            }
            for lane in 0..LANES {
                predicted[lane] *= density[t * states + j][lane];
                sum[lane] += predicted[lane];
            }
            filtered[t * states + j] = predicted;
        }
        scale[t] = sum;
        let mut inverse = [0.0; LANES];
        for lane in 0..LANES {
            inverse[lane] = 1.0 / f64::max(sum[lane], f64::MIN_POSITIVE);
        }
        for j in 0..states {
            for lane in 0..LANES {
                filtered[t * states + j][lane] *= inverse[lane];
            }
        }
    }
}

/// ξ goes to the period of its move where `by_period`, else all to one sum.
#[inline(always)]
fn backward(
    matrix: impl Matrix,
    states: usize,
    periods: usize,
    work: &mut Workspace,
    by_period: bool,
) {
    let squares = states * states;
    let density = &work.density[..periods * states];
    let filtered = &work.filtered[..periods * states];
    let smoothed = &mut work.smoothed[..periods * states];
    let scale = &work.scale[..periods];
    let joint = &mut work.joint[..if by_period {
        periods * squares
    } else {
        squares
    }];
    let beta = &mut work.beta[..states];
    let ahead = &mut work.ahead[..states];
    for place in 0..joint.len() {
        joint[place] = [0.0; LANES];
    }
    for i in 0..states {
        beta[i] = [1.0; LANES];
    }
    for t in (0..periods).rev() {
        for i in 0..states {
            for lane in 0..LANES {
                smoothed[t * states + i][lane] = filtered[t * states + i][lane] * beta[i][lane];
            }
        }
        if t == 0 {
            break;
        }
        let mut inverse = [0.0; LANES];
        for lane in 0..LANES {
            inverse[lane] = 1.0 / f64::max(scale[t][lane], f64::MIN_POSITIVE);
        }
        for j in 0..states {
            for lane in 0..LANES {
                ahead[j][lane] = density[t * states + j][lane] * beta[j][lane] * inverse[lane];
            }
        }
        let first = if by_period { t * squares } else { 0 };
        for i in 0..states {
            let before = filtered[(t - 1) * states + i];
            let mut sum = [0.0; LANES];
            for j in 0..states {
                let p = matrix.at(t, i, j);
                let cell = &mut joint[first + i * states + j];
                for lane in 0..LANES {
                    sum[lane] += p[lane] * ahead[j][lane];
                    cell[lane] += before[lane] * ahead[j][lane];
                }
            }
            beta[i] = sum;
        }
    }
}
