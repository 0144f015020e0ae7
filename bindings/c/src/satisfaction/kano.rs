//! Kano's model: every attribute is asked for twice, as if it were there (functional) and as if it were not
//! (dysfunctional). Count the pairs of answers, then ask the tally.

use std::mem::MaybeUninit;

use crm_core::satisfaction::kano::{
    Fong, KanoAnswers, KanoCategory, KanoCell, KanoCounts, KanoImportance, KanoPosition,
    KanoProfile, KanoRules, KanoTally, NO_ANSWER, tally,
};
use crm_core::units::Share;
use crm_core::{Error, ErrorKind};

use super::{crm_mean_estimate, crm_rate_estimate, read_confidence};
use crate::boundary::{Outcome, Output, OutputSlice, filled, read, respond, slice};
use crate::categories::{crm_kano_answer, crm_kano_category};
use crate::category;
use crate::status::crm_status;

/// The code of a Kano question that was not answered.
pub const CRM_KANO_NO_ANSWER: u8 = 255;
const _: () = assert!(CRM_KANO_NO_ANSWER == NO_ANSWER);

/// Instead of a crm_kano_category where there is none.
pub const CRM_NO_KANO_CATEGORY: i32 = -1;

/// The category of a pair of answers by the evaluation table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kano_evaluate(
    functional: MaybeUninit<crm_kano_answer>,
    dysfunctional: MaybeUninit<crm_kano_answer>,
    out: *mut crm_kano_category,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let functional = category::read("functional", functional)?;
        let dysfunctional = category::read("dysfunctional", dysfunctional)?;
        let out = Output::new("out", out)?;
        out.write(category::write(KanoCategory::of(
            functional,
            dysfunctional,
        ))?);
        Ok(())
    })
}

/// The respondents who gave one pair of answers.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct crm_kano_cell {
    /// How many they are.
    pub respondents: u64,
    /// How many of them stated an importance.
    pub stated: u64,
    /// Sum of the stated importances.
    pub importance: f64,
    /// Sum of their squares.
    pub importance_squares: f64,
}

/// How often each pair of answers about one attribute was given: all that the analyses need.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct crm_kano_tally {
    /// Cell 5 · functional + dysfunctional, by the numbers of the answers.
    pub cells: [crm_kano_cell; 25],
    /// Respondents who left one of the questions, or both, without an answer; they count for nothing else.
    pub missing: u64,
}

impl From<&KanoTally> for crm_kano_tally {
    fn from(tally: &KanoTally) -> Self {
        let mut made = crm_kano_tally {
            missing: tally.missing,
            ..crm_kano_tally::default()
        };
        for (cell, from) in made.cells.iter_mut().zip(tally.cells.as_flattened()) {
            *cell = crm_kano_cell {
                respondents: from.respondents,
                stated: from.stated,
                importance: from.importance,
                importance_squares: from.importance_squares,
            };
        }
        made
    }
}

impl From<&crm_kano_tally> for KanoTally {
    fn from(tally: &crm_kano_tally) -> Self {
        let mut made = KanoTally {
            missing: tally.missing,
            ..KanoTally::default()
        };
        for (cell, from) in made.cells.as_flattened_mut().iter_mut().zip(&tally.cells) {
            *cell = KanoCell {
                respondents: from.respondents,
                stated: from.stated,
                importance: from.importance,
                importance_squares: from.importance_squares,
            };
        }
        made
    }
}

/// Counts the pairs of answers about one attribute, in one pass.
///
/// @param functional the crm_kano_answer to "how do you feel if it is there?", or CRM_KANO_NO_ANSWER
/// @param dysfunctional the crm_kano_answer to "how do you feel if it is not there?", or CRM_KANO_NO_ANSWER
/// @param importance how important each respondent says it is, 0 or more, on any scale; NaN where not stated;
///     may be NULL: nobody was asked
/// @param segments the segment of each respondent, below `segment_count`; may be NULL: all are one segment
/// @param segment_count how many segments there are, at least 1; 1 without segments
/// @param out receives one tally for each segment
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kano_tally_answers(
    functional: *const u8,
    dysfunctional: *const u8,
    importance: *const f64,
    segments: *const u32,
    respondents: usize,
    segment_count: usize,
    out: *mut crm_kano_tally,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let mut answers = KanoAnswers {
            functional: slice("functional", functional, respondents)?,
            dysfunctional: slice("dysfunctional", dysfunctional, respondents)?,
            ..KanoAnswers::default()
        };
        if !importance.is_null() {
            answers.importance = Some(slice("importance", importance, respondents)?);
        }
        if segments.is_null() {
            if segment_count != 1 {
                let error = Error::new(ErrorKind::OutOfRange, "segment_count", "must be 1");
                return Err(error.with_value(segment_count).into());
            }
        } else {
            answers.segments = Some((slice("segments", segments, respondents)?, segment_count));
        }
        let out = OutputSlice::new("out", out, segment_count)?;
        filled("segment_count", segment_count, crm_kano_tally::default())?;
        let tallies: Vec<crm_kano_tally> = tally(&answers)?.iter().map(Into::into).collect();
        out.write("out", &tallies)
    })
}

