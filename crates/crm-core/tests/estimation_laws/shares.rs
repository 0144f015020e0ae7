//! Matrices from shares over time.

use crm_core::clv::switching::estimate::{ShareRegression, Shrinkage};
use crm_core::clv::switching::{SharePath, ShareRule, TransitionMatrix};
use crm_core::{Error, ErrorKind};
use proptest::prelude::*;

use super::assert_refused;

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

/// Numbers at the end of the range give a result or an error, never NaN.
#[test]
fn extremes_are_numbers_or_errors() {
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
}
