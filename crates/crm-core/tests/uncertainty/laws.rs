//! Gradients, errors and rankings of any market.

use crm_core::clv::switching::estimate::TransitionPosterior;
use crm_core::clv::switching::uncertainty::{
    Gradient, InputDoubts, MatrixEstimate, MonteCarlo, Valuation,
};
use crm_core::clv::switching::{Discounting, Horizon, ShareRule, Shares, TransitionMatrix};
use crm_core::units::Rate;
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Market {
    shares: Vec<f64>,
    matrix: Vec<Vec<f64>>,
    purchases: f64,
    contribution: Vec<f64>,
    weights: Vec<f64>,
    rate: f64,
    per_period: f64,
    horizon: Horizon,
}

impl Market {
    fn valuation(&self) -> Valuation {
        let rate = Rate::try_from(self.rate).unwrap();
        let discounting = Discounting::new(rate)
            .with_purchases_per_period(self.per_period)
            .unwrap();
        Valuation::new(
            &Shares::new(self.shares.clone()).unwrap(),
            self.purchases,
            (&self.contribution).into(),
            discounting,
            self.horizon,
        )
        .unwrap()
    }

    fn matrix(&self) -> TransitionMatrix {
        TransitionMatrix::new(&self.matrix).unwrap()
    }

    fn gradient(&self) -> Gradient {
        self.valuation()
            .gradient(&self.matrix(), &self.weights)
            .unwrap()
    }

    /// V as the formula is written; without end, so many periods that the rest is nothing.
    fn value(&self) -> f64 {
        let last = match self.horizon {
            Horizon::Periods(last) => last,
            Horizon::Infinite => 4000,
        };
        let (mut shares, mut value) = (self.shares.clone(), 0.0);
        for t in 0..=last {
            let factor = (1.0 + self.rate).powf(-f64::from(t) / self.per_period);
            let worth = self.contribution.iter().zip(&self.weights);
            for (share, (contribution, weight)) in shares.iter().zip(worth) {
                value += factor * self.purchases * share * contribution * weight;
            }
            let mut next = vec![0.0; shares.len()];
            for (share, row) in shares.iter().zip(&self.matrix) {
                for (next, p) in next.iter_mut().zip(row) {
                    *next += share * p;
                }
            }
            shares = next;
        }
        value
    }

    /// A central difference; `change` moves an input by h.
    fn difference(&self, change: impl Fn(&mut Market, f64)) -> f64 {
        const STEP: f64 = 1e-6;
        let moved = |h| {
            let mut market = self.clone();
            change(&mut market, h);
            market.value()
        };
        (moved(STEP) - moved(-STEP)) / (2.0 * STEP)
    }
}

fn shares(k: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.01..1.0, k).prop_map(|row| Shares::normalized(row).unwrap().into())
}

fn market() -> impl Strategy<Value = Market> {
    let horizon = prop_oneof![
        3 => (0_u32..40).prop_map(Horizon::Periods),
        1 => (250_u32..270).prop_map(Horizon::Periods),
        1 => Just(Horizon::Infinite),
    ];
    (1_usize..7, horizon).prop_flat_map(|(k, horizon)| {
        (
            (shares(k), prop::collection::vec(shares(k), k)),
            0.1..5.0,
            prop::collection::vec(-20.0..100.0, k),
            prop::collection::vec(-1.0..2.0, k),
            2_u32..30,
            prop_oneof![Just(1.0), 1.0..3.0],
        )
            .prop_map(
                move |((shares, matrix), purchases, contribution, weights, percent, per_period)| {
                    Market {
                        shares,
                        matrix,
                        purchases,
                        contribution,
                        weights,
                        rate: f64::from(percent) / 100.0,
                        per_period,
                        horizon,
                    }
                },
            )
    })
}

