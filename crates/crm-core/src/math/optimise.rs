//! The minimum of a smooth function of a few coordinates that are alike in scale, such as logarithms
//! of parameters.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// A function and its gradient.
pub(crate) trait Objective {
    /// The value at `point`, whose gradient goes to `gradient`. What is not finite is avoided.
    fn evaluate(&self, point: &[f64], gradient: &mut [f64]) -> f64;

    /// Norm of the gradient from which quadratic steps take over from those that search: [`NEAR`], or [`WITHIN_REACH`]
    /// where second derivatives cost little.
    fn near(&self) -> f64 {
        NEAR
    }

    /// Second derivatives at `point`, where the gradient is `gradient`; where there is no form of them they are taken
    /// from differences of gradients.
    fn hessian(&self, point: &[f64], gradient: &[f64]) -> Option<DMatrix<f64>> {
        let _ = (point, gradient);
        None
    }
}

/// Quadratic steps from here on are few, and so are Hessians, of which each costs many gradients.
pub(crate) const NEAR: f64 = 1e-4;
/// From here on quadratic steps need fewer evaluations than a search that learns the Hessian on its way.
pub(crate) const WITHIN_REACH: f64 = 1e-2;

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    /// Norm of the gradient at which the minimum is found.
    pub(crate) tolerance: f64,
    /// Steps of both methods together.
    pub(crate) max_iterations: u32,
}

/// Where the search ended.
#[derive(Debug, Clone)]
pub(crate) struct Minimum {
    pub(crate) point: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) gradient_norm: f64,
    pub(crate) iterations: u32,
    /// Second derivatives at `point`.
    pub(crate) hessian: DMatrix<f64>,
}

/// No coordinate moves further in one step: an e-fold of a parameter.
const LARGEST_STEP: f64 = 1.0;
/// How much smaller it must be where quadratic steps have not led to the minimum.
const NEARER: f64 = 1e-2;
/// Newton steps at most; each one squares the distance, up to the error of the Hessian.
const MOST_NEWTON_STEPS: u32 = 12;
/// What sums of many terms may differ by.
const ROUNDING: f64 = 1e-13;
/// Step of the differences of gradients: balances h² against rounding / h.
const DIFFERENCE: f64 = 1e-4;

/// Searches by BFGS from `start`, then by Newton's method.
///
/// Source: Nocedal & Wright 2006, "Numerical Optimization", algorithms 6.1, 3.1 and 3.2.
pub(crate) fn minimise(objective: &impl Objective, start: &[f64], stop: Stop) -> Minimum {
    let mut state = State::at(objective, DVector::from_column_slice(start));
    let (mut iterations, mut near) = (0, objective.near());
    loop {
        near = near.max(stop.tolerance);
        search(objective, &mut state, near, stop, &mut iterations);
        let hessian = newton(objective, &mut state, stop, &mut iterations);
        let gradient_norm = state.gradient.norm();
        let solved = gradient_norm <= stop.tolerance;
        if solved || near <= stop.tolerance || iterations >= stop.max_iterations {
            return Minimum {
                point: state.point.as_slice().to_vec(),
                value: state.value,
                gradient_norm,
                iterations,
                hessian,
            };
        }
        // A flat stretch of the function, not yet its minimum.
        near *= NEARER;
    }
}

/// Newton's method while it leads down or to a lower gradient; the Hessian at the end.
fn newton(
    objective: &impl Objective,
    state: &mut State,
    stop: Stop,
    iterations: &mut u32,
) -> DMatrix<f64> {
    let mut hessian = second_derivatives(objective, state);
    for _ in 0..MOST_NEWTON_STEPS {
        let factor = hessian.clone().cholesky();
        if factor.is_none() && state.gradient.norm() > NEAR {
            break;
        }
        // Near the minimum one Hessian serves several steps.
        let mut moved = false;
        while state.gradient.norm() > stop.tolerance && *iterations < stop.max_iterations {
            let step = bounded(match &factor {
                Some(factor) => factor.solve(&state.gradient),
                None => step_of_singular(&hessian, &state.gradient),
            });
            let next = State::at(objective, &state.point - step);
            *iterations += 1;
            let (norm, next_norm) = (state.gradient.norm(), next.gradient.norm());
            // In a curved valley a step down may first steepen the sides.
            let falls = state.value - next.value > ROUNDING * (1.0 + state.value.abs());
            let better = next.value.is_finite() && (falls || next_norm < norm);
            if better {
                *state = next;
                moved = true;
            }
            if !better || next_norm >= 0.1 * norm {
                break;
            }
        }
        if !moved {
            break;
        }
        hessian = second_derivatives(objective, state);
    }
    hessian
}

/// Newton's step where the function falls to a limit that it does not reach, and rounding decides the signs of the
/// eigenvalues that go to 0 on the way: they count by their size.
fn step_of_singular(hessian: &DMatrix<f64>, gradient: &DVector<f64>) -> DVector<f64> {
    let SymmetricEigen {
        eigenvectors,
        eigenvalues,
    } = hessian.clone().symmetric_eigen();
    let sizes = eigenvalues.map(|value| value.abs().max(f64::MIN_POSITIVE));
    &eigenvectors * (eigenvectors.transpose() * gradient).component_div(&sizes)
}

#[derive(Debug, Clone)]
struct State {
    point: DVector<f64>,
    value: f64,
    gradient: DVector<f64>,
}

