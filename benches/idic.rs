//! The next action and the similarity of names: what runs inside a user's save.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark fails by panicking; criterion writes its main function"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use crm_core::idic::identify::distance::{jaro_winkler, osa, token_set};
use crm_core::idic::interact::choice::{
    ActionChooser, ActionOption, ChoiceStrategy, ChooserOptions,
};

const ACTIONS: usize = 8;
const FEATURES: usize = 12;

/// Surnames that are frequent, and slips of them.
const SURNAMES: [&str; 16] = [
    "williams",
    "johnson",
    "rodriguez",
    "anderson",
    "thompson",
    "hernandez",
    "campbell",
    "gonzalez",
    "wiliams",
    "jonhson",
    "rodrigues",
    "andersen",
    "tompson",
    "hernandes",
    "cambell",
    "gonzales",
];

fn chooser(strategy: ChoiceStrategy) -> ActionChooser {
    let option = |action: usize| ActionOption {
        name: action.to_string(),
        cost: 0.0,
    };
    ActionChooser::new(ChooserOptions {
        actions: (1..ACTIONS).map(option).collect(),
        features: (0..FEATURES).map(|feature| feature.to_string()).collect(),
        strategy,
        ..ChooserOptions::default()
    })
    .unwrap()
}

fn choices(criterion: &mut Criterion) {
    for strategy in [ChoiceStrategy::UpperConfidence, ChoiceStrategy::Thompson] {
        let mut chooser = chooser(strategy);
        let now = "2024-03-01".parse().unwrap();
        let mut round = 0_u32;
        let name = format!("decide and reward, 8 actions, 12 features, {strategy:?}");
        criterion.bench_function(&name, |bench| {
            bench.iter(|| {
                round = round.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let feature = |place: usize| f64::from(round >> place & 0xff) / 128.0 - 1.0;
                let features: [f64; FEATURES] = std::array::from_fn(feature);
                let decision = chooser
                    .decide(u64::from(round), &features, &[true; ACTIONS - 1], now)
                    .unwrap();
                let reward = features.iter().sum::<f64>() * decision.action as f64;
                black_box(chooser.reward(decision.id, reward).unwrap())
            });
        });
    }
}

/// Addresses of three words, and parts of them.
const ADDRESSES: [&str; 8] = [
    "178 bibidadi street",
    "12 husiwac street",
    "wallaby place",
    "pridham street",
    "stanley street",
    "4 pinkerton circuit",
    "bega flats",
    "5 winston hills road",
];

fn texts(criterion: &mut Criterion) {
    let mut each = |name: &str, texts: &[&str], measure: fn(&str, &str) -> f64| {
        let pairs = texts.len() * texts.len();
        criterion.bench_function(&format!("{name}, {pairs} pairs"), |bench| {
            bench.iter(|| {
                let pairs = texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b)));
                pairs
                    .map(|(a, b)| measure(black_box(a), black_box(b)))
                    .sum::<f64>()
            });
        });
    };
    each("Jaro-Winkler of surnames", &SURNAMES, jaro_winkler);
    each("OSA of surnames", &SURNAMES, |a, b| osa(a, b) as f64);
    each("Jaro-Winkler of addresses", &ADDRESSES, jaro_winkler);
    each("token set of addresses", &ADDRESSES, token_set);
}

criterion_group!(benches, choices, texts);
criterion_main!(benches);
