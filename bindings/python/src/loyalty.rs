//! `crm_core.loyalty`: categories with their reasons, promoters, wallets, norms of repeat buying, bonds, profit by year.

use crm_core::Result as CoreResult;
use crm_core::kernels::Column;
use crm_core::loyalty::attitude::conditions;
use crm_core::loyalty::bonds::{Bond, Bonds, RelationshipLevel};
use crm_core::loyalty::dirichlet::{BrandNorms, Dirichlet};
use crm_core::loyalty::profit::{LoyaltyProfit, TenureYear, tenure_years};
use crm_core::loyalty::promoter;
use crm_core::loyalty::wallet;
use crm_core::loyalty::{
    Clue, Contradiction, Evidence, Known, LoyaltyCategory, LoyaltyOutcome, LoyaltyRules,
    LoyaltyVerdict, classify, explain,
};
use crm_core::units::{Date, Label, Language, Money};
use crm_core_arrow::{NewColumn, NewTable, NewTexts, NewValues, ROWS_PER_PART};
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::buffers::{Floats, Values, detached};
use crate::categories::member;
use crate::error::Result;
use crate::ledger::PyLedger;
use crate::numbers::{Kind, Number};
use crate::tables::OutTable;

/// Latent attachment, least fit, least margin, least known, high.
type Rules<'a> = (&'a str, f64, f64, u8, f64);

pub(crate) fn rules(
    (latent, least_fit, least_margin, least_known, high): Rules<'_>,
) -> CoreResult<LoyaltyRules> {
    Ok(LoyaltyRules {
        latent: member("latent", latent)?,
        least_fit,
        least_margin,
        least_known,
        high,
    })
}

/// A row per customer; with a language, the reasons in words.
#[pyfunction]
pub(crate) fn loyalty_classify(
    py: Python<'_>,
    customers: usize,
    evidence: [Values; 8],
    given: Rules<'_>,
    language: Option<&str>,
) -> Result<OutTable> {
    let rules = rules(given)?;
    let language = language
        .map(|name| member::<Language>("language", name))
        .transpose()?;
    let mut columns = Evidence::UNKNOWN.0;
    for ((column, values), clue) in columns.iter_mut().zip(&evidence).zip(Clue::ALL) {
        *column = values.column(clue.name())?;
    }
    detached(py, || {
        let verdicts = classify(customers, Evidence(columns), rules)?;
        let mut table = verdict_columns(&verdicts);
        if let Some(language) = language {
            let reasons = |(part, verdicts): (usize, &[LoyaltyVerdict])| {
                let rows = part * ROWS_PER_PART..;
                let reason =
                    |(row, verdict)| explain(verdict, known(&columns, row), rules, language);
                rows.zip(verdicts).map(reason).collect()
            };
            let parts = verdicts.par_chunks(ROWS_PER_PART).enumerate().map(reasons);
            let reasons = NewTexts::concat(&parts.collect::<Vec<_>>());
            table.push(NewColumn::new("reasons", NewValues::Texts(reasons)));
        }
        NewTable::new(table)
    })
    .map(OutTable::from)
}

/// The columns of a table of verdicts: block by block, so that a verdict is in the cache for each of them.
fn verdict_columns(verdicts: &[LoyaltyVerdict]) -> Vec<NewColumn> {
    const ROWS: usize = 1 << 10;
    let codes = || Vec::with_capacity(verdicts.len());
    let (mut outcome, mut best, mut next): (Vec<u8>, Vec<u8>, Vec<u8>) =
        (codes(), codes(), codes());
    let floats = || Vec::with_capacity(verdicts.len());
    let (mut fit, mut margin): (Vec<f64>, Vec<f64>) = (floats(), floats());
    let whole = || Vec::with_capacity(verdicts.len());
    let (mut known, mut conditions): (Vec<i64>, Vec<i64>) = (whole(), whole());
    let mut against = [(); Contradiction::COUNT].map(|()| Vec::with_capacity(verdicts.len()));
    for block in verdicts.chunks(ROWS) {
        outcome.extend(block.iter().map(|v| v.outcome as u8));
        best.extend(block.iter().map(|v| v.best as u8));
        fit.extend(block.iter().map(|v| v.fit));
        next.extend(block.iter().map(|v| v.next as u8));
        margin.extend(block.iter().map(|v| v.margin));
        known.extend(block.iter().map(|v| i64::from(v.known.0)));
        conditions.extend(block.iter().map(|v| i64::from(v.known.1)));
        for (there, &contradiction) in against.iter_mut().zip(Contradiction::ALL) {
            there.extend(block.iter().map(|v| v.contradicts(contradiction)));
        }
    }
    let category = |codes| NewValues::Categories(codes, names::<LoyaltyCategory>());
    let outcome = NewValues::Categories(outcome, names::<LoyaltyOutcome>());
    let mut columns = vec![
        NewColumn::new("outcome", outcome),
        NewColumn::new("best", category(best)),
        NewColumn::new("fit", NewValues::Floats(fit)),
        NewColumn::new("next", category(next)),
        NewColumn::new("margin", NewValues::Floats(margin)),
        NewColumn::new("known", NewValues::Integers(known)),
        NewColumn::new("conditions", NewValues::Integers(conditions)),
    ];
    for (there, contradiction) in against.into_iter().zip(Contradiction::ALL) {
        columns.push(NewColumn::new(
            contradiction.name(),
            NewValues::Booleans(there),
        ));
    }
    columns
}

