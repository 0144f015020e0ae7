//! The tables that an inference gives out.

use crm_core::ledger::PeriodSeries;
use crm_core::lifecycle::Stage;
use crm_core::lifecycle::economics::transition_economics;
use crm_core::lifecycle::inference::{
    CurrentStages, Evidence, RhythmEvidence, Rule, StageInference, TrendEvidence,
};
use crm_core::units::{Label, Language};
use crm_core_arrow::{NewColumn, NewTable, NewValues};

use super::activity::Ids;
use super::{categories, coded, floats, known_floats};

/// A row per customer: block by block, so that the evidence of a customer is in the cache for each column.
pub(super) fn customers_table(
    ids: &Ids,
    found: &StageInference,
    language: Option<Language>,
) -> crm_core::Result<NewTable> {
    const ROWS: usize = 1 << 9;
    let evidence = &found.evidence;
    let rows = evidence.len();
    let [mut rules, mut waiting] = [(); 2].map(|()| Vec::with_capacity(rows));
    let [mut purchases, mut silence] = [(); 2].map(|()| Vec::with_capacity(rows));
    let mut pending = Vec::with_capacity(rows);
    let mut rhythms = RHYTHM.map(|_| Vec::with_capacity(rows));
    let mut trends = TREND.map(|_| Vec::with_capacity(rows));
    for block in evidence.chunks(ROWS) {
        let stage = |e: &Evidence| e.pending.unwrap_or(Stage::Potential).code();
        let count = |count: Option<u32>| i64::from(count.unwrap_or_default());
        rules.extend(block.iter().map(|e| e.rule as u8));
        waiting.extend(block.iter().map(stage));
        pending.extend(block.iter().map(|e| e.pending.is_some()));
        purchases.extend(block.iter().map(|e| count(e.rhythm.map(|r| r.purchases))));
        silence.extend(block.iter().map(|e| count(e.rhythm.map(|r| r.silence))));
        for (values, (_, of)) in rhythms.iter_mut().zip(RHYTHM) {
            values.extend(block.iter().map(|e| e.rhythm.as_ref().map_or(f64::NAN, of)));
        }
        for (values, (_, of)) in trends.iter_mut().zip(TREND) {
            values.extend(block.iter().map(|e| e.trend.as_ref().map_or(f64::NAN, of)));
        }
    }
    let mut columns = vec![
        ids.column_of_all(),
        coded::<Stage>("stage", codes(&found.stages)),
        floats("confidence", found.confidence.clone()),
        coded::<Rule>("rule", rules),
        coded::<Stage>("pending", waiting).with_validity(&pending),
        NewColumn::new("purchases", NewValues::Integers(purchases)),
        NewColumn::new("silence", NewValues::Integers(silence)),
    ];
    let rhythms = RHYTHM.into_iter().zip(rhythms);
    columns.extend(rhythms.map(|((name, _), values)| known_floats(name, values)));
    let trends = TREND.into_iter().zip(trends);
    columns.extend(trends.map(|((name, _), values)| known_floats(name, values)));
    columns.extend(language.map(|language| {
        let texts = evidence.iter().map(|e| e.describe(language));
        NewColumn::new("evidence", NewValues::Texts(texts.collect()))
    }));
    NewTable::new(columns)
}

/// The name of a column, and what it holds of the evidence.
type Of<T> = (&'static str, fn(&T) -> f64);

const RHYTHM: [Of<RhythmEvidence>; 2] = [
    ("interpurchase_time", |r| r.interpurchase_time),
    ("p_alive", |r| r.p_alive),
];

const TREND: [Of<TrendEvidence>; 6] = [
    ("slope", |t| t.slope),
    ("change", |t| t.change),
    ("p_rise", |t| t.p_rise),
    ("p_fall", |t| t.p_fall),
    ("level", |t| t.level),
    ("peak", |t| t.peak),
];

pub(super) fn current_table(ids: &Ids, found: CurrentStages) -> crm_core::Result<NewTable> {
    let rules = found.rules.iter().map(|&rule| rule as u8);
    NewTable::new(vec![
        ids.column_of_all(),
        coded::<Stage>("stage", codes(&found.stages)),
        coded::<Rule>("rule", rules.collect()),
        floats("confidence", found.confidence),
    ])
}

fn codes(stages: &[Stage]) -> Vec<u8> {
    stages.iter().map(|stage| stage.code()).collect()
}

pub(super) fn histories_table(ids: &Ids, found: &StageInference) -> crm_core::Result<NewTable> {
    let histories = &found.histories;
    let rules = histories.rules().iter().map(|&rule| rule as u8);
    NewTable::new(vec![
        ids.column_of_runs(histories.offsets()),
        NewColumn::counts("period", histories.periods().iter().copied()),
        coded::<Stage>("stage", codes(histories.stages())),
        coded::<Rule>("rule", rules.collect()),
    ])
}

pub(super) fn census_table(found: &StageInference) -> crm_core::Result<NewTable> {
    let census = found.histories.census();
    let mut columns = vec![NewColumn::counts("period", 0..found.histories.observed())];
    for (place, stage) in Stage::ALL.iter().enumerate() {
        let cell = |row: &[u64; Stage::COUNT]| i64::try_from(*row.get(place)?).ok();
        let counts = census.iter().map(|row| cell(row).unwrap_or_default());
        columns.push(NewColumn::new(
            stage.name(),
            NewValues::Integers(counts.collect()),
        ));
    }
    NewTable::new(columns)
}

pub(super) fn economics_table(
    found: &StageInference,
    series: &PeriodSeries,
) -> crm_core::Result<NewTable> {
    let rows = transition_economics(&found.histories, series)?;
    let from: Vec<Stage> = rows.iter().map(|row| row.from).collect();
    let to: Vec<Stage> = rows.iter().map(|row| row.to).collect();
    let count = rows
        .iter()
        .map(|row| i64::try_from(row.count).unwrap_or(i64::MAX));
    NewTable::new(vec![
        categories("stage", &from),
        categories("to", &to),
        NewColumn::new("count", NewValues::Integers(count.collect())),
        floats("before", rows.iter().map(|row| row.before).collect()),
        floats("after", rows.iter().map(|row| row.after).collect()),
        floats("gain", rows.iter().map(|row| row.gain).collect()),
        floats(
            "total_gain",
            rows.iter().map(|row| row.total_gain).collect(),
        ),
    ])
}
