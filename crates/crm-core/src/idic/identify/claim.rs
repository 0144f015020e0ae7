use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::units::{Label, Terms};

/// Why one of two values that contradict each other stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ConflictGround {
    /// Its source is trusted more; it is not more recent.
    MoreTrusted = 0,
    /// It is more recent; its source is not trusted more.
    MoreRecent = 1,
    /// Its source is trusted more, and it is more recent.
    MoreTrustedAndRecent = 2,
    /// Where it comes from is known; of the other it is not.
    KnownOrigin = 3,
    /// Nothing tells them apart: its record came later.
    LaterRecord = 4,
}

impl Label for ConflictGround {
    const ALL: &'static [Self] = &[
        ConflictGround::MoreTrusted,
        ConflictGround::MoreRecent,
        ConflictGround::MoreTrustedAndRecent,
        ConflictGround::KnownOrigin,
        ConflictGround::LaterRecord,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ConflictGround::MoreTrusted => ("more_trusted", "more trusted source", "来源更可信"),
            ConflictGround::MoreRecent => ("more_recent", "more recent", "更新近"),
            ConflictGround::MoreTrustedAndRecent => (
                "more_trusted_and_recent",
                "more trusted source and more recent",
                "来源更可信且更新近",
            ),
            ConflictGround::KnownOrigin => ("known_origin", "known origin", "来源已知"),
            ConflictGround::LaterRecord => ("later_record", "later record", "记录较晚"),
        };
        Terms { name, en, zh }
    }
}

/// What speaks for a value: the trust in its source, and when it was told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Claim {
    pub(crate) trust: f64,
    /// Since 1970-01-01.
    pub(crate) seconds: i64,
}

impl Claim {
    /// By trust · 2^(−age/half-life), whose order is the same at any later moment: log₂ trust + time / half-life. Without a half-life by
    /// trust; then by time.
    pub(crate) fn compare(&self, other: &Claim, half_life: Option<f64>) -> Ordering {
        self.standing(half_life)
            .total_cmp(&other.standing(half_life))
            .then(self.seconds.cmp(&other.seconds))
    }

    fn standing(&self, half_life: Option<f64>) -> f64 {
        const DAY: f64 = 86_400.0;
        match half_life {
            Some(half_life) => libm::log2(self.trust) + self.seconds as f64 / DAY / half_life,
            None => self.trust,
        }
    }

    /// Why this value stands and not the other.
    fn ground(&self, other: &Claim) -> ConflictGround {
        match (self.trust > other.trust, self.seconds > other.seconds) {
            (true, true) => ConflictGround::MoreTrustedAndRecent,
            (true, false) => ConflictGround::MoreTrusted,
            (false, true) => ConflictGround::MoreRecent,
            (false, false) => ConflictGround::LaterRecord,
        }
    }
}

/// The order of claims of which some are not known.
pub(crate) fn compare(a: Option<Claim>, b: Option<Claim>, half_life: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.compare(&b, half_life),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// Why the first claim stands and not the second.
pub(crate) fn ground(stands: Option<Claim>, other: Option<Claim>) -> ConflictGround {
    match (stands, other) {
        (Some(stands), Some(other)) => stands.ground(&other),
        (Some(_), None) => ConflictGround::KnownOrigin,
        (None, _) => ConflictGround::LaterRecord,
    }
}