/// The tally of the respondents of both: parts of a survey add up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kano_tally_add(
    one: *const crm_kano_tally,
    other: *const crm_kano_tally,
    out: *mut crm_kano_tally,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let mut sum = KanoTally::from(&read("one", one)?);
        let other = KanoTally::from(&read("other", other)?);
        let out = Output::new("out", out)?;
        sum.add(&other);
        out.write((&sum).into());
        Ok(())
    })
}

/// The tally as if the questions had been asked the other way round, for an attribute that proves reverse: what is
/// wanted is then its absence.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kano_tally_reversed(
    tally: *const crm_kano_tally,
    out: *mut crm_kano_tally,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let tally = KanoTally::from(&read("tally", tally)?);
        Output::new("out", out)?.write((&tally.reversed()).into());
        Ok(())
    })
}

/// How many respondents put an attribute into each category.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_kano_counts {
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

impl From<KanoCounts> for crm_kano_counts {
    fn from(counts: KanoCounts) -> Self {
        crm_kano_counts {
            must_be: counts.must_be,
            one_dimensional: counts.one_dimensional,
            attractive: counts.attractive,
            indifferent: counts.indifferent,
            reverse: counts.reverse,
            questionable: counts.questionable,
        }
    }
}

impl From<crm_kano_counts> for KanoCounts {
    fn from(counts: crm_kano_counts) -> Self {
        KanoCounts {
            must_be: counts.must_be,
            one_dimensional: counts.one_dimensional,
            attractive: counts.attractive,
            indifferent: counts.indifferent,
            reverse: counts.reverse,
            questionable: counts.questionable,
        }
    }
}

/// How many respondents fall into each category, by the evaluation table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kano_tally_counts(
    tally: *const crm_kano_tally,
    out: *mut crm_kano_counts,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let tally = KanoTally::from(&read("tally", tally)?);
        Output::new("out", out)?.write(tally.counts().into());
        Ok(())
    })
}

/// What the reader of a Kano survey decides beforehand.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_kano_rules {
    /// Level of the intervals, between 0 and 1, both excluded.
    pub confidence: f64,
    /// A category strength below this is a blend of categories.
    pub blend: f64,
    /// From this Better on an attribute counts as satisfying.
    pub better_line: f64,
    /// From this −Worse on its lack counts as dissatisfying.
    pub worse_line: f64,
}

impl From<KanoRules> for crm_kano_rules {
    fn from(rules: KanoRules) -> Self {
        crm_kano_rules {
            confidence: rules.confidence.to_f64(),
            blend: rules.blend.to_f64(),
            better_line: rules.better_line,
            worse_line: rules.worse_line,
        }
    }
}

impl crm_kano_rules {
    fn core(&self) -> Outcome<KanoRules> {
        Ok(KanoRules {
            confidence: read_confidence(self.confidence)?,
            blend: Share::try_from(self.blend).map_err(|e: Error| e.named("blend"))?,
            better_line: self.better_line,
            worse_line: self.worse_line,
        })
    }
}

/// The usual rules: confidence 0.95, blend 0.06, both lines 0.5.
///
/// @param rules receives them
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kano_rules_default(rules: *mut crm_kano_rules) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        Output::new("rules", rules)?.write(KanoRules::default().into());
        Ok(())
    })
}

/// Fong's test of whether the two most frequent categories, a ≥ b of n answers, differ.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_fong {
    /// a − b.
    pub difference: u64,
    /// 1.65 · √((a + b)(2n − a − b)/(2n)).
    pub critical: f64,
    /// (a − b)/√(a + b), the test of two counts of one multinomial.
    pub z: f64,
    /// P(|Z| ≥ z): two-sided.
    pub p_value: f64,
    /// 1 if the difference reaches the critical one, else 0.
    pub significant: i32,
    /// 0.
    pub reserved: u32,
}

impl From<Fong> for crm_fong {
    fn from(fong: Fong) -> Self {
        crm_fong {
            difference: fong.difference,
            critical: fong.critical,
            z: fong.z,
            p_value: fong.p_value,
            significant: i32::from(fong.significant),
            reserved: 0,
        }
    }
}

/// What the counts of the categories say of one attribute.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_kano_profile {
    /// n, all answered pairs.
    pub respondents: u64,
    /// Share of the first category less share of the second (Lee & Newcomb 1997).
    pub category_strength: f64,
    /// Standard error of the category strength, which takes the two categories for known.
    pub category_strength_error: f64,
    /// (M + O + A)/n (Lee & Newcomb 1997).
    pub total_strength: crm_rate_estimate,
    /// Better, (A + O)/(A + O + M + I).
    pub better: crm_rate_estimate,
    /// Worse, −(O + M)/(A + O + M + I); rate and interval are negative.
    pub worse: crm_rate_estimate,
    /// Whether the two most frequent categories differ.
    pub fong: crm_fong,
    /// The most frequent category; among equals the first of M > O > A > I > R > Q.
    pub category: crm_kano_category,
    /// The second in that order.
    pub runner_up: crm_kano_category,
    /// The most frequent of M, O, A if M + O + A > I + R + Q, else of I, R, Q (Blauth).
    pub grouped_category: crm_kano_category,
    /// The crm_kano_category of the quadrant of (Better, Worse) (Timko), or CRM_NO_KANO_CATEGORY where nobody is in A, O,
    /// M or I.
    pub quadrant: i32,
    /// How many categories are as frequent as the first: more than 1 is a tie.
    pub tied: u32,
    /// 1 if the category strength is below the blend of the rules, else 0.
    pub blended: i32,
}

