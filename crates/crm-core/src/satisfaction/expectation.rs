//! Expectation management: how much to promise.
//!
//! The more customers are made to expect, the more buy, and the fewer of them find their expectation met and buy
//! again. Repeat sales at the expectation a, with a perceived value of b, are S(a) = N·D(a)·R(b/a): too little
//! expectation brings few buyers, too much brings few back.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::math::special::{logistic, softplus};

/// A share that grows with what it answers to: ceiling / (1 + exp(−steepness·(x − midpoint))).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LogisticResponse {
    /// The share that it comes near to, greater than 0, at most 1.
    pub ceiling: f64,
    /// Where half of it is reached.
    pub midpoint: f64,
    /// How fast it grows, greater than 0.
    pub steepness: f64,
}

impl LogisticResponse {
    /// The share at `x`.
    #[must_use]
    pub fn share(&self, x: f64) -> f64 {
        self.ceiling * logistic(self.steepness * (x - self.midpoint))
    }

    /// ln of the share, less that of the ceiling.
    fn ln_part(&self, x: f64) -> f64 {
        -softplus(-self.steepness * (x - self.midpoint))
    }

    /// The derivative of ln of the share.
    fn ln_slope(&self, x: f64) -> f64 {
        self.steepness * logistic(-self.steepness * (x - self.midpoint))
    }
}

/// How expectation brings buyers, and satisfaction brings them back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ExpectationModel {
    /// N, how many could buy; greater than 0.
    pub market: f64,
    /// b, the value that buyers will perceive; greater than 0.
    pub perceived: f64,
    /// D, the share who buy, by the expectation a.
    pub purchase: LogisticResponse,
    /// R, the share of buyers who buy again, by the satisfaction degree C = b/a.
    pub repeat: LogisticResponse,
    /// The lowest expectation that can be set, greater than 0.
    pub lowest: f64,
    /// The highest, more than the lowest.
    pub highest: f64,
}

/// What comes of one level of expectation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExpectationPoint {
    /// a.
    pub expectation: f64,
    /// C = b/a.
    pub degree: f64,
    /// N·D(a).
    pub buyers: f64,
    /// R(C).
    pub repeat_rate: f64,
    /// N·D(a)·R(C).
    pub repeat_sales: f64,
}

/// The level of expectation with the most repeat sales.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExpectationOptimum {
    /// What comes of it.
    pub point: ExpectationPoint,
    /// Whether repeat sales are stationary there; else it is an end of the levels that can be set.
    pub interior: bool,
}

/// Steps in which maxima are looked for: two of them within a step would be taken for one.
const STEPS: u32 = 2_000;

impl ExpectationModel {
    /// Refuses what cannot be.
    fn check(&self) -> Result<()> {
        let positive = [
            ("market", self.market),
            ("perceived", self.perceived),
            ("purchase.steepness", self.purchase.steepness),
            ("repeat.steepness", self.repeat.steepness),
            ("lowest", self.lowest),
            ("highest", self.highest),
        ];
        let share = [
            ("purchase.ceiling", self.purchase.ceiling),
            ("repeat.ceiling", self.repeat.ceiling),
        ];
        let finite = [
            ("purchase.midpoint", self.purchase.midpoint),
            ("repeat.midpoint", self.repeat.midpoint),
        ];
        let checks = positive
            .map(|(name, x)| (name, x, Domain::Positive))
            .into_iter();
        let checks = checks.chain(share.map(|(name, x)| (name, x, Domain::PositiveProbability)));
        let mut checks = checks.chain(finite.map(|(name, x)| (name, x, Domain::Finite)));
        if let Some((name, value, domain)) = checks.find(|(_, x, domain)| !domain.contains(*x)) {
            return Err(domain.refuse(name, value));
        }
        if self.highest > self.lowest {
            return Ok(());
        }
        let reason = "must be more than the lowest";
        Err(Error::new(ErrorKind::OutOfRange, "highest", reason).with_value(self.highest))
    }

