//! Laws of the customer lifecycle, on random events, histories and purchases.
#![expect(clippy::unwrap_used, reason = "a helper that panics is a failed test")]

use std::collections::HashSet;

use crm_core::ErrorKind;
use crm_core::ledger::PeriodSeries;
use crm_core::lifecycle::economics::{StageRows, stage_economics, transition_economics};
use crm_core::lifecycle::inference::{Known, Measure, RuleOptions, StageInference, infer_stages};
use crm_core::lifecycle::tenure::{kaplan_meier, kaplan_meier_late_entry, survival_probability};
use crm_core::lifecycle::{Entry, Event, History, Stage, TRANSITIONS};
use crm_core::units::{Date, Label, Language, Probability};
use proptest::prelude::*;
use proptest::sample::select;

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn probability(value: f64) -> Probability {
    Probability::try_from(value).unwrap()
}

// --- state machine ---------------------------------------------------------------------------

#[test]
fn an_event_has_one_outcome_and_every_stage_can_be_reached() {
    let causes: HashSet<_> = TRANSITIONS.iter().map(|t| (t.from, t.event)).collect();
    assert_eq!(causes.len(), TRANSITIONS.len());
    for stage in Stage::ALL {
        assert!(TRANSITIONS.iter().any(|t| t.to == *stage), "{stage}");
        assert_eq!(Stage::from_code(stage.code()).unwrap(), *stage);
    }
    assert_eq!(Stage::ALL.len(), Stage::COUNT);
    assert_eq!(
        Stage::from_code(7).unwrap_err().kind(),
        ErrorKind::OutOfRange
    );
}

#[test]
fn termination_is_left_by_a_win_back_alone() {
    for stage in Stage::ALL {
        let events: Vec<Event> = Stage::Termination.events_to(*stage).collect();
        let expected = if *stage == Stage::Recovery {
            vec![Event::WinBack]
        } else {
            vec![]
        };
        assert_eq!(events, expected, "{stage}");
    }
}

#[test]
fn an_illegal_move_names_both_stages() {
    let error = Stage::Termination.check_move(Stage::Growth).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IllegalTransition);
    assert_eq!(
        error.to_string(),
        "stage is growth: cannot be reached from stage termination"
    );
}

#[test]
fn serialised_names_are_the_terms() {
    for stage in Stage::ALL {
        let json = serde_json::to_string(stage).unwrap();
        assert_eq!(json, format!("\"{}\"", stage.name()));
    }
    for event in Event::ALL {
        let json = serde_json::to_string(event).unwrap();
        assert_eq!(json, format!("\"{}\"", event.name()));
    }
}

fn day(n: i32) -> Date {
    Date::from_days(20_000 + n).unwrap()
}

fn events() -> impl Strategy<Value = Vec<(Event, i32)>> {
    proptest::collection::vec((select(Event::ALL), 0..40), 0..60)
}

