//! Loyalty: why customers stay, how surely, and what that earns.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::LazyLock;

use crm_core::Error;
use crm_core::kernels::Column;
use crm_core::loyalty::attitude::conditions;
use crm_core::loyalty::bonds::{Bond, Bonds, RelationshipLevel};
use crm_core::loyalty::dirichlet::Dirichlet;
use crm_core::loyalty::profit::{LoyaltyProfit, LoyaltyYear, tenure_years};
use crm_core::loyalty::promoter;
use crm_core::loyalty::wallet;
use crm_core::loyalty::{
    Clue, Contradiction, Evidence, Known, LoyaltyCategory, LoyaltyRules, classify, explain,
};
use crm_core::units::{Date, Label, Language, Money, Probability};

use crate::boundary::{
    Outcome, Output, OutputSlice, column, guard, read, respond, slice, write_text,
};
use crate::categories::{
    crm_language, crm_latent_attachment, crm_loyalty_category, crm_loyalty_condition,
    crm_loyalty_outcome, crm_relationship_level,
};
use crate::category;
use crate::decimal::{crm_decimal, read_decimal, read_decimals};
use crate::handle::borrow;
use crate::ledger::crm_ledger;
use crate::status::crm_status;

/// What is known of customers' loyalty: columns of `rows` numbers, NaN where nothing is known, or with a stride of 0 one number for
/// all. A column that nobody knows anything of is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_loyalty_evidence {
    /// Attachment from survey items, 0 to 1.
    pub attachment: *const f64,
    /// Repeat rate or share of wallet, 0 to 1.
    pub repeat_purchase: *const f64,
    /// How many viable alternatives the customer has: 0, 1, 2, ….
    pub alternatives: *const f64,
    /// What trouble it is to look and switch elsewhere, 0 to 1.
    pub switching_effort: *const f64,
    /// How near and easy buying here is, 0 to 1.
    pub convenience: *const f64,
    /// Share of purchases at a reduced or the lowest price, 0 to 1.
    pub promotion_share: *const f64,
    /// Share of purchases that earn or redeem rewards, 0 to 1.
    pub reward_share: *const f64,
    /// Whether rules or circumstances keep the customer from buying more: 0 or 1.
    pub constraint: *const f64,
    /// How far the numbers of a column are apart: 1, or 0 for one number for all.
    pub stride: usize,
}

/// What the classification of loyalty assumes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_loyalty_rules {
    /// A category must fit better than this to be a verdict; 0.5 is how unknown evidence fits.
    pub least_fit: f64,
    /// It must fit better than the next by more than this; 0.1, about what errors of a tenth in two clues come to.
    pub least_margin: f64,
    /// From here on evidence counts as high, and 1 less it as low, where contradictions are looked for; 0.7.
    pub high: f64,
    /// Where Latent loyalty lies.
    pub latent: MaybeUninit<crm_latent_attachment>,
    /// So many conditions of a category must be known for a verdict, 0 to 3; 2.
    pub least_known: u8,
    /// Fills the struct.
    pub reserved: [u8; 3],
}

/// The classification of one customer.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_loyalty_verdict {
    /// How far the best category fits, 0 to 1.
    pub fit: f64,
    /// By how much the next fits less: how sure the verdict is.
    pub margin: f64,
    /// Whether there is a verdict.
    pub outcome: crm_loyalty_outcome,
    /// The category that fits best, a verdict or not; the first of equals.
    pub best: crm_loyalty_category,
    /// The category that fits next best.
    pub next: crm_loyalty_category,
    /// How many of the conditions of the best are known.
    pub known: u8,
    /// How many conditions it has.
    pub conditions: u8,
    /// Which contradictions there are: bit i is member i of crm_contradiction.
    pub contradictions: u8,
    /// Fills the struct.
    pub reserved: [u8; 1],
}

