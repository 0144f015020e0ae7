//! The tables that an inference gives out.

use crm_core::ledger::PeriodSeries;
use crm_core::lifecycle::Stage;
use crm_core::lifecycle::economics::transition_economics;
use crm_core::lifecycle::inference::{
    CurrentStages, Evidence, RhythmEvidence, Rule, StageInference, TrendEvidence,
};
use crm_core::units::{Label, Language};
use crm_core_arrow::{NewColumn, NewTable, NewTexts, NewValues, ROWS_PER_PART};
use rayon::prelude::*;

use super::ids::Ids;
use super::{categories, coded, floats};

/// A row per customer.
pub(super) fn customers_table(
    ids: &Ids,
    found: &StageInference,
    language: Option<Language>,
) -> crm_core::Result<NewTable> {
    let evidence = &found.evidence;
    let mut columns = EvidenceColumns::new(evidence.len());
    columns.parts(evidence).into_par_iter().for_each(Part::fill);
    let EvidenceColumns {
        rules,
        pending,
        is_pending,
        purchases,
        silence,
        rhythms,
        trends,
    } = columns;
    let mut columns = vec![
        ids.clone().into_column(),
        coded::<Stage>("stage", codes(&found.stages)),
        floats("confidence", found.confidence.clone()),
        coded::<Rule>("rule", rules),
        coded::<Stage>("pending", pending).with_validity(&is_pending),
        NewColumn::new("purchases", NewValues::Integers(purchases)),
        NewColumn::new("silence", NewValues::Integers(silence)),
    ];
    let rhythms = RHYTHM.map(|(name, _)| name).into_iter().zip(rhythms);
    let trends = TREND.map(|(name, _)| name).into_iter().zip(trends);
    let numbers = rhythms.chain(trends).collect::<Vec<_>>().into_par_iter();
    columns.par_extend(numbers.map(|(name, values)| NewColumn::known_floats(name, values)));
    columns.extend(language.map(|language| {
        NewColumn::new("evidence", NewValues::Texts(in_words(evidence, language)))
    }));
    NewTable::new(columns)
}

fn in_words(evidence: &[Evidence], language: Language) -> NewTexts {
    let words = |part: &[Evidence]| {
        let mut texts = NewTexts::default();
        for own in part {
            // Writing into memory does not fail.
            let _ = own.write_to(&mut texts, language);
            texts.end();
        }
        texts
    };
    let parts: Vec<NewTexts> = evidence.par_chunks(ROWS_PER_PART).map(words).collect();
    NewTexts::concat(&parts)
}

/// What a table says of the evidence.
struct EvidenceColumns {
    rules: Vec<u8>,
    pending: Vec<u8>,
    is_pending: Vec<bool>,
    purchases: Vec<i64>,
    silence: Vec<i64>,
    rhythms: [Vec<f64>; RHYTHM.len()],
    trends: [Vec<f64>; TREND.len()],
}

impl EvidenceColumns {
    fn new(rows: usize) -> Self {
        EvidenceColumns {
            rules: vec![0; rows],
            pending: vec![0; rows],
            is_pending: vec![false; rows],
            purchases: vec![0; rows],
            silence: vec![0; rows],
            rhythms: RHYTHM.map(|_| vec![0.0; rows]),
            trends: TREND.map(|_| vec![0.0; rows]),
        }
    }

    /// The same rows of every column, together with their evidence: few enough that these stay in the cache.
    fn parts<'a>(&'a mut self, evidence: &'a [Evidence]) -> Vec<Part<'a>> {
        const ROWS: usize = 1 << 9;
        let mut rules = self.rules.chunks_mut(ROWS);
        let mut pending = self.pending.chunks_mut(ROWS);
        let mut is_pending = self.is_pending.chunks_mut(ROWS);
        let mut purchases = self.purchases.chunks_mut(ROWS);
        let mut silence = self.silence.chunks_mut(ROWS);
        let mut rhythms = self.rhythms.each_mut().map(|c| c.chunks_mut(ROWS));
        let mut trends = self.trends.each_mut().map(|c| c.chunks_mut(ROWS));
        let part = |evidence| Part {
            evidence,
            rules: rules.next().unwrap_or_default(),
            pending: pending.next().unwrap_or_default(),
            is_pending: is_pending.next().unwrap_or_default(),
            purchases: purchases.next().unwrap_or_default(),
            silence: silence.next().unwrap_or_default(),
            rhythms: rhythms.each_mut().map(|c| c.next().unwrap_or_default()),
            trends: trends.each_mut().map(|c| c.next().unwrap_or_default()),
        };
        evidence.chunks(ROWS).map(part).collect()
    }
}

/// Some rows of [`EvidenceColumns`], and what they are filled from.
struct Part<'a> {
    evidence: &'a [Evidence],
    rules: &'a mut [u8],
    pending: &'a mut [u8],
    is_pending: &'a mut [bool],
    purchases: &'a mut [i64],
    silence: &'a mut [i64],
    rhythms: [&'a mut [f64]; RHYTHM.len()],
    trends: [&'a mut [f64]; TREND.len()],
}

impl Part<'_> {
    fn fill(self) {
        let evidence = self.evidence;
        let count = |count: Option<u32>| i64::from(count.unwrap_or_default());
        fill(self.rules, evidence, |e| e.rule as u8);
        fill(self.pending, evidence, |e| {
            e.pending.unwrap_or(Stage::Potential).code()
        });
        fill(self.is_pending, evidence, |e| e.pending.is_some());
        fill(self.purchases, evidence, |e| {
            count(e.rhythm.map(|r| r.purchases))
        });
        fill(self.silence, evidence, |e| {
            count(e.rhythm.map(|r| r.silence))
        });
        for (values, (_, of)) in self.rhythms.into_iter().zip(RHYTHM) {
            fill(values, evidence, |e| e.rhythm.as_ref().map_or(f64::NAN, of));
        }
        for (values, (_, of)) in self.trends.into_iter().zip(TREND) {
            fill(values, evidence, |e| e.trend.as_ref().map_or(f64::NAN, of));
        }
    }
}

fn fill<T>(values: &mut [T], evidence: &[Evidence], of: impl Fn(&Evidence) -> T) {
    for (value, evidence) in values.iter_mut().zip(evidence) {
        *value = of(evidence);
    }
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

pub(super) fn current_table(ids: Ids, found: CurrentStages) -> crm_core::Result<NewTable> {
    let rules = found.rules.iter().map(|&rule| rule as u8);
    NewTable::new(vec![
        ids.into_column(),
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