/// What becomes of a customer if illegal events are refused; and how many were accepted.
fn lived(opening: Event, events: &[(Event, i32)]) -> History {
    let mut history = History::opened(opening, day(0)).unwrap();
    let mut date = 0;
    for (event, days) in events {
        let before = history.clone();
        match history.apply(*event, day(date + days)) {
            Ok(stage) => {
                assert_eq!(stage, history.stage());
                assert!(
                    before.stage() != Stage::Termination
                        || matches!(event, Event::WinBack | Event::Closed)
                );
                date += days;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::IllegalTransition);
                assert_eq!(history, before);
            }
        }
    }
    history
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn histories_are_legal_and_survive_serialising(events in events()) {
        let history = lived(Event::FirstContact, &events);
        let entries: Vec<Entry> = history.entries().collect();
        for pair in entries.windows(2) {
            prop_assert!(pair[0].stage.can_become(pair[1].stage));
            prop_assert!(pair[0].date <= pair[1].date);
        }
        let json = serde_json::to_string(&history).unwrap();
        prop_assert_eq!(serde_json::from_str::<History>(&json).unwrap(), history.clone());
        let recoveries = entries.iter().filter(|e| e.stage == Stage::Recovery).count();
        prop_assert_eq!(history.recoveries(), recoveries);
    }

    #[test]
    fn days_in_stages_fill_the_time(events in events(), until in 0..3_000) {
        let history = lived(Event::FirstPurchase, &events);
        let days = history.days_in_stages(day(until)).unwrap();
        prop_assert_eq!(days.iter().sum::<i64>(), i64::from(until));
        let mut counted = [0_i64; Stage::COUNT];
        for t in 0..until {
            let stage = history.stage_on(day(t)).unwrap();
            counted[usize::from(stage.code())] += 1;
        }
        prop_assert_eq!(days, counted);
    }

    #[test]
    fn no_text_produces_an_invalid_history(
        entries in proptest::collection::vec(
            (select(Stage::ALL), proptest::option::of(select(Event::ALL)), -5..20_i32), 0..8
        )
    ) {
        let mut date = 0;
        let entries: Vec<Entry> = entries
            .into_iter()
            .map(|(stage, event, days)| {
                date += days;
                Entry { date: day(date), stage, event }
            })
            .collect();
        let json = serde_json::to_string(&entries).unwrap();
        if let Ok(history) = serde_json::from_str::<History>(&json) {
            let read: Vec<Entry> = history.entries().collect();
            prop_assert_eq!(&read, &entries);
            for pair in read.windows(2) {
                prop_assert!(pair[0].stage.can_become(pair[1].stage));
                prop_assert!(pair[0].date <= pair[1].date);
            }
        }
    }

    // --- tenure ------------------------------------------------------------------------------

    #[test]
    fn survival_falls_with_time_and_churn(churn in 0..=100_i32, more in 0..=100_i32, t in 0_i64..200) {
        let at = |churn: i32, t: i64| {
            survival_probability(probability(f64::from(churn) / 100.0), t.into()).unwrap()
        };
        let (less, more) = (churn.min(more), churn.max(more));
        prop_assert!(at(more, t) <= at(less, t));
        prop_assert!(at(churn, t + 1) <= at(churn, t));
        prop_assert_eq!(at(churn, 0), Probability::ONE);
    }

    #[test]
    fn uncensored_kaplan_meier_is_the_empirical_distribution(
        times in proptest::collection::vec(1_u32..30, 1..80)
    ) {
        let durations: Vec<f64> = times.iter().map(|t| f64::from(*t)).collect();
        let n = durations.len() as f64;
        let table = kaplan_meier(&durations, &vec![true; times.len()], probability(0.95)).unwrap();
        for (time, survival) in table.time.iter().zip(&table.survival) {
            let longer = durations.iter().filter(|d| *d > time).count() as f64;
            prop_assert!((survival - longer / n).abs() < 1e-12);
        }
        let mean = table.restricted_mean(30.0).unwrap();
        prop_assert!((mean.mean - durations.iter().sum::<f64>() / n).abs() < 1e-10);
    }

    #[test]
    fn entry_at_zero_is_no_late_entry_and_order_does_not_matter(
        rows in proptest::collection::vec((1_u32..30, any::<bool>()), 1..60)
    ) {
        let durations: Vec<f64> = rows.iter().map(|r| f64::from(r.0)).collect();
        let observed: Vec<bool> = rows.iter().map(|r| r.1).collect();
        let table = kaplan_meier(&durations, &observed, probability(0.9)).unwrap();
        let text = format!("{table:?}");
        let zero = vec![0.0; rows.len()];
        let late = kaplan_meier_late_entry(&durations, &observed, &zero, probability(0.9)).unwrap();
        prop_assert_eq!(&text, &format!("{late:?}"));
        let backwards = |x: &[f64]| x.iter().rev().copied().collect::<Vec<_>>();
        let observed: Vec<bool> = observed.into_iter().rev().collect();
        let again = kaplan_meier(&backwards(&durations), &observed, probability(0.9)).unwrap();
        prop_assert_eq!(&text, &format!("{again:?}"));
        prop_assert!(table.survival.windows(2).all(|s| s[1] <= s[0]));
        let mut rows = table.survival.iter().zip(table.lower.iter().zip(&table.upper));
        prop_assert!(rows.all(|(s, (l, u))| *s == 0.0 || (l <= s && s <= u)));
    }

    // --- economics ---------------------------------------------------------------------------

    #[test]
    fn stage_economics_conserve_the_totals(
        rows in proptest::collection::vec((select(Stage::ALL), 0..1_000_i32, -500..500_i32), 0..60)
    ) {
        let stage: Vec<Stage> = rows.iter().map(|r| r.0).collect();
        let input: Vec<f64> = rows.iter().map(|r| f64::from(r.1)).collect();
        let output: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
        let rows = StageRows { stage: &stage, input: &input, output: &output, share: None };
        let table = stage_economics(rows).unwrap();
        prop_assert_eq!(table.len(), Stage::COUNT);
        prop_assert_eq!(table.iter().map(|r| r.customers).sum::<u64>(), stage.len() as u64);
        prop_assert_eq!(table.iter().map(|r| r.input).sum::<f64>(), input.iter().sum::<f64>());
        prop_assert_eq!(table.iter().map(|r| r.output).sum::<f64>(), output.iter().sum::<f64>());
        prop_assert!(table.iter().all(|r| r.ratio.is_some() == (r.input > 0.0)));
    }
}

