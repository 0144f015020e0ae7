//! Kano's model of quality: every attribute is asked for twice, once as if it were there (functional), once as
//! if it were not (dysfunctional), and the pair of answers says what kind of quality it is.
//!
//! | functional ↓ dysfunctional → | like | must-be | neutral | live with | dislike |
//! | --- | --- | --- | --- | --- | --- |
//! | like | Q | A | A | A | O |
//! | must-be | R | I | I | I | M |
//! | neutral | R | I | I | I | M |
//! | live with | R | I | I | I | M |
//! | dislike | R | R | R | R | Q |
//!
//! [`tally`] counts the pairs of one attribute, in one pass over columns of any length; [`KanoTally::counts`] are
//! the counts of the categories, which [`KanoCounts::profile`] reads (mode, strengths, Fong's test, Better and
//! Worse); [`KanoTally::position`] is the continuous analysis.
//!
//! Sources: Kano, Seraku, Takahashi & Tsuji 1984; Berger et al. 1993, "Kano's methods for understanding
//! customer-defined quality", Center for Quality of Management Journal 2(4).

mod position;
mod profile;
mod tally;

pub use position::{KanoImportance, KanoPosition};
pub use profile::{Fong, KanoCounts, KanoProfile, KanoRules};
pub use tally::{KanoAnswers, KanoCell, KanoTally, NO_ANSWER, tally};

use serde::{Deserialize, Serialize};

use crate::units::{Label, Terms};

/// An answer to one question of a Kano pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum KanoAnswer {
    /// I like it that way.
    Like = 0,
    /// It must be that way.
    MustBe = 1,
    /// I am neutral.
    Neutral = 2,
    /// I can live with it that way.
    LiveWith = 3,
    /// I dislike it that way.
    Dislike = 4,
}

impl KanoAnswer {
    /// The number of the answer on the functional scale of the continuous analysis: 4, 2, 0, −1, −2.
    #[must_use]
    pub const fn functional_score(self) -> f64 {
        match self {
            KanoAnswer::Like => 4.0,
            KanoAnswer::MustBe => 2.0,
            KanoAnswer::Neutral => 0.0,
            KanoAnswer::LiveWith => -1.0,
            KanoAnswer::Dislike => -2.0,
        }
    }

    /// The number of the answer on the dysfunctional scale: −2, −1, 0, 2, 4.
    #[must_use]
    pub const fn dysfunctional_score(self) -> f64 {
        match self {
            KanoAnswer::Like => -2.0,
            KanoAnswer::MustBe => -1.0,
            KanoAnswer::Neutral => 0.0,
            KanoAnswer::LiveWith => 2.0,
            KanoAnswer::Dislike => 4.0,
        }
    }
}

impl Label for KanoAnswer {
    const ALL: &'static [Self] = &[
        KanoAnswer::Like,
        KanoAnswer::MustBe,
        KanoAnswer::Neutral,
        KanoAnswer::LiveWith,
        KanoAnswer::Dislike,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            KanoAnswer::Like => ("like", "I like it that way", "我很喜欢"),
            KanoAnswer::MustBe => ("must_be", "It must be that way", "理应如此"),
            KanoAnswer::Neutral => ("neutral", "I am neutral", "无所谓"),
            KanoAnswer::LiveWith => ("live_with", "I can live with it that way", "勉强接受"),
            KanoAnswer::Dislike => ("dislike", "I dislike it that way", "我很不喜欢"),
        };
        Terms { name, en, zh }
    }
}

/// What kind of quality an attribute is. In the order in which ties are decided: M > O > A > I, then R, Q.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum KanoCategory {
    /// M: taken for granted; its absence dissatisfies, its presence does not satisfy.
    MustBe = 0,
    /// O: the more, the more satisfied; the less, the less.
    OneDimensional = 1,
    /// A: its presence delights, its absence does not dissatisfy.
    Attractive = 2,
    /// I: neither matters.
    Indifferent = 3,
    /// R: its presence dissatisfies.
    Reverse = 4,
    /// Q: the two answers contradict each other.
    Questionable = 5,
}

impl KanoCategory {
    /// The category of a pair of answers by the evaluation table.
    ///
    /// ```
    /// use crm_core::satisfaction::kano::{KanoAnswer, KanoCategory};
    ///
    /// let category = KanoCategory::of(KanoAnswer::Like, KanoAnswer::Neutral);
    /// assert_eq!(category, KanoCategory::Attractive);
    /// ```
    #[must_use]
    pub const fn of(functional: KanoAnswer, dysfunctional: KanoAnswer) -> Self {
        use KanoAnswer::{Dislike, Like, LiveWith, MustBe, Neutral};
        match (functional, dysfunctional) {
            (Like, Like) | (Dislike, Dislike) => KanoCategory::Questionable,
            (Like, MustBe | Neutral | LiveWith) => KanoCategory::Attractive,
            (Like, Dislike) => KanoCategory::OneDimensional,
            (MustBe | Neutral | LiveWith, Dislike) => KanoCategory::MustBe,
            (MustBe | Neutral | LiveWith, MustBe | Neutral | LiveWith) => KanoCategory::Indifferent,
            (MustBe | Neutral | LiveWith | Dislike, Like)
            | (Dislike, MustBe | Neutral | LiveWith) => KanoCategory::Reverse,
        }
    }
}

impl Label for KanoCategory {
    const ALL: &'static [Self] = &[
        KanoCategory::MustBe,
        KanoCategory::OneDimensional,
        KanoCategory::Attractive,
        KanoCategory::Indifferent,
        KanoCategory::Reverse,
        KanoCategory::Questionable,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            KanoCategory::MustBe => ("must_be", "Must-be", "当然质量"),
            KanoCategory::OneDimensional => ("one_dimensional", "One-dimensional", "期望质量"),
            KanoCategory::Attractive => ("attractive", "Attractive", "迷人质量"),
            KanoCategory::Indifferent => ("indifferent", "Indifferent", "无差异质量"),
            KanoCategory::Reverse => ("reverse", "Reverse", "逆向质量"),
            KanoCategory::Questionable => ("questionable", "Questionable", "可疑结果"),
        };
        Terms { name, en, zh }
    }
}