    /// What comes of the expectation a.
    fn point(&self, expectation: f64) -> ExpectationPoint {
        let degree = self.perceived / expectation;
        let buyers = self.market * self.purchase.share(expectation);
        let repeat_rate = self.repeat.share(degree);
        ExpectationPoint {
            expectation,
            degree,
            buyers,
            repeat_rate,
            repeat_sales: buyers * repeat_rate,
        }
    }

    /// `points` levels of expectation, evenly from the lowest to the highest.
    ///
    /// # Errors
    /// `OutOfRange` and `NotFinite` for what the model cannot hold; `OutOfRange` for fewer than 2 points.
    pub fn curve(&self, points: usize) -> Result<Vec<ExpectationPoint>> {
        self.check()?;
        if points < 2 {
            let error = Error::new(ErrorKind::OutOfRange, "points", "must be 2 or more");
            return Err(error.with_value(points));
        }
        let last = (points - 1) as f64;
        let level = |i: usize| self.level(i as f64 / last);
        Ok((0..points).map(|i| self.point(level(i))).collect())
    }

    /// The expectation this part of the way from the lowest to the highest.
    fn level(&self, part: f64) -> f64 {
        self.lowest * (1.0 - part) + self.highest * part
    }

    /// d ln S / da.
    fn slope(&self, expectation: f64) -> f64 {
        let degree = self.perceived / expectation;
        self.purchase.ln_slope(expectation) - self.repeat.ln_slope(degree) * degree / expectation
    }

    /// ln S, less what does not change.
    fn ln_sales(&self, expectation: f64) -> f64 {
        self.purchase.ln_part(expectation) + self.repeat.ln_part(self.perceived / expectation)
    }

    /// The expectation with the most repeat sales, among equals the lowest. The slope of ln S is followed in 2,000
    /// steps; where it turns from rising to falling, bisection finds the zero to the last digits; the best of these
    /// and of the ends is it.
    ///
    /// ```
    /// use crm_core::satisfaction::expectation::{ExpectationModel, LogisticResponse};
    ///
    /// let model = ExpectationModel {
    ///     market: 10_000.0,
    ///     perceived: 5.0,
    ///     purchase: LogisticResponse { ceiling: 0.5, midpoint: 4.0, steepness: 1.0 },
    ///     repeat: LogisticResponse { ceiling: 0.9, midpoint: 1.0, steepness: 6.0 },
    ///     lowest: 1.0,
    ///     highest: 10.0,
    /// };
    /// let best = model.optimum()?;
    /// assert!(best.interior && best.point.degree > 0.9 && best.point.degree < 1.3);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `OutOfRange` and `NotFinite` for what the model cannot hold.
    pub fn optimum(&self) -> Result<ExpectationOptimum> {
        self.check()?;
        let mut best = (self.ln_sales(self.lowest), self.lowest, false);
        let mut consider = |expectation: f64, interior: bool| {
            let sales = self.ln_sales(expectation);
            if sales > best.0 {
                best = (sales, expectation, interior);
            }
        };
        let mut before = self.lowest;
        for step in 1..=STEPS {
            let after = self.level(f64::from(step) / f64::from(STEPS));
            if self.slope(before) > 0.0 && self.slope(after) <= 0.0 {
                consider(self.stationary(before, after), true);
            }
            before = after;
        }
        consider(self.highest, false);
        let (_, expectation, interior) = best;
        Ok(ExpectationOptimum {
            point: self.point(expectation),
            interior,
        })
    }

    /// The zero of the slope, which is positive at `rising` and not at `falling`.
    fn stationary(&self, mut rising: f64, mut falling: f64) -> f64 {
        loop {
            let middle = f64::midpoint(rising, falling);
            if middle <= rising || middle >= falling {
                return middle;
            }
            if self.slope(middle) > 0.0 {
                rising = middle;
            } else {
                falling = middle;
            }
        }
    }
}
