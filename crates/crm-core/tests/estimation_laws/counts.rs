//! Counts of transitions, their posterior, and tests of them.

use crm_core::clv::switching::TransitionMatrix;
use crm_core::clv::switching::estimate::{
    DirichletPrior, PanelRules, PurchasePanel, TransitionCounts, TransitionPosterior,
    homogeneity_test,
};
use crm_core::units::Probability;
use crm_core::{Error, ErrorKind};
use proptest::prelude::*;

use super::{Draws, assert_refused, walk};

proptest! {
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
