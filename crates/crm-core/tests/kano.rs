//! Kano's model against `tests/vectors/kano.json`, and its laws.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics is a failed test"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::satisfaction::kano::{
    KanoAnswer, KanoAnswers, KanoCategory, KanoCounts, KanoRules, KanoTally, NO_ANSWER, tally,
};
use crm_core::units::{Label, Probability, Share};
use crm_core::{ErrorKind, Result};
use serde_json::{Map, Value, json};

const VECTORS: &str = include_str!("../../../tests/vectors/kano.json");

struct Survey {
    functional: Vec<u8>,
    dysfunctional: Vec<u8>,
    importance: Option<Vec<f64>>,
    segments: Option<(Vec<u32>, usize)>,
}

impl Survey {
    fn read(arguments: &Map<String, Value>) -> Self {
        let code = |v: &Value| v.as_u64().map_or(NO_ANSWER, |code| code as u8);
        let codes = |name: &str| arguments[name].as_array().unwrap().iter().map(code);
        let importance = arguments.get("importance").map(|list| {
            let list = list.as_array().unwrap().iter();
            list.map(|w| w.as_f64().unwrap_or(f64::NAN)).collect()
        });
        let count = |v: &Value| v.as_u64().unwrap();
        let segments = arguments.get("segment_count");
        Survey {
            functional: codes("functional").collect(),
            dysfunctional: codes("dysfunctional").collect(),
            importance,
            segments: segments.map(|n| {
                (
                    codes("segments").map(u32::from).collect(),
                    count(n) as usize,
                )
            }),
        }
    }

    fn tally(&self) -> Result<Vec<KanoTally>> {
        tally(&KanoAnswers {
            functional: &self.functional,
            dysfunctional: &self.dysfunctional,
            importance: self.importance.as_deref(),
            segments: self.segments.as_ref().map(|(codes, n)| (&**codes, *n)),
        })
    }
}

fn rules(arguments: &Map<String, Value>) -> KanoRules {
    let usual = KanoRules::default();
    let given = |name: &str| arguments.get(name).map(|v| v.as_f64().unwrap());
    KanoRules {
        blend: given("blend").map_or(usual.blend, |b| Share::try_from(b).unwrap()),
        better_line: given("better_line").unwrap_or(usual.better_line),
        worse_line: given("worse_line").unwrap_or(usual.worse_line),
        ..usual
    }
}

fn call(function: &str, arguments: &Map<String, Value>) -> Result<Value> {
    Ok(match function {
        "kano_profile" => {
            let counts: KanoCounts = serde_json::from_value(arguments["counts"].clone()).unwrap();
            let mut found = json!(counts.profile(&rules(arguments))?);
            assert_eq!(
                found.as_object_mut().unwrap().remove("counts"),
                Some(json!(counts))
            );
            found
        }
        "kano_tally" => {
            let tallies = Survey::read(arguments).tally()?.into_iter();
            tallies
                .map(|t| json!({"counts": t.counts(), "missing": t.missing}))
                .collect()
        }
        "kano_reversed" => json!(Survey::read(arguments).tally()?[0].reversed().counts()),
        "kano_position" => {
            let table = Survey::read(arguments).tally()?[0];
            json!(table.position(Probability::try_from(0.95)?)?)
        }
        unknown => panic!("no such function: {unknown}"),
    })
}

#[test]
fn vectors() {
    vectors::check(VECTORS, |function, arguments| {
        vec![call(function, arguments)]
    });
}

/// `rows` respondents with every kind of answer, importance and segment.
fn many(rows: usize) -> (Vec<u8>, Vec<u8>, Vec<f64>, Vec<u32>) {
    let mut state = 1_u64;
    let mut next = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    let answer = |n: u64| if n == 5 { NO_ANSWER } else { n as u8 };
    let mut columns = (vec![], vec![], vec![], vec![]);
    for _ in 0..rows {
        columns.0.push(answer(next(6)));
        columns.1.push(answer(next(6)));
        columns.2.push(next(1000) as f64 / 7.0);
        columns.3.push(next(3) as u32);
    }
    columns
}

#[test]
fn segments_add_up_to_the_whole_and_threads_change_no_bit() {
    let (functional, dysfunctional, importance, segments) = many(200_003);
    let answers = KanoAnswers {
        functional: &functional,
        dysfunctional: &dysfunctional,
        importance: Some(&importance),
        segments: None,
    };
    let whole = tally(&answers).unwrap()[0];
    let parts = tally(&KanoAnswers {
        segments: Some((&segments, 3)),
        ..answers
    })
    .unwrap();
    let mut sum = KanoTally::default();
    parts.iter().for_each(|part| sum.add(part));
    assert_eq!((sum.counts(), sum.missing), (whole.counts(), whole.missing));
    let answered = whole.counts().respondents().unwrap();
    assert_eq!(answered + whole.missing, 200_003);
    for (row, other) in whole.cells.iter().zip(&sum.cells) {
        for (cell, other) in row.iter().zip(other) {
            assert!((cell.importance / other.importance - 1.0).abs() < 1e-14);
        }
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    assert_eq!(pool.install(|| tally(&answers).unwrap()[0]), whole);
}

#[test]
fn segments_that_are_not_there_are_refused() {
    let answers = KanoAnswers {
        functional: &[0, 1, 2],
        dysfunctional: &[4, 4, 4],
        ..KanoAnswers::default()
    };
    let refused = |segments, count| {
        let segments = Some((segments, count));
        let error = tally(&KanoAnswers {
            segments,
            ..answers
        })
        .unwrap_err();
        (error.kind(), error.argument().to_owned(), error.row())
    };
    let out_of_range = ErrorKind::OutOfRange;
    assert_eq!(
        refused(&[0, 1, 2], 2),
        (out_of_range, "segments".into(), Some(2))
    );
    assert_eq!(
        refused(&[0, 0, 0], 0),
        (out_of_range, "segment_count".into(), None)
    );
    assert_eq!(
        refused(&[0, 0], 1),
        (ErrorKind::LengthMismatch, "segments".into(), None)
    );
}

#[test]
fn asking_the_other_way_round_twice_changes_nothing() {
    let (functional, dysfunctional, ..) = many(500);
    let answers = KanoAnswers {
        functional: &functional,
        dysfunctional: &dysfunctional,
        ..KanoAnswers::default()
    };
    let table = tally(&answers).unwrap()[0];
    assert_eq!(table.reversed().reversed(), table);
    assert_ne!(table.reversed(), table);
    // What was questionable or indifferent stays so: the table is symmetric there.
    let (before, after) = (table.counts(), table.reversed().counts());
    assert_eq!(before.questionable, after.questionable);
    assert_eq!(before.indifferent, after.indifferent);
}

#[test]
fn swapped_answers_of_a_reverse_attribute_are_wanted_ones() {
    for functional in KanoAnswer::ALL {
        for dysfunctional in KanoAnswer::ALL {
            let turned = KanoCategory::of(*dysfunctional, *functional);
            if KanoCategory::of(*functional, *dysfunctional) == KanoCategory::Reverse {
                assert!(turned < KanoCategory::Indifferent, "{turned:?}");
            }
        }
    }
}
