//! The odds that a customer is dead, an integral over the moment of death.

use pulp::{Arch, Simd, WithSimd};

use super::ParetoNbd;
use crate::math::elementary::{exp, exp_m1, ln_1p};
use crate::math::legendre::{self, FEW, MANY, Rule, SOME};

/// What is known of a customer who died after the last purchase, without knowing when.
///
/// The moment y of death between t_x and T has the density, relative to that of being alive,
/// s ((α+T)/(α+y))^(r+x) ((β+T)/(β+y))^s / (β+y). Its total is the odds of being dead; means are
/// over this density.
#[derive(Debug, Clone, Copy)]
pub(super) struct Death {
    /// ln of the odds of being dead; −∞ where t_x = T.
    pub(super) ln_odds: f64,
    /// Mean of ln((α+T)/(α+y)).
    pub(super) purchase_logarithm: f64,
    /// Mean of ln((β+T)/(β+y)).
    pub(super) dropout_logarithm: f64,
    /// Mean of 1/(α+y).
    pub(super) purchase_inverse: f64,
    /// Mean of 1/(β+y).
    pub(super) dropout_inverse: f64,
}

/// The integrand e^(−g), relative to its value at t_x, by v = ln((m+y)/(m+t_x)) with m = min(α, β):
/// g = a v + b ln(1 + ρ(eᵛ−1)), ρ = (m+t_x)/(M+t_x), M = max(α, β). It is analytic for |Im v| < π.
#[derive(Debug, Clone, Copy)]
struct Fall {
    a: f64,
    b: f64,
    ratio: f64,
}

/// What lies further below the first value than e^−38 does not count.
const NEGLIGIBLE: f64 = 38.0;
/// Nodes enough for the interval may reach down to e^−55.
const DEEPEST: f64 = 55.0;
/// 24 nodes have 13 digits up to this length, whatever the fall.
const LONGEST_PANEL: f64 = 5.0;

impl Fall {
    fn at(self, v: f64) -> f64 {
        self.a * v + self.b * libm::log1p(self.ratio * libm::expm1(v))
    }

    fn slope(self, v: f64) -> f64 {
        let rise = self.ratio * libm::exp(v);
        self.a + self.b * rise / (1.0 - self.ratio + rise)
    }

    /// v up to which the integral counts, at most `end`, and g there.
    fn cut(self, end: f64) -> (f64, f64) {
        const MOST_STEPS: usize = 60;
        // g is convex: it lies above its tangents, so steps from the right stay there.
        let slope = self.a + self.b * self.ratio;
        let mut v = if slope * end > NEGLIGIBLE {
            NEGLIGIBLE / slope
        } else {
            end
        };
        let mut fall = self.at(v);
        for _ in 0..MOST_STEPS {
            if fall <= DEEPEST {
                break;
            }
            v -= (fall - NEGLIGIBLE) / self.slope(v);
            fall = self.at(v);
        }
        (v, fall)
    }
}

/// Integrals over v, each by the density e^(−g) times a function.
#[derive(Debug, Clone, Copy, Default)]
struct Integrals {
    density: f64,
    /// Of v.
    near: f64,
    /// Of ln(1 + ρ(eᵛ−1)).
    far: f64,
    /// Of e^−v.
    near_inverse: f64,
    /// Of 1 / (1 + ρ(eᵛ−1)).
    far_inverse: f64,
}

impl Integrals {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Integrals {
            density: self.density + other.density,
            near: self.near + other.near,
            far: self.far + other.far,
            near_inverse: self.near_inverse + other.near_inverse,
            far_inverse: self.far_inverse + other.far_inverse,
        }
    }
}

/// [`Integrals`] from 0 to `panels` · `length`.
struct Panels<'a, const N: usize> {
    fall: Fall,
    rule: &'a Rule<N>,
    panels: f64,
    length: f64,
}

impl<const N: usize> WithSimd for Panels<'_, N> {
    type Output = Integrals;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Integrals {
        let mut total = Integrals::default();
        let mut panel = 0.0;
        while panel < self.panels {
            total = total.plus(self.panel(panel * self.length));
            panel += 1.0;
        }
        total
    }
}

