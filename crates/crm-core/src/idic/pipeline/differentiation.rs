//! The second stage: what each customer is worth, and needs.

use serde::{Deserialize, Serialize};

use super::identity::Watch;
use super::inputs::{CustomerHistory, KeyedColumn, KeyedColumns, KeyedTexts};
use super::needs::{NeedsGroups, chosen, grouped};
use super::options::{ChoiceQuestion, IdicOptions};
use super::worth::{self, Worth};
use crate::classification::{Activity, Classification, CustomerTable, classify};
use crate::error::{Error, Result};
use crate::idic::differentiate::{CrossTable, cross_table};
use crate::ledger::{CustomerColumn, PeriodSeries, TextColumn};
use crate::lifecycle::Stage;
use crate::lifecycle::inference::Known;
use crate::loyalty::{Clue, Evidence};
use crate::units::Label;
use crate::value::tiers::PyramidTier;

/// How the second stage went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DifferentiationCounts {
    /// Transactions of known customers.
    pub transactions: u64,
    /// Rows that were left out because no record has their key.
    pub left_out: u64,
    /// Whether models of purchases and spend gave P(alive) and, where it was not given, the potential value.
    pub is_modelled: bool,
    /// Whether a model is at its boundary: the log is too short, or too alike, to have a best one. Potential values are those of the limit;
    /// P(alive), where the limit says of everybody that they are alive, stays unknown, and stages come from the rules alone.
    pub is_at_boundary: bool,
    /// Customers whose current value is known.
    pub current_known: u64,
    /// Customers whose potential value is known.
    pub potential_known: u64,
    /// Customers in a group by needs.
    pub grouped: u64,
}

/// What was given and computed of customers, by their rows: all that verdicts are made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Evidences {
    pub(super) series: Option<PeriodSeries>,
    #[serde(with = "super::state::column")]
    pub(super) current: Vec<f64>,
    #[serde(with = "super::state::column")]
    pub(super) potential: Vec<f64>,
    #[serde(with = "super::state::column")]
    pub(super) alive: Vec<f64>,
    /// Answers in numbers, question by question.
    #[serde(with = "super::state::columns")]
    pub(super) needs: Vec<Vec<f64>>,
    /// Answers in words by their places, question by question.
    pub(super) choices: Vec<Vec<Option<u32>>>,
    #[serde(with = "super::state::clues")]
    pub(super) loyalty: Vec<(Clue, Vec<f64>)>,
    pub(super) counts: DifferentiationCounts,
}

/// What customers are worth, and need, by their rows. When a state is read, it is made again from the evidence.
#[derive(Debug, Clone)]
pub struct Differentiation {
    pub(super) evidence: Evidences,
    pub(super) classification: Classification,
    pub(super) needs: NeedsGroups,
    /// Of current and potential values.
    ranks: [Vec<f64>; 2],
    /// In standard deviations, question by question; then 1 where an answer was chosen, answer by answer.
    answers: Vec<Vec<f64>>,
}

