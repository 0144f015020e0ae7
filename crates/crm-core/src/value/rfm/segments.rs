use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::check_scores;
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};
use crate::value::out_of_range;

/// A segment of the standard table, by recency and frequency score from 1 to 5.
///
/// | recency ↓ frequency → | 1 | 2 | 3 | 4 | 5 |
/// | --- | --- | --- | --- | --- | --- |
/// | **5** | new customers | potential loyalists | potential loyalists | champions | champions |
/// | **4** | promising | potential loyalists | potential loyalists | loyal | loyal |
/// | **3** | about to sleep | about to sleep | need attention | loyal | loyal |
/// | **2** | hibernating | hibernating | at risk | at risk | can't lose |
/// | **1** | hibernating | hibernating | at risk | at risk | can't lose |
///
/// The segments are those of Putler's guide "RFM analysis for successful customer segmentation",
/// in the widely used form without overlaps on the 5 × 5 grid of recency and frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum RfmSegment {
    /// Bought recently and buy often.
    Champions = 0,
    /// Buy often, not long ago.
    LoyalCustomers = 1,
    /// Recent, with an average number of purchases.
    PotentialLoyalists = 2,
    /// Bought for the first time, most recently.
    NewCustomers = 3,
    /// Bought recently, but seldom.
    Promising = 4,
    /// Average in both.
    NeedAttention = 5,
    /// Below average in both.
    AboutToSleep = 6,
    /// Bought often, but long ago.
    AtRisk = 7,
    /// Bought most often, but long ago.
    CantLose = 8,
    /// Bought seldom and long ago.
    Hibernating = 9,
}

impl RfmSegment {
    /// The segment of these scores (1 to 5; less counts as 1, more as 5).
    #[must_use]
    pub fn of(recency: u8, frequency: u8) -> Self {
        match (recency, frequency) {
            (5.., 4..) => RfmSegment::Champions,
            (3..=4, 4..) => RfmSegment::LoyalCustomers,
            (4.., 2..=3) => RfmSegment::PotentialLoyalists,
            (5.., ..=1) => RfmSegment::NewCustomers,
            (4, ..=1) => RfmSegment::Promising,
            (3, 3) => RfmSegment::NeedAttention,
            (3, ..=2) => RfmSegment::AboutToSleep,
            (..=2, 3..=4) => RfmSegment::AtRisk,
            (..=2, 5..) => RfmSegment::CantLose,
            (..=2, ..=2) => RfmSegment::Hibernating,
        }
    }
}

impl Label for RfmSegment {
    const ALL: &'static [Self] = &[
        RfmSegment::Champions,
        RfmSegment::LoyalCustomers,
        RfmSegment::PotentialLoyalists,
        RfmSegment::NewCustomers,
        RfmSegment::Promising,
        RfmSegment::NeedAttention,
        RfmSegment::AboutToSleep,
        RfmSegment::AtRisk,
        RfmSegment::CantLose,
        RfmSegment::Hibernating,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            RfmSegment::Champions => ("champions", "Champions", "冠军客户"),
            RfmSegment::LoyalCustomers => ("loyal_customers", "Loyal customers", "忠诚客户"),
            RfmSegment::PotentialLoyalists => {
                ("potential_loyalists", "Potential loyalists", "潜在忠诚客户")
            }
            RfmSegment::NewCustomers => ("new_customers", "New customers", "新客户"),
            RfmSegment::Promising => ("promising", "Promising", "有希望的客户"),
            RfmSegment::NeedAttention => ("need_attention", "Need attention", "需要关注的客户"),
            RfmSegment::AboutToSleep => ("about_to_sleep", "About to sleep", "即将沉睡的客户"),
            RfmSegment::AtRisk => ("at_risk", "At risk", "有流失风险的客户"),
            RfmSegment::CantLose => ("cant_lose", "Can't lose them", "不能失去的客户"),
            RfmSegment::Hibernating => ("hibernating", "Hibernating", "休眠客户"),
        };
        Terms { name, en, zh }
    }
}

/// One rule of a segment table: customers whose scores lie in all three ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRule {
    /// Name of the segment; several rules may name the same one.
    pub segment: String,
    /// Recency scores.
    pub recency: RangeInclusive<u8>,
    /// Frequency scores.
    pub frequency: RangeInclusive<u8>,
    /// Monetary scores.
    pub monetary: RangeInclusive<u8>,
}

/// A segment for every combination of scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SegmentTable {
    scores: u8,
    names: Vec<String>,
    /// One code per combination: recency, then frequency, then monetary.
    codes: Vec<u8>,
}

