//! Random numbers whose bits depend on the seed alone: every elementary function is from libm.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A gamma of this shape or more is below 1e-300 with a probability below 1e-15.
const SAFE_SHAPE: f64 = 0.05;

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

    /// A whole number from 0 to `bound` − 1; no number is likelier by more than 2⁻⁶⁴.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// The numbers below `count` in random order (Durstenfeld 1964).
    pub(crate) fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.below(last as u64 + 1) as usize);
        }
        order
    }

    /// Exponential with mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    /// Standard normal, by the polar method (Marsaglia & Bray 1964).
    pub(crate) fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if 0.0 < s && s < 1.0 {
                return u * (-2.0 * libm::log(s) / s).sqrt();
            }
        }
    }

    /// Poisson with this mean: arrivals before time 1 at this rate. Takes a time that grows with the mean.
    pub(crate) fn poisson(&mut self, mean: f64) -> f64 {
        let (mut arrivals, mut time) = (0.0, self.exponential());
        while time < mean {
            arrivals += 1.0;
            time += self.exponential();
        }
        arrivals
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
                let u = self.uniform();
                // The first bound, inside the second, spares most draws its logarithms.
                if u < 1.0 - 0.0331 * (x * x) * (x * x)
                    || libm::log(u) < 0.5 * x * x + d - d * v + d * libm::log(v)
                {
                    return d * v;
                }
            }
        }
    }

    /// Dirichlet with these parameters, all greater than 0: gammas divided by their sum.
    pub(crate) fn dirichlet(&mut self, parameters: &[f64]) -> Vec<f64> {
        let mut draws = parameters.to_vec();
        self.dirichlet_in_place(&mut draws);
        draws
    }

    /// The same in the place of the parameters. With a small one, gammas are drawn as logarithms, so
    /// that not all of them are 0.
    pub(crate) fn dirichlet_in_place(&mut self, values: &mut [f64]) {
        if values.iter().all(|&parameter| parameter >= SAFE_SHAPE) {
            values
                .iter_mut()
                .for_each(|value| *value = self.gamma(*value));
        } else {
            values
                .iter_mut()
                .for_each(|value| *value = self.ln_gamma(*value));
            let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            values
                .iter_mut()
                .for_each(|value| *value = libm::exp(*value - largest));
        }
        let sum: f64 = values.iter().sum();
        values.iter_mut().for_each(|value| *value /= sum);
    }

    /// The logarithm of a gamma with this shape and rate 1, as [`gamma`](Stream::gamma).
    fn ln_gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = f64::max(-self.exponential() / shape, f64::MIN);
            return libm::log(self.gamma(shape + 1.0)) + boost;
        }
        libm::log(self.gamma(shape))
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
        let mut random = Stream::new(1, 6);
        let (mean, variance) = moments(Box::new(move || random.poisson(2.5)));
        assert!(
            (mean - 2.5).abs() < 0.03 && (variance - 2.5).abs() < 0.06,
            "{mean}, {variance}"
        );
    }

    /// Means and a covariance of 100,000 draws; parameters so small that gammas underflow.
    #[test]
    fn dirichlet_moments() {
        let n = 100_000;
        let mut random = Stream::new(1, 5);
        let draws: Vec<Vec<f64>> = (0..n).map(|_| random.dirichlet(&[0.5, 2.0, 1.5])).collect();
        let mean =
            |f: &dyn Fn(&[f64]) -> f64| draws.iter().map(|d| f(d)).sum::<f64>() / f64::from(n);
        let means = [mean(&|d| d[0]), mean(&|d| d[1]), mean(&|d| d[2])];
        for (found, expected) in means.iter().zip([0.125, 0.5, 0.375]) {
            assert!((found - expected).abs() < 0.005, "{means:?}");
        }
        let covariance = mean(&|d| d[0] * d[1]) - means[0] * means[1];
        assert!((covariance + 0.0125).abs() < 0.001, "{covariance}"); // −0.125 · 0.5 / 5
        let ones = (0..1000).map(|_| random.dirichlet(&[1e-6, 3e-6]));
        let second = ones.filter(|d| d[1] > 0.5).count();
        assert!((680..820).contains(&second), "{second}");
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