fn quick(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        cases,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(quick(64))]

    #[test]
    fn gradient_is_the_limit_of_differences(market in market()) {
        let (gradient, k) = (market.gradient(), market.shares.len());
        let scale = 1.0 + gradient.transition.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
        let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-6 * scale * (1.0 + expected.abs());
        prop_assert!(near(gradient.value, market.value()));
        for (i, &found) in gradient.transition.iter().enumerate() {
            let expected = market.difference(|m, h| m.matrix[i / k][i % k] += h);
            prop_assert!(near(found, expected), "{found} {expected}");
        }
        for (i, &found) in gradient.transition_along_simplex.iter().enumerate() {
            let expected = market.difference(|m, h| {
                let rest = 1.0 - m.matrix[i / k][i % k];
                for (b, p) in m.matrix[i / k].iter_mut().enumerate() {
                    *p += if k == 1 { 0.0 } else if b == i % k { h } else { -h * *p / rest };
                }
            });
            prop_assert!(near(found, expected), "{found} {expected}");
        }
        for j in 0..k {
            prop_assert!(near(gradient.shares[j], market.difference(|m, h| m.shares[j] += h)));
            prop_assert!(near(gradient.contribution[j], market.difference(|m, h| m.contribution[j] += h)));
        }
        prop_assert!(near(gradient.discount_rate, market.difference(|m, h| m.rate += h)));
        prop_assert!(near(gradient.purchases, market.difference(|m, h| m.purchases += h)));
        prop_assert!(near(gradient.purchases_per_period, market.difference(|m, h| m.per_period += h)));
    }

    /// V is linear in S_0, in F and in π, so each adds up to V (Euler); changes along the simplex of a
    /// row, weighed by what they move, cancel.
    #[test]
    fn identities(market in market()) {
        let (gradient, k) = (market.gradient(), market.shares.len());
        let magnitude: f64 = (0..k).map(|j| (gradient.contribution[j] * market.contribution[j]).abs()).sum();
        let near = |found: f64| (found - gradient.value).abs() <= 1e-12 * magnitude;
        prop_assert!(near((0..k).map(|j| gradient.shares[j] * market.shares[j]).sum()));
        prop_assert!(near((0..k).map(|j| gradient.contribution[j] * market.contribution[j]).sum()));
        prop_assert!(near(gradient.purchases * market.purchases));
        for (a, row) in market.matrix.iter().enumerate() {
            let moved = |b: usize| row[b] * (1.0 - row[b]) * gradient.transition_along_simplex[a * k + b];
            let total: f64 = (0..k).map(moved).sum();
            let scale: f64 = (0..k).map(|b| gradient.transition[a * k + b].abs()).sum();
            prop_assert!(total.abs() <= 1e-12 * scale, "{total}");
        }
    }

    /// Rows bring the variance of P, entries that of their rows; another purchase of a brand takes away
    /// what a posterior with one more takes away on average.
    #[test]
    fn ranking_adds_up(market in market(), n in 2.0..200.0) {
        let (k, valuation) = (market.shares.len(), market.valuation());
        let alpha: Vec<Vec<f64>> = market.matrix.iter().enumerate()
            .map(|(a, row)| row.iter().map(|p| p * n * (a + 1) as f64).collect()).collect();
        let estimate = MatrixEstimate::from_posterior(&TransitionPosterior::new(&alpha).unwrap());
        let error = valuation.standard_error(&estimate, &market.weights, &InputDoubts::default()).unwrap();
        let ranking = valuation.ranking(&estimate, &market.weights).unwrap();
        prop_assert_eq!((ranking.rows.len(), ranking.entries.len()), (k, k * k));
        prop_assert!((ranking.standard_error - error.standard_error).abs() <= 1e-12 * error.standard_error);
        let total = error.standard_error * error.standard_error;
        for row in &ranking.rows {
            prop_assert!((row.variance - error.row_variance[row.brand]).abs() <= 1e-12 * total);
            let of_row = ranking.entries.iter().filter(|entry| entry.from == row.brand);
            let sum: f64 = of_row.map(|entry| entry.variance).sum();
            prop_assert!((sum - row.variance).abs() <= 1e-12 * total);
        }
        prop_assert!(ranking.rows.is_sorted_by(|a, b| a.error_reduction >= b.error_reduction));
        prop_assert!(ranking.entries.is_sorted_by(|a, b| a.variance >= b.variance));
        // Σ p (p-weighed) elasticities of the entries alone are the mean time of the value.
        let gradient = market.gradient();
        let elasticities: f64 = ranking.entries.iter().map(|entry| entry.elasticity).sum();
        let mean_time = -gradient.discount_rate * (1.0 + market.rate) * market.per_period;
        let scale: f64 = ranking.entries.iter().map(|entry| entry.elasticity.abs()).sum();
        prop_assert!((elasticities - mean_time / gradient.value).abs() <= 1e-9 * scale);
    }

    /// What the gradient of a table of customers says is the sum of what theirs say.
    #[test]
    fn portfolio_is_the_sum_of_its_customers(
        market in market(), others in prop::collection::vec((0.0..1.0, 0.0..3.0), 1..5),
    ) {
        let k = market.shares.len();
        let customers: Vec<Market> = others.iter().map(|&(toward_last, purchases)| {
            let mut customer = market.clone();
            customer.purchases = purchases;
            for share in &mut customer.shares { *share *= 1.0 - toward_last; }
            customer.shares[k - 1] += toward_last;
            customer
        }).collect();
        let table: Vec<f64> = customers.iter().flat_map(|c| c.shares.clone()).collect();
        let purchases: Vec<f64> = customers.iter().map(|c| c.purchases).collect();
        let single = market.valuation();
        let rate = Rate::try_from(market.rate).unwrap();
        let discounting = Discounting::new(rate).with_purchases_per_period(market.per_period).unwrap();
        let together = Valuation::of_portfolio(
            k, &table, (&purchases).into(), ShareRule::SumToOne, (&market.contribution).into(), discounting, market.horizon,
        ).unwrap();
        prop_assert_eq!(together.brands(), single.brands());
        let found = together.gradient(&market.matrix(), &market.weights).unwrap();
        let gradients: Vec<Gradient> = customers.iter().map(Market::gradient).collect();
        for (i, &found) in found.transition.iter().enumerate() {
            let expected: f64 = gradients.iter().map(|g| g.transition[i]).sum();
            let scale: f64 = gradients.iter().flat_map(|g| &g.transition).map(|g| g.abs()).sum();
            prop_assert!((found - expected).abs() <= 1e-12 * scale);
        }
        let expected: f64 = gradients.iter().map(|g| g.discount_rate).sum();
        let scale: f64 = gradients.iter().flat_map(|g| &g.transition).map(|g| g.abs()).sum();
        prop_assert!((found.discount_rate - expected).abs() <= 1e-12 * scale);
    }
}

