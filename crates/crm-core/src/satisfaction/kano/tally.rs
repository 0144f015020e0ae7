use serde::Serialize;

use super::{KanoAnswer, KanoCategory, KanoCounts};
use crate::error::{Error, ErrorKind, Result};
use crate::math::sum::Sum;
use crate::parallel;
use crate::units::Label;

/// The code of a question that was not answered.
pub const NO_ANSWER: u8 = 255;

/// Kinds of answers to one question.
const ANSWERS: usize = KanoAnswer::ALL.len();

/// Rows that one task counts; fixed, so that results do not depend on the number of threads.
const ROWS_PER_BLOCK: usize = 1 << 16;

/// At least, for each segment.
const ROWS_PER_SEGMENT: usize = 1 << 10;

/// The answers of all respondents to the pair of questions about one attribute, one row a respondent.
#[derive(Debug, Clone, Copy, Default)]
pub struct KanoAnswers<'a> {
    /// The number of the [`KanoAnswer`] to "how do you feel if it is there?", or [`NO_ANSWER`].
    pub functional: &'a [u8],
    /// The number of the answer to "how do you feel if it is not there?", or [`NO_ANSWER`].
    pub dysfunctional: &'a [u8],
    /// How important the respondent says the attribute is, 0 or more, on any scale; NaN where not stated.
    pub importance: Option<&'a [f64]>,
    /// The segment of each respondent, below the number of segments given second.
    pub segments: Option<(&'a [u32], usize)>,
}

/// The respondents who gave one pair of answers.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct KanoCell {
    /// How many they are.
    pub respondents: u64,
    /// How many of them stated an importance.
    pub stated: u64,
    /// Σ w of the stated importances w.
    pub importance: f64,
    /// Σ w².
    pub importance_squares: f64,
}

/// How often each pair of answers about one attribute was given: all that the analyses need. Tallies of parts of
/// a survey add up ([`KanoTally::add`]).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct KanoTally {
    /// `cells[functional][dysfunctional]`, by the numbers of the answers.
    pub cells: [[KanoCell; ANSWERS]; ANSWERS],
    /// Respondents who left one of the questions, or both, without an answer; they count for nothing else.
    pub missing: u64,
}

/// Counts the pairs of answers, one tally for each segment, or one of all.
///
/// ```
/// use crm_core::satisfaction::kano::{KanoAnswers, KanoCounts, NO_ANSWER, tally};
///
/// let answers = KanoAnswers {
///     functional: &[0, 0, 2, NO_ANSWER],
///     dysfunctional: &[4, 2, 4, 1],
///     ..KanoAnswers::default()
/// };
/// let table = tally(&answers)?[0];
/// let found = KanoCounts { one_dimensional: 1, attractive: 1, must_be: 1, ..KanoCounts::default() };
/// assert_eq!((table.counts(), table.missing), (found, 1));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `LengthMismatch`; with the row, `OutOfRange` for a code that is no answer or no segment and for a negative
/// importance, `NotFinite` for an infinite one; `OutOfRange` for no segments.
pub fn tally(answers: &KanoAnswers<'_>) -> Result<Vec<KanoTally>> {
    let rows = answers.functional.len();
    let lengths = [
        ("dysfunctional", Some(answers.dysfunctional.len())),
        ("importance", answers.importance.map(<[f64]>::len)),
        ("segments", answers.segments.map(|(codes, _)| codes.len())),
    ];
    for (argument, length) in lengths {
        if let Some(found) = length.filter(|found| *found != rows) {
            return Err(Error::length(argument, found, rows));
        }
    }
    let count = match answers.segments {
        Some((_, 0)) => {
            let error = Error::new(ErrorKind::OutOfRange, "segment_count", "must be 1 or more");
            return Err(error.with_value(0));
        }
        Some((_, count)) => count,
        None => 1,
    };
    let mut total = vec![KanoTally::default(); count];
    // Where segments are many, blocks grow, so that their tallies take less memory than the answers.
    let per_block = ROWS_PER_BLOCK.max(count.saturating_mul(ROWS_PER_SEGMENT));
    let blocks = parallel::map_range(rows.div_ceil(per_block), |block| {
        let first = block * per_block;
        count_rows(
            answers,
            count,
            first,
            rows.min(first.saturating_add(per_block)),
        )
    });
    for block in blocks {
        for (sum, part) in total.iter_mut().zip(block?) {
            sum.add(&part);
        }
    }
    Ok(total)
}

#[derive(Clone, Copy, Default)]
struct Accumulator {
    respondents: u64,
    stated: u64,
    importance: Sum,
    importance_squares: Sum,
}

/// The tally of answers without importance and segments; `None` if a code is no answer.
fn count_pairs(functional: &[u8], dysfunctional: &[u8]) -> Option<KanoTally> {
    /// One place more than answers, for those that are missing.
    const PLACES: usize = ANSWERS + 1;
    // Rows in turn are counted apart, so that none waits for the count before it.
    const APART: usize = 4;
    let mut counts = [[[0_u64; PLACES]; PLACES]; APART];
    let mut are_answers = true;
    let pairs = functional.iter().zip(dysfunctional);
    for (row, (&functional, &dysfunctional)) in pairs.enumerate() {
        let place = |code: u8| usize::from(code).min(ANSWERS);
        let is_answer = |code: u8| place(code) < ANSWERS || code == NO_ANSWER;
        are_answers &= is_answer(functional) & is_answer(dysfunctional);
        let counts = counts.get_mut(row % APART)?;
        *counts
            .get_mut(place(functional))?
            .get_mut(place(dysfunctional))? += 1;
    }
    let mut tally = KanoTally::default();
    for (functional, row) in counts.iter().flat_map(|counts| counts.iter().enumerate()) {
        for (dysfunctional, count) in row.iter().enumerate() {
            let cells = tally.cells.get_mut(functional);
            match cells.and_then(|cells| cells.get_mut(dysfunctional)) {
                Some(cell) => cell.respondents += count,
                None => tally.missing += count,
            }
        }
    }
    are_answers.then_some(tally)
}