impl SegmentTable {
    /// The table of [`RfmSegment`], for 5 scores; codes are the numbers of the segments.
    #[must_use]
    pub fn standard() -> Self {
        SegmentTable {
            scores: 5,
            names: RfmSegment::ALL
                .iter()
                .map(|s| s.name().to_owned())
                .collect(),
            codes: combinations(5)
                .map(|(r, f, _)| RfmSegment::of(r, f) as u8)
                .collect(),
        }
    }

    /// A table of custom rules for `scores` scores; the first rule that fits a customer decides.
    /// Segments are numbered in the order in which the rules name them.
    ///
    /// ```
    /// use crm_core::value::rfm::{SegmentRule, SegmentTable};
    ///
    /// let rule = |segment: &str, recency| SegmentRule {
    ///     segment: segment.to_owned(), recency, frequency: 1..=3, monetary: 1..=3,
    /// };
    /// let table = SegmentTable::new(3, &[rule("active", 2..=3), rule("lapsed", 1..=3)])?;
    /// assert_eq!(table.names(), ["active", "lapsed"]);
    /// assert_eq!(table.code(1, 3, 3), Some(1));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `OutOfRange` for `scores` outside 2 to 9, for a range of scores that is empty or not within
    /// 1 to `scores`, or for more than 255 segments; `Empty` for an empty name; `NotFound` if no
    /// rule fits some combination of scores.
    pub fn new(scores: u8, rules: &[SegmentRule]) -> Result<Self> {
        check_scores(scores)?;
        let mut names: Vec<String> = Vec::new();
        let mut coded = Vec::with_capacity(rules.len());
        for (row, rule) in rules.iter().enumerate() {
            if rule.segment.is_empty() {
                return Err(Error::empty("segment").at_row(row));
            }
            for (argument, range) in [
                ("recency", &rule.recency),
                ("frequency", &rule.frequency),
                ("monetary", &rule.monetary),
            ] {
                if range.is_empty() || *range.start() < 1 || *range.end() > scores {
                    let found = format_args!("{} to {}", range.start(), range.end());
                    let wanted = format!("must be a range of scores from 1 to {scores}");
                    return Err(out_of_range(argument, found, wanted).at_row(row));
                }
            }
            let known = names.iter().position(|name| *name == rule.segment);
            let place = known.unwrap_or(names.len());
            let code = u8::try_from(place).ok().filter(|code| *code < u8::MAX);
            let code = code.ok_or_else(|| {
                out_of_range("segment", &rule.segment, "must be one of at most 255").at_row(row)
            })?;
            if known.is_none() {
                names.push(rule.segment.clone());
            }
            coded.push((rule, code));
        }
        let code = |(r, f, m): (u8, u8, u8)| {
            let fits = |rule: &SegmentRule| {
                rule.recency.contains(&r)
                    && rule.frequency.contains(&f)
                    && rule.monetary.contains(&m)
            };
            let found = coded
                .iter()
                .find(|(rule, _)| fits(rule))
                .map(|(_, code)| *code);
            found.ok_or_else(|| {
                Error::new(
                    ErrorKind::NotFound,
                    "rules",
                    "must cover every combination of scores",
                )
                .with_value(format_args!("without a rule for scores {r}, {f}, {m}"))
            })
        };
        let codes = combinations(scores).map(code).collect::<Result<_>>()?;
        Ok(SegmentTable {
            scores,
            names,
            codes,
        })
    }

    /// The number of scores that the table is made for.
    #[must_use]
    pub fn scores(&self) -> u8 {
        self.scores
    }

    /// The names of the segments, in the order of their codes.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The code of the segment of these scores; `None` if a score is not from 1 to `scores`.
    #[must_use]
    #[inline]
    pub fn code(&self, recency: u8, frequency: u8, monetary: u8) -> Option<u8> {
        let scores = usize::from(self.scores);
        let place = |score: u8| {
            let place = usize::from(score).checked_sub(1)?;
            (place < scores).then_some(place)
        };
        let row = place(recency)? * scores + place(frequency)?;
        self.codes.get(row * scores + place(monetary)?).copied()
    }
}

/// Every combination of recency, frequency and monetary scores, the last one fastest.
fn combinations(scores: u8) -> impl Iterator<Item = (u8, u8, u8)> {
    let all = 1..=scores;
    all.clone().flat_map(move |r| {
        let all = all.clone();
        all.clone()
            .flat_map(move |f| all.clone().map(move |m| (r, f, m)))
    })
}