fn names<T: Label>() -> Vec<&'static str> {
    T::ALL.iter().map(|member| member.name()).collect()
}

fn known(columns: &[Column<'_>; 8], row: usize) -> Known {
    Evidence(*columns).of(row)
}

/// Why, vulnerability and measure of each category, in English and Chinese.
#[pyfunction]
pub(crate) fn loyalty_category_texts() -> Vec<[(&'static str, &'static str); 3]> {
    let both = |text: fn(LoyaltyCategory, Language) -> &'static str, category| {
        (text(category, Language::En), text(category, Language::Zh))
    };
    let texts = |&category: &LoyaltyCategory| {
        [
            both(LoyaltyCategory::why, category),
            both(LoyaltyCategory::vulnerability, category),
            both(LoyaltyCategory::measure, category),
        ]
    };
    LoyaltyCategory::ALL.iter().map(texts).collect()
}

#[pyfunction]
pub(crate) fn loyalty_conditions(
    py: Python<'_>,
    attitude: Floats,
    behaviour: Floats,
    cuts: [f64; 2],
) -> Result<Vec<u8>> {
    let (attitude, behaviour) = (attitude.slice("attitude")?, behaviour.slice("behaviour")?);
    detached(py, || {
        let found = conditions(attitude, behaviour.into(), cuts)?;
        Ok(found.into_iter().map(|condition| condition as u8).collect())
    })
}

/// Promoters, passives, detractors; score, standard error, lower, upper.
#[pyfunction]
pub(crate) fn net_promoter_score(
    py: Python<'_>,
    answers: Floats,
    confidence: Number,
) -> Result<([u64; 3], [f64; 4])> {
    let answers = answers.slice("answers")?;
    let confidence = confidence.probability("confidence")?;
    detached(py, || {
        let found = promoter::net_promoter_score(answers, confidence)?;
        Ok((
            [found.promoters, found.passives, found.detractors],
            [found.score, found.standard_error, found.lower, found.upper],
        ))
    })
}

#[pyfunction]
pub(crate) fn wallet_allocation(ratings: Vec<f64>) -> Result<Vec<f64>> {
    Ok(wallet::wallet_allocation(&ratings)?)
}

#[pyfunction]
pub(crate) fn size_of_prize(ratings: Vec<f64>, category_spend: f64) -> Result<Vec<f64>> {
    Ok(wallet::size_of_prize(&ratings, category_spend)?)
}

/// Mean, exponent, diversity.
#[pyfunction]
pub(crate) fn dirichlet_fit(
    penetration: f64,
    purchases_per_buyer: f64,
    shares: Vec<f64>,
    penetrations: Vec<f64>,
) -> Result<(f64, f64, f64)> {
    let model = Dirichlet::fit(penetration, purchases_per_buyer, shares, &penetrations)?;
    Ok((model.mean(), model.exponent(), model.diversity()))
}

