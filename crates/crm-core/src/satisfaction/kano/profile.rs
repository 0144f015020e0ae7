use std::f64::consts::FRAC_1_SQRT_2;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::KanoCategory;
use crate::error::{Error, Result};
use crate::kernels::Domain;
use crate::math::proportion;
use crate::satisfaction::estimate::RateEstimate;
use crate::units::{Label, Probability, Share};

/// How many respondents put an attribute into each category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KanoCounts {
    /// M.
    pub must_be: u64,
    /// O.
    pub one_dimensional: u64,
    /// A.
    pub attractive: u64,
    /// I.
    pub indifferent: u64,
    /// R.
    pub reverse: u64,
    /// Q.
    pub questionable: u64,
}

/// What the reader of a Kano survey decides beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KanoRules {
    /// Level of the intervals, between 0 and 1; default 0.95.
    pub confidence: Probability,
    /// A category strength below this is a blend of categories; default 0.06 (Lee & Newcomb).
    pub blend: Share,
    /// From this Better on an attribute counts as satisfying; default 0.5 (Timko).
    pub better_line: f64,
    /// From this −Worse on its lack counts as dissatisfying; default 0.5 (Timko).
    pub worse_line: f64,
}

impl Default for KanoRules {
    fn default() -> Self {
        let hundredths = |n| Decimal::new(n, 2);
        KanoRules {
            confidence: Probability::new(hundredths(95)).unwrap_or(Probability::ONE),
            blend: Share::new(hundredths(6)).unwrap_or(Share::ZERO),
            better_line: 0.5,
            worse_line: 0.5,
        }
    }
}

/// Fong's test of whether the two most frequent categories, a ≥ b of n answers, differ.
///
/// They do at the 10 % level if a − b ≥ 1.65·√((a + b)(2n − a − b)/(2n)). The root is the standard error of the
/// difference of two independent counts; a and b are counts of one multinomial, so that the difference of equally
/// frequent categories has the variance a + b, which is more. `z` and `p_value` are of that test.
///
/// Source: Fong 1996, "Using the self-stated importance questionnaire to interpret Kano questionnaire results",
/// Center for Quality of Management Journal 5(3).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Fong {
    /// a − b.
    pub difference: u64,
    /// 1.65·√((a + b)(2n − a − b)/(2n)).
    pub critical: f64,
    /// Whether the difference reaches the critical one.
    pub significant: bool,
    /// (a − b)/√(a + b).
    pub z: f64,
    /// P(|Z| ≥ z): two-sided.
    pub p_value: f64,
}

/// What the counts of the categories say of one attribute, or of one attribute in one segment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KanoProfile {
    /// The counts.
    pub counts: KanoCounts,
    /// n, all answered pairs.
    pub respondents: u64,
    /// The most frequent category; among equals the first of M > O > A > I > R > Q.
    pub category: KanoCategory,
    /// The second in that order.
    pub runner_up: KanoCategory,
    /// How many categories are as frequent as the first: more than 1 is a tie.
    pub tied: u8,
    /// The category by the grouped rule of Blauth: the most frequent of M, O, A if M + O + A > I + R + Q, else of
    /// I, R, Q.
    pub grouped_category: KanoCategory,
    /// Category strength: share of the first category less share of the second (Lee & Newcomb 1997).
    pub category_strength: f64,
    /// Of the category strength (a − b)/n of counts of one multinomial, √((a + b − (a − b)²/n)/n²); which categories are the first two is taken for
    /// known.
    pub category_strength_error: f64,
    /// Whether the category strength is below [`KanoRules::blend`]: the attribute belongs to no single category.
    pub blended: bool,
    /// Total strength: (M + O + A)/n, the share for whom the attribute matters (Lee & Newcomb 1997).
    pub total_strength: RateEstimate,
    /// Whether the two most frequent categories differ.
    pub fong: Fong,
    /// Better, the customer satisfaction coefficient (A + O)/(A + O + M + I): how far its presence satisfies.
    pub better: RateEstimate,
    /// Worse, −(O + M)/(A + O + M + I): how far its absence dissatisfies. Rate and interval are negative.
    pub worse: RateEstimate,
    /// The quadrant of (Better, Worse); `None` where nobody is in A, O, M or I (Timko, in Berger et al. 1993).
    pub quadrant: Option<KanoCategory>,
}

impl KanoCounts {
    /// The count of a category.
    #[must_use]
    pub const fn of(&self, category: KanoCategory) -> u64 {
        match category {
            KanoCategory::MustBe => self.must_be,
            KanoCategory::OneDimensional => self.one_dimensional,
            KanoCategory::Attractive => self.attractive,
            KanoCategory::Indifferent => self.indifferent,
            KanoCategory::Reverse => self.reverse,
            KanoCategory::Questionable => self.questionable,
        }
    }

