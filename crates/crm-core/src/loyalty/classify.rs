//! Which of the seven categories a customer belongs to.

use serde::{Deserialize, Serialize};

use super::LoyaltyCategory;
use super::evidence::{Clue, Evidence, Known};
use super::verdict::{Contradiction, LoyaltyOutcome, LoyaltyVerdict};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;
use crate::units::{Label, Terms};

/// Where Latent loyalty lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LatentAttachment {
    /// Attached, and kept from buying: Griffin 1995, Dick & Basu 1994.
    #[default]
    High = 0,
    /// Not attached: common in Chinese textbooks.
    Low = 1,
}

impl Label for LatentAttachment {
    const ALL: &'static [Self] = &[LatentAttachment::High, LatentAttachment::Low];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            LatentAttachment::High => ("high", "High attachment", "高依恋"),
            LatentAttachment::Low => ("low", "Low attachment", "低依恋"),
        };
        Terms { name, en, zh }
    }
}

/// What classification assumes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoyaltyRules {
    /// Where Latent loyalty lies.
    pub latent: LatentAttachment,
    /// A category must fit better than this to be a verdict; 0.5, which is how unknown evidence fits.
    pub least_fit: f64,
    /// It must fit better than the next by more than this; 0.1, about what errors of a tenth in two clues come to.
    pub least_margin: f64,
    /// So many of its conditions must be known; 2: one clue alone, attitude or behaviour or a driver, is none of the
    /// seven.
    pub least_known: u8,
    /// From here on evidence counts as high, and 1 less it as low, where contradictions are looked for; 0.7.
    pub high: f64,
}

impl Default for LoyaltyRules {
    fn default() -> Self {
        LoyaltyRules {
            latent: LatentAttachment::High,
            least_fit: 0.5,
            least_margin: 0.1,
            least_known: 2,
            high: 0.7,
        }
    }
}

impl LoyaltyRules {
    fn check(&self) -> Result<()> {
        for (name, value, least) in [
            ("least_fit", self.least_fit, 0.0),
            ("least_margin", self.least_margin, 0.0),
            ("high", self.high, 0.5),
        ] {
            if !(least..=1.0).contains(&value) {
                let rule = format!("must be between {least} and 1");
                return Err(Error::new(ErrorKind::OutOfRange, name, rule).with_value(value));
            }
        }
        if self.least_known > 3 {
            let rule = "must be at most 3, the conditions of a category";
            let error = Error::new(ErrorKind::OutOfRange, "least_known", rule);
            return Err(error.with_value(self.least_known));
        }
        Ok(())
    }
}

/// What a category asks of a clue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    High,
    Low,
}

impl LoyaltyCategory {
    /// The conditions of the category.
    pub(super) fn conditions(self, latent: LatentAttachment) -> &'static [(Clue, Asked)] {
        use Asked::{High, Low};
        const ATTACHED_AND_KEPT: [(Clue, Asked); 3] = [
            (Clue::Attachment, High),
            (Clue::RepeatPurchase, Low),
            (Clue::Constraint, High),
        ];
        const NOT_ATTACHED_AND_KEPT: [(Clue, Asked); 3] = [
            (Clue::Attachment, Low),
            (Clue::RepeatPurchase, Low),
            (Clue::Constraint, High),
        ];
        const MONOPOLY: [(Clue, Asked); 3] = driven_by(Clue::Alternatives);
        const INERTIA: [(Clue, Asked); 3] = driven_by(Clue::SwitchingEffort);
        const CONVENIENCE: [(Clue, Asked); 3] = driven_by(Clue::Convenience);
        const INCENTIVE: [(Clue, Asked); 3] = driven_by(Clue::RewardShare);
        match self {
            LoyaltyCategory::Monopoly => &MONOPOLY,
            LoyaltyCategory::Inertia => &INERTIA,
            LoyaltyCategory::Latent if latent == LatentAttachment::High => &ATTACHED_AND_KEPT,
            LoyaltyCategory::Latent => &NOT_ATTACHED_AND_KEPT,
            LoyaltyCategory::Convenience => &CONVENIENCE,
            LoyaltyCategory::Price => &[
                (Clue::Attachment, Low),
                (Clue::RepeatPurchase, Low),
                (Clue::PromotionShare, High),
            ],
            LoyaltyCategory::Incentive => &INCENTIVE,
            LoyaltyCategory::Premium => &[(Clue::Attachment, High), (Clue::RepeatPurchase, High)],
        }
    }
}

