//! The derivatives of the likelihood are those of the likelihood.

use proptest::prelude::*;

use super::Survey;
use super::choices::{Evaluation, Shape};

proptest! {
    #[test]
    fn gradient_and_information_are_finite_differences(
        answers in proptest::collection::vec((0_u32..3, 0_u32..3), 12),
        attributes in proptest::collection::vec(-2.0..2.0_f64, 72),
        covariates in proptest::collection::vec(-2.0..2.0_f64, 12),
        theta in proptest::collection::vec(-1.0..1.0_f64, 7),
    ) {
        let (last, next): (Vec<u32>, Vec<u32>) = answers.into_iter().unzip();
        let survey = Survey::new(3, &last, &next).unwrap()
            .with_attributes(2, &attributes).unwrap()
            .with_covariates(1, &covariates).unwrap();
        prop_assert_eq!(Shape::of(&survey).parameters(), 7);
        let at = Evaluation::of(&survey, &theta);
        const STEP: f64 = 1e-5;
        for j in 0..7 {
            let moved = |by: f64| {
                let mut moved = theta.clone();
                moved[j] += by;
                Evaluation::of(&survey, &moved)
            };
            let (up, down) = (moved(STEP), moved(-STEP));
            let slope = (up.log_likelihood - down.log_likelihood) / (2.0 * STEP);
            prop_assert!((slope - at.gradient[j]).abs() < 1e-8);
            for i in 0..7 {
                let curvature = (up.gradient[i] - down.gradient[i]) / (2.0 * STEP);
                prop_assert!((curvature + at.information[(i, j)]).abs() < 1e-7);
            }
        }
    }
}