/// The tallies of the rows from `first` to `end`.
fn count_rows(
    answers: &KanoAnswers<'_>,
    segments: usize,
    first: usize,
    end: usize,
) -> Result<Vec<KanoTally>> {
    if answers.importance.is_none() && answers.segments.is_none() {
        let functional = answers.functional.get(first..end).unwrap_or(&[]);
        let dysfunctional = answers.dysfunctional.get(first..end).unwrap_or(&[]);
        if let Some(tally) = count_pairs(functional, dysfunctional) {
            return Ok(vec![tally]);
        }
    }
    let mut cells = vec![[[Accumulator::default(); ANSWERS]; ANSWERS]; segments];
    let mut missing = vec![0_u64; segments];
    let pairs = answers.functional.iter().zip(answers.dysfunctional);
    for (row, (&functional, &dysfunctional)) in pairs.enumerate().take(end).skip(first) {
        let segment = match answers.segments {
            Some((codes, _)) => codes.get(row).map_or(0, |code| *code as usize),
            None => 0,
        };
        let (Some(cells), Some(missing)) = (cells.get_mut(segment), missing.get_mut(segment))
        else {
            let rule = format!("must be a code below {segments}");
            return Err(refuse("segments", segment, rule, row));
        };
        let weight = answers.importance.and_then(|w| w.get(row)).copied();
        let weight = weight.filter(|w| !w.is_nan());
        if let Some(weight) = weight.filter(|w| !(0.0..=f64::MAX).contains(w)) {
            return Err(if weight.is_finite() {
                refuse("importance", weight, "must be 0 or more", row)
            } else {
                Error::not_finite("importance", weight).at_row(row)
            });
        }
        check_answer("functional", functional, row)?;
        check_answer("dysfunctional", dysfunctional, row)?;
        let cell = cells
            .get_mut(usize::from(functional))
            .and_then(|cells| cells.get_mut(usize::from(dysfunctional)));
        let Some(cell) = cell else {
            *missing += 1;
            continue;
        };
        cell.respondents += 1;
        if let Some(weight) = weight {
            cell.stated += 1;
            cell.importance.add(weight);
            cell.importance_squares.add(weight * weight);
        }
    }
    let tallied = |(cells, missing): (&[[Accumulator; ANSWERS]; ANSWERS], &u64)| KanoTally {
        cells: cells.map(|row| row.map(KanoCell::from)),
        missing: *missing,
    };
    Ok(cells.iter().zip(&missing).map(tallied).collect())
}

impl From<Accumulator> for KanoCell {
    fn from(sums: Accumulator) -> Self {
        KanoCell {
            respondents: sums.respondents,
            stated: sums.stated,
            importance: sums.importance.value(),
            importance_squares: sums.importance_squares.value(),
        }
    }
}

#[inline]
fn check_answer(argument: &'static str, code: u8, row: usize) -> Result<()> {
    if usize::from(code) < ANSWERS || code == NO_ANSWER {
        Ok(())
    } else {
        let rule = format!("must be the number of an answer, 0 to 4, or {NO_ANSWER} for none");
        Err(refuse(argument, code, rule, row))
    }
}

fn refuse(
    argument: &'static str,
    value: impl std::fmt::Display,
    rule: impl Into<std::borrow::Cow<'static, str>>,
    row: usize,
) -> Error {
    Error::new(ErrorKind::OutOfRange, argument, rule)
        .with_value(value)
        .at_row(row)
}

impl KanoTally {
    /// Adds the tally of other respondents.
    pub fn add(&mut self, other: &KanoTally) {
        self.missing = self.missing.saturating_add(other.missing);
        let cells = self.cells.as_flattened_mut().iter_mut();
        for (sum, part) in cells.zip(other.cells.as_flattened()) {
            sum.respondents = sum.respondents.saturating_add(part.respondents);
            sum.stated = sum.stated.saturating_add(part.stated);
            sum.importance += part.importance;
            sum.importance_squares += part.importance_squares;
        }
    }

    /// The tally as if the questions had been asked the other way round: functional and dysfunctional answers
    /// change places. Use it for an attribute that proves reverse: what is wanted is then its absence.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut turned = *self;
        for (functional, dysfunctional, cell) in self.pairs() {
            let row = turned.cells.get_mut(dysfunctional as usize);
            if let Some(place) = row.and_then(|row| row.get_mut(functional as usize)) {
                *place = *cell;
            }
        }
        turned
    }

    /// How many respondents fall into each category, by the evaluation table.
    #[must_use]
    pub fn counts(&self) -> KanoCounts {
        let mut counts = KanoCounts::default();
        for (functional, dysfunctional, cell) in self.pairs() {
            let count = counts.of_mut(KanoCategory::of(functional, dysfunctional));
            *count = count.saturating_add(cell.respondents);
        }
        counts
    }

    /// Functional answer, dysfunctional answer and who gave them.
    pub(super) fn pairs(
        &self,
    ) -> impl Iterator<Item = (KanoAnswer, KanoAnswer, &KanoCell)> + Clone {
        let rows = KanoAnswer::ALL.iter().zip(&self.cells);
        rows.flat_map(|(functional, row)| {
            let cells = KanoAnswer::ALL.iter().zip(row);
            cells.map(|(dysfunctional, cell)| (*functional, *dysfunctional, cell))
        })
    }
}
