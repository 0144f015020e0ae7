//! The interval of R² of a regression.

use super::beta;

/// Interval of the part of the variance that `predictors` explain in the population, from R² of a regression with so many degrees of
/// freedom: λ/(λ + n) with the non-centralities λ at which R² lies at the quantiles 1 − `tail` and `tail`. Predictors are taken for
/// fixed.
///
/// Source: Steiger & Fouladi 1997, "Noncentrality interval estimation and the evaluation of statistical models".
pub(crate) fn r_squared_interval(
    r_squared: f64,
    predictors: f64,
    degrees: f64,
    tail: f64,
) -> (f64, f64) {
    if r_squared.is_nan() || r_squared <= 0.0 {
        return (r_squared.min(0.0), r_squared.min(0.0));
    }
    if r_squared >= 1.0 {
        return (1.0, 1.0);
    }
    let count = predictors + degrees + 1.0;
    let below = |lambda: f64| probability_below(r_squared, predictors, degrees, lambda);
    let share = |probability: f64| {
        let lambda = root(below, probability, count * r_squared / (1.0 - r_squared));
        lambda / (lambda + count)
    };
    (share(1.0 - tail), share(tail))
}

/// P(R² ≤ r²) at the non-centrality λ: Σ over j of Poisson(j; λ/2) · I_r²(k/2 + j, d/2).
fn probability_below(r_squared: f64, predictors: f64, degrees: f64, lambda: f64) -> f64 {
    let (a, b, mean) = (0.5 * predictors, 0.5 * degrees, 0.5 * lambda);
    let (x, y) = (r_squared, 1.0 - r_squared);
    // Beyond, Poisson's probabilities are below 1e-30 of those at the mean.
    let reach = 12.0 * libm::sqrt(mean) + 40.0;
    let (first, mode) = (libm::floor(mean - reach).max(0.0), libm::floor(mean));
    let mut place = libm::ceil(mean + reach);
    // I_x(a, b) = I_x(a + 1, b) + x^a y^b / (a B(a, b)): all terms are positive downwards.
    let mut integral = beta::incomplete(a + place, b, x, y).0;
    let mut term = beta::kernel(a + place, b, x, y) / (a + place);
    // Relative to the one at the mode.
    let mut weight = libm::exp(falling(mean, mode, place));
    let (mut sum, mut total) = (0.0, 0.0);
    loop {
        sum += weight * integral;
        total += weight;
        if place <= first {
            return sum / total;
        }
        term *= (a + place) / (x * (a + place + b - 1.0));
        integral += term;
        weight *= place / mean;
        place -= 1.0;
    }
}

/// ln of Poisson's probability of `place` over that of `mode`.
fn falling(mean: f64, mode: f64, place: f64) -> f64 {
    (place - mode) * libm::log(mean) - (libm::lgamma(place + 1.0) - libm::lgamma(mode + 1.0))
}

/// Where a function that falls from λ = 0 on has this value; 0 if it starts below it.
fn root(falling: impl Fn(f64) -> f64, value: f64, guess: f64) -> f64 {
    /// Relative width at which the bracket is small enough.
    const NARROW: f64 = 1e-14;
    if falling(LEAST) <= value {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, guess.max(1.0));
    while falling(high) > value {
        (low, high) = (high, 2.0 * high);
    }
    while high - low > NARROW * high {
        let middle = 0.5 * (low + high);
        if falling(middle) > value {
            low = middle;
        } else {
            high = middle;
        }
        if middle <= LEAST {
            return 0.0;
        }
    }
    0.5 * (low + high)
}

/// A non-centrality that is taken for none.
const LEAST: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::*;

    /// From mpmath, 40 digits: roots of sums over incomplete beta functions.
    #[test]
    fn intervals() {
        for (r_squared, predictors, degrees, expected) in EXPECTED {
            let (lower, upper) = r_squared_interval(r_squared, predictors, degrees, 0.025);
            assert!((lower - expected.0).abs() < 1e-12, "{lower}");
            assert!((upper - expected.1).abs() < 1e-12, "{upper}");
        }
    }

    const EXPECTED: [(f64, f64, f64, (f64, f64)); 2] = [
        (0.3, 4.0, 95.0, (0.1318436698876521, 0.409382234941345)),
        (0.05, 6.0, 40.0, (0.0, 0.07147344499457966)),
    ];
}
