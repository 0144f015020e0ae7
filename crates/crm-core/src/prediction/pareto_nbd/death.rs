//! The odds that a customer is dead, an integral over the moment of death.

use nalgebra::{Matrix4, RowVector4, Vector4};
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
    /// Mean of 1/(α+T) − 1/(α+y).
    pub(super) purchase_step: f64,
    /// Mean of 1/(β+T) − 1/(β+y).
    pub(super) dropout_step: f64,
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

/// What means over the moment of death are taken of: v, ln(1 + ρ(eᵛ−1)), and what the inverses of eᵛ and of
/// 1 + ρ(eᵛ−1) lack of 1, which keeps its digits where α or β is large beside all times.
const FEATURES: usize = 4;

/// Integrals over v by the density e^(−g).
#[derive(Debug, Clone, Copy, Default)]
struct Integrals {
    density: f64,
    /// Of each feature.
    features: [f64; FEATURES],
    /// Of the product of each two features, on and below the diagonal; 0 where they are not asked for.
    products: Matrix4<f64>,
}

/// [`Integrals`] from 0 to `panels` · `length`, perhaps with products.
struct Panels<'a, const N: usize, const PRODUCTS: bool> {
    fall: Fall,
    rule: &'a Rule<N>,
    panels: f64,
    length: f64,
}

impl<const N: usize, const PRODUCTS: bool> WithSimd for Panels<'_, N, PRODUCTS> {
    type Output = Integrals;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Integrals {
        let mut total = Integrals::default();
        let mut panel = 0.0;
        while panel < self.panels {
            self.add_panel(panel * self.length, &mut total);
            panel += 1.0;
        }
        total
    }
}