/// Classifies customers into seven categories of loyalty. A category fits as far as its conditions hold: the geometric mean of their
/// degrees, where high evidence x holds to the degree x, low evidence to 1 − x, and unknown evidence to ½. A category of low
/// attachment and low repeat purchase does not fit at all while its driver is unknown. The best is the verdict if enough of its
/// conditions are known, it fits and it leads by more than the rules ask. Source: Griffin 1995; Dick & Basu 1994.
///
/// `CRM_STATUS_OUT_OF_RANGE` for evidence out of its range, with its row.
///
/// @param evidence what is known
/// @param rows how many customers
/// @param rules what is assumed; may be NULL: the usual
/// @param verdicts receives one per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_loyalty_classify(
    evidence: *const crm_loyalty_evidence,
    rows: usize,
    rules: *const crm_loyalty_rules,
    verdicts: *mut crm_loyalty_verdict,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let evidence = read_evidence(read("evidence", evidence)?, rows)?;
        let rules = read_rules(rules)?;
        let out = OutputSlice::new("verdicts", verdicts, rows)?;
        let found = classify(rows, evidence, rules)?;
        let verdicts: Outcome<Vec<_>> = found.iter().map(verdict).collect();
        out.write("verdicts", &verdicts?)
    })
}

/// The reasons of one customer's verdict in words.
///
/// @param evidence what is known: columns of one row
/// @param rules what is assumed; may be NULL: the usual
/// @param language of the words
/// @param buffer receives the text with its terminating NUL; 1,024 bytes always suffice
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_loyalty_explain(
    evidence: *const crm_loyalty_evidence,
    rules: *const crm_loyalty_rules,
    language: MaybeUninit<crm_language>,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let evidence = read_evidence(read("evidence", evidence)?, 1)?;
        let rules = read_rules(rules)?;
        let language = category::read("language", language)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        let known: Known = evidence.of(0);
        let text = classify(1, evidence, rules)?
            .first()
            .map(|verdict| explain(verdict, known, rules, language))
            .unwrap_or_default();
        write_text(&text, buffer, capacity)
    })
}

/// Why customers of this category stay. Static text in UTF-8; NULL for a number that is no category or no language.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_loyalty_category_why(
    value: MaybeUninit<crm_loyalty_category>,
    language: MaybeUninit<crm_language>,
) -> *const c_char {
    static TEXTS: LazyLock<Texts> = LazyLock::new(|| texts(LoyaltyCategory::why));
    find(&TEXTS, value, language)
}

/// What would make customers of this category leave. Static text; NULL for a number that is no category or no language.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_loyalty_category_vulnerability(
    value: MaybeUninit<crm_loyalty_category>,
    language: MaybeUninit<crm_language>,
) -> *const c_char {
    static TEXTS: LazyLock<Texts> = LazyLock::new(|| texts(LoyaltyCategory::vulnerability));
    find(&TEXTS, value, language)
}

/// What fits customers of this category. Static text; NULL for a number that is no category or no language.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_loyalty_category_measure(
    value: MaybeUninit<crm_loyalty_category>,
    language: MaybeUninit<crm_language>,
) -> *const c_char {
    static TEXTS: LazyLock<Texts> = LazyLock::new(|| texts(LoyaltyCategory::measure));
    find(&TEXTS, value, language)
}

/// The typical instruments of a level of relationship marketing, in one line. Static text; NULL for a number that is no level or no
/// language. Source: Berry & Parasuraman 1991.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_relationship_level_instruments(
    value: MaybeUninit<crm_relationship_level>,
    language: MaybeUninit<crm_language>,
) -> *const c_char {
    static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
        texts(|level: RelationshipLevel, language| {
            level.instruments(language).join(match language {
                Language::En => ", ",
                Language::Zh => "、",
            })
        })
    });
    find(&TEXTS, value, language)
}

/// Of each member, in each language.
type Texts = Vec<[CString; 2]>;

fn texts<T: Label, S: Into<String>>(text: impl Fn(T, Language) -> S) -> Texts {
    let owned = |member: T, language| CString::new(text(member, language).into());
    let both =
        |member: &T| [Language::En, Language::Zh].map(|l| owned(*member, l).unwrap_or_default());
    T::ALL.iter().map(both).collect()
}

