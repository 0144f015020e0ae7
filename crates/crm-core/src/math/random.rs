//! Random numbers whose bits depend on the seed alone: every elementary function is from libm.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// One of 2⁶⁴ independent streams of a seed.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Stream(generator)
    }

    /// Uniform between 0 and 1, never one of them.
    pub(crate) fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 52) as f64;
        ((self.0.next_u64() >> 12) as f64 + 0.5) * STEP
    }

    /// Exponential with mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    /// Standard normal, by the polar method (Marsaglia & Bray 1964).
    fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if 0.0 < s && s < 1.0 {
                return u * (-2.0 * libm::log(s) / s).sqrt();
            }
        }
    }

    /// Gamma with this shape and rate 1 (Marsaglia & Tsang 2000); Γ(k) = Γ(k + 1)·U^(1/k) for k < 1.
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = libm::exp(-self.exponential() / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v > 0.0 {
                let v = v * v * v;
                if libm::log(self.uniform()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                    return d * v;
                }
            }
        }
    }

    /// Beta: a / (a + b) of two gammas.
    pub(crate) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a), self.gamma(b));
        if x + y > 0.0 {
            x / (x + y)
        } else {
            f64::from(u8::from(self.uniform() < a / (a + b)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Means and variances of 100,000 draws lie within 5 standard errors, roughly.
    #[test]
    fn moments() {
        let n = 100_000;
        let moments = |mut draw: Box<dyn FnMut() -> f64>| {
            let draws: Vec<f64> = (0..n).map(|_| draw()).collect();
            let mean = draws.iter().sum::<f64>() / f64::from(n);
            let variance =
                draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
            (mean, variance)
        };
        for (stream, shape) in [(0, 0.25), (1, 1.0), (2, 6.25)] {
            let mut random = Stream::new(1, stream);
            let (mean, variance) = moments(Box::new(move || random.gamma(shape)));
            assert!((mean / shape - 1.0).abs() < 0.05, "{shape}: mean {mean}");
            assert!(
                (variance / shape - 1.0).abs() < 0.1,
                "{shape}: variance {variance}"
            );
        }
        let mut random = Stream::new(1, 3);
        let (mean, variance) = moments(Box::new(move || random.beta(0.8, 2.4)));
        assert!((mean - 0.25).abs() < 0.005, "{mean}"); // a / (a + b)
        assert!((variance - 0.1875 / 4.2).abs() < 0.002, "{variance}"); // m (1 − m) / (a + b + 1)
        let mut random = Stream::new(1, 4);
        let (mean, variance) = moments(Box::new(move || random.exponential()));
        assert!((mean - 1.0).abs() < 0.02 && (variance - 1.0).abs() < 0.05);
    }

    #[test]
    fn streams_differ_and_repeat() {
        let draws = |seed, stream| {
            let mut random = Stream::new(seed, stream);
            [random.uniform(), random.uniform()]
        };
        assert_eq!(draws(7, 1), draws(7, 1));
        assert_ne!(draws(7, 1), draws(7, 2));
        assert_ne!(draws(7, 1), draws(8, 1));
    }
}
