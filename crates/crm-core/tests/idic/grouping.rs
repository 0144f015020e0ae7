//! Groups of customers.

use crm_core::idic::differentiate::{ClusterOptions, ClusterScaling, choose_clusters, k_means};
use proptest::prelude::*;

use crate::market::{market, slices, uniform};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn clustering_does_not_depend_on_the_order_of_columns(seed in 0_u64..50) {
        let columns = market(60, 2, seed);
        let options = ClusterOptions { seed, ..ClusterOptions::default() };
        let found = k_means(&slices(&columns), 3, ClusterScaling::Standardized, options).unwrap();
        prop_assert_eq!(found.clustering.sizes.iter().sum::<u64>(), 60);
        prop_assert!(found.clustering.sizes.windows(2).all(|pair| pair[0] >= pair[1]));
        prop_assert!((0.0..=1.0).contains(&found.explained));
        let turned = [columns[1].as_slice(), columns[0].as_slice()];
        let other = k_means(&turned, 3, ClusterScaling::Standardized, options).unwrap();
        prop_assert!((found.inertia - other.inertia).abs() < 1e-9 * found.inertia);
    }
}

#[test]
fn three_groups_are_found_to_be_three() {
    let mut state = 9;
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for row in 0..300 {
        let center = [(0.0, 0.0), (8.0, 1.0), (3.0, 9.0)][row % 3];
        x.push(center.0 + uniform(&mut state));
        y.push(center.1 + uniform(&mut state));
    }
    let found = choose_clusters(
        &[&x, &y],
        6,
        ClusterScaling::Standardized,
        ClusterOptions::default(),
    )
    .unwrap();
    let best = found
        .iter()
        .max_by(|a, b| a.silhouette.total_cmp(&b.silhouette))
        .unwrap();
    assert_eq!(best.clusters, 3);
}