/// Low attachment, high repeat purchase, and a driver that says why.
const fn driven_by(driver: Clue) -> [(Clue, Asked); 3] {
    [
        (Clue::Attachment, Asked::Low),
        (Clue::RepeatPurchase, Asked::High),
        (driver, Asked::High),
    ]
}

/// Classifies each customer.
///
/// A category fits as far as its conditions hold: the geometric mean of their degrees, each between 0 and 1, where high evidence x holds
/// to the degree x, low evidence to 1 − x, and unknown evidence to ½, so that what is missing lowers the fit and the margin. A
/// category of low attachment and low repeat purchase does not fit at all while its driver is unknown. The best is the
/// verdict if [enough](LoyaltyRules::least_known) of its conditions are known, it fits better than
/// [`least_fit`](LoyaltyRules::least_fit) and leads by more than [`least_margin`](LoyaltyRules::least_margin): otherwise the
/// [outcome](LoyaltyOutcome) says which of these fails, in this order.
///
/// ```
/// use crm_core::loyalty::{Clue, Evidence, LoyaltyCategory, LoyaltyRules, classify};
///
/// let evidence = Evidence::UNKNOWN
///     .with(Clue::Attachment, &[0.9, 0.1, 0.1][..])
///     .with(Clue::RepeatPurchase, &[0.8, 0.9, 0.9][..])
///     .with(Clue::RewardShare, &[f64::NAN, 0.95, f64::NAN][..]);
/// let verdicts = classify(3, evidence, LoyaltyRules::default())?;
/// assert_eq!(verdicts[0].category(), Some(LoyaltyCategory::Premium));
/// assert_eq!(verdicts[1].category(), Some(LoyaltyCategory::Incentive));
/// // Who is not attached and buys again has a reason that nothing is known of.
/// assert_eq!(verdicts[2].category(), None);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::OutOfRange`] for evidence that its [`Clue`] does not take, with its row, or rules outside their range;
/// [`ErrorKind::LengthMismatch`] for columns of other lengths.
pub fn classify(
    customers: usize,
    evidence: Evidence<'_>,
    rules: LoyaltyRules,
) -> Result<Vec<LoyaltyVerdict>> {
    const ROWS: usize = 1 << 12;
    rules.check()?;
    evidence.require_rows(customers)?;
    let profiles = Profile::all(rules.latent);
    let mut verdicts = vec![LoyaltyVerdict::NONE; customers];
    let blocks = verdicts.chunks_mut(ROWS).enumerate().collect();
    parallel::map(
        blocks,
        |(block, verdicts): (usize, &mut [LoyaltyVerdict])| {
            for (row, found) in (block * ROWS..).zip(verdicts) {
                let degrees = Degrees::of(evidence.of(row)).map_err(|error| error.at_row(row))?;
                *found = degrees.verdict(&profiles, rules);
            }
            Ok(())
        },
    )
    .into_iter()
    .collect::<Result<()>>()?;
    Ok(verdicts)
}

/// What decides over one category.
#[derive(Clone, Copy)]
struct Profile {
    category: LoyaltyCategory,
    conditions: &'static [(Clue, Asked)],
    /// The bits of the clues that it asks for.
    clues: u8,
    /// The bit of the clue without which it does not show.
    driver: u8,
}

impl Profile {
    fn all(latent: LatentAttachment) -> [Self; LoyaltyCategory::COUNT] {
        LoyaltyCategory::EACH.map(|category| {
            let conditions = category.conditions(latent);
            Profile {
                category,
                conditions,
                clues: conditions
                    .iter()
                    .fold(0, |bits, (clue, _)| bits | clue.bit()),
                driver: match conditions {
                    // Low attachment and low repeat purchase alone are no loyalty.
                    [(_, Asked::Low), (_, Asked::Low), (driver, _)] => driver.bit(),
                    _ => 0,
                },
            }
        })
    }
}

/// How far each clue holds.
struct Degrees {
    /// Its degree where it is asked to be high, then 1 less it where it is asked to be low; ½ where it is not known.
    asked: [[f64; Clue::COUNT]; 2],
    /// The bits of the clues that are known.
    known: u8,
}

impl Degrees {
    fn of(evidence: Known) -> Result<Self> {
        let [mut high, mut low] = [[0.5; Clue::COUNT]; 2];
        let mut known = 0;
        let places = high.iter_mut().zip(&mut low);
        for ((&clue, value), (high, low)) in Clue::ALL.iter().zip(evidence.0).zip(places) {
            if !value.is_nan() {
                *high = clue.degree(value)?;
                *low = 1.0 - *high;
                known |= clue.bit();
            }
        }
        let asked = [high, low];
        Ok(Degrees { asked, known })
    }