// --- inference -------------------------------------------------------------------------------

/// One customer: gaps between active periods, purchases and amount in each.
type Purchases = Vec<(u32, u32, i32)>;

fn base() -> impl Strategy<Value = Vec<Purchases>> {
    let purchase = (
        prop_oneof![8 => 1..4_u32, 2 => 4..20_u32, 1 => 20..60_u32],
        prop_oneof![9 => Just(1_u32), 1 => 0..4_u32],
        -20..200_i32,
    );
    proptest::collection::vec(proptest::collection::vec(purchase, 0..40), 1..12)
}

fn series(base: &[Purchases], scale: f64) -> PeriodSeries {
    let (mut offsets, mut periods, mut purchases, mut spend) = (vec![0], vec![], vec![], vec![]);
    let mut last = 0;
    for customer in base {
        let mut period = 0;
        for (gap, count, amount) in customer {
            period += gap;
            periods.push(period);
            purchases.push(*count);
            spend.push(f64::from(*amount) * scale);
        }
        last = last.max(period);
        offsets.push(periods.len());
    }
    PeriodSeries::new(offsets, periods, purchases, spend, None, last + 3).unwrap()
}

fn inferred(series: &PeriodSeries) -> StageInference {
    infer_stages(series, Known::default(), &RuleOptions::default()).unwrap()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn inferred_histories_are_legal(
        base in base(),
        confirmations in 1..4_u32,
        silence in 0.1..4.0,
        termination in 0.01..0.99,
        share in proptest::option::of(0.0..1.0),
    ) {
        let series = series(&base, 1.0);
        let options = RuleOptions { confirmations, silence, termination, ..RuleOptions::default() };
        let shares: Vec<f64> = (0..series.periods().len())
            .map(|i| if i % 5 == 0 { f64::NAN } else { share.unwrap_or(0.0) * (i % 7) as f64 / 7.0 })
            .collect();
        let known = Known { share_of_wallet: share.map(|_| &shares[..]), p_alive: None };
        let found = infer_stages(&series, known, &options).unwrap();
        prop_assert_eq!(found.histories.customers(), series.customers());
        for (i, history) in found.histories.iter().enumerate() {
            prop_assert_eq!(history.stages.last(), Some(&found.stages[i]));
            prop_assert!(matches!(history.stages[0], Stage::Potential | Stage::Development));
            prop_assert!(history.periods.windows(2).all(|p| p[0] < p[1]));
            prop_assert!(history.periods.iter().all(|p| *p < series.observed()));
            for pair in history.stages.windows(2) {
                prop_assert!(pair[0].can_become(pair[1]), "{} to {}", pair[0], pair[1]);
            }
            prop_assert!((0.5..=1.0).contains(&found.confidence[i]), "{:?}", found.evidence[i]);
            for language in [Language::En, Language::Zh] {
                let text = found.evidence[i].describe(language);
                prop_assert!(!text.is_empty() && !text.contains("NaN") && !text.contains("inf"));
            }
        }
    }

    #[test]
    fn stages_do_not_depend_on_the_currency_or_the_order_of_customers(base in base()) {
        let found = inferred(&series(&base, 1.0));
        let in_cents = inferred(&series(&base, 128.0));
        prop_assert_eq!(&found.histories, &in_cents.histories);
        let backwards: Vec<Purchases> = base.iter().rev().cloned().collect();
        let again = inferred(&series(&backwards, 1.0));
        let (time, same) = (found.population.interpurchase_time, again.population.interpurchase_time);
        prop_assert!((time - same).abs() <= 1e-12 * time);
    }

    #[test]
    fn census_and_transitions_count_every_customer_in_every_period(base in base()) {
        let series = series(&base, 1.0);
        let histories = inferred(&series).histories;
        let census = histories.census();
        prop_assert_eq!(census.len(), series.observed() as usize);
        for (period, counts) in census.iter().enumerate() {
            let mut counted = [0_u64; Stage::COUNT];
            for history in histories.iter() {
                if let Some(stage) = history.stage_in(u32::try_from(period).unwrap()) {
                    counted[usize::from(stage.code())] += 1;
                }
            }
            prop_assert_eq!(counts, &counted);
        }
        let transitions = histories.transitions();
        let steps: u64 = histories.iter().map(|h| u64::from(h.observed - h.periods[0]) - 1).sum();
        prop_assert_eq!(transitions.counts.iter().flatten().sum::<u64>(), steps);
        for rates in transitions.rates().into_iter().flatten() {
            prop_assert!((rates.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        let chain = transitions.chain(Stage::ALL).unwrap();
        for row in chain.chunks(Stage::COUNT) {
            prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        let moves: u64 = histories.iter().map(|h| h.stages.len() as u64 - 1).sum();
        let earned = transition_economics(&histories, &series).unwrap();
        prop_assert_eq!(earned.iter().map(|t| t.count).sum::<u64>(), moves);
        prop_assert!(earned.windows(2).all(|t| t[0].total_gain >= t[1].total_gain));
    }

    #[test]
    fn a_given_p_alive_decides_over_the_last_silence(base in base(), p_alive in 0.0..=1.0) {
        let series = series(&base, 1.0);
        let given = vec![p_alive; series.customers()];
        let known = Known { p_alive: Some(&given), share_of_wallet: None };
        let options = RuleOptions::default();
        let found = infer_stages(&series, known, &options).unwrap();
        for (stage, evidence) in found.stages.iter().zip(&found.evidence) {
            let Some(rhythm) = evidence.rhythm else {
                prop_assert_eq!(*stage, Stage::Potential);
                continue;
            };
            prop_assert_eq!(rhythm.p_alive, p_alive);
            let ended = p_alive <= options.termination && rhythm.silence > 0;
            prop_assert_eq!(*stage == Stage::Termination, ended);
        }
    }
}

#[test]
fn bad_options_and_columns_are_named() {
    let series = series(&[vec![(1, 1, 10), (1, 1, 20)]], 1.0);
    let refused = |known: Known<'_>, options: RuleOptions| {
        let error = infer_stages(&series, known, &options).unwrap_err();
        (error.kind(), error.argument().to_owned(), error.row())
    };
    let default = RuleOptions::default;
    let out_of_range = |name: &str| (ErrorKind::OutOfRange, name.to_owned(), None);
    for (name, options) in [
        (
            "silence",
            RuleOptions {
                silence: 0.0,
                ..default()
            },
        ),
        (
            "termination",
            RuleOptions {
                termination: 1.0,
                ..default()
            },
        ),
        (
            "dropout_b",
            RuleOptions {
                dropout_b: -1.0,
                ..default()
            },
        ),
        (
            "population_weight",
            RuleOptions {
                population_weight: Some(0.0),
                ..default()
            },
        ),
        (
            "window",
            RuleOptions {
                window: 33,
                ..default()
            },
        ),
        (
            "least_blocks",
            RuleOptions {
                least_blocks: 9,
                ..default()
            },
        ),
        (
            "level_blocks",
            RuleOptions {
                level_blocks: 0,
                ..default()
            },
        ),
        (
            "significance",
            RuleOptions {
                significance: 0.6,
                ..default()
            },
        ),
        (
            "decline_level",
            RuleOptions {
                decline_level: 0.8,
                ..default()
            },
        ),
        (
            "confirmations",
            RuleOptions {
                confirmations: 0,
                ..default()
            },
        ),
        (
            "development_purchases",
            RuleOptions {
                development_purchases: 1,
                ..default()
            },
        ),
    ] {
        assert_eq!(refused(Known::default(), options), out_of_range(name));
    }
    let options = RuleOptions {
        silence: f64::NAN,
        ..default()
    };
    assert_eq!(refused(Known::default(), options).0, ErrorKind::NotFinite);
    let options = RuleOptions {
        measure: Measure::Profit,
        ..default()
    };
    assert_eq!(refused(Known::default(), options).0, ErrorKind::Missing);
    let known = Known {
        p_alive: Some(&[1.5]),
        share_of_wallet: None,
    };
    let (kind, argument, row) = refused(known, default());
    assert_eq!(
        (kind, &*argument, row),
        (ErrorKind::OutOfRange, "p_alive", Some(0))
    );
    let known = Known {
        p_alive: None,
        share_of_wallet: Some(&[0.5]),
    };
    assert_eq!(refused(known, default()).0, ErrorKind::LengthMismatch);
}

#[test]
fn nothing_observed_and_absurd_lengths() {
    let empty = PeriodSeries::new(vec![0], vec![], vec![], vec![], None, 0).unwrap();
    assert!(inferred(&empty).stages.is_empty());
    let silent = PeriodSeries::new(vec![0, 0], vec![], vec![], vec![], None, 0).unwrap();
    assert_eq!(inferred(&silent).stages, [Stage::Potential]);
    assert!(inferred(&silent).histories.census().is_empty());
    let absurd = PeriodSeries::new(vec![0, 0], vec![], vec![], vec![], None, u32::MAX).unwrap();
    let error = infer_stages(&absurd, Known::default(), &RuleOptions::default()).unwrap_err();
    assert_eq!(error.argument(), "observed");
}

#[test]
fn share_of_wallet_can_decide() {
    let months = 24;
    let series = PeriodSeries::new(
        vec![0, 24, 48],
        (0..months).chain(0..months).collect(),
        vec![1; 48],
        vec![100.0; 48],
        None,
        months,
    )
    .unwrap();
    let falling = (0..months).map(|t| 0.9 - 0.03 * f64::from(t));
    let rising = (0..months).map(|t| 0.1 + 0.03 * f64::from(t));
    let share: Vec<f64> = falling.chain(rising).collect();
    let known = Known {
        share_of_wallet: Some(&share),
        p_alive: None,
    };
    let found = infer_stages(&series, known, &RuleOptions::default()).unwrap();
    assert_eq!(found.stages, [Stage::Decline, Stage::Growth]);
}

#[test]
fn the_evidence_is_put_into_words() {
    let series = series(&[vec![(1, 1, 50); 12], vec![(1, 1, 50); 3]], 1.0);
    let found = inferred(&series);
    assert_eq!(found.stages, [Stage::Decline, Stage::Termination]);
    assert_eq!(
        found.evidence[1].describe(Language::En),
        "probably ended: purchases in 3 periods, silent for 11 periods, 11.0 times the \
         own interpurchase time of 1.0, P(alive) 0.00, trend -67 % over 4 intervals (p = 0.167), \
         level at 100 % of the own peak"
    );
    assert!(
        found.evidence[0]
            .describe(Language::Zh)
            .starts_with("长期未购买：")
    );
}
