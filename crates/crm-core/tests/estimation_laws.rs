//! Estimating a switching matrix: the laws that hold for any data, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crm_core::clv::switching::estimate::{
    DirichletPrior, PanelRules, PurchasePanel, ShareRegression, Shrinkage, Survey, Ties,
    TransitionCounts, TransitionPosterior, homogeneity_test,
};
use crm_core::clv::switching::{SharePath, ShareRule, TransitionMatrix};
use crm_core::units::Probability;
use crm_core::{Error, ErrorKind};
use proptest::prelude::*;

/// A deterministic stand-in for randomness, good enough to make panels (Knuth's MMIX generator).
struct Draws(u64);

impl Draws {
    fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pick(&mut self, shares: &[f64]) -> usize {
        let mut left = self.uniform();
        for (j, share) in shares.iter().enumerate() {
            left -= share;
            if left < 0.0 {
                return j;
            }
        }
        shares.len() - 1
    }
}

const P: [[f64; 3]; 3] = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5]];

/// Customers who walk by P; rows in the order of time, customers mixed.
fn walk(customers: i64, purchases: i64, seed: u64) -> (Vec<i64>, Vec<i64>, Vec<u32>) {
    let mut draws = Draws(seed);
    let mut last: Vec<usize> = (0..customers)
        .map(|_| draws.pick(&[0.4, 0.3, 0.3]))
        .collect();
    let mut rows = (Vec::new(), Vec::new(), Vec::new());
    for time in 0..purchases {
        for customer in 0..customers {
            let brand = &mut last[usize::try_from(customer).unwrap()];
            if time > 0 {
                *brand = draws.pick(&P[*brand]);
            }
            rows.0.push(customer);
            rows.1.push(time);
            rows.2.push(u32::try_from(*brand).unwrap());
        }
    }
    rows
}