fn find<C: category::Category>(
    texts: &Texts,
    value: MaybeUninit<C>,
    language: MaybeUninit<crm_language>,
) -> *const c_char
where
    C::Core: Label + PartialEq,
{
    let text = || {
        let member = category::read("value", value).ok()?;
        let place = C::Core::ALL.iter().position(|other| *other == member)?;
        let language = category::read("language", language).ok()?;
        Some(texts.get(place)?.get(language as usize)?.as_ptr())
    };
    guard(text).flatten().unwrap_or(ptr::null())
}

/// Attitude against behaviour: true, latent, spurious loyalty or none. Source: Dick & Basu 1994.
///
/// @param attitude column of attachment
/// @param behaviour column of repeat purchase
/// @param rows how many customers
/// @param attitude_cut attitude is high from here on
/// @param behaviour_cut behaviour is high from here on
/// @param out receives one condition per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_loyalty_conditions(
    attitude: *const f64,
    behaviour: *const f64,
    rows: usize,
    attitude_cut: f64,
    behaviour_cut: f64,
    out: *mut crm_loyalty_condition,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let attitude = slice("attitude", attitude, rows)?;
        let behaviour = slice("behaviour", behaviour, rows)?;
        let out = OutputSlice::new("out", out, rows)?;
        let found = conditions(attitude, behaviour.into(), [attitude_cut, behaviour_cut])?;
        let written: Outcome<Vec<_>> = found
            .into_iter()
            .map(category::write::<crm_loyalty_condition>)
            .collect();
        out.write("out", &written?)
    })
}

/// A net promoter score with its interval.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_promoter_score {
    /// Who said 9 or 10.
    pub promoters: u64,
    /// Who said 7 or 8.
    pub passives: u64,
    /// Who said 0 to 6.
    pub detractors: u64,
    /// Promoters' share less detractors' share, between −1 and 1.
    pub score: f64,
    /// √((p + d − (p − d)²) / n).
    pub standard_error: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
}

/// The net promoter score of answers to "how likely are you to recommend us?". Source: Reichheld 2003.
///
/// `CRM_STATUS_OUT_OF_RANGE` for an answer that is no whole number from 0 to 10, with its row.
///
/// @param answers one per respondent
/// @param respondents how many
/// @param confidence level of the interval, between 0 and 1
/// @param out receives the score
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_net_promoter_score(
    answers: *const f64,
    respondents: usize,
    confidence: *const crm_decimal,
    out: *mut crm_promoter_score,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let answers = slice("answers", answers, respondents)?;
        let level = Probability::named("confidence", read_decimal("confidence", confidence)?)?;
        let out = Output::new("out", out)?;
        let found = promoter::net_promoter_score(answers, level)?;
        out.write(crm_promoter_score {
            promoters: found.promoters,
            passives: found.passives,
            detractors: found.detractors,
            score: found.score,
            standard_error: found.standard_error,
            lower: found.lower,
            upper: found.upper,
        });
        Ok(())
    })
}

/// The share of wallet of each brand that a customer uses: (1 − rank / (n + 1)) · 2 / n, equal ratings share the mean of their ranks.
/// Source: Keiningham, Aksoy, Buoye & Cooil 2011.
///
/// @param ratings of each brand by the customer
/// @param brands how many
/// @param out receives one share per brand
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_wallet_allocation(
    ratings: *const f64,
    brands: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ratings = slice("ratings", ratings, brands)?;
        let out = OutputSlice::new("out", out, brands)?;
        out.write("out", &wallet::wallet_allocation(ratings)?)
    })
}

/// What being rated better than all others would add to the spend of a customer on each brand.
///
/// @param ratings of each brand by the customer
/// @param brands how many
/// @param category_spend what the customer spends on the category
/// @param out receives one amount per brand
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_size_of_prize(
    ratings: *const f64,
    brands: usize,
    category_spend: f64,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ratings = slice("ratings", ratings, brands)?;
        let out = OutputSlice::new("out", out, brands)?;
        out.write("out", &wallet::size_of_prize(ratings, category_spend)?)
    })
}