/// Keys to rows of customers.
pub(super) type RowsOf<'a> = &'a dyn Fn(&'static str, &dyn TextColumn) -> Result<Vec<Option<u32>>>;

pub(super) fn differentiate(
    customers: usize,
    options: &IdicOptions,
    history: &CustomerHistory<'_>,
    rows_of: RowsOf<'_>,
    watch: Watch<'_>,
) -> Result<Option<Differentiation>> {
    let evidence = gather(customers, options, history, rows_of)?;
    if watch(50).is_break() {
        return Ok(None);
    }
    let found = Differentiation::of(customers, options, evidence)?;
    Ok((!watch(100).is_break()).then_some(found))
}

fn gather(
    customers: usize,
    options: &IdicOptions,
    history: &CustomerHistory<'_>,
    rows_of: RowsOf<'_>,
) -> Result<Evidences> {
    let log_rows = |column: &CustomerColumn<'_>| match column {
        CustomerColumn::Texts(texts) => rows_of("log", *texts),
        CustomerColumn::Integers(ids) => {
            let texts: Vec<String> = ids.iter().map(i64::to_string).collect();
            rows_of("log", &texts)
        }
        CustomerColumn::Dictionary { codes, texts } => {
            let text = |&code: &u32| match (code as usize) < texts.len() {
                true => texts.get(code as usize),
                false => "",
            };
            let texts: Vec<&str> = codes.iter().map(text).collect();
            rows_of("log", &texts)
        }
    };
    let (ledger, mut left_out) = worth::ledger(history, log_rows)?;
    let worth = ledger.map(|ledger| Worth::of(&ledger, customers, history.end, options));
    let worth = worth.transpose()?;
    let mut keyed = |argument, keys: &dyn TextColumn| -> Result<Vec<Option<u32>>> {
        let rows = rows_of(argument, keys)?;
        left_out += rows.iter().filter(|row| row.is_none()).count() as u64;
        Ok(rows)
    };
    let mut value = |argument, given: Option<KeyedColumn<'_>>| match given {
        None => Ok(None),
        Some(KeyedColumn { keys, values }) => {
            check(argument, values, keys.len())?;
            let rows = keyed(argument, keys)?;
            Ok(Some(gathered(values, &rows, customers, Together::Sum)))
        }
    };
    let current = value("current", history.current)?;
    let potential = value("potential", history.potential)?;
    let needs = match &history.needs {
        None => Vec::new(),
        Some(KeyedColumns { keys, columns }) => {
            let questions = options.needs.questions.len();
            if columns.len() != questions {
                return Err(Error::length("needs", columns.len(), questions));
            }
            let rows = keyed("needs", *keys)?;
            let column = |values: &&[f64]| {
                check("needs", values, keys.len())?;
                Ok(gathered(values, &rows, customers, Together::Mean))
            };
            columns.iter().map(column).collect::<Result<_>>()?
        }
    };
    let choices = match &history.choices {
        None => Vec::new(),
        Some(KeyedTexts { keys, columns }) => {
            let questions = &options.needs.choices;
            if columns.len() != questions.len() {
                return Err(Error::length("choices", columns.len(), questions.len()));
            }
            let rows = keyed("choices", *keys)?;
            let each = questions.iter().zip(columns);
            each.map(|(question, answers)| chosen(question, *answers, &rows, customers))
                .collect::<Result<_>>()?
        }
    };
    let loyalty = match &history.loyalty {
        None => Vec::new(),
        Some(given) => {
            let rows = keyed("loyalty", given.keys)?;
            let column = |&(clue, values): &(Clue, &[f64])| {
                check("loyalty", values, given.keys.len())?;
                Ok((clue, gathered(values, &rows, customers, Together::Mean)))
            };
            given.clues.iter().map(column).collect::<Result<_>>()?
        }
    };
    let unknown = || vec![f64::NAN; customers];
    let mut counts = DifferentiationCounts {
        left_out,
        ..DifferentiationCounts::default()
    };
    let (series, earned, expected, alive) = match worth {
        None => (None, unknown(), unknown(), unknown()),
        Some(worth) => {
            counts.transactions = worth.transactions;
            counts.is_modelled = worth.is_modelled;
            counts.is_at_boundary = worth.is_at_boundary;
            let Worth {
                series,
                current,
                potential,
                alive,
                ..
            } = worth;
            (Some(series), current, potential, alive)
        }
    };
    Ok(Evidences {
        series,
        current: current.unwrap_or(earned),
        potential: potential.unwrap_or(expected),
        alive,
        needs,
        choices,
        loyalty,
        counts,
    })
}

fn check(argument: &'static str, values: &[f64], rows: usize) -> Result<()> {
    if values.len() != rows {
        return Err(Error::length(argument, values.len(), rows));
    }
    match values.iter().position(|value| value.is_infinite()) {
        Some(row) => Err(Error::not_finite(argument, f64::INFINITY).at_row(row)),
        None => Ok(()),
    }
}

