use super::beta_ratio::GAUSS;
use super::{Bdw, log_loss};

/// Terms that are added one by one before a sum is taken as an integral, at least.
const FEWEST_TERMS: u32 = 32;
/// And at most; by then terms are smooth or do not count.
const MOST_TERMS: u32 = 1_000_000;
/// A sum is smooth where each term differs from the one before by less than this part.
const SMOOTH: f64 = 0.03;
/// Terms this small beside the sum do not count, nor do those after them.
const NEGLIGIBLE: f64 = 1e-19;
/// −ln of what no longer counts.
const FURTHEST: f64 = 45.0;
/// Intervals of an integral at most, each half as long as the way to it: 1.5²⁰⁰⁰ is beyond any float.
const MOST_INTERVALS: u32 = 2_000;

/// The sum of S(m + k)/S(m) e^(−force·k), where S is the survival function of a model.
pub(super) struct Lifetime {
    pub(super) model: Bdw,
    /// m, the renewals until now.
    pub(super) renewals: f64,
    /// ln of 1 + discount rate.
    pub(super) force: f64,
}

impl Lifetime {
    /// −ln(S(m + t)/S(m)), for t that need not be whole.
    fn log_loss(&self, further: f64) -> f64 {
        log_loss(self.model, self.renewals, further)
    }

    fn term(&self, k: f64) -> f64 {
        libm::exp(-self.log_loss(k) - self.force * k)
    }

    /// Σ over 0 ≤ k < `terms`, which may be infinite where the sum is finite.
    ///
    /// The first terms are added one by one. Once they are smooth the others are an integral with the
    /// corrections of Gauss's summation formula (Hildebrand 1974, "Introduction to numerical analysis",
    /// section 5.8): Σ_{k=K}^∞ f(k) = ∫_{K−½}^∞ f + δf/24 − 17 δ³f/5760 + 367 δ⁵f/967680, with
    /// central differences at K − ½.
    pub(super) fn sum(&self, terms: f64) -> f64 {
        let mut sum = 0.0;
        let mut before = f64::INFINITY;
        for k in 0..MOST_TERMS {
            if f64::from(k) >= terms {
                return sum;
            }
            let term = self.term(k.into());
            sum += term;
            if term <= NEGLIGIBLE * sum {
                return sum;
            }
            let smooth = (1.0 - term / before).abs() <= SMOOTH;
            before = term;
            let next = f64::from(k) + 1.0;
            if k >= FEWEST_TERMS && smooth && terms > next {
                let at_end = if terms.is_finite() {
                    self.correction(terms)
                } else {
                    0.0
                };
                return sum + self.integral(next - 0.5, terms - 0.5) + self.correction(next)
                    - at_end;
            }
        }
        sum
    }

    /// What the sum from `first` on has more than the integral from `first` − ½ on.
    fn correction(&self, first: f64) -> f64 {
        let at = |offset: f64| self.term(first + offset);
        let (d1, outer, outermost) = (at(0.0) - at(-1.0), at(1.0) - at(-2.0), at(2.0) - at(-3.0));
        let d3 = outer - 3.0 * d1;
        let d5 = outermost - 5.0 * outer + 10.0 * d1;
        d1 / 24.0 - 17.0 / 5_760.0 * d3 + 367.0 / 967_680.0 * d5
    }

    /// ∫ of the terms, over intervals that grow with the way from 0.
    fn integral(&self, start: f64, end: f64) -> f64 {
        let (mut sum, mut from) = (0.0, start);
        for _ in 0..MOST_INTERVALS {
            let longest = 2.0 / self.force.abs();
            let length = (0.5 * from).min(longest).min(end - from);
            let part = self.gauss(from, length);
            sum += part;
            from += length;
            let decayed = self.force * (from - start) > FURTHEST;
            if from >= end || part <= NEGLIGIBLE * sum || decayed || !sum.is_finite() {
                return sum;
            }
            if self.force == 0.0 && end == f64::INFINITY && self.is_power_law(from) {
                return sum + from * self.term(from) / (self.model.power() - 1.0);
            }
        }
        sum
    }

    /// Whether the terms from here on are a multiple of t^(−αc).
    fn is_power_law(&self, from: f64) -> bool {
        const PRECISION: f64 = 1e-13;
        let halves = self.log_loss(2.0 * from) - self.log_loss(from);
        (halves - self.model.power() * std::f64::consts::LN_2).abs() <= PRECISION
    }

    /// Eight nodes of Gauss.
    fn gauss(&self, from: f64, length: f64) -> f64 {
        let half = 0.5 * length;
        let at = |node: f64| self.term(from + half * (1.0 + node));
        let pairs = GAUSS
            .iter()
            .map(|&(node, weight)| weight * (at(-node) + at(node)));
        half * pairs.sum::<f64>()
    }
}