/// The parameters of an NBD-Dirichlet model.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_dirichlet_parameters {
    /// M: category purchases per customer in a period.
    pub mean: f64,
    /// K of the negative binomial distribution: small where rates differ much.
    pub exponent: f64,
    /// S of the Dirichlet distribution: small where customers keep to their brands.
    pub diversity: f64,
}

/// What the model expects of a brand.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_brand_norms {
    /// The share of the category's purchases.
    pub share: f64,
    /// The part of all customers who buy the brand at least once.
    pub penetration: f64,
    /// How often those buy it.
    pub purchases_per_buyer: f64,
    /// How often those buy the category.
    pub category_purchases_per_buyer: f64,
    /// The one over the other.
    pub share_of_requirements: f64,
    /// The part of the buyers who buy nothing else.
    pub sole_buyers: f64,
    /// The part of the buyers who buy it again in the next such time.
    pub repeat_rate: f64,
}

/// Fits the norms of repeat buying to a category and its brands. Source: Goodhardt, Ehrenberg & Chatfield 1984.
///
/// `CRM_STATUS_NO_SOLUTION` where buyers are more alike than chance makes them, or a brand's penetration cannot be at its share.
///
/// @param penetration the part of all customers who bought in the category
/// @param purchases_per_buyer how often those bought; more than 1
/// @param shares of the brands, of sum 1 at most
/// @param penetrations the part of all customers who bought each brand
/// @param brands how many
/// @param parameters receives them
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_dirichlet_fit(
    penetration: f64,
    purchases_per_buyer: f64,
    shares: *const f64,
    penetrations: *const f64,
    brands: usize,
    parameters: *mut crm_dirichlet_parameters,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let shares = slice("shares", shares, brands)?.to_vec();
        let penetrations = slice("penetrations", penetrations, brands)?;
        let out = Output::new("parameters", parameters)?;
        let model = Dirichlet::fit(penetration, purchases_per_buyer, shares, penetrations)?;
        out.write(crm_dirichlet_parameters {
            mean: model.mean(),
            exponent: model.exponent(),
            diversity: model.diversity(),
        });
        Ok(())
    })
}

/// The norms of brands of these shares; over many shares, one at a time, they draw the line of double jeopardy.
///
/// @param parameters of the model
/// @param shares of the brands, of sum 1 at most
/// @param brands how many
/// @param periods for how many periods
/// @param norms receives one per brand
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_dirichlet_norms(
    parameters: *const crm_dirichlet_parameters,
    shares: *const f64,
    brands: usize,
    periods: f64,
    norms: *mut crm_brand_norms,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let given = read("parameters", parameters)?;
        let shares = slice("shares", shares, brands)?.to_vec();
        let out = OutputSlice::new("norms", norms, brands)?;
        let model = Dirichlet::new(given.mean, given.exponent, given.diversity, shares)?;
        let found: Vec<crm_brand_norms> = model
            .norms(periods)?
            .into_iter()
            .map(|norms| crm_brand_norms {
                share: norms.share,
                penetration: norms.penetration,
                purchases_per_buyer: norms.purchases_per_buyer,
                category_purchases_per_buyer: norms.category_purchases_per_buyer,
                share_of_requirements: norms.share_of_requirements,
                sole_buyers: norms.sole_buyers,
                repeat_rate: norms.repeat_rate,
            })
            .collect();
        out.write("norms", &found)
    })
}

/// What a customer's bonds come to.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_bond_strength {
    /// 1 − Π (1 − s) over all bonds.
    pub strength: f64,
    /// The same over the external bonds: what keeps a customer who would rather leave.
    pub external: f64,
    /// The same over the internal bonds: what makes a customer want to stay.
    pub internal: f64,
}

