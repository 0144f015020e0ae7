//! Estimating a switching matrix: the laws that hold for any data, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crm_core::clv::switching::TransitionMatrix;
use crm_core::clv::switching::estimate::{
    DirichletPrior, PanelRules, PurchasePanel, Ties, TransitionCounts, TransitionPosterior,
};
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
    let counts = panel.counts().unwrap();
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
        let counts = panel.counts().unwrap();
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
        tied(in_order).unwrap().counts().unwrap().counts(),
        [0.0, 1.0, 0.0, 0.0]
    );

    let gaps = PanelRules {
        longest_gap: Some(10),
        ..rules
    };
    let cut = panel(2, &[1, 1, 1], &[0, 10, 21], &[0, 1, 0], gaps).unwrap();
    assert_eq!((cut.sequences(), cut.counts().unwrap().total()), (2, 1.0));
    assert_refused(
        cut.counts_by_period(&[3, 3]).unwrap_err(),
        ErrorKind::OutOfRange,
        "boundaries",
        Some(1),
    );
    let extremes = panel(2, &[1, 1], &[i64::MIN, i64::MAX], &[0, 1], gaps).unwrap();
    assert_eq!(extremes.counts().unwrap().total(), 0.0);
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