impl<const N: usize, const PRODUCTS: bool> Panels<'_, N, PRODUCTS> {
    #[inline(always)]
    fn add_panel(&self, from: f64, total: &mut Integrals) {
        let Fall { a, b, ratio } = self.fall;
        let [
            mut densities,
            mut nears,
            mut fars,
            mut near_steps,
            mut far_steps,
        ] = [[0.0; N]; 5];
        let outputs = densities
            .iter_mut()
            .zip(&mut nears)
            .zip(&mut fars)
            .zip(&mut near_steps)
            .zip(&mut far_steps);
        let rule = self.rule.nodes.iter().zip(&self.rule.weights);
        // All in one loop, which becomes one of vectors.
        for (((((density, near), far), near_step), far_step), (node, weight)) in outputs.zip(rule) {
            let v = from + self.length * node;
            let rise = exp_m1(v);
            let logarithm = ln_1p(ratio * rise);
            *density = weight * exp(-(a * v + b * logarithm));
            *near = v;
            *far = logarithm;
            *near_step = rise / (1.0 + rise);
            *far_step = ratio * rise / (1.0 + ratio * rise);
        }
        let features = [nears, fars, near_steps, far_steps];
        total.density += self.length * legendre::sum(&densities);
        for (i, feature) in features.iter().enumerate() {
            let weighted = product(&densities, feature);
            if let Some(integral) = total.features.get_mut(i) {
                *integral += self.length * legendre::sum(&weighted);
            }
            if PRODUCTS {
                for (j, other) in features.iter().enumerate().take(i + 1) {
                    if let Some(entry) = total.products.get_mut((i, j)) {
                        *entry += self.length * legendre::sum(&product(&weighted, other));
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn product<const N: usize>(a: &[f64; N], b: &[f64; N]) -> [f64; N] {
    let mut products = *a;
    for (product, b) in products.iter_mut().zip(b) {
        *product *= b;
    }
    products
}

impl Fall {
    /// The integrals from 0 to `end`, with as many nodes as give 13 digits.
    fn integrals<const PRODUCTS: bool>(self, end: f64) -> Integrals {
        let (cut, depth) = self.cut(end);
        let panels = (cut / LONGEST_PANEL).ceil().max(1.0);
        let nodes = 3.0 + 2.5 * depth.abs().sqrt() + 1.8 * cut;
        if nodes <= 8.0 {
            self.with::<8, PRODUCTS>(&FEW, panels, cut / panels)
        } else if nodes <= 16.0 {
            self.with::<16, PRODUCTS>(&SOME, panels, cut / panels)
        } else {
            self.with::<24, PRODUCTS>(&MANY, panels, cut / panels)
        }
    }

    fn with<const N: usize, const PRODUCTS: bool>(
        self,
        rule: &Rule<N>,
        panels: f64,
        length: f64,
    ) -> Integrals {
        Arch::new().dispatch(Panels::<N, PRODUCTS> {
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
        Death::integrate::<false>(model, x, t_x, age).0
    }

    /// The same, and the covariance matrix of ln((α+T)/(α+y)), 1/(α+y), ln((β+T)/(β+y)) and 1/(β+y).
    pub(super) fn with_covariances(
        model: &ParetoNbd,
        x: f64,
        t_x: f64,
        age: f64,
    ) -> (Death, Matrix4<f64>) {
        Death::integrate::<true>(model, x, t_x, age)
    }

    #[inline]
    fn integrate<const COVARIANCES: bool>(
        model: &ParetoNbd,
        x: f64,
        t_x: f64,
        age: f64,
    ) -> (Death, Matrix4<f64>) {
        let ParetoNbd { r, alpha, s, beta } = *model;
        let (purchase_scale, dropout_scale) = (alpha + t_x, beta + t_x);
        let purchase_end = libm::log1p((age - t_x) / purchase_scale);
        let dropout_end = libm::log1p((age - t_x) / dropout_scale);
        let dropout_first = beta <= alpha;
        let (fall, end) = if dropout_first {
            let ratio = dropout_scale / purchase_scale;
            let fall = Fall {
                a: s,
                b: r + x,
                ratio,
            };
            (fall, dropout_end)
        } else {
            let ratio = purchase_scale / dropout_scale;
            let fall = Fall {
                a: r + x - 1.0,
                b: s + 1.0,
                ratio,
            };
            (fall, purchase_end)
        };
        let integrals = fall.integrals::<COVARIANCES>(end);
        let means = integrals
            .features
            .map(|integral| integral / integrals.density);
        let [near, far, near_step, far_step] = means;
        // dy / (β+y) is dv where β is the smaller one, else ρ eᵛ dv / (1 + ρ(eᵛ−1)).
        let measure = if dropout_first { 1.0 } else { fall.ratio };
        let ln_odds =
            (r + x) * purchase_end + s * dropout_end + libm::log(s * measure * integrals.density);
        let (purchase, dropout, purchase_step, dropout_step) = if dropout_first {
            (far, near, far_step, near_step)
        } else {
            (near, far, near_step, far_step)
        };
        let last_step = |scale: f64| (age - t_x) / (scale + (age - t_x));
        let death = Death {
            ln_odds,
            purchase_logarithm: purchase_end - purchase,
            dropout_logarithm: dropout_end - dropout,
            purchase_step: (purchase_step - last_step(purchase_scale)) / purchase_scale,
            dropout_step: (dropout_step - last_step(dropout_scale)) / dropout_scale,
        };
        if !COVARIANCES {
            return (death, Matrix4::zeros());
        }
        let means = Vector4::from(means);
        let mut products = integrals.products / integrals.density;
        products.fill_upper_triangle_with_lower_triangle();
        let of_features = products - means * means.transpose();
        let (purchase, dropout) = if dropout_first { (1, 0) } else { (0, 1) };
        let row =
            |feature, factor| RowVector4::from_fn(|_, j| if j == feature { factor } else { 0.0 });
        let change = Matrix4::from_rows(&[
            row(purchase, -1.0),
            row(purchase + 2, -1.0 / purchase_scale),
            row(dropout, -1.0),
            row(dropout + 2, -1.0 / dropout_scale),
        ]);
        (death, change * of_features * change.transpose())
    }
}
