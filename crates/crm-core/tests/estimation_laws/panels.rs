//! Panels of purchases.

use crm_core::clv::switching::estimate::{PanelRules, PurchasePanel, Ties};
use crm_core::{Error, ErrorKind};
use proptest::prelude::*;

use super::{P, assert_refused, walk};

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