/// Scores a customer's bonds.
///
/// @param strengths how strongly each bond holds, 0 to 1, in the order of crm_bond
/// @param bonds 10
/// @param out receives the score
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_bond_strength_of(
    strengths: *const f64,
    bonds: usize,
    out: *mut crm_bond_strength,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let strengths = slice("strengths", strengths, bonds)?;
        let out = Output::new("out", out)?;
        let ten = <[f64; Bond::COUNT]>::try_from(strengths);
        let ten = ten.map_err(|_| Error::length("strengths", bonds, Bond::COUNT))?;
        let found = Bonds::new(ten)?.strength();
        out.write(crm_bond_strength {
            strength: found.strength,
            external: found.external,
            internal: found.internal,
        });
        Ok(())
    })
}

/// One year of a loyal customer.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_loyalty_year {
    /// Less than nothing in year 0, nothing later.
    pub acquisition: crm_decimal,
    /// What each effect brings, in the order of crm_loyalty_effect.
    pub effects: [crm_decimal; 5],
    /// All of the year.
    pub total: crm_decimal,
    /// All up to and with the year.
    pub cumulative: crm_decimal,
}

/// The profit of a loyal customer by year of tenure: the acquisition cost in year 0, and each effect in the years 1, 2, …. Source:
/// Reichheld & Sasser 1990.
///
/// @param acquisition_cost 0 or more
/// @param effects 5 × years amounts, effect by effect, in the order of crm_loyalty_effect
/// @param years how many after year 0
/// @param out receives years + 1 years
/// @param break_even_year receives the first year at whose end the cost is earned back; -1 if no year is
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_loyalty_profit(
    acquisition_cost: *const crm_decimal,
    effects: *const crm_decimal,
    years: usize,
    out: *mut crm_loyalty_year,
    break_even_year: *mut i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let cost = Money::new(read_decimal("acquisition_cost", acquisition_cost)?);
        let size = years
            .checked_mul(5)
            .ok_or_else(|| Error::overflow("years"))?;
        let amounts = read_decimals("effects", effects, size)?;
        let out = OutputSlice::new("out", out, years.saturating_add(1))?;
        let even = Output::new("break_even_year", break_even_year)?;
        let effect = |effect: usize| {
            let own = amounts.iter().skip(effect * years).take(years);
            own.map(|&amount| Money::new(amount)).collect()
        };
        let profit = LoyaltyProfit::new(cost, std::array::from_fn(effect))?;
        write_years(&profit, out, even)
    })
}

/// Estimates the effects that a log shows from crm_loyalty_tenure_years: with R and G the mean revenue and profit of a year, base profit is
/// G of the first year, increased purchases are (R − R₁) G₁ / R₁, reduced operating cost is what remains of G. Referrals and price
/// premium cannot be seen in a log.
///
/// @param ledger with costs
/// @param observation_end last day, in days since 1970-01-01
/// @param acquisition_cost 0 or more
/// @param years how many years crm_loyalty_tenure_years finds
/// @param out receives years + 1 years
/// @param break_even_year receives the first year at whose end the cost is earned back; -1 if no year is
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_loyalty_profit_from_ledger(
    ledger: *const crm_ledger,
    observation_end: i32,
    acquisition_cost: *const crm_decimal,
    years: usize,
    out: *mut crm_loyalty_year,
    break_even_year: *mut i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        let cost = Money::new(read_decimal("acquisition_cost", acquisition_cost)?);
        let out = OutputSlice::new("out", out, years.saturating_add(1))?;
        let even = Output::new("break_even_year", break_even_year)?;
        let end = Date::from_days(observation_end)?;
        write_years(&LoyaltyProfit::from_ledger(ledger, end, cost)?, out, even)
    })
}

/// What customers of one year of tenure brought, on average.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_tenure_year {
    /// Customers whom the log shows through the whole of the year.
    pub observed: u64,
    /// Of those, who bought in it.
    pub active: u64,
    /// Mean amount per active customer.
    pub revenue: f64,
    /// Mean amount less cost per active customer.
    pub profit: f64,
}