    fn holds(&self, (clue, asked): (Clue, Asked)) -> f64 {
        let degrees = self.asked.get(asked as usize);
        let degree = degrees.and_then(|degrees| degrees.get(clue as usize));
        degree.copied().unwrap_or(0.5)
    }

    fn knows(&self, clues: u8) -> bool {
        self.known & clues == clues
    }

    /// The product of what the conditions hold to.
    fn product(&self, profile: &Profile) -> f64 {
        if !self.knows(profile.driver) {
            return 0.0;
        }
        let holds = profile.conditions.iter().map(|&asked| self.holds(asked));
        holds.product()
    }

    fn verdict(
        &self,
        profiles: &[Profile; LoyaltyCategory::COUNT],
        rules: LoyaltyRules,
    ) -> LoyaltyVerdict {
        // A root keeps the order of products: of the categories of three conditions only the best two need one.
        let mut of_three = Best::default();
        let mut all = Best::default();
        for profile in profiles {
            let product = self.product(profile);
            match profile.category {
                LoyaltyCategory::Premium => all.see(profile.category, libm::sqrt(product)),
                _ => of_three.see(profile.category, product),
            }
        }
        for (category, product) in [of_three.first, of_three.second] {
            all.see(category, libm::cbrt(product));
        }
        let (best, next) = (all.first, all.second);
        let margin = best.1 - next.1;
        let clues = profiles.get(best.0 as usize).map_or(0, |best| best.clues);
        let known = (self.known & clues).count_ones() as u8;
        let conditions = clues.count_ones() as u8;
        // Of a category of fewer conditions all must be known at most.
        let outcome = if known < rules.least_known.min(conditions) {
            LoyaltyOutcome::InsufficientEvidence
        } else if best.1 <= rules.least_fit {
            LoyaltyOutcome::NoLoyalty
        } else if margin <= rules.least_margin {
            LoyaltyOutcome::Ambiguous
        } else {
            LoyaltyOutcome::Decided
        };
        LoyaltyVerdict {
            outcome,
            best: best.0,
            fit: best.1,
            next: next.0,
            margin,
            known: (known, conditions),
            contradictions: self.contradictions(rules.high),
        }
    }

    fn contradictions(&self, high: f64) -> u8 {
        let degree = |clue| self.holds((clue, Asked::High));
        // Unknown evidence is neither high nor low.
        let is_high = |clue: Clue| self.knows(clue.bit()) & (degree(clue) >= high);
        let is_low = |clue: Clue| self.knows(clue.bit()) & (degree(clue) <= 1.0 - high);
        let buys = is_high(Clue::RepeatPurchase);
        let drivers = [
            Clue::Alternatives,
            Clue::SwitchingEffort,
            Clue::Convenience,
            Clue::RewardShare,
        ];
        let drivers: u8 = drivers.map(|driver| u8::from(is_high(driver))).iter().sum();
        [
            (
                Contradiction::AttachedForThePrice,
                is_high(Clue::Attachment) & is_high(Clue::PromotionShare),
            ),
            (
                Contradiction::CaptiveAndAway,
                is_high(Clue::Alternatives) & is_low(Clue::RepeatPurchase),
            ),
            (
                Contradiction::ConstrainedAndBuying,
                is_high(Clue::Constraint) & buys,
            ),
            (Contradiction::SeveralDrivers, buys & (drivers > 1)),
        ]
        .into_iter()
        .map(|(contradiction, there)| contradiction.bit() * u8::from(there))
        .sum()
    }
}

/// The two categories that fit best; of equals the first in the order of the categories.
struct Best {
    first: (LoyaltyCategory, f64),
    second: (LoyaltyCategory, f64),
}

impl Default for Best {
    fn default() -> Self {
        let none = (LoyaltyCategory::Premium, -1.0);
        Best {
            first: none,
            second: none,
        }
    }
}

impl Best {
    fn see(&mut self, category: LoyaltyCategory, fit: f64) {
        let is_before =
            |other: (LoyaltyCategory, f64)| fit > other.1 || (fit == other.1 && category < other.0);
        if is_before(self.first) {
            self.second = self.first;
            self.first = (category, fit);
        } else if is_before(self.second) {
            self.second = (category, fit);
        }
    }
}