/// The norms of each brand, or of brands of the shares that are wanted: share, penetration, purchases per buyer, category purchases per buyer, share of requirements, sole
/// buyers, repeat rate.
#[pyfunction]
pub(crate) fn dirichlet_norms(
    parameters: (f64, f64, f64),
    shares: Vec<f64>,
    wanted: Option<Vec<f64>>,
    periods: f64,
) -> Result<Vec<[f64; 7]>> {
    let (mean, exponent, diversity) = parameters;
    let model = Dirichlet::new(mean, exponent, diversity, shares)?;
    let norms = match wanted {
        None => model.norms(periods)?,
        Some(wanted) => wanted
            .iter()
            .enumerate()
            .map(|(row, &share)| {
                let norms = model.norms_of_share(share, periods);
                norms.map_err(|error| error.named("shares").at_row(row))
            })
            .collect::<CoreResult<_>>()?,
    };
    let numbers = |norms: &BrandNorms| {
        [
            norms.share,
            norms.penetration,
            norms.purchases_per_buyer,
            norms.category_purchases_per_buyer,
            norms.share_of_requirements,
            norms.sole_buyers,
            norms.repeat_rate,
        ]
    };
    Ok(norms.iter().map(numbers).collect())
}

/// In all, external, internal.
#[pyfunction]
pub(crate) fn bond_strength(strengths: [f64; Bond::COUNT]) -> Result<(f64, f64, f64)> {
    let found = Bonds::new(strengths)?.strength();
    Ok((found.strength, found.external, found.internal))
}

/// Whether each bond holds from outside.
#[pyfunction]
pub(crate) fn external_bonds() -> Vec<bool> {
    Bond::ALL.iter().map(|bond| bond.is_external()).collect()
}

/// The instruments of each level, in English and Chinese.
#[pyfunction]
pub(crate) fn relationship_instruments() -> Vec<(Vec<&'static str>, Vec<&'static str>)> {
    let both = |level: &RelationshipLevel| {
        let of = |language| level.instruments(language).to_vec();
        (of(Language::En), of(Language::Zh))
    };
    RelationshipLevel::ALL.iter().map(both).collect()
}

#[derive(IntoPyObject)]
pub(crate) struct YearParts {
    year: u32,
    acquisition: Number,
    effects: Vec<Number>,
    total: Number,
    cumulative: Number,
}

/// The years, and the first at whose end the customer has earned its cost back.
type Years = (Vec<YearParts>, Option<u32>);

fn years(profit: &LoyaltyProfit, kind: Kind) -> Result<Years> {
    let number = |money: Money| kind.number(money.value());
    let years = profit.years()?.into_iter().map(|year| YearParts {
        year: year.year,
        acquisition: number(year.acquisition),
        effects: year.effects.map(number).into(),
        total: number(year.total),
        cumulative: number(year.cumulative),
    });
    Ok((years.collect(), profit.break_even_year()?))
}

#[pyfunction]
pub(crate) fn loyalty_profit(acquisition_cost: Number, effects: [Vec<Number>; 5]) -> Result<Years> {
    let kind = Kind::of(effects.iter().flatten().chain([&acquisition_cost]));
    let money = |(row, amount): (usize, &Number)| {
        amount.money("effects").map_err(|error| error.at_row(row))
    };
    let mut amounts: [Vec<Money>; 5] = Default::default();
    for (effect, given) in amounts.iter_mut().zip(&effects) {
        *effect = given
            .iter()
            .enumerate()
            .map(money)
            .collect::<CoreResult<_>>()?;
    }
    years(
        &LoyaltyProfit::new(acquisition_cost.money("acquisition_cost")?, amounts)?,
        kind,
    )
}

#[pyfunction]
pub(crate) fn loyalty_profit_from_ledger(
    py: Python<'_>,
    ledger: &PyLedger,
    observation_end: i32,
    acquisition_cost: Number,
) -> Result<Years> {
    let cost = acquisition_cost.money("acquisition_cost")?;
    let end = Date::from_days(observation_end)?;
    let profit = detached(py, || LoyaltyProfit::from_ledger(&ledger.0, end, cost))?;
    years(&profit, Kind::Float)
}

#[derive(IntoPyObject)]
pub(crate) struct TenureYearParts {
    year: u32,
    observed: u64,
    active: u64,
    revenue: f64,
    profit: f64,
}

#[pyfunction]
pub(crate) fn loyalty_tenure_years(
    py: Python<'_>,
    ledger: &PyLedger,
    observation_end: i32,
) -> Result<Vec<TenureYearParts>> {
    let end = Date::from_days(observation_end)?;
    let found = detached(py, || tenure_years(&ledger.0, end))?;
    let parts = |year: TenureYear| TenureYearParts {
        year: year.year,
        observed: year.observed,
        active: year.active,
        revenue: year.revenue,
        profit: year.profit,
    };
    Ok(found.into_iter().map(parts).collect())
}