impl crm_kano_profile {
    fn new(profile: &KanoProfile) -> Outcome<Self> {
        let quadrant = profile.quadrant.map(category::write::<crm_kano_category>);
        Ok(crm_kano_profile {
            respondents: profile.respondents,
            category_strength: profile.category_strength,
            category_strength_error: profile.category_strength_error,
            total_strength: profile.total_strength.into(),
            better: profile.better.into(),
            worse: profile.worse.into(),
            fong: profile.fong.into(),
            category: category::write(profile.category)?,
            runner_up: category::write(profile.runner_up)?,
            grouped_category: category::write(profile.grouped_category)?,
            quadrant: quadrant
                .transpose()?
                .map_or(CRM_NO_KANO_CATEGORY, |found| found as i32),
            tied: u32::from(profile.tied),
            blended: i32::from(profile.blended),
        })
    }
}

/// What the counts of the categories say of an attribute: mode, category and total strength, Fong's test, Better and
/// Worse. Sources: Berger et al. 1993; Fong 1996; Lee & Newcomb 1997.
///
/// @param rules may be NULL: the usual ones, see crm_kano_rules_default
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kano_counts_profile(
    counts: *const crm_kano_counts,
    rules: *const crm_kano_rules,
    out: *mut crm_kano_profile,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let counts = KanoCounts::from(read("counts", counts)?);
        let rules = if rules.is_null() {
            KanoRules::default()
        } else {
            read("rules", rules)?.core()?
        };
        let out = Output::new("out", out)?;
        out.write(crm_kano_profile::new(&counts.profile(&rules)?)?);
        Ok(())
    })
}

/// Where the mean answers lie. Functional answers count 4, 2, 0, −1, −2, dysfunctional ones −2, −1, 0, 2, 4.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_kano_position {
    /// The functional score, −2 to 4.
    pub functional: crm_mean_estimate,
    /// The dysfunctional score, −2 to 4.
    pub dysfunctional: crm_mean_estimate,
    /// Stated importance. This and the weighted scores are NaN where nobody stated one, or all 0.
    pub stated: crm_mean_estimate,
    /// The functional score weighted by importance.
    pub weighted_functional: crm_mean_estimate,
    /// The dysfunctional score weighted by importance.
    pub weighted_dysfunctional: crm_mean_estimate,
    /// Respondents with a pair of answers who stated no importance.
    pub unstated: u64,
    /// The category of the position: a mean above 2 is high, below −1 low, and the evaluation table says the rest.
    pub category: crm_kano_category,
    /// The crm_kano_category of the weighted position, or CRM_NO_KANO_CATEGORY.
    pub weighted_category: i32,
}

const UNKNOWN: crm_mean_estimate = crm_mean_estimate {
    count: 0,
    mean: f64::NAN,
    standard_deviation: f64::NAN,
    standard_error: f64::NAN,
    lower: f64::NAN,
    upper: f64::NAN,
};

impl crm_kano_position {
    fn new(position: &KanoPosition, respondents: u64) -> Outcome<Self> {
        let made = crm_kano_position {
            functional: position.functional.into(),
            dysfunctional: position.dysfunctional.into(),
            stated: UNKNOWN,
            weighted_functional: UNKNOWN,
            weighted_dysfunctional: UNKNOWN,
            unstated: respondents,
            category: category::write(position.category)?,
            weighted_category: CRM_NO_KANO_CATEGORY,
        };
        match &position.importance {
            Some(importance) => made.with(importance),
            None => Ok(made),
        }
    }

    fn with(self, importance: &KanoImportance) -> Outcome<Self> {
        Ok(crm_kano_position {
            stated: importance.stated.into(),
            weighted_functional: importance.functional.into(),
            weighted_dysfunctional: importance.dysfunctional.into(),
            unstated: importance.unstated,
            weighted_category: category::write::<crm_kano_category>(importance.category)? as i32,
            ..self
        })
    }
}

/// The continuous analysis of DuMouchel (in Berger et al. 1993): mean scores, and the category of their position.
///
/// @param confidence level of the intervals, between 0 and 1, both excluded; 0.95 is usual
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kano_tally_position(
    tally: *const crm_kano_tally,
    confidence: f64,
    out: *mut crm_kano_position,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let tally = KanoTally::from(&read("tally", tally)?);
        let out = Output::new("out", out)?;
        let position = tally.position(read_confidence(confidence)?)?;
        out.write(crm_kano_position::new(
            &position,
            tally.counts().respondents()?,
        )?);
        Ok(())
    })
}