proptest! {
    #![proptest_config(quick(6))]

    /// With many observed purchases the value is nearly linear in P, and both ways give one number.
    #[test]
    fn delta_method_meets_the_draws(market in market()) {
        const PURCHASES: f64 = 1e7;
        let alpha: Vec<Vec<f64>> = market.matrix.iter()
            .map(|row| row.iter().map(|p| p * PURCHASES).collect()).collect();
        let posterior = TransitionPosterior::new(&alpha).unwrap();
        let doubts = InputDoubts {
            discount_rate_sd: 1e-5,
            shares_known_by: Some(PURCHASES),
            contribution_sd: market.contribution.iter().map(|c| 1e-3 * c.abs()).collect(),
        };
        let valuation = market.valuation();
        let estimate = MatrixEstimate::from_posterior(&posterior);
        let error = valuation.standard_error(&estimate, &market.weights, &doubts).unwrap();
        let drawn = valuation.simulate(&posterior, &doubts, MonteCarlo { draws: 4000, seed: 5 }).unwrap();
        let summary = drawn.summary(&market.weights, &[0.025, 0.975]).unwrap();
        // The standard deviation of 4000 normal draws is within 6 / √8000 of the truth.
        let ratio = summary.standard_deviation / error.standard_error;
        prop_assert!((ratio - 1.0).abs() < 0.067, "{ratio}");
        prop_assert!((summary.mean - error.value).abs() < 0.1 * error.standard_error);
        let (lower, upper) = error.interval(0.95.try_into().unwrap()).unwrap();
        prop_assert!((summary.quantiles[0] - lower).abs() < 0.3 * error.standard_error);
        prop_assert!((summary.quantiles[1] - upper).abs() < 0.3 * error.standard_error);
    }

    /// The value up to the last period is the value.
    #[test]
    fn bands_end_at_the_value(market in market(), seed in any::<u64>()) {
        let valuation = market.valuation();
        let alpha: Vec<Vec<f64>> = market.matrix.iter()
            .map(|row| row.iter().map(|p| p * 20.0).collect()).collect();
        let posterior = TransitionPosterior::new(&alpha).unwrap();
        let doubts = InputDoubts {
            discount_rate_sd: 0.01,
            shares_known_by: Some(30.0),
            contribution_sd: vec![1.0; market.shares.len()],
        };
        let (how, probabilities) = (MonteCarlo { draws: 300, seed }, [0.0, 0.1, 0.5, 0.9, 1.0]);
        let drawn = valuation.simulate(&posterior, &doubts, how).unwrap();
        let whole = drawn.summary(&market.weights, &probabilities).unwrap();
        prop_assert!(whole.quantiles.is_sorted());
        let bands = valuation.bands(&posterior, &doubts, how, &market.weights, &probabilities);
        let Horizon::Periods(last) = market.horizon else {
            let error = bands.unwrap_err();
            prop_assert_eq!(error.argument(), "horizon");
            return Ok(());
        };
        let bands = bands.unwrap();
        prop_assert_eq!(bands.periods.len(), last as usize + 1);
        let end = bands.periods.last().unwrap();
        let scale: f64 = drawn.values().iter().map(|v| v.abs()).fold(0.0, f64::max);
        for (found, expected) in end.quantiles.iter().zip(&whole.quantiles) {
            prop_assert!((found - expected).abs() <= 1e-11 * scale);
        }
    }
}

/// Draws are the same bits for any number of threads, and do not change when more follow.
#[test]
fn draws_do_not_depend_on_threads() {
    let posterior =
        TransitionPosterior::new(&[[8.0, 2.0, 0.5], [1.0, 3.0, 0.01], [2.0, 2.0, 2.0]]).unwrap();
    let discounting = Discounting::new(Rate::try_from(0.02).unwrap());
    let shares = Shares::new([0.2, 0.3, 0.5]).unwrap();
    let doubts = InputDoubts {
        discount_rate_sd: 0.01,
        shares_known_by: Some(9.0),
        contribution_sd: vec![1.0, 2.0, 3.0],
    };
    for horizon in [Horizon::Periods(30), Horizon::Infinite] {
        let valuation = Valuation::new(&shares, 2.0, 10.0.into(), discounting, horizon).unwrap();
        let run = |threads, draws| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let how = MonteCarlo { draws, seed: 3 };
            pool.install(|| valuation.simulate(&posterior, &doubts, how))
                .unwrap()
        };
        let (one, four, short) = (run(1, 3000), run(4, 3000), run(3, 700));
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(one.values()), bits(four.values()));
        assert_eq!(bits(&one.values()[..2100]), bits(short.values()));
    }
}