    pub(super) fn of_mut(&mut self, category: KanoCategory) -> &mut u64 {
        match category {
            KanoCategory::MustBe => &mut self.must_be,
            KanoCategory::OneDimensional => &mut self.one_dimensional,
            KanoCategory::Attractive => &mut self.attractive,
            KanoCategory::Indifferent => &mut self.indifferent,
            KanoCategory::Reverse => &mut self.reverse,
            KanoCategory::Questionable => &mut self.questionable,
        }
    }

    /// n, all of them.
    ///
    /// # Errors
    /// `Overflow` beyond 2⁶⁴.
    pub fn respondents(&self) -> Result<u64> {
        let mut counts = KanoCategory::ALL.iter().map(|category| self.of(*category));
        let total = counts.try_fold(0_u64, u64::checked_add);
        total.ok_or_else(|| Error::overflow("counts"))
    }

    /// What they say of the attribute.
    ///
    /// ```
    /// use crm_core::satisfaction::kano::{KanoCategory, KanoCounts, KanoRules};
    ///
    /// let counts = KanoCounts { must_be: 95, one_dimensional: 123, attractive: 45, indifferent: 33,
    ///                           ..KanoCounts::default() };
    /// let profile = counts.profile(&KanoRules::default())?;
    /// assert_eq!(profile.category, KanoCategory::OneDimensional);
    /// assert!((profile.better.rate - 0.568).abs() < 5e-4 && (profile.worse.rate + 0.736).abs() < 5e-4);
    /// assert!(profile.fong.significant && (profile.fong.critical - 19.4).abs() < 0.05);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Empty` if nobody answered; `OutOfRange` for a confidence of 0 or 1 or a line outside 0 to 1; `NotFinite`
    /// for a line that is NaN; `Overflow` for more than 2⁶⁴ respondents.
    pub fn profile(&self, rules: &KanoRules) -> Result<KanoProfile> {
        let z = proportion::z(rules.confidence)?;
        let lines = [
            ("better_line", rules.better_line),
            ("worse_line", rules.worse_line),
        ];
        for (argument, line) in lines {
            if !Domain::Probability.contains(line) {
                return Err(Domain::Probability.refuse(argument, line));
            }
        }
        let respondents = self.respondents()?;
        if respondents == 0 {
            return Err(Error::empty("counts"));
        }
        let [category, runner_up] = self.two_most(KanoCategory::ALL);
        let (first, second) = (self.of(category), self.of(runner_up));
        let n = respondents as f64;
        let category_strength = (first - second) as f64 / n;
        let mattering = self.must_be + self.one_dimensional + self.attractive;
        let (named, unnamed) = KanoCategory::ALL.split_at(3);
        let [grouped_category, _] = self.two_most(if mattering > respondents - mattering {
            named
        } else {
            unnamed
        });
        let base = mattering + self.indifferent;
        let better = RateEstimate::new(self.attractive + self.one_dimensional, base, z);
        let worse = RateEstimate::new(self.one_dimensional + self.must_be, base, z).negated();
        Ok(KanoProfile {
            counts: *self,
            respondents,
            category,
            runner_up,
            tied: KanoCategory::ALL
                .iter()
                .map(|c| u8::from(self.of(*c) == first))
                .sum(),
            grouped_category,
            category_strength,
            category_strength_error: libm::sqrt(
                ((first + second) as f64 / n - category_strength * category_strength) / n,
            ),
            blended: category_strength < rules.blend.to_f64(),
            total_strength: RateEstimate::new(mattering, respondents, z),
            fong: fong(first, second, respondents),
            quadrant: (base > 0).then(|| {
                match (
                    better.rate >= rules.better_line,
                    -worse.rate >= rules.worse_line,
                ) {
                    (true, true) => KanoCategory::OneDimensional,
                    (true, false) => KanoCategory::Attractive,
                    (false, true) => KanoCategory::MustBe,
                    (false, false) => KanoCategory::Indifferent,
                }
            }),
            better,
            worse,
        })
    }

    /// The most frequent two of `categories`, in which the first of equals comes first.
    fn two_most(&self, categories: &[KanoCategory]) -> [KanoCategory; 2] {
        let mut sorted = categories.to_vec();
        sorted.sort_by_key(|category| std::cmp::Reverse(self.of(*category)));
        let place = |i: usize| sorted.get(i).copied().unwrap_or(KanoCategory::Questionable);
        [place(0), place(1)]
    }
}

/// The test of a ≥ b of n.
fn fong(a: u64, b: u64, respondents: u64) -> Fong {
    const QUANTILE: f64 = 1.65;
    let (difference, both, n) = (a - b, (a + b) as f64, respondents as f64);
    let critical = QUANTILE * libm::sqrt(both * (2.0 * n - both) / (2.0 * n));
    let z = difference as f64 / libm::sqrt(both);
    Fong {
        difference,
        critical,
        significant: difference as f64 >= critical,
        z,
        p_value: libm::erfc(z * FRAC_1_SQRT_2),
    }
}