impl<const N: usize> Panels<'_, N> {
    #[inline(always)]
    fn panel(&self, from: f64) -> Integrals {
        let Fall { a, b, ratio } = self.fall;
        let [
            mut densities,
            mut nears,
            mut fars,
            mut near_inverses,
            mut far_inverses,
        ] = [[0.0; N]; 5];
        let outputs = densities
            .iter_mut()
            .zip(&mut nears)
            .zip(&mut fars)
            .zip(&mut near_inverses)
            .zip(&mut far_inverses);
        let rule = self.rule.nodes.iter().zip(&self.rule.weights);
        // All in one loop, which becomes one of vectors.
        for (((((density, near), far), near_inverse), far_inverse), (node, weight)) in
            outputs.zip(rule)
        {
            let v = from + self.length * node;
            let rise = exp_m1(v);
            let logarithm = ln_1p(ratio * rise);
            let value = weight * exp(-(a * v + b * logarithm));
            *density = value;
            *near = value * v;
            *far = value * logarithm;
            *near_inverse = value / (1.0 + rise);
            *far_inverse = value / (1.0 + ratio * rise);
        }
        let integral = |values: &[f64; N]| self.length * legendre::sum(values);
        Integrals {
            density: integral(&densities),
            near: integral(&nears),
            far: integral(&fars),
            near_inverse: integral(&near_inverses),
            far_inverse: integral(&far_inverses),
        }
    }
}

impl Fall {
    /// The integrals from 0 to `end`, with as many nodes as give 13 digits.
    fn integrals(self, end: f64) -> Integrals {
        let (cut, depth) = self.cut(end);
        let panels = (cut / LONGEST_PANEL).ceil().max(1.0);
        let nodes = 3.0 + 2.5 * depth.abs().sqrt() + 1.8 * cut;
        if nodes <= 8.0 {
            self.with(&FEW, panels, cut / panels)
        } else if nodes <= 16.0 {
            self.with(&SOME, panels, cut / panels)
        } else {
            self.with(&MANY, panels, cut / panels)
        }
    }

    fn with<const N: usize>(self, rule: &Rule<N>, panels: f64, length: f64) -> Integrals {
        Arch::new().dispatch(Panels {
            fall: self,
            rule,
            panels,
            length,
        })
    }
}

impl Death {
    /// Of a customer with frequency x, recency t_x and age T.
    pub(super) fn new(model: &ParetoNbd, x: f64, t_x: f64, age: f64) -> Death {
        let ParetoNbd { r, alpha, s, beta } = *model;
        let (purchase_scale, dropout_scale) = (alpha + t_x, beta + t_x);
        let purchase_end = libm::log1p((age - t_x) / purchase_scale);
        let dropout_end = libm::log1p((age - t_x) / dropout_scale);
        let dropout_first = beta <= alpha;
        let (fall, end, near_scale, far_scale) = if dropout_first {
            let ratio = dropout_scale / purchase_scale;
            let fall = Fall {
                a: s,
                b: r + x,
                ratio,
            };
            (fall, dropout_end, dropout_scale, purchase_scale)
        } else {
            let ratio = purchase_scale / dropout_scale;
            let fall = Fall {
                a: r + x - 1.0,
                b: s + 1.0,
                ratio,
            };
            (fall, purchase_end, purchase_scale, dropout_scale)
        };
        let integrals = fall.integrals(end);
        let mean = |integral: f64| integral / integrals.density;
        let (near, far) = (mean(integrals.near), mean(integrals.far));
        let near_inverse = mean(integrals.near_inverse) / near_scale;
        let far_inverse = mean(integrals.far_inverse) / far_scale;
        // dy / (β+y) is dv where β is the smaller one, else ρ eᵛ dv / (1 + ρ(eᵛ−1)).
        let measure = if dropout_first { 1.0 } else { fall.ratio };
        let ln_odds =
            (r + x) * purchase_end + s * dropout_end + libm::log(s * measure * integrals.density);
        let (purchase, dropout, purchase_inverse, dropout_inverse) = if dropout_first {
            (far, near, far_inverse, near_inverse)
        } else {
            (near, far, near_inverse, far_inverse)
        };
        Death {
            ln_odds,
            purchase_logarithm: purchase_end - purchase,
            dropout_logarithm: dropout_end - dropout,
            purchase_inverse,
            dropout_inverse,
        }
    }
}