/// Mean revenue and profit of active customers by year of tenure, counted from the first purchase. Only customers whose year had ended by
/// the end of the observation count in it; years that no customer bought in are left out, and so are those after them.
///
/// @param ledger with costs
/// @param observation_end last day, in days since 1970-01-01
/// @param capacity room for so many years
/// @param years receives as many as there are and fit
/// @param count receives how many there are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_loyalty_tenure_years(
    ledger: *const crm_ledger,
    observation_end: i32,
    capacity: usize,
    years: *mut crm_tenure_year,
    count: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        OutputSlice::new("years", years, capacity)?;
        let count = Output::new("count", count)?;
        let found: Vec<crm_tenure_year> = tenure_years(ledger, Date::from_days(observation_end)?)?
            .into_iter()
            .map(|year| crm_tenure_year {
                observed: year.observed,
                active: year.active,
                revenue: year.revenue,
                profit: year.profit,
            })
            .collect();
        let written = found.get(..capacity.min(found.len())).unwrap_or_default();
        OutputSlice::new("years", years, written.len())?.write("years", written)?;
        count.write(found.len());
        Ok(())
    })
}

fn write_years(
    profit: &LoyaltyProfit,
    out: OutputSlice<crm_loyalty_year>,
    even: Output<i64>,
) -> Outcome {
    let year = |year: &LoyaltyYear| crm_loyalty_year {
        acquisition: year.acquisition.value().into(),
        effects: year.effects.map(|effect| effect.value().into()),
        total: year.total.value().into(),
        cumulative: year.cumulative.value().into(),
    };
    let years: Vec<crm_loyalty_year> = profit.years()?.iter().map(year).collect();
    let break_even = profit.break_even_year()?;
    out.write("years", &years)?;
    even.write(break_even.map_or(-1, i64::from));
    Ok(())
}

fn verdict(found: &crm_core::loyalty::LoyaltyVerdict) -> Outcome<crm_loyalty_verdict> {
    let bit = |bits: u8, contradiction: &Contradiction| {
        bits | (u8::from(found.contradicts(*contradiction)) << *contradiction as u8)
    };
    Ok(crm_loyalty_verdict {
        fit: found.fit,
        margin: found.margin,
        outcome: category::write(found.outcome)?,
        best: category::write(found.best)?,
        next: category::write(found.next)?,
        known: found.known.0,
        conditions: found.known.1,
        contradictions: Contradiction::ALL.iter().fold(0, bit),
        reserved: [0],
    })
}

/// # Safety
/// Each column that is not NULL holds `rows` numbers, `stride` apart.
pub(crate) unsafe fn read_evidence<'a>(
    given: crm_loyalty_evidence,
    rows: usize,
) -> Outcome<Evidence<'a>> {
    let pointers = [
        given.attachment,
        given.repeat_purchase,
        given.alternatives,
        given.switching_effort,
        given.convenience,
        given.promotion_share,
        given.reward_share,
        given.constraint,
    ];
    let mut columns: [Column<'a>; Clue::COUNT] = Evidence::UNKNOWN.0;
    for ((place, pointer), clue) in columns.iter_mut().zip(pointers).zip(Clue::ALL) {
        if !pointer.is_null() {
            // SAFETY: as the caller vouches.
            *place = unsafe { column(clue.name(), pointer, given.stride, rows) }?;
        }
    }
    Ok(Evidence(columns))
}

/// # Safety
/// As [`read`], unless `rules` is NULL.
pub(crate) unsafe fn read_rules(rules: *const crm_loyalty_rules) -> Outcome<LoyaltyRules> {
    if rules.is_null() {
        return Ok(LoyaltyRules::default());
    }
    // SAFETY: as the caller vouches.
    let given = unsafe { read("rules", rules) }?;
    Ok(LoyaltyRules {
        latent: category::read("latent", given.latent)?,
        least_fit: given.least_fit,
        least_margin: given.least_margin,
        least_known: given.least_known,
        high: given.high,
    })
}