#[test]
fn a_simulated_panel_gives_back_its_matrix() {
    let (customers, times, brands) = walk(2000, 11, 1);
    let panel = PurchasePanel::new(3, &customers, &times, &brands, PanelRules::default()).unwrap();
    assert_eq!((panel.purchases(), panel.sequences()), (22_000, 2000));
    let counts = panel.counts();
    assert_eq!(counts.total(), 20_000.0);
    let estimate = counts.maximum_likelihood().unwrap();
    for (i, row) in estimate.rows().enumerate() {
        for (j, p) in row.iter().enumerate() {
            let error = (P[i][j] * (1.0 - P[i][j]) / counts.row_sums()[i]).sqrt();
            assert!((p - P[i][j]).abs() < 4.0 * error, "{i} {j}: {p}");
        }
    }
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter(seed in 0_u64..1000, rotation in 0_usize..60) {
        let (mut customers, mut times, mut brands) = walk(6, 10, seed);
        let panel = PurchasePanel::new(3, &customers, &times, &brands, PanelRules::default()).unwrap();
        customers.rotate_left(rotation);
        times.rotate_left(rotation);
        brands.rotate_left(rotation);
        let rotated = PurchasePanel::new(3, &customers, &times, &brands, PanelRules::default()).unwrap();
        prop_assert_eq!(&panel, &rotated);
        let periods = panel.counts_by_period(&[3, 7]).unwrap();
        let mut sums = [0.0; 9];
        for period in &periods {
            for (sum, count) in sums.iter_mut().zip(period.counts()) {
                *sum += count;
            }
        }
        let counts = panel.counts();
        prop_assert_eq!(counts.counts(), &sums[..]);
        prop_assert_eq!(periods[0].total(), 12.0);
    }

    #[test]
    fn a_weak_prior_leaves_the_counts(
        counts in proptest::collection::vec(1.0..1000.0_f64, 9),
        prior in proptest::collection::vec(0.1..3.0_f64, 3),
    ) {
        let counts = TransitionCounts::from_row_major(3, counts).unwrap();
        let likeliest = counts.maximum_likelihood().unwrap();
        let gap = |scale: f64| {
            let prior = prior.iter().map(|alpha| alpha * scale).collect();
            let posterior = counts.posterior(&DirichletPrior::PerBrand(prior)).unwrap();
            let mean = posterior.mean();
            let pairs = mean.entries().iter().zip(likeliest.entries());
            pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        prop_assert!(gap(1e-9) < 1e-8);
        prop_assert!(gap(1e-3) <= gap(1.0) + 1e-15);
    }

    #[test]
    fn moments_and_intervals_agree(
        parameters in proptest::collection::vec(0.05..500.0_f64, 9),
        level in 0.5..0.999_f64,
    ) {
        let posterior = TransitionPosterior::from_row_major(3, parameters).unwrap();
        let mean = posterior.mean();
        let deviations = posterior.standard_deviations();
        for i in 0..3 {
            let covariance = posterior.covariance(i).unwrap();
            for a in 0..3 {
                // Shares of a row sum to one, so each row of its covariance sums to zero.
                let sum: f64 = covariance[3 * a..3 * a + 3].iter().sum();
                prop_assert!(sum.abs() < 1e-15);
                prop_assert!((covariance[4 * a].sqrt() - deviations[3 * i + a]).abs() < 1e-15);
            }
        }
        let wide = posterior.credible_interval(Probability::try_from(level).unwrap()).unwrap();
        let narrow = posterior.credible_interval(Probability::try_from(level / 2.0).unwrap()).unwrap();
        for (j, (mean, deviation)) in mean.entries().iter().zip(&deviations).enumerate() {
            prop_assert!(wide.lower[j] <= narrow.lower[j] && narrow.upper[j] <= wide.upper[j]);
            // Chebyshev: an end lies within 1/√tail deviations of the mean.
            let reach = deviation / ((1.0 - level) / 2.0).sqrt() + 1e-12;
            prop_assert!(wide.lower[j] >= mean - reach && wide.upper[j] <= mean + reach);
        }
    }
}

#[test]
fn samples_have_the_moments_of_the_posterior() {
    let posterior =
        TransitionPosterior::new(&[[4.0, 1.0, 0.5], [2.0, 20.0, 3.0], [0.1, 0.1, 0.3]]).unwrap();
    let draws: Vec<TransitionMatrix> = (0..20_000)
        .map(|stream| posterior.sample(5, stream))
        .collect();
    let (mean, deviations) = (posterior.mean(), posterior.standard_deviations());
    for (j, deviation) in deviations.iter().enumerate() {
        let entries = draws.iter().map(|draw| draw.entries()[j]);
        let average = entries.clone().sum::<f64>() / 20_000.0;
        assert!((average - mean.entries()[j]).abs() < 5.0 * deviation / 20_000_f64.sqrt());
        let spread = entries.map(|p| (p - average) * (p - average)).sum::<f64>() / 20_000.0;
        assert!((spread.sqrt() / deviation - 1.0).abs() < 0.05);
    }
    assert_eq!(posterior.sample(5, 3), draws[3]);
    assert_ne!(posterior.sample(6, 3), draws[3]);
    let interval = posterior
        .credible_interval(Probability::try_from(0.9).unwrap())
        .unwrap();
    for j in 0..9 {
        let inside = draws.iter().filter(|draw| {
            let p = draw.entries()[j];
            interval.lower[j] <= p && p <= interval.upper[j]
        });
        let share = inside.count() as f64 / 20_000.0;
        assert!((share - 0.9).abs() < 0.015, "{j}: {share}");
    }
}

#[test]
fn one_brand_and_the_mode() {
    let only = TransitionPosterior::new(&[[0.5]]).unwrap();
    assert_eq!(
        (only.mean().entries(), only.mode().unwrap().entries()),
        (&[1.0][..], &[1.0][..])
    );
    assert_eq!(
        (only.sample(1, 1).entries(), only.covariance(0).unwrap()),
        (&[1.0][..], vec![0.0])
    );
    let interval = only
        .credible_interval(Probability::try_from(0.5).unwrap())
        .unwrap();
    assert_eq!((interval.lower, interval.upper), (vec![1.0], vec![1.0]));

    let counts = TransitionCounts::new(&[[6.0, 2.0], [0.0, 3.0]]).unwrap();
    let uniform = counts.posterior(&DirichletPrior::Uniform(1.0)).unwrap();
    assert_eq!(
        uniform.mode().unwrap(),
        counts.maximum_likelihood().unwrap()
    );
    let jeffreys = counts.posterior(&DirichletPrior::Uniform(0.5)).unwrap();
    assert_refused(
        jeffreys.mode().unwrap_err(),
        ErrorKind::NoSolution,
        "parameters",
        Some(1),
    );
}

/// Under the hypothesis, p-values are uniform: about one in ten is below 0.1, half are below ½.
fn assert_uniform(p_values: &[f64]) {
    let n = p_values.len() as f64;
    let below = |limit: f64| p_values.iter().filter(|&&p| p < limit).count() as f64 / n;
    for limit in [0.1, 0.5, 0.9] {
        let error = (limit * (1.0 - limit) / n).sqrt();
        assert!(
            (below(limit) - limit).abs() < 3.5 * error,
            "{limit}: {}",
            below(limit)
        );
    }
}

#[test]
fn tests_hold_their_level() {
    let panels: Vec<PurchasePanel> = (0..250)
        .map(|seed| {
            let (customers, times, brands) = walk(150, 9, 1000 + seed);
            PurchasePanel::new(3, &customers, &times, &brands, PanelRules::default()).unwrap()
        })
        .collect();
    let order = panels
        .iter()
        .map(|panel| panel.second_order_test().unwrap());
    let (pearson, ratio): (Vec<f64>, Vec<f64>) = order
        .clone()
        .map(|test| (test.pearson_p, test.likelihood_ratio_p))
        .unzip();
    assert_uniform(&pearson);
    assert_uniform(&ratio);
    assert!(order.clone().all(|test| test.degrees_of_freedom == 12));
    let time = panels
        .iter()
        .map(|panel| panel.stationarity_test(&[3, 6]).unwrap());
    assert!(time.clone().all(|test| test.degrees_of_freedom == 12));
    assert_uniform(&time.map(|test| test.pearson_p).collect::<Vec<_>>());
    // The chain is of order 1, which every panel shows.
    let independent = panels
        .iter()
        .map(|panel| panel.counts().independence_test().unwrap());
    assert!(
        independent
            .clone()
            .all(|test| test.pearson_p < 1e-6 && test.degrees_of_freedom == 4)
    );
}

#[test]
fn independent_purchases_hold_the_level_too() {
    let p_values: Vec<f64> = (0..400)
        .map(|seed| {
            let mut draws = Draws(50_000 + seed);
            let mut counts = [0.0; 9];
            (0..600).for_each(|_| {
                counts[3 * draws.pick(&[0.5, 0.3, 0.2]) + draws.pick(&[0.2, 0.2, 0.6])] += 1.0;
            });
            let counts = TransitionCounts::from_row_major(3, counts.to_vec()).unwrap();
            counts.independence_test().unwrap().pearson_p
        })
        .collect();
    assert_uniform(&p_values);
}

#[test]
fn what_was_never_seen_takes_degrees_of_freedom() {
    // Brand 2 is never left, brand 1 never bought next.
    let counts =
        TransitionCounts::new(&[[4.0, 0.0, 2.0], [3.0, 0.0, 3.0], [0.0, 0.0, 0.0]]).unwrap();
    let test = counts.independence_test().unwrap();
    assert_eq!((test.degrees_of_freedom, test.smallest_expected), (1, 2.5));
    let nothing = TransitionCounts::new(&[[4.0, 2.0], [0.0, 0.0]]).unwrap();
    assert_refused(
        nothing.independence_test().unwrap_err(),
        ErrorKind::NoSolution,
        "counts",
        None,
    );
    let same = homogeneity_test(&[counts.clone(), counts.clone()]).unwrap();
    assert_eq!(
        (same.pearson, same.likelihood_ratio, same.pearson_p),
        (0.0, 0.0, 1.0)
    );
    assert_eq!(same.degrees_of_freedom, 2);
    assert_refused(
        homogeneity_test(&[]).unwrap_err(),
        ErrorKind::Empty,
        "groups",
        None,
    );
    let other = homogeneity_test(&[counts, nothing]).unwrap_err();
    assert_refused(other, ErrorKind::LengthMismatch, "groups", Some(1));
    let short = PurchasePanel::new(2, &[1, 1], &[1, 2], &[0, 1], PanelRules::default()).unwrap();
    assert_refused(
        short.second_order_test().unwrap_err(),
        ErrorKind::NoSolution,
        "panel",
        None,
    );
    assert_refused(
        short.stationarity_test(&[2]).unwrap_err(),
        ErrorKind::NoSolution,
        "boundaries",
        None,
    );
}

/// Rows that sum to one, with some zeros.
fn stochastic(rows: usize, columns: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    let row = proptest::collection::vec(prop_oneof![1 => Just(0.0), 4 => 0.05..1.0_f64], columns);
    let row = row.prop_map(|mut row| {
        row[0] += 0.1;
        let sum: f64 = row.iter().sum();
        row.iter().map(|weight| weight / sum).collect()
    });
    proptest::collection::vec(row, rows)
}

fn follow(shares: &[f64], matrix: &[Vec<f64>]) -> Vec<f64> {
    let next = |j: usize| shares.iter().zip(matrix).map(|(s, row)| s * row[j]).sum();
    (0..shares.len()).map(next).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn shares_without_noise_give_back_the_matrix(
        matrix in stochastic(4, 4),
        // Every cohort begins with another brand, mostly.
        cohorts in stochastic(4, 4),
    ) {
        let paths: Vec<SharePath> = cohorts.iter().enumerate().map(|(i, shares)| {
            let start: Vec<f64> = shares.iter().enumerate().map(|(j, s)| 0.4 * s + 0.6 * f64::from(u8::from(i == j))).collect();
            let rows = [start.clone(), follow(&start, &matrix), follow(&follow(&start, &matrix), &matrix)];
            SharePath::normalized(&rows).unwrap()
        }).collect();
        let fit = ShareRegression::default().fit(&paths).unwrap();
        prop_assert!(fit.sum_of_squares < 1e-24 && fit.kkt_residual < 1e-12 && fit.rank == 4);
        for (found, expected) in fit.transition_matrix.entries().iter().zip(matrix.concat()) {
            prop_assert!((found - expected).abs() < 1e-11 * fit.condition_number, "{} {}", found, expected);
        }
    }

    #[test]
    fn a_fit_of_shares_is_certified_and_not_beaten(
        shares in stochastic(25, 5),
        weights in proptest::collection::vec(0.1..3.0_f64, 24),
        rival in stochastic(5, 5),
        mix in 0.0..1.0_f64,
        strength in prop_oneof![Just(0.0), 0.01..5.0_f64],
    ) {
        let path = SharePath::normalized(&shares).unwrap();
        let towards = TransitionMatrix::normalized(&rival).unwrap();
        let shrinkage = (strength > 0.0).then_some(Shrinkage { towards: towards.clone(), strength });
        let regression = ShareRegression { weights: Some(weights.clone()), shrinkage };
        let fit = regression.fit(&[path]).unwrap();
        prop_assert!(fit.kkt_residual < 1e-12, "{}", fit.kkt_residual);
        let p = fit.transition_matrix.entries();
        prop_assert!(TransitionMatrix::from_row_major(5, p.to_vec()).is_ok());
        prop_assert_eq!(p.iter().filter(|&&p| p == 0.0).count(), fit.at_bound);
        let objective = |p: &[f64]| {
            let rows: Vec<Vec<f64>> = p.chunks(5).map(<[f64]>::to_vec).collect();
            let misfit = |(pair, weight): (&[Vec<f64>], &f64)| {
                let distances = pair[1].iter().zip(follow(&pair[0], &rows)).map(|(s, f)| (s - f) * (s - f));
                weight * distances.sum::<f64>()
            };
            let away: f64 = p.iter().zip(towards.entries()).map(|(a, b)| (a - b) * (a - b)).sum();
            shares.windows(2).zip(&weights).map(misfit).sum::<f64>() + strength * away
        };
        // Any other matrix is worse, near and far.
        for rival in [towards.entries().to_vec(), rival.iter().rev().flatten().copied().collect()] {
            let mixed: Vec<f64> = p.iter().zip(&rival).map(|(a, b)| a + mix * (b - a)).collect();
            prop_assert!(objective(p) <= objective(&mixed) + 1e-13);
        }
    }

    #[test]
    fn a_logit_has_the_sufficient_statistics_of_the_answers(seed in 0_u64..10_000) {
        let mut draws = Draws(seed);
        let (mut last, mut next, mut prices) = (vec![], vec![], vec![]);
        for _ in 0..300 {
            let now = draws.pick(&[0.4, 0.3, 0.3]);
            last.push(u32::try_from(now).unwrap());
            next.push(u32::try_from(draws.pick(&P[now])).unwrap());
            (0..3).for_each(|_| prices.push(draws.uniform()));
        }
        let fit = Survey::new(3, &last, &next).unwrap().with_attributes(1, &prices).unwrap().fit().unwrap();
        prop_assert!(fit.gradient_norm < 1e-9 && fit.least_information > 0.0);
        prop_assert!(fit.null_log_likelihood < fit.shares_log_likelihood);
        prop_assert!(fit.shares_log_likelihood < fit.log_likelihood);
        // First-order conditions: the model expects as many buyers of each brand, and as many stays,
        // as there are.
        let (mut buyers, mut stays) = ([0.0; 3], 0.0);
        for (row, &i) in last.iter().enumerate() {
            let matrix = fit.predict(&[], &prices[3 * row..3 * row + 3]).unwrap().transition_matrix;
            let probabilities = matrix.rows().nth(i as usize).unwrap();
            stays += probabilities[i as usize];
            buyers.iter_mut().zip(probabilities).for_each(|(sum, p)| *sum += p);
        }
        let stayed = last.iter().zip(&next).filter(|(i, j)| i == j).count() as f64;
        prop_assert!((stays - stayed).abs() < 1e-7);
        for (j, sum) in (0..).zip(buyers) {
            let bought = next.iter().filter(|&&brand| brand == j).count() as f64;
            prop_assert!((sum - bought).abs() < 1e-7);
        }
    }
}

#[test]
fn shares_that_are_refused() {
    let path = |rows: &[[f64; 2]]| SharePath::new(rows, ShareRule::SumToOne).unwrap();
    let moving = path(&[[0.9, 0.1], [0.75, 0.25], [0.6, 0.4]]);
    let plain = ShareRegression::default();
    let refused = |fit: Result<_, Error>, kind, argument, row| {
        assert_refused(
            fit.map(|_: crm_core::clv::switching::estimate::ShareFit| ())
                .unwrap_err(),
            kind,
            argument,
            row,
        );
    };
    refused(plain.fit(&[]), ErrorKind::Empty, "shares", None);
    refused(
        plain.fit(&[moving.clone(), path(&[[0.5, 0.5]])]),
        ErrorKind::OutOfRange,
        "shares",
        Some(1),
    );
    let three = SharePath::new(&[[0.2, 0.3, 0.5], [0.2, 0.3, 0.5]], ShareRule::SumToOne).unwrap();
    refused(
        plain.fit(&[moving.clone(), three]),
        ErrorKind::LengthMismatch,
        "shares",
        Some(1),
    );
    let loose = SharePath::new(&[[0.9, 0.2], [0.5, 0.5]], ShareRule::Any).unwrap();
    refused(
        plain.fit(&[loose]),
        ErrorKind::NotStochastic,
        "shares",
        Some(0),
    );
    let steady = path(&[[0.6, 0.4]; 9]);
    refused(
        plain.fit(std::slice::from_ref(&steady)),
        ErrorKind::NoSolution,
        "shares",
        None,
    );
    let weighted = |weights| ShareRegression {
        weights: Some(weights),
        ..plain.clone()
    };
    refused(
        weighted(vec![1.0]).fit(std::slice::from_ref(&moving)),
        ErrorKind::LengthMismatch,
        "weights",
        None,
    );
    refused(
        weighted(vec![1.0, -1.0]).fit(std::slice::from_ref(&moving)),
        ErrorKind::OutOfRange,
        "weights",
        Some(1),
    );
    refused(
        weighted(vec![1.0, 0.0]).fit(std::slice::from_ref(&moving)),
        ErrorKind::NoSolution,
        "shares",
        None,
    );
    let shrunk = |strength, towards: &[[f64; 2]]| ShareRegression {
        shrinkage: Some(Shrinkage {
            strength,
            towards: TransitionMatrix::new(towards).unwrap(),
        }),
        ..plain.clone()
    };
    let stay = [[0.9, 0.1], [0.2, 0.8]];
    refused(
        shrunk(0.0, &stay).fit(std::slice::from_ref(&moving)),
        ErrorKind::OutOfRange,
        "strength",
        None,
    );
    refused(
        shrunk(f64::NAN, &stay).fit(std::slice::from_ref(&moving)),
        ErrorKind::NotFinite,
        "strength",
        None,
    );
    let one = ShareRegression {
        shrinkage: Some(Shrinkage {
            strength: 1.0,
            towards: TransitionMatrix::new(&[[1.0]]).unwrap(),
        }),
        ..plain.clone()
    };
    refused(
        one.fit(std::slice::from_ref(&moving)),
        ErrorKind::LengthMismatch,
        "towards",
        None,
    );
    // What the data leave open, the shrinkage decides.
    let fit = shrunk(1e-6, &stay).fit(&[steady]).unwrap();
    assert_eq!((fit.rank, fit.r_squared), (1, None));
    assert!(fit.transition_matrix.entries()[0] > 0.8 && fit.sum_of_squares < 1e-9);
}

#[test]
fn surveys_that_are_refused() {
    let refused = |fit: Result<_, Error>, argument, value: &str| {
        let error = fit
            .map(|_: crm_core::clv::switching::estimate::LogitFit| ())
            .unwrap_err();
        assert_refused(error.clone(), ErrorKind::NoSolution, argument, None);
        assert_eq!(error.value(), Some(value));
    };
    let (last, next) = ([0, 0, 1, 1, 2, 2, 0, 1], [0, 1, 1, 2, 2, 0, 0, 1]);
    let survey = || Survey::new(3, &last, &next).unwrap();
    assert!(survey().fit().is_ok());
    refused(Survey::new(1, &[0], &[0]).unwrap().fit(), "brands", "1");
    refused(
        Survey::new(3, &last, &[0, 1, 1, 0, 0, 0, 0, 1])
            .unwrap()
            .fit(),
        "next",
        "never brand 2; it",
    );
    let same = [5.0; 24];
    refused(
        survey().with_attributes(1, &same).unwrap().fit(),
        "attributes",
        "column 0, which",
    );
    let twice: Vec<f64> = (0..8)
        .flat_map(|i| [f64::from(i % 5), 2.0 * f64::from(i % 5)])
        .collect();
    refused(
        survey().with_covariates(2, &twice).unwrap().fit(),
        "covariates",
        "column 1 for brand 1, which",
    );
    // Everybody stays.
    let all = "the same brand as next, which";
    refused(
        Survey::new(2, &[0, 1, 0, 1], &[0, 1, 0, 1]).unwrap().fit(),
        "last",
        all,
    );
    // Whoever sees a rebate takes it.
    let rebate: Vec<f64> = next
        .iter()
        .flat_map(|&j| (0..3).map(move |brand| f64::from(u8::from(brand == j))))
        .collect();
    refused(
        survey().with_attributes(1, &rebate).unwrap().fit(),
        "attributes",
        "column 0, which",
    );

    let error = Survey::new(2, &[], &[]).unwrap_err();
    assert_refused(error, ErrorKind::Empty, "last", None);
    assert_refused(
        Survey::new(2, &[0], &[0, 1]).unwrap_err(),
        ErrorKind::LengthMismatch,
        "next",
        None,
    );
    assert_refused(
        Survey::new(2, &[0, 3], &[0, 1]).unwrap_err(),
        ErrorKind::OutOfRange,
        "last",
        Some(1),
    );
    let error = survey().with_covariates(1, &[0.0; 7]).unwrap_err();
    assert_refused(error, ErrorKind::LengthMismatch, "covariates", None);
    let mut holed = [0.0; 24];
    holed[7] = f64::NAN;
    let error = survey().with_attributes(1, &holed).unwrap_err();
    assert_refused(error, ErrorKind::NotFinite, "attributes", Some(2));
    let fit = survey().fit().unwrap();
    assert_refused(
        fit.predict(&[1.0], &[]).unwrap_err(),
        ErrorKind::LengthMismatch,
        "covariates",
        None,
    );
}

fn assert_refused(error: Error, kind: ErrorKind, argument: &str, row: Option<usize>) {
    assert_eq!(
        (error.kind(), error.argument(), error.row()),
        (kind, argument, row),
        "{error}"
    );
}

#[test]
fn panels_that_are_refused() {
    let rules = PanelRules::default();
    let panel = |brands, customers: &[i64], times: &[i64], codes: &[u32], rules| {
        PurchasePanel::new(brands, customers, times, codes, rules)
    };
    let refused = |made: Result<PurchasePanel, Error>, kind, argument, row| {
        assert_refused(made.unwrap_err(), kind, argument, row);
    };
    refused(
        panel(0, &[1], &[1], &[0], rules),
        ErrorKind::Empty,
        "brands",
        None,
    );
    refused(
        panel(1 << 20, &[1], &[1], &[0], rules),
        ErrorKind::OutOfRange,
        "brands",
        None,
    );
    refused(
        panel(2, &[], &[], &[], rules),
        ErrorKind::Empty,
        "customer",
        None,
    );
    refused(
        panel(2, &[1], &[1, 2], &[0], rules),
        ErrorKind::LengthMismatch,
        "time",
        None,
    );
    refused(
        panel(2, &[1, 1], &[1, 2], &[0], rules),
        ErrorKind::LengthMismatch,
        "brand",
        None,
    );
    refused(
        panel(2, &[1, 1], &[1, 2], &[0, 2], rules),
        ErrorKind::OutOfRange,
        "brand",
        Some(1),
    );
    let tied = |rules| panel(2, &[1, 2, 1], &[5, 5, 5], &[0, 0, 1], rules);
    refused(tied(rules), ErrorKind::OutOfRange, "time", Some(2));
    let in_order = PanelRules {
        ties: Ties::RowOrder,
        ..rules
    };
    assert_eq!(
        tied(in_order).unwrap().counts().counts(),
        [0.0, 1.0, 0.0, 0.0]
    );

    let gaps = PanelRules {
        longest_gap: Some(10),
        ..rules
    };
    let cut = panel(2, &[1, 1, 1], &[0, 10, 21], &[0, 1, 0], gaps).unwrap();
    assert_eq!((cut.sequences(), cut.counts().total()), (2, 1.0));
    assert_refused(
        cut.counts_by_period(&[3, 3]).unwrap_err(),
        ErrorKind::OutOfRange,
        "boundaries",
        Some(1),
    );
    let extremes = panel(2, &[1, 1], &[i64::MIN, i64::MAX], &[0, 1], gaps).unwrap();
    assert_eq!(extremes.counts().total(), 0.0);
}

#[test]
fn counts_that_are_refused() {
    let refused = |made: Result<TransitionCounts, Error>, kind, argument, row| {
        assert_refused(made.unwrap_err(), kind, argument, row);
    };
    let rows = |rows: &[[f64; 2]]| TransitionCounts::new(rows);
    refused(rows(&[]), ErrorKind::Empty, "counts", None);
    refused(
        rows(&[[1.0, 2.0]]),
        ErrorKind::LengthMismatch,
        "counts",
        None,
    );
    refused(
        rows(&[[1.0, 2.0], [1.0, -1.0]]),
        ErrorKind::OutOfRange,
        "counts",
        Some(1),
    );
    refused(
        rows(&[[1.0, f64::NAN], [1.0, 1.0]]),
        ErrorKind::NotFinite,
        "counts",
        Some(0),
    );
    refused(
        rows(&[[1.0, 1.0], [1e308, 1e308]]),
        ErrorKind::Overflow,
        "counts",
        Some(1),
    );
    let pairs = |from: &[u32], to: &[u32], weight: &[f64]| {
        TransitionCounts::from_pairs(2, from, to, weight.into())
    };
    refused(pairs(&[], &[], &[]), ErrorKind::Empty, "from", None);
    refused(
        pairs(&[0], &[0, 1], &[1.0]),
        ErrorKind::LengthMismatch,
        "to",
        None,
    );
    refused(
        pairs(&[0], &[0], &[]),
        ErrorKind::LengthMismatch,
        "weight",
        None,
    );
    refused(
        pairs(&[0, 2], &[0, 1], &[1.0, 1.0]),
        ErrorKind::OutOfRange,
        "from",
        Some(1),
    );
    refused(
        pairs(&[0, 1], &[7, 1], &[1.0, 1.0]),
        ErrorKind::OutOfRange,
        "to",
        Some(0),
    );
    refused(
        pairs(&[0, 1], &[0, 1], &[1.0, -1.0]),
        ErrorKind::OutOfRange,
        "weight",
        Some(1),
    );

    let counts = pairs(&[0], &[1], &[2.5]).unwrap();
    let never_left = counts.maximum_likelihood().unwrap_err();
    assert_refused(never_left, ErrorKind::Empty, "counts", Some(1));
    let prior = |prior| counts.posterior(&prior).unwrap_err();
    use DirichletPrior::{Matrix, PerBrand, Uniform};
    assert_refused(
        prior(Uniform(0.0)),
        ErrorKind::OutOfRange,
        "parameters",
        Some(0),
    );
    assert_refused(prior(Uniform(-1.0)), ErrorKind::OutOfRange, "prior", None);
    assert_refused(
        prior(Uniform(f64::NAN)),
        ErrorKind::NotFinite,
        "prior",
        None,
    );
    assert_refused(
        prior(PerBrand(vec![1.0])),
        ErrorKind::LengthMismatch,
        "prior",
        None,
    );
    let short = Matrix(vec![vec![1.0, 1.0], vec![1.0]]);
    assert_refused(prior(short), ErrorKind::LengthMismatch, "prior", Some(1));
    let posterior = counts.posterior(&Uniform(1.0)).unwrap();
    assert_refused(
        posterior.covariance(2).unwrap_err(),
        ErrorKind::OutOfRange,
        "row",
        None,
    );
    let whole = posterior.credible_interval(Probability::ONE).unwrap_err();
    assert_refused(whole, ErrorKind::OutOfRange, "level", None);
}

/// Numbers at the end of the range give a result or an error, never NaN.
#[test]
fn extremes_are_numbers_or_errors() {
    let posterior = TransitionPosterior::new(&[[5e-324, 5e-324], [1e300, 1e-300]]).unwrap();
    let level = Probability::try_from(0.95).unwrap();
    let interval = posterior.credible_interval(level).unwrap();
    let all = [
        posterior.mean(),
        posterior.sample(1, 1),
        posterior.sample(1, 2),
    ];
    assert!(
        all.iter()
            .all(|matrix| TransitionMatrix::new(&matrix.rows().collect::<Vec<_>>()).is_ok())
    );
    let ends = interval.lower.iter().zip(&interval.upper);
    assert!(
        ends.clone()
            .all(|(lower, upper)| 0.0 <= *lower && lower <= upper && *upper <= 1.0)
    );

    let path =
        SharePath::new(&[[0.9, 0.1], [0.75, 0.25], [0.6, 0.4]], ShareRule::SumToOne).unwrap();
    for weight in [1e-300, 1e300, 1e308] {
        let regression = ShareRegression {
            weights: Some(vec![weight, weight]),
            ..Default::default()
        };
        if let Ok(fit) = regression.fit(std::slice::from_ref(&path)) {
            assert!(
                fit.transition_matrix
                    .entries()
                    .iter()
                    .all(|p| (0.0..=1.0).contains(p))
            );
        }
    }
    let (last, next) = (
        [0, 0, 1, 1, 0, 1, 1, 0, 0, 1],
        [0, 0, 1, 1, 1, 0, 1, 0, 0, 0],
    );
    let prices = [2, 4, 1, 1, 3, 4, 1, 4, 4, 1, 4, 4, 4, 3, 4, 2, 2, 1, 1, 3].map(f64::from);
    let survey = || Survey::new(2, &last, &next).unwrap();
    let huge = prices.map(|price| price * 1e200);
    let error = survey()
        .with_attributes(1, &huge)
        .unwrap()
        .fit()
        .unwrap_err();
    assert_refused(error, ErrorKind::Overflow, "attributes", None);
    let fit = survey().with_attributes(1, &prices).unwrap().fit().unwrap();
    if let Ok(predicted) = fit.predict(&[], &[1e308, -1e308]) {
        assert!(
            predicted
                .standard_errors
                .iter()
                .all(|error| error.is_finite())
        );
    }
}

#[test]
fn what_is_written_is_read_again() {
    let counts = TransitionCounts::new(&[[6.0, 2.5], [0.0, 3.0]]).unwrap();
    let text = serde_json::to_string(&counts).unwrap();
    assert_eq!(
        serde_json::from_str::<TransitionCounts>(&text).unwrap(),
        counts
    );
    let posterior = counts.posterior(&DirichletPrior::Uniform(0.5)).unwrap();
    let text = serde_json::to_string(&posterior).unwrap();
    assert_eq!(
        serde_json::from_str::<TransitionPosterior>(&text).unwrap(),
        posterior
    );
    assert!(serde_json::from_str::<TransitionPosterior>("[[1,0],[1,1]]").is_err());
}
