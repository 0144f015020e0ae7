//! The logit of brands chosen, from a survey.

use crm_core::clv::switching::estimate::Survey;
use crm_core::{Error, ErrorKind};
use proptest::prelude::*;

use super::{Draws, P, assert_refused};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

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

/// Numbers at the end of the range give a result or an error, never NaN.
#[test]
fn extremes_are_numbers_or_errors() {
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
