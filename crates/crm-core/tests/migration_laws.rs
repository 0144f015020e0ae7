//! Laws that hold for every Markov chain of customers, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use crm_core::ErrorKind;
use crm_core::clv::group::migration_value;
use crm_core::clv::migration::{
    Choice, ContactTiming, DecisionProcess, MigrationModel, RecencyChain, Rewards, SolverOptions,
    SparseTransitions, Transitions, always_a_share, always_a_share_values_into,
};
use crm_core::clv::switching::{Horizon, TransitionMatrix};
use crm_core::units::{Money, Probability, Rate};
use proptest::prelude::*;

fn rate(value: f64) -> Rate {
    Rate::try_from(value).unwrap()
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn close(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(1.0)
}

/// A chain in both forms; about a third of its entries is zero.
fn chain(states: usize) -> impl Strategy<Value = (TransitionMatrix, SparseTransitions)> {
    let weight = prop_oneof![1 => Just(0.0), 2 => 0.01..1.0];
    prop::collection::vec(prop::collection::vec(weight, states), states).prop_map(|mut rows| {
        rows.iter_mut()
            .enumerate()
            .for_each(|(i, row)| row[i] += 0.05);
        let matrix = TransitionMatrix::normalized(&rows).unwrap();
        let (mut from, mut to, mut probabilities) = (Vec::new(), Vec::new(), Vec::new());
        for (i, row) in matrix.rows().enumerate() {
            for (j, &p) in row.iter().enumerate().filter(|(_, p)| **p > 0.0) {
                from.push(i);
                to.push(j);
                probabilities.push(p);
            }
        }
        let sparse =
            SparseTransitions::from_triplets(matrix.states(), &from, &to, &probabilities).unwrap();
        (matrix, sparse)
    })
}

/// A chain of 1 to 24 states with a reward for each.
fn rewarded() -> impl Strategy<Value = (TransitionMatrix, SparseTransitions, Vec<f64>)> {
    (1_usize..24).prop_flat_map(|states| {
        let rewards = prop::collection::vec(-50.0..50.0, states);
        (chain(states), rewards).prop_map(|((dense, sparse), rewards)| (dense, sparse, rewards))
    })
}

fn table(recencies: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Probability>> {
    let probability = (0_u32..=1000).prop_map(|p| Probability::try_from(f64::from(p) / 1000.0));
    prop::collection::vec(probability.prop_map(Result::unwrap), recencies)
}

proptest! {
    #[test]
    fn dense_and_sparse_agree((dense, sparse, rewards) in rewarded(), d in 0.001..0.5, last in 0_u32..80) {
        let dense = MigrationModel::new(dense, Rewards::constant(rewards.clone())).unwrap();
        let sparse = MigrationModel::new(sparse, Rewards::constant(rewards)).unwrap();
        for (horizon, tolerance) in [(last.into(), 1e-13), (Horizon::Infinite, 1e-9)] {
            let (a, b) = (dense.moments(rate(d), horizon).unwrap(), sparse.moments(rate(d), horizon).unwrap());
            let pairs = a.mean.iter().zip(&b.mean).chain(a.variance.iter().zip(&b.variance));
            let largest = a.mean.iter().chain(&a.variance).fold(1.0_f64, |m, v| m.max(v.abs()));
            for (a, b) in pairs {
                prop_assert!((a - b).abs() <= tolerance * largest, "{a} {b}");
            }
            prop_assert!(b.variance.iter().all(|v| *v >= 0.0));
            prop_assert_eq!(&a.mean, &dense.value(rate(d), horizon).unwrap().values);
        }
        prop_assert_eq!(dense.transitions().structure(), sparse.transitions().structure());
    }

    #[test]
    fn a_long_horizon_comes_near_no_end((dense, _, rewards) in rewarded(), d in 0.01..0.5, last in 0_u32..200) {
        let most = rewards.iter().fold(0.0_f64, |m, r| m.max(r.abs()));
        let model = MigrationModel::new(dense, Rewards::constant(rewards)).unwrap();
        let (near, end) = (model.value(rate(d), last.into()).unwrap(), model.value(rate(d), Horizon::Infinite).unwrap());
        let left = (1.0_f64 + d).powf(-f64::from(last)) / d * most;
        for (near, end) in near.values.iter().zip(&end.values) {
            prop_assert!((near - end).abs() <= left * 1.000001 + 1e-9);
        }
    }

    #[test]
    fn value_is_occupancy_times_reward((dense, sparse, rewards) in rewarded(), d in 0.01..0.5, last in 0_u32..40, start in 0_usize..24) {
        let start = start % rewards.len();
        let mut initial = vec![0.0; rewards.len()];
        initial[start] = 1.0;
        for transitions in [Transitions::from(dense), Transitions::from(sparse)] {
            let model = MigrationModel::new(transitions.clone(), Rewards::constant(rewards.clone())).unwrap();
            for horizon in [Horizon::Periods(last), Horizon::Infinite] {
                let times = transitions.occupancy(&initial, rate(d), horizon, model.solver()).unwrap();
                let worth: f64 = times.iter().zip(&rewards).map(|(time, r)| time * r).sum();
                let value = model.value(rate(d), horizon).unwrap().values[start];
                prop_assert!((worth - value).abs() <= 1e-7, "{worth} {value}");
            }
        }
    }

    #[test]
    fn everybody_ends_somewhere((dense, sparse, _) in rewarded()) {
        for transitions in [Transitions::from(dense), Transitions::from(sparse)] {
            let solver = SolverOptions::default();
            let found = transitions.absorption(&solver).unwrap();
            for (row, periods) in found.rows().zip(&found.expected_periods) {
                prop_assert!(close(row.iter().sum(), 1.0, 1e-9));
                prop_assert!(*periods == 0.0 || *periods >= 1.0 - 1e-9);
            }
            let stationary = transitions.stationary_distribution(&solver);
            if found.structure.classes == 1 {
                let now = stationary.unwrap();
                prop_assert!(close(now.iter().sum(), 1.0, 1e-12));
                let path = transitions.distribution(&now, 1).unwrap();
                for (now, next) in path.rows().next().unwrap().iter().zip(path.rows().last().unwrap()) {
                    prop_assert!((now - next).abs() <= 1e-9);
                }
            } else {
                prop_assert_eq!(stationary.unwrap_err().kind(), ErrorKind::NoSolution);
            }
        }
    }

    /// Contacts at the start are the chain's, but for those at the end, which bring nothing any more.
    #[test]
    fn always_a_share_is_the_recency_chain(table in table(1..6), margin in 0_i64..100, cost in 0_i64..20, d in 0.0..0.5, last in 0_u32..40) {
        let (margin, cost) = (Money::from(margin), Money::from(cost));
        let d = rate(thousandths(d));
        let chain = RecencyChain::new(table.clone()).unwrap();
        let mut contacted = vec![-cost.to_f64(); chain.states()];
        contacted[0] += margin.to_f64();
        contacted[table.len()] = 0.0;
        let mut no_more = vec![0.0; chain.states()];
        no_more[0] = margin.to_f64();
        let mut rows = vec![contacted; last as usize];
        rows.push(no_more);
        let model = MigrationModel::new(chain.transition_matrix().unwrap(), Rewards::by_period(rows)).unwrap();
        let value = model.value(d, last.into()).unwrap().values[0];
        let start = ContactTiming::Start;
        let exact = always_a_share(margin, cost, &table, d, last.into(), start).unwrap();
        prop_assert!(close(value, exact.value.to_f64(), 1e-12));
        let present = Money::sum(exact.periods.iter().map(|period| period.present_value)).unwrap();
        prop_assert_eq!(present, exact.value);
    }

    #[test]
    fn columns_of_always_a_share_have_its_value(table in table(1..6), margin in -100_i64..100, cost in 0_i64..20, d in -0.2..0.5, periods in 0_u64..40) {
        let d = thousandths(d);
        let numbers: Vec<f64> = table.iter().map(|p| p.to_f64()).collect();
        let (money, contact_cost) = (Money::from(margin), Money::from(cost));
        for contact in [ContactTiming::Start, ContactTiming::Middle, ContactTiming::End] {
            let exact = always_a_share(money, contact_cost, &table, rate(d), periods, contact).unwrap();
            let (mut found, size) = ([0.0, 0.0], 1.0 + 120.0 / 0.8_f64.powf(periods as f64));
            let two = [numbers.clone(), numbers.clone()].concat();
            let (margin, cost) = (margin as f64, cost as f64);
            always_a_share_values_into(margin.into(), cost.into(), &two, table.len(), d, periods, contact, &mut found).unwrap();
            prop_assert!((found[1] - exact.value.to_f64()).abs() <= 1e-12 * size);
            let mut one = [0.0];
            always_a_share_values_into(margin.into(), cost.into(), &numbers, table.len(), d, periods, contact, &mut one).unwrap();
            prop_assert_eq!(one[0], found[0]);
        }
        let middle = always_a_share(money, contact_cost, &table, rate(d), periods, ContactTiming::Middle).unwrap();
        prop_assert_eq!(middle.value, migration_value(money, contact_cost, &table, rate(d), periods).unwrap());
    }

    #[test]
    fn no_policy_is_better_than_the_best(
        tables in prop::collection::vec((chain(3), prop::collection::vec(-9.0..9.0, 3)), 2..4),
        d in 0.01..1.0,
        start in 0_u32..2,
        last in 0_u32..5,
    ) {
        let choices = |state: usize| -> Vec<Choice> {
            let taken = tables.iter().zip(0..).map(|(((matrix, _), rewards), action)| Choice {
                action,
                reward: rewards[state],
                probabilities: matrix.rows().nth(state).unwrap().to_vec(),
            });
            taken.collect()
        };
        let process = DecisionProcess::new((0..3).map(choices).collect()).unwrap();
        let best = process.policy_iteration(rate(d), Some(&[start; 3])).unwrap();
        let horizon = process.backward_induction(rate(d), last).unwrap();
        let actions = tables.len() as u32;
        for code in 0..actions.pow(3) {
            let policy = [code % actions, code / actions % actions, code / actions / actions];
            let model = process.under(&policy).unwrap();
            let value = model.value(rate(d), Horizon::Infinite).unwrap().values;
            prop_assert!((0..3).all(|state| value[state] <= best.value[state] + 1e-9));
            prop_assert!(policy != *best.policy || value == best.value);
            let value = model.value(rate(d), last.into()).unwrap().values;
            prop_assert!((0..3).all(|state| value[state] <= horizon.value[state] + 1e-9));
        }
        prop_assert!(best.improvement().iter().all(|gain| *gain >= -1e-9));
    }
}

/// Customers who go round many states, with some who are lost: ten entries in each row.
fn large(states: usize) -> SparseTransitions {
    let (mut starts, mut columns, mut probabilities) = (vec![0], Vec::new(), Vec::new());
    for state in 0..states - 1 {
        for k in 0..10 {
            columns.push((state + k * k * 37 + 1) % states);
            probabilities.push(0.1);
        }
        starts.push(columns.len());
    }
    columns.push(states - 1);
    probabilities.push(1.0);
    starts.push(columns.len());
    SparseTransitions::from_csr(&starts, &columns, &probabilities).unwrap()
}

#[test]
fn ten_thousand_states_keep_their_bound() {
    let states = 10_000;
    let mut rewards: Vec<f64> = (0..states).map(|i| (i % 97) as f64 - 20.0).collect();
    rewards[states - 1] = 0.0;
    let model = MigrationModel::new(large(states), Rewards::constant(rewards.clone())).unwrap();
    let found = model.value(rate(0.05), Horizon::Infinite).unwrap();
    let long = model.value(rate(0.05), Horizon::Periods(700)).unwrap();
    let largest = found.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    assert!(found.error_bound <= 1e-10 * largest && found.iterations > 0);
    for (found_value, long) in found.values.iter().zip(&long.values) {
        assert!((found_value - long).abs() <= found.error_bound + 1e-12 * largest);
    }
    // Without a discount, the value until the customer is lost.
    let undiscounted = model.value(Rate::ZERO, Horizon::Infinite).unwrap();
    assert!(undiscounted.values[0] > found.values[0]);
    let hopeless = SolverOptions {
        tolerance: 1e-18,
        ..SolverOptions::default()
    };
    let short = SolverOptions {
        max_iterations: 3,
        ..SolverOptions::default()
    };
    for options in [hopeless, short] {
        let error = model
            .clone()
            .with_solver(options)
            .unwrap()
            .value(rate(0.05), Horizon::Infinite);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::NotConverged);
    }
    let none = SolverOptions {
        tolerance: 0.0,
        ..SolverOptions::default()
    };
    assert_eq!(model.with_solver(none).unwrap_err().argument(), "tolerance");
}

/// A hundred thousand states in a row: no recursion follows them.
#[test]
fn a_long_row_of_states_has_one_end() {
    let states = 100_000;
    let starts: Vec<usize> = (0..=states).collect();
    let columns: Vec<usize> = (1..=states).map(|next| next.min(states - 1)).collect();
    let chain = SparseTransitions::from_csr(&starts, &columns, &vec![1.0; states]).unwrap();
    let structure = Transitions::from(chain).structure();
    assert_eq!(
        (structure.classes, structure.absorbing_states()),
        (1, vec![states - 1])
    );
}

#[test]
fn values_of_customers_by_state() {
    let matrix = TransitionMatrix::new(&[[0.5, 0.5], [0.0, 1.0]]).unwrap();
    let model = MigrationModel::new(matrix, Rewards::constant([3.0, 1.0])).unwrap();
    let value = model.value(rate(1.0), 0.into()).unwrap();
    let mut out = [0.0; 3];
    value.of(&[1, 0, 1], &mut out).unwrap();
    assert_eq!(out, [1.0, 3.0, 1.0]);
    let error = value.of(&[1, 2, 1], &mut out).unwrap_err();
    assert_eq!((error.row(), error.value()), (Some(1), Some("2")));
    assert_eq!(
        value.of(&[1], &mut out).unwrap_err().kind(),
        ErrorKind::LengthMismatch
    );
}

#[test]
fn what_cannot_be_is_refused() {
    let kind = |error: crm_core::Error| (error.kind(), error.argument().to_owned());
    let expected = |kind, argument: &str| (kind, argument.to_owned());
    let empty = SparseTransitions::from_csr(&[0], &[], &[]).unwrap_err();
    assert_eq!(kind(empty), expected(ErrorKind::Empty, "row_starts"));
    let short = SparseTransitions::from_triplets(usize::MAX, &[0], &[0], &[1.0]).unwrap_err();
    assert_eq!(
        kind(short),
        expected(ErrorKind::LengthMismatch, "probabilities")
    );
    let far = SparseTransitions::from_triplets(1, &[7], &[0], &[1.0]).unwrap_err();
    assert_eq!(kind(far), expected(ErrorKind::OutOfRange, "rows"));

    let model = |rewards| MigrationModel::new(TransitionMatrix::new(&[[1.0]]).unwrap(), rewards);
    let none = model(Rewards::by_period(Vec::new())).unwrap_err();
    assert_eq!(kind(none), expected(ErrorKind::Empty, "rewards"));
    let huge = model(Rewards::constant([1e308]))
        .unwrap()
        .value(rate(0.5), 9.into())
        .unwrap_err();
    assert_eq!(kind(huge), expected(ErrorKind::Overflow, "value"));

    let choice = |action| Choice {
        action,
        reward: 0.0,
        probabilities: vec![1.0],
    };
    let twice = DecisionProcess::new(vec![vec![choice(1), choice(1)]]).unwrap_err();
    assert_eq!(kind(twice), expected(ErrorKind::OutOfRange, "choices"));
    let process = DecisionProcess::new(vec![vec![choice(3)]]).unwrap();
    assert_eq!(
        process.policy_iteration(rate(0.1), None).unwrap().policy,
        [3]
    );
    assert_eq!(
        kind(process.under(&[]).unwrap_err()),
        expected(ErrorKind::LengthMismatch, "policy")
    );

    let start = ContactTiming::Start;
    let mut out = [0.0; 2];
    always_a_share_values_into(
        (&vec![f64::NAN, 1.0]).into(),
        1.0.into(),
        &[0.5],
        1,
        0.1,
        3,
        start,
        &mut out,
    )
    .unwrap();
    assert!(out[0].is_nan() && out[1].is_finite());
}

/// Who waits for longer than there are periods never gets so far, however long the table is.
#[test]
fn recencies_beyond_the_horizon_change_nothing() {
    let chance = |j: usize| if j.is_multiple_of(3) { 0.1 } else { 0.02 };
    let values = |recencies: usize| {
        let table: Vec<f64> = (0..recencies).map(chance).collect();
        let mut out = [0.0; 2];
        always_a_share_values_into(
            (&vec![40.0, 12.5]).into(),
            0.5.into(),
            &table.repeat(2),
            recencies,
            0.01,
            256,
            ContactTiming::Middle,
            &mut out,
        )
        .unwrap();
        out
    };
    assert_eq!(values(256), values(257));
    assert_eq!(values(256), values(5_000));
}
