//! What holds for every customer base.
#![expect(
    clippy::indexing_slicing,
    reason = "a helper that panics is a failed test"
)]

use crm_core::units::Share;
use crm_core::value::cuts::{Cuts, Direction};
use crm_core::value::groups::summarise;
use crm_core::value::pareto::Concentration;
use crm_core::value::rfm::Rfm;
use crm_core::value::tiers::{Pyramid, TierMigration};
use crm_core::value::types::CutRule;
use proptest::prelude::*;

/// What a handful of roundings leave, for values of size 1.
const ROUNDING: f64 = 1e-9;

/// Profits in hundredths, with many ties.
fn profits() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(
        (-300_i32..1_000).prop_map(|cents| f64::from(cents) / 4.0),
        1..80,
    )
}

fn shuffled() -> impl Strategy<Value = (Vec<f64>, Vec<usize>)> {
    profits().prop_flat_map(|profit| {
        let order: Vec<usize> = (0..profit.len()).collect();
        (Just(profit), Just(order).prop_shuffle())
    })
}

fn permuted<T: Copy>(values: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|row| values[*row]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_lorenz_curve_is_convex_from_0_to_1(profit in profits(), points in 2_usize..40) {
        let base = Concentration::new(&profit).unwrap();
        prop_assume!(base.total() > 0.0);
        let curve = base.lorenz(points).unwrap();
        let scale = base.peak().unwrap().profit;
        prop_assert_eq!(curve.len(), points);
        prop_assert_eq!((curve[0].customers, curve[0].profit.abs() < ROUNDING * scale), (0.0, true));
        prop_assert_eq!(curve[points - 1].customers, 1.0);
        prop_assert!((curve[points - 1].profit - 1.0).abs() < ROUNDING * scale);
        for three in curve.windows(3) {
            let bend = three[0].profit - 2.0 * three[1].profit + three[2].profit;
            prop_assert!(bend >= -ROUNDING * scale, "{three:?}");
        }
    }

    #[test]
    fn best_and_worst_shares_conserve_the_profit(profit in profits(), percent in 0_u8..=100) {
        let base = Concentration::new(&profit).unwrap();
        prop_assume!(base.total() > 0.0);
        let best = Share::try_from(f64::from(percent) / 100.0).unwrap();
        let rest = Share::try_from(f64::from(100 - percent) / 100.0).unwrap();
        let total = base.top_share(best).unwrap() + base.bottom_share(rest).unwrap();
        prop_assert!((total - 1.0).abs() < ROUNDING);
        let peak = base.peak().unwrap().profit;
        prop_assert!(base.top_share(best).unwrap() <= peak * (1.0 + ROUNDING));
    }

    #[test]
    fn the_smallest_share_makes_what_was_asked(profit in profits(), percent in 0_u8..=100) {
        let base = Concentration::new(&profit).unwrap();
        prop_assume!(base.total() > 0.0);
        let wanted = f64::from(percent) / 100.0;
        let share = base.smallest_share(Share::try_from(wanted).unwrap()).unwrap();
        let made = base.top_share(Share::try_from(share).unwrap()).unwrap();
        prop_assert!((made - wanted).abs() < ROUNDING * base.peak().unwrap().profit);
    }

    #[test]
    fn gini_is_normalised(profit in profits()) {
        let base = Concentration::new(&profit).unwrap();
        prop_assume!(profit.iter().any(|y| *y != 0.0));
        let gini = base.gini().unwrap();
        let greatest = 1.0 - 1.0 / base.customers();
        prop_assert!((0.0..=greatest + ROUNDING).contains(&gini), "{gini}");
        if profit.len() > 1 {
            prop_assert!(base.gini_corrected().unwrap() <= 1.0 + ROUNDING);
        }
    }

    #[test]
    fn grouping_equal_customers_changes_nothing(profit in profits()) {
        let mut values = profit.clone();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let count = |value: &f64| profit.iter().filter(|y| *y == value).count() as f64;
        let weight: Vec<f64> = values.iter().map(count).collect();
        let (one, grouped) = (
            Concentration::new(&profit).unwrap(),
            Concentration::weighted(&values, &weight).unwrap(),
        );
        prop_assert_eq!(one.customers(), grouped.customers());
        prop_assert!((one.total() - grouped.total()).abs() < ROUNDING);
        if let Ok(gini) = one.gini() {
            prop_assert!((gini - grouped.gini().unwrap()).abs() < ROUNDING);
        }
    }

    #[test]
    fn row_order_never_matters((profit, order) in shuffled()) {
        let moved = permuted(&profit, &order);
        prop_assert_eq!(Concentration::new(&profit).unwrap(), Concentration::new(&moved).unwrap());

        let (before, after) = (Pyramid::new(&profit).unwrap(), Pyramid::new(&moved).unwrap());
        let (mut a, mut b) = (vec![0; profit.len()], vec![0; profit.len()]);
        before.assign_into(&profit, &mut a).unwrap();
        after.assign_into(&moved, &mut b).unwrap();
        prop_assert_eq!(permuted(&a, &order), b);

        let scores = |values: &[f64]| {
            let scale = Rfm::default().fit(values, values, values).unwrap();
            scale.score(values, values, values).unwrap()
        };
        let (a, b) = (scores(&profit), scores(&moved));
        prop_assert_eq!(permuted(&a.recency, &order), b.recency);
        prop_assert_eq!(permuted(&a.frequency, &order), b.frequency);
        prop_assert_eq!(permuted(&a.segment.unwrap(), &order), b.segment.unwrap());
    }

    #[test]
    fn no_part_holds_more_than_its_share(profit in profits(), parts in 2_u8..=9, low in any::<bool>()) {
        let direction = if low { Direction::LowerIsBetter } else { Direction::HigherIsBetter };
        let cuts = Cuts::equal_parts("profit", &profit, parts, direction).unwrap();
        let codes: Vec<u8> = profit.iter().map(|y| cuts.part(*y)).collect();
        for part in 0..parts {
            let better = codes.iter().filter(|code| **code > part).count();
            let most = profit.len() * usize::from(parts - 1 - part) / usize::from(parts);
            prop_assert!(better <= most);
        }
        let worst = if low {
            profit.iter().copied().fold(f64::MIN, f64::max)
        } else {
            profit.iter().copied().fold(f64::MAX, f64::min)
        };
        prop_assert_eq!(cuts.part(worst), 0);
        for (a, b) in profit.iter().zip(profit.iter().skip(1)) {
            let better = if low { a < b } else { a > b };
            prop_assert!(!better || cuts.part(*a) >= cuts.part(*b));
        }
    }

    #[test]
    fn a_table_conserves_customers_and_profit(profit in profits(), groups in 1_u8..6) {
        let codes: Vec<u8> = profit.iter().map(|y| (y.abs() as u64 % u64::from(groups)) as u8).collect();
        let table = summarise(&codes, &profit, groups).unwrap();
        prop_assert_eq!(table.len(), usize::from(groups));
        prop_assert_eq!(table.iter().map(|g| g.customers).sum::<u64>(), profit.len() as u64);
        let share: f64 = table.iter().map(|g| g.share_of_customers).sum();
        prop_assert!((share - 1.0).abs() < ROUNDING);
        let total: f64 = profit.iter().sum();
        prop_assert!((table.iter().map(|g| g.profit).sum::<f64>() - total).abs() < ROUNDING);
        if total > 0.0 {
            let share: f64 = table.iter().filter_map(|g| g.share_of_profit).sum();
            let scale = profit.iter().map(|y| y.abs()).sum::<f64>() / total;
            prop_assert!((share - 1.0).abs() < ROUNDING * scale);
        }
    }

    #[test]
    fn migration_rates_are_row_stochastic(moves in prop::collection::vec((0_u8..4, 0_u8..4), 0..60)) {
        let (before, after): (Vec<u8>, Vec<u8>) = moves.iter().copied().unzip();
        let migration = TierMigration::new(&before, &after, 4).unwrap();
        let counted: u64 = (0..4).flat_map(|from| migration.counts(from)).sum();
        prop_assert_eq!(counted, moves.len() as u64);
        for from in 0..4_u8 {
            match migration.rates(usize::from(from)) {
                Some(rates) => prop_assert!((rates.iter().sum::<f64>() - 1.0).abs() < ROUNDING),
                None => prop_assert!(!before.contains(&from)),
            }
        }
    }

    #[test]
    fn k_means_is_the_best_split(values in profits()) {
        let Ok(cut) = CutRule::KMeans.cut("values", &values) else {
            prop_assert!(values.iter().all(|v| *v == values[0]));
            return Ok(());
        };
        let found = within(&values, cut);
        for border in &values {
            prop_assert!(found <= within(&values, *border) * (1.0 + ROUNDING) + ROUNDING);
        }
    }

    /// With a bin per step of the values, Otsu's classes are as good as the best split.
    #[test]
    fn otsu_with_fine_bins_is_the_best_split(values in profits()) {
        let least = values.iter().copied().fold(f64::MAX, f64::min);
        let greatest = values.iter().copied().fold(f64::MIN, f64::max);
        prop_assume!(least < greatest);
        let bins = ((greatest - least) * 4.0) as u32;
        prop_assume!(bins >= 2);
        let cut = CutRule::Otsu { bins }.cut("values", &values).unwrap();
        // A bin holds one value, but for the first, which holds the two lowest steps.
        let merged: Vec<f64> = values.iter().map(|v| v.max(least + 0.25)).collect();
        let found = within(&merged, cut);
        for border in merged.iter().filter(|v| **v < greatest) {
            prop_assert!(found <= within(&merged, *border) * (1.0 + ROUNDING) + ROUNDING);
        }
    }
}

/// Sum of squares within the values up to `cut` and those above it.
fn within(values: &[f64], cut: f64) -> f64 {
    let (low, high): (Vec<f64>, Vec<f64>) = values.iter().partition(|v| **v <= cut);
    let squares = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>()
    };
    squares(&low) + squares(&high)
}