/// What the known values of several keys of one customer are together.
#[derive(Clone, Copy, PartialEq)]
enum Together {
    Sum,
    Mean,
}

fn gathered(
    values: &[f64],
    rows: &[Option<u32>],
    customers: usize,
    together: Together,
) -> Vec<f64> {
    let mut sums = vec![(0.0, 0_u32); customers];
    for (&value, row) in values.iter().zip(rows) {
        let place = row.and_then(|row| sums.get_mut(row as usize));
        if let (Some((sum, count)), false) = (place, value.is_nan()) {
            *sum += value;
            *count += 1;
        }
    }
    let of = |(sum, count): (f64, u32)| match (count, together) {
        (0, _) => f64::NAN,
        (_, Together::Sum) => sum,
        (count, Together::Mean) => sum / f64::from(count),
    };
    sums.into_iter().map(of).collect()
}

impl Evidences {
    /// The table that is classified.
    pub(super) fn table(&self) -> CustomerTable<'_> {
        let mut loyalty = Evidence::UNKNOWN;
        for (clue, values) in &self.loyalty {
            loyalty = loyalty.with(*clue, values.as_slice());
        }
        CustomerTable {
            customers: self.current.len(),
            activity: self.series.as_ref().map(|series| Activity {
                series,
                known: Known {
                    share_of_wallet: None,
                    p_alive: Some(&self.alive),
                },
                places: None,
            }),
            current: Some(&self.current),
            potential: Some(&self.potential),
            loyalty,
        }
    }

    fn fits(&self, customers: usize, options: &IdicOptions) -> bool {
        let columns = [&self.current, &self.potential, &self.alive].into_iter();
        let columns = columns
            .chain(&self.needs)
            .chain(self.loyalty.iter().map(|(_, c)| c));
        let has_rows = self
            .series
            .as_ref()
            .is_none_or(|s| s.customers() == customers);
        let asked = |answered: usize, asked: usize| answered == 0 || answered == asked;
        let is_chosen = |(column, question): (&Vec<Option<u32>>, &ChoiceQuestion)| {
            let answers = question.answers.len();
            column.len() == customers && column.iter().flatten().all(|&a| (a as usize) < answers)
        };
        has_rows
            && asked(self.needs.len(), options.needs.questions.len())
            && asked(self.choices.len(), options.needs.choices.len())
            && columns.into_iter().all(|column| column.len() == customers)
            && self
                .choices
                .iter()
                .zip(&options.needs.choices)
                .all(is_chosen)
    }
}

impl Differentiation {
    /// Stages, types, tiers and loyalty.
    #[must_use]
    pub fn classification(&self) -> &Classification {
        &self.classification
    }

    /// The groups by needs.
    #[must_use]
    pub fn needs(&self) -> &NeedsGroups {
        &self.needs
    }

    /// Current values; NaN where one is not known.
    #[must_use]
    pub fn current(&self) -> &[f64] {
        &self.evidence.current
    }

    /// Potential values; NaN where one is not known.
    #[must_use]
    pub fn potential(&self) -> &[f64] {
        &self.evidence.potential
    }

    /// P(alive); NaN where it is not known.
    #[must_use]
    pub fn alive(&self) -> &[f64] {
        &self.evidence.alive
    }

    /// How it went.
    #[must_use]
    pub fn counts(&self) -> &DifferentiationCounts {
        &self.evidence.counts
    }

