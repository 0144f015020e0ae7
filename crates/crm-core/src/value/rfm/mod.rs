//! Recency, frequency, monetary value: scores, segments, grid.
//!
//! Scores are quantile scores from 1 (worst) to k (best; 5 by default), made by the cut points of
//! [`Cuts`]: a customer's score depends on the customer's value alone, so equal customers get equal
//! scores. The worst value always scores 1. Where many customers are equal, some scores stay
//! unused; the cut points show it.
//!
//! Sources: Hughes 1994, *Strategic Database Marketing* (quantile scores); Bult & Wansbeek 1995.

mod grid;
mod segments;

pub use grid::RfmGrid;
pub use segments::{RfmSegment, SegmentRule, SegmentTable};

use serde::Serialize;

use super::cuts::{Cuts, Direction};
use super::{check_length, out_of_range};
use crate::error::Result;

/// The most scores: one digit each, so that 5, 4, 5 reads 545.
const MOST_SCORES: u8 = 9;

/// How to score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rfm {
    /// Number of scores, from 2 to 9; default 5.
    pub scores: u8,
    /// Whether recency is the time since the last purchase (lower is better, the default) or a
    /// date, such as the time from the first to the last purchase (higher is better).
    pub recency: Direction,
    /// Segments by score; default [`SegmentTable::standard`]. `None` leaves customers unsegmented.
    pub segments: Option<SegmentTable>,
}

impl Default for Rfm {
    fn default() -> Self {
        Rfm {
            scores: 5,
            recency: Direction::LowerIsBetter,
            segments: Some(SegmentTable::standard()),
        }
    }
}

impl Rfm {
    /// Finds the cut points on these columns, one row per customer.
    ///
    /// ```
    /// use crm_core::value::rfm::Rfm;
    ///
    /// let days_since = [3.0, 40.0, 400.0, 200.0, 90.0];
    /// let orders = [9.0, 4.0, 1.0, 1.0, 2.0];
    /// let spend = [900.0, 250.0, 20.0, 60.0, 100.0];
    /// let scale = Rfm::default().fit(&days_since, &orders, &spend)?;
    /// assert_eq!(scale.recency().thresholds(), [40.0, 90.0, 200.0, 400.0]);
    /// let table = scale.score(&days_since, &orders, &spend)?;
    /// assert_eq!(table.recency, [5, 4, 1, 2, 3]);
    /// assert_eq!(table.frequency, [5, 4, 1, 1, 3]);
    /// assert_eq!(table.code(0), Some(555));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Empty`, `NotFinite`, `LengthMismatch`; `OutOfRange` for `scores` or for segments that are
    /// made for another number of scores.
    pub fn fit(&self, recency: &[f64], frequency: &[f64], monetary: &[f64]) -> Result<FittedRfm> {
        check_scores(self.scores)?;
        check_length("frequency", frequency.len(), recency.len())?;
        check_length("monetary", monetary.len(), recency.len())?;
        let higher = Direction::HigherIsBetter;
        FittedRfm::new(
            Cuts::equal_parts("recency", recency, self.scores, self.recency)?,
            Cuts::equal_parts("frequency", frequency, self.scores, higher)?,
            Cuts::equal_parts("monetary", monetary, self.scores, higher)?,
            self.segments.clone(),
        )
    }
}

fn check_scores(scores: u8) -> Result<()> {
    if (2..=MOST_SCORES).contains(&scores) {
        Ok(())
    } else {
        let rule = format!("must be from 2 to {MOST_SCORES}");
        Err(out_of_range("scores", scores, rule))
    }
}

/// The cut points of the three scores, found by [`Rfm::fit`] or given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FittedRfm {
    scores: u8,
    recency: Cuts,
    frequency: Cuts,
    monetary: Cuts,
    segments: Option<SegmentTable>,
}

/// The scores of every customer, one column each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RfmScores {
    /// Recency scores, from 1.
    pub recency: Vec<u8>,
    /// Frequency scores, from 1.
    pub frequency: Vec<u8>,
    /// Monetary scores, from 1.
    pub monetary: Vec<u8>,
    /// Codes of the segments: places in [`SegmentTable::names`]. `None` without a table.
    pub segment: Option<Vec<u8>>,
}

impl RfmScores {
    /// The three scores of a customer as one number: 5, 4, 5 is 545.
    #[must_use]
    pub fn code(&self, row: usize) -> Option<u16> {
        let digit = |scores: &[u8]| scores.get(row).map(|score| u16::from(*score));
        let (r, f, m) = (
            digit(&self.recency)?,
            digit(&self.frequency)?,
            digit(&self.monetary)?,
        );
        Some(100 * r + 10 * f + m)
    }
}

impl FittedRfm {
    /// Given cut points; the same number for each measure, from 1 to 8.
    ///
    /// # Errors
    /// `LengthMismatch`, `OutOfRange` for a number of cut points, or for segments that are made for
    /// another number of scores.
    pub fn new(
        recency: Cuts,
        frequency: Cuts,
        monetary: Cuts,
        segments: Option<SegmentTable>,
    ) -> Result<Self> {
        let parts = recency.parts();
        check_length("frequency", frequency.parts() - 1, parts - 1)?;
        check_length("monetary", monetary.parts() - 1, parts - 1)?;
        let scores = u8::try_from(parts).unwrap_or(u8::MAX);
        check_scores(scores)?;
        if let Some(made_for) = segments.as_ref().map(SegmentTable::scores)
            && made_for != scores
        {
            let found = format_args!("a table for {made_for} scores");
            let rule = format!("must be a table for {scores} scores");
            return Err(out_of_range("segments", found, rule));
        }
        Ok(FittedRfm {
            scores,
            recency,
            frequency,
            monetary,
            segments,
        })
    }

    /// The number of scores of each measure.
    #[must_use]
    pub fn scores(&self) -> u8 {
        self.scores
    }

    /// The cut points of recency.
    #[must_use]
    pub fn recency(&self) -> &Cuts {
        &self.recency
    }

    /// The cut points of frequency.
    #[must_use]
    pub fn frequency(&self) -> &Cuts {
        &self.frequency
    }

    /// The cut points of monetary value.
    #[must_use]
    pub fn monetary(&self) -> &Cuts {
        &self.monetary
    }

    /// The segments, if any.
    #[must_use]
    pub fn segments(&self) -> Option<&SegmentTable> {
        self.segments.as_ref()
    }

    /// Scores and segments of these customers, who need not be those of the fit.
    ///
    /// # Errors
    /// `LengthMismatch`, `NotFinite`.
    pub fn score(&self, recency: &[f64], frequency: &[f64], monetary: &[f64]) -> Result<RfmScores> {
        check_length("frequency", frequency.len(), recency.len())?;
        check_length("monetary", monetary.len(), recency.len())?;
        let scores = |argument, cuts: &Cuts, values: &[f64]| {
            let mut out = vec![0; values.len()];
            cuts.codes_into(argument, values, &mut out, |part| part + 1)?;
            Ok(out)
        };
        let recency = scores("recency", &self.recency, recency)?;
        let frequency = scores("frequency", &self.frequency, frequency)?;
        let monetary = scores("monetary", &self.monetary, monetary)?;
        let segment = self.segments.as_ref().map(|table| {
            let rows = recency.iter().zip(&frequency).zip(&monetary);
            rows.map(|((r, f), m)| table.code(*r, *f, *m).unwrap_or_default())
                .collect()
        });
        Ok(RfmScores {
            recency,
            frequency,
            monetary,
            segment,
        })
    }
}