impl State {
    fn at(objective: &impl Objective, point: DVector<f64>) -> Self {
        let mut gradient = DVector::zeros(point.len());
        let value = objective.evaluate(point.as_slice(), gradient.as_mut_slice());
        State {
            point,
            value,
            gradient,
        }
    }
}

/// `step`, shortened so that no coordinate moves further than [`LARGEST_STEP`].
fn bounded(step: DVector<f64>) -> DVector<f64> {
    let largest = step.amax();
    if largest > LARGEST_STEP {
        step * (LARGEST_STEP / largest)
    } else {
        step
    }
}

/// BFGS until the gradient is small or no step leads down.
fn search(
    objective: &impl Objective,
    state: &mut State,
    near: f64,
    stop: Stop,
    iterations: &mut u32,
) {
    let n = state.point.len();
    let identity = DMatrix::<f64>::identity(n, n);
    let mut inverse = identity.clone();
    let mut fresh = true;
    while *iterations < stop.max_iterations && state.gradient.norm() > near {
        *iterations += 1;
        let direction = bounded(-(&inverse * &state.gradient));
        let slope = direction.dot(&state.gradient);
        let next = (slope < 0.0)
            .then(|| line_search(objective, state, &direction, slope))
            .flatten();
        let Some(next) = next else {
            if fresh {
                return;
            }
            inverse.copy_from(&identity);
            fresh = true;
            continue;
        };
        let step = &next.point - &state.point;
        let change = &next.gradient - &state.gradient;
        let curvature = step.dot(&change);
        if curvature > 0.0 {
            if fresh {
                inverse *= curvature / change.norm_squared();
            }
            let left = &identity - &step * change.transpose() / curvature;
            inverse = &left * &inverse * left.transpose() + &step * step.transpose() / curvature;
            fresh = false;
        }
        *state = next;
    }
}

/// A point on the way that is low enough (Armijo) and, where that is cheap to find, not too near.
fn line_search(
    objective: &impl Objective,
    state: &State,
    direction: &DVector<f64>,
    slope: f64,
) -> Option<State> {
    const DECREASE: f64 = 1e-4;
    const SHORTEST: f64 = 1e-10;
    let mut length = 1.0;
    while length > SHORTEST {
        let next = State::at(objective, &state.point + direction * length);
        let finite = next.value.is_finite() && next.gradient.iter().all(|g| g.is_finite());
        if finite && next.value <= state.value + DECREASE * length * slope {
            return Some(next);
        }
        // The minimum of the parabola through both values and the slope, where there is one.
        let parabola = -0.5 * slope * length / (next.value - state.value - slope * length) * length;
        length = if parabola.is_finite() {
            parabola.clamp(0.1 * length, 0.5 * length)
        } else {
            0.1 * length
        };
    }
    None
}

fn second_derivatives(objective: &impl Objective, state: &State) -> DMatrix<f64> {
    objective
        .hessian(state.point.as_slice(), state.gradient.as_slice())
        .unwrap_or_else(|| differences(objective, state))
}

/// Second derivatives, by central differences of the gradient; symmetric.
fn differences(objective: &impl Objective, state: &State) -> DMatrix<f64> {
    let n = state.point.len();
    let mut hessian = DMatrix::zeros(n, n);
    for j in 0..n {
        let moved = |by: f64| {
            let mut point = state.point.clone();
            if let Some(coordinate) = point.get_mut(j) {
                *coordinate += by;
            }
            State::at(objective, point).gradient
        };
        let column = (moved(DIFFERENCE) - moved(-DIFFERENCE)) / (2.0 * DIFFERENCE);
        hessian.set_column(j, &column);
    }
    (&hessian + hessian.transpose()) * 0.5
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Rosenbrock;

    impl Objective for Rosenbrock {
        fn evaluate(&self, point: &[f64], gradient: &mut [f64]) -> f64 {
            let (x, y) = (point[0], point[1]);
            gradient[0] = -2.0 * (1.0 - x) - 400.0 * x * (y - x * x);
            gradient[1] = 200.0 * (y - x * x);
            (1.0 - x) * (1.0 - x) + 100.0 * (y - x * x) * (y - x * x)
        }
    }

    #[test]
    fn rosenbrock() {
        let stop = Stop {
            tolerance: 1e-12,
            max_iterations: 200,
        };
        let found = minimise(&Rosenbrock, &[-1.2, 1.0], stop);
        assert!((found.point[0] - 1.0).abs() < 1e-12 && (found.point[1] - 1.0).abs() < 1e-12);
        assert!(found.gradient_norm <= 1e-12 && found.iterations < 80);
        let expected = [802.0, -400.0, -400.0, 200.0]; // by hand, at (1, 1)
        for (found, expected) in found.hessian.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-4, "{found}");
        }
    }

    /// A function with a wall: steps that leave its domain are shortened.
    struct Wall;

    impl Objective for Wall {
        fn evaluate(&self, point: &[f64], gradient: &mut [f64]) -> f64 {
            gradient[0] = 1.0 - 1e-3 / point[0];
            point[0] - 1e-3 * libm::log(point[0])
        }
    }

    #[test]
    fn wall() {
        let stop = Stop {
            tolerance: 1e-9,
            max_iterations: 200,
        };
        let found = minimise(&Wall, &[2.5], stop);
        assert!((found.point[0] - 1e-3).abs() < 1e-11, "{:?}", found.point);
    }
}
