//! The tables that an inference gives out.

use crm_core::ledger::PeriodSeries;
use crm_core::lifecycle::Stage;
use crm_core::lifecycle::economics::transition_economics;
use crm_core::lifecycle::inference::{RhythmEvidence, Rule, StageInference, TrendEvidence};
use crm_core::units::{Label, Language};
use crm_core_arrow::{NewColumn, NewTable, NewValues};

use super::activity::Ids;
use super::{categories, floats, known_floats};

pub(super) fn customers_table(
    ids: &Ids,
    found: &StageInference,
    language: Option<Language>,
) -> crm_core::Result<NewTable> {
    let evidence = &found.evidence;
    let rhythm = |value: fn(&RhythmEvidence) -> f64| {
        let value = |r: Option<&RhythmEvidence>| r.map_or(f64::NAN, value);
        evidence
            .iter()
            .map(|e| value(e.rhythm.as_ref()))
            .collect::<Vec<f64>>()
    };
    let trend = |value: fn(&TrendEvidence) -> f64| {
        let value = |t: Option<&TrendEvidence>| t.map_or(f64::NAN, value);
        evidence
            .iter()
            .map(|e| value(e.trend.as_ref()))
            .collect::<Vec<f64>>()
    };
    let whole = |name, value: fn(&RhythmEvidence) -> u32| {
        let value = |r: Option<RhythmEvidence>| r.as_ref().map_or(0, value);
        NewColumn::counts(name, evidence.iter().map(|e| value(e.rhythm)))
    };
    let rules: Vec<Rule> = evidence.iter().map(|e| e.rule).collect();
    let pending: Vec<bool> = evidence.iter().map(|e| e.pending.is_some()).collect();
    let waiting = evidence
        .iter()
        .map(|e| e.pending.unwrap_or(Stage::Potential));
    let mut columns = vec![
        ids.column(0..found.stages.len()),
        categories("stage", &found.stages),
        floats("confidence", found.confidence.clone()),
        categories("rule", &rules),
        categories("pending", &waiting.collect::<Vec<_>>()).with_validity(&pending),
        whole("purchases", |r| r.purchases),
        whole("silence", |r| r.silence),
        known_floats("interpurchase_time", &rhythm(|r| r.interpurchase_time)),
        known_floats("p_alive", &rhythm(|r| r.p_alive)),
        known_floats("slope", &trend(|t| t.slope)),
        known_floats("change", &trend(|t| t.change)),
        known_floats("p_rise", &trend(|t| t.p_rise)),
        known_floats("p_fall", &trend(|t| t.p_fall)),
        known_floats("level", &trend(|t| t.level)),
        known_floats("peak", &trend(|t| t.peak)),
    ];
    columns.extend(language.map(|language| {
        let texts = evidence.iter().map(|e| e.describe(language));
        NewColumn::new("evidence", NewValues::Texts(texts.collect()))
    }));
    NewTable::new(columns)
}

pub(super) fn histories_table(ids: &Ids, found: &StageInference) -> crm_core::Result<NewTable> {
    let histories = &found.histories;
    let lengths = histories.iter().map(|history| history.stages.len());
    let customers = lengths
        .enumerate()
        .flat_map(|(i, n)| std::iter::repeat_n(i, n));
    NewTable::new(vec![
        ids.column(customers),
        NewColumn::counts("period", histories.periods().iter().copied()),
        categories("stage", histories.stages()),
        categories("rule", histories.rules()),
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
