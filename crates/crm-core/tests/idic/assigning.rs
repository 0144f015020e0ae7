//! Offers to customers under a budget and capacities.

use crm_core::ErrorKind;
use crm_core::idic::customize::assignment::{AssignmentReason, Offer, assign};
use crm_core::idic::customize::conjoint::{Attribute, fit_ratings};
use proptest::prelude::*;

use crate::market::{market, slices, uniform};

/// The highest value of all assignments, from this customer on.
fn best_of_all(values: &[Vec<f64>], offers: &mut [Offer], budget: f64, customer: usize) -> f64 {
    if customer == values[0].len() {
        return 0.0;
    }
    let mut best = best_of_all(values, offers, budget, customer + 1);
    for offer in 0..offers.len() {
        let cost = offers[offer].cost;
        if offers[offer].capacity == Some(0) || cost > budget {
            continue;
        }
        let take = |places: Option<u64>, change: i64| places.map(|k| k.wrapping_add_signed(change));
        offers[offer].capacity = take(offers[offer].capacity, -1);
        let rest = best_of_all(values, offers, budget - cost, customer + 1);
        offers[offer].capacity = take(offers[offer].capacity, 1);
        best = best.max(values[offer][customer] + rest);
    }
    best
}

#[test]
fn a_small_assignment_is_the_best_of_all() {
    for seed in 0..40 {
        let values = market(7, 3, seed);
        let mut state = seed + 99;
        let mut offers: Vec<Offer> = (0..3)
            .map(|j| Offer {
                cost: 1.0 + 2.0 * uniform(&mut state),
                capacity: (j != 1).then_some(1 + u64::from(uniform(&mut state) < 0.5)),
            })
            .collect();
        let budget = 4.0 + 4.0 * uniform(&mut state);
        let found = assign(&slices(&values), &offers, Some(budget)).unwrap();
        let best = best_of_all(&values, &mut offers, budget, 0);
        assert!(
            (found.value - best).abs() < 1e-12,
            "{seed}: {}, {best}",
            found.value
        );
        assert!(found.bound >= best - 1e-9);
    }
}

#[test]
fn a_large_assignment_is_near_its_bound() {
    let values = market(60_000, 6, 3);
    let offers: Vec<Offer> = (0..6)
        .map(|j| Offer {
            cost: 1.0 + f64::from(j),
            capacity: (j > 1).then_some(2000),
        })
        .collect();
    let found = assign(&slices(&values), &offers, Some(70_000.0)).unwrap();
    assert!(found.gap() < 1e-3, "{}", found.gap());
    assert!(found.cost <= 70_000.0 + 1e-6);
    for (made, offer) in found.made.iter().zip(&offers) {
        assert!(offer.capacity.is_none_or(|k| *made <= k));
    }
    assert!(found.money_price > 0.0);
    let again = assign(&slices(&values), &offers, Some(70_000.0)).unwrap();
    assert_eq!(found, again);
}

#[test]
fn what_only_rust_and_c_can_say_wrongly_is_refused() {
    let values: [&[f64]; 2] = [&[1.0, 2.0], &[0.5, 0.1]];
    assert_eq!(
        assign(&values, &[Offer::default()], None)
            .unwrap_err()
            .argument(),
        "offers"
    );
    let attribute = |levels: usize| Attribute {
        name: "price".into(),
        levels: vec![String::new(); levels],
    };
    let error = fit_ratings(&[attribute(3)], &[&[0, 1, 3, 2]], &[1.0; 4]).unwrap_err();
    assert_eq!(
        (error.kind(), error.argument(), error.row()),
        (ErrorKind::OutOfRange, "products", Some(2))
    );
    let error = fit_ratings(&[attribute(1)], &[&[0, 0]], &[1.0; 2]).unwrap_err();
    assert_eq!((error.argument(), error.row()), ("attributes", Some(0)));
}

#[test]
fn customers_are_told_why() {
    let values = market(300, 2, 8);
    let places = [
        Offer::default(),
        Offer {
            cost: 0.0,
            capacity: Some(40),
        },
    ];
    let found = assign(&slices(&values), &places, None).unwrap();
    assert!(found.place_prices[1] > 0.0 && found.money_price == 0.0);
    for (row, (reason, offer)) in found.reason.iter().zip(&found.offer).enumerate() {
        let of_row = [values[0][row], values[1][row]];
        let best = of_row[0].max(of_row[1]);
        match reason {
            AssignmentReason::Best => assert_eq!(of_row[offer.unwrap() as usize], best),
            AssignmentReason::PlacesElsewhere => assert!(of_row[1] == best && *offer != Some(1)),
            AssignmentReason::NoGain => assert!(best <= 0.0 && offer.is_none()),
            AssignmentReason::MoneyElsewhere | AssignmentReason::NotEligible => {
                panic!("{reason:?}")
            }
        }
    }
    assert!(found.reason.contains(&AssignmentReason::PlacesElsewhere));
    let dear = [
        Offer {
            cost: 2.0,
            capacity: None,
        },
        Offer {
            cost: 3.0,
            capacity: None,
        },
    ];
    let found = assign(&slices(&values), &dear, Some(100.0)).unwrap();
    assert!(found.money_price > 0.0 && found.reason.contains(&AssignmentReason::MoneyElsewhere));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn an_assignment_keeps_its_limits_and_its_bound(
        customers in 1_usize..40,
        seed in 0_u64..1000,
        places in prop::collection::vec(prop::option::of(0_u64..12), 3),
        budget in prop::option::of(0.0..30.0_f64),
    ) {
        let values = market(customers, 3, seed);
        let offers: Vec<Offer> = places.iter().zip([2.0, 1.0, 0.0]).map(|(&capacity, cost)| Offer { cost, capacity }).collect();
        let found = assign(&slices(&values), &offers, budget).unwrap();
        prop_assert!(found.value <= found.bound * (1.0 + 1e-12) + 1e-12);
        prop_assert!(budget.is_none_or(|budget| found.cost <= budget + 1e-9));
        for (made, offer) in found.made.iter().zip(&offers) {
            prop_assert!(offer.capacity.is_none_or(|k| *made <= k));
        }
        for (row, offer) in found.offer.iter().enumerate() {
            prop_assert!(offer.is_none_or(|offer| values[offer as usize][row] > 0.0));
        }
    }
}