    /// Customers by tier and group by needs, with their current values; those of whom either is not known are not in it.
    ///
    /// # Errors
    /// None here; those of [`cross_table`].
    pub fn value_by_needs(&self) -> Result<CrossTable> {
        let verdicts = self.classification.verdicts().iter();
        let each = verdicts.zip(&self.needs.group).zip(&self.evidence.current);
        let (mut tiers, mut groups, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for ((verdict, group), &value) in each {
            if let (Some(tier), Some(group)) = (verdict.tier, *group) {
                tiers.push(tier as u32);
                groups.push(group);
                values.push(value);
            }
        }
        let (rows, columns) = (PyramidTier::ALL.len(), self.needs.sizes.len());
        cross_table(&tiers, rows, &groups, columns, Some(&values))
    }

    /// The verdicts on what is known.
    pub(super) fn of(customers: usize, options: &IdicOptions, evidence: Evidences) -> Result<Self> {
        if !evidence.fits(customers, options) {
            return Err(Error::length("evidence", evidence.current.len(), customers));
        }
        let classification = classify(&evidence.table(), &options.classification)?;
        let needs = grouped(customers, options, &evidence.needs, &evidence.choices)?;
        let mut found = Differentiation {
            ranks: [ranks(&evidence.current), ranks(&evidence.potential)],
            answers: answers(options, &evidence),
            evidence,
            classification,
            needs,
        };
        let known = |column: &[f64]| column.iter().filter(|value| !value.is_nan()).count() as u64;
        let counts = &mut found.evidence.counts;
        counts.current_known = known(&found.evidence.current);
        counts.potential_known = known(&found.evidence.potential);
        counts.grouped = found.needs.sizes.iter().sum();
        Ok(found)
    }

    /// What the choice of an action hangs on: ranks, P(alive), stages and answers in standard deviations; what is not known counts as
    /// the middle.
    pub(super) fn features_of(&self, row: usize) -> Vec<f64> {
        let of = |column: &Vec<f64>| column.get(row).copied();
        let alive = of(&self.evidence.alive).filter(|p| !p.is_nan());
        let verdict = self.classification.verdicts().get(row);
        let stage = verdict.and_then(|verdict| verdict.stage);
        let [current, potential] = &self.ranks;
        [of(current), of(potential), Some(alive.unwrap_or(0.5))]
            .into_iter()
            .flatten()
            .chain(
                Stage::ALL
                    .iter()
                    .map(|each| f64::from(stage == Some(*each))),
            )
            .chain(self.answers.iter().filter_map(of))
            .collect()
    }
}

/// The share of the known values that are less, and half of those that are equal; ½ where the value is not known.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    crate::parallel::sort_floats(&mut sorted);
    let rank = |&value: &f64| {
        if value.is_nan() {
            return 0.5;
        }
        let below = sorted.partition_point(|&other| other < value);
        let up_to = sorted.partition_point(|&other| other <= value);
        (below + up_to) as f64 / (2 * sorted.len()) as f64
    };
    values.iter().map(rank).collect()
}

/// What the choice of an action hangs on of the answers. Questions that were not asked in this round are as if nobody had answered.
fn answers(options: &IdicOptions, evidence: &Evidences) -> Vec<Vec<f64>> {
    let customers = evidence.current.len();
    let mut columns: Vec<Vec<f64>> = evidence.needs.iter().map(|c| standardised(c)).collect();
    columns.resize(options.needs.questions.len(), vec![0.0; customers]);
    for (place, question) in options.needs.choices.iter().enumerate() {
        let chosen = evidence.choices.get(place);
        for answer in 0..question.answers.len() as u32 {
            let is_it = |given: &Option<u32>| f64::from(*given == Some(answer));
            columns.push(match chosen {
                Some(chosen) => chosen.iter().map(is_it).collect(),
                None => vec![0.0; customers],
            });
        }
    }
    columns
}

/// Distances from the mean in standard deviations; 0 where the answer is not known or all are alike.
fn standardised(values: &[f64]) -> Vec<f64> {
    let known: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let squares: f64 = known.iter().map(|x| (x - mean) * (x - mean)).sum();
    let deviation = libm::sqrt(squares / known.len() as f64);
    let distance = |&x: &f64| {
        let is_known = !x.is_nan() && deviation > 0.0;
        if is_known {
            (x - mean) / deviation
        } else {
            0.0
        }
    };
    values.iter().map(distance).collect()
}
