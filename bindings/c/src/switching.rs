//! Brand switching: what the customers of a market are worth to each brand.

use std::mem::MaybeUninit;

use crm_core::clv::switching::{
    Amount, Discounting, Horizon, MatrixClv, SharePath, ShareSource, Shares, SpendingAllocation,
    Transition, TransitionMatrix,
};
use crm_core::units::{Probability, Rate, Share};
use crm_core::{Error, ErrorKind};

use crate::boundary::{
    Outcome, Output, OutputSlice, column, column_span, in_place, read, refuse, respond, slice, span,
};
use crate::categories::crm_share_rule;
use crate::category;
use crate::decimal::{crm_decimal, read_decimal};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// A horizon without end.
pub const CRM_INFINITE_HORIZON: i64 = -1;

/// What the purchases of a market bring, and over which time: F, π, r, f and T of
///
/// CLV(j) = Σ_{t=0}^{T} (1+r)^(−t/f) · F_t · S_{j,t} · π_{j,t}
///
/// F and π are read at `t · period_stride + j · brand_stride` for period t and brand j: strides 0, 0
/// are one number for all, 0, 1 one number per brand, 1, 0 one number per period, and k, 1 a
/// row-major table with one row of k brands for each period t = 0, …, T.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_spending {
    /// F, the expected number of purchases in a period over all brands; 0 or more.
    pub purchases: *const f64,
    /// Doubles from one period to the next.
    pub purchases_period_stride: usize,
    /// Doubles from one brand to the next.
    pub purchases_brand_stride: usize,
    /// π, the contribution per purchase.
    pub contribution: *const f64,
    /// Doubles from one period to the next.
    pub contribution_period_stride: usize,
    /// Doubles from one brand to the next.
    pub contribution_brand_stride: usize,
    /// r, the discount rate per period; greater than −1.
    pub discount_rate: crm_decimal,
    /// f, the purchases per period of the discount rate; greater than 0, and 1 where t counts such
    /// periods.
    pub purchases_per_period: f64,
    /// T, the last period, or CRM_INFINITE_HORIZON where nothing varies by period.
    pub horizon: i64,
}

pub(crate) fn read_horizon(horizon: i64) -> Outcome<Horizon> {
    if horizon == CRM_INFINITE_HORIZON {
        return Ok(Horizon::Infinite);
    }
    u32::try_from(horizon).map(Horizon::Periods).map_err(|_| {
        let reason = "must be between 0 and 4294967295, or CRM_INFINITE_HORIZON";
        let error = Error::new(ErrorKind::OutOfRange, "horizon", reason);
        error.with_value(horizon).into()
    })
}

/// # Safety
/// As `read_decimal`.
pub(crate) unsafe fn read_discounting(
    discount_rate: *const crm_decimal,
    purchases_per_period: f64,
) -> Outcome<Discounting> {
    // SAFETY: as the caller vouches.
    let rate = unsafe { read_decimal("discount_rate", discount_rate) }?;
    let discounting = Discounting::new(Rate::named("discount_rate", rate)?);
    Ok(discounting.with_purchases_per_period(purchases_per_period)?)
}

/// The number of periods of a horizon; an infinite one has none that could be listed.
pub(crate) fn periods(horizon: Horizon) -> usize {
    match horizon {
        Horizon::Periods(last) => (last as usize).saturating_add(1),
        Horizon::Infinite => 0,
    }
}

/// # Safety
/// As [`slice`], for the numbers that the strides reach.
pub(crate) unsafe fn read_amount(
    argument: &'static str,
    values: *const f64,
    (period_stride, brand_stride): (usize, usize),
    (periods, brands): (usize, usize),
) -> Outcome<Amount> {
    let reach = |count: usize, stride: usize| count.saturating_sub(1).checked_mul(stride);
    let length = reach(periods, period_stride)
        .zip(reach(brands, brand_stride))
        .and_then(|(by_period, by_brand)| by_period.checked_add(by_brand)?.checked_add(1))
        .ok_or_else(|| refuse(ErrorKind::Overflow, argument, "reaches beyond memory"))?;
    // SAFETY: as the caller vouches.
    let values = unsafe { slice(argument, values, length) }?;
    let at = |t: usize, j: usize| {
        let place = t * period_stride + j * brand_stride;
        values.get(place).copied().unwrap_or(f64::NAN)
    };
    Ok(match (period_stride, brand_stride) {
        (0, 0) => Amount::Constant(at(0, 0)),
        (0, _) => Amount::PerBrand((0..brands).map(|j| at(0, j)).collect()),
        (_, 0) => Amount::PerPeriod((0..periods).map(|t| at(t, 0)).collect()),
        _ => {
            let row = |t| (0..brands).map(|j| at(t, j)).collect();
            Amount::PerBrandAndPeriod((0..periods).map(row).collect())
        }
    })
}

/// Values a brand, or a customer's values of `brands` brands, in each row.
fn rows(values: &[f64], brands: usize) -> Vec<&[f64]> {
    match brands {
        0 => Vec::new(),
        brands => values.chunks_exact(brands).collect(),
    }
}

pub(crate) fn product(argument: &'static str, factors: &[usize]) -> Outcome<usize> {
    let product = factors
        .iter()
        .try_fold(1_usize, |product, &f| product.checked_mul(f));
    product.ok_or_else(|| {
        refuse(
            ErrorKind::Overflow,
            argument,
            "has more numbers than memory",
        )
    })
}

/// # Safety
/// As the exported functions below.
unsafe fn value(
    source: ShareSource,
    brands: usize,
    spending: *const crm_spending,
    clv: *mut f64,
    contributions: *mut f64,
) -> Outcome {
    // SAFETY: as the caller vouches.
    unsafe {
        let spending = read("spending", spending)?;
        let discounting = read_discounting(
            &raw const spending.discount_rate,
            spending.purchases_per_period,
        )?;
        let horizon = read_horizon(spending.horizon)?;
        let shape = (periods(horizon), brands);
        let purchases = read_amount(
            "purchases",
            spending.purchases,
            (
                spending.purchases_period_stride,
                spending.purchases_brand_stride,
            ),
            shape,
        )?;
        let contribution = read_amount(
            "contribution",
            spending.contribution,
            (
                spending.contribution_period_stride,
                spending.contribution_brand_stride,
            ),
            shape,
        )?;
        let clv = OutputSlice::new("clv", clv, brands)?;
        let market = SpendingAllocation::new(source, purchases, contribution)?;
        let values = market.clv(discounting, horizon)?;
        if !contributions.is_null() {
            let Horizon::Periods(last) = horizon else {
                let reason = "must be NULL for an infinite horizon";
                return Err(refuse(ErrorKind::OutOfRange, "contributions", reason));
            };
            let size = product("contributions", &[periods(horizon), brands])?;
            let out = OutputSlice::new("contributions", contributions, size)?;
            out.write(
                "contributions",
                &market.contributions(discounting, last)?.values,
            )?;
        }
        clv.write("clv", &values)
    }
}

/// The value of a brand whose customers stay or leave for good: S_t = share · retention^t in
/// CLV = Σ_t (1+r)^(−t/f) · F_t · S_t · π_t. Source: Rust, Lemon & Zeithaml 2004, eq. (3).
///
/// @param share the brand's share of the purchases now, between 0 and 1
/// @param retention the part of the purchases kept from one period to the next, between 0 and 1
/// @param spending purchases, contribution, discounting and horizon; there is one brand
/// @param clv receives the value
/// @param contributions receives its terms, one for each period t = 0, …, T; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_retention_clv(
    share: *const crm_decimal,
    retention: *const crm_decimal,
    spending: *const crm_spending,
    clv: *mut f64,
    contributions: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let source = ShareSource::Retention {
            initial: Share::named("share", read_decimal("share", share)?)?,
            retention: Probability::named("retention", read_decimal("retention", retention)?)?,
        };
        value(source, 1, spending, clv, contributions)
    })
}

/// The value of every brand from its share of the purchases in every period:
/// CLV(j) = Σ_t (1+r)^(−t/f) · F_t · S_{j,t} · π_{j,t}. Source: Rust, Lemon & Zeithaml 2004, eq. (3).
///
/// Shares that do not sum to one are CRM_STATUS_NOT_STOCHASTIC, with the period and the sum, unless
/// `rule` is CRM_SHARE_RULE_ANY.
///
/// @param shares S, row-major: one row of `brands` shares for each period t = 0, …, T
/// @param periods T + 1
/// @param clv receives `brands` values
/// @param contributions receives the terms of the sums, `periods` rows of `brands`; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_share_path_clv(
    shares: *const f64,
    periods: usize,
    brands: usize,
    rule: MaybeUninit<crm_share_rule>,
    spending: *const crm_spending,
    clv: *mut f64,
    contributions: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let shares = slice("shares", shares, product("shares", &[periods, brands])?)?;
        let rule = category::read("rule", rule)?;
        let source = ShareSource::Path(SharePath::new(&rows(shares, brands), rule)?);
        value(source, brands, spending, clv, contributions)
    })
}

/// The value of every brand when customers switch between brands: S_t = S_{t−1} · P in
/// CLV(j) = Σ_t (1+r)^(−t/f) · F_t · S_{j,t} · π_{j,t}. Source: Rust, Lemon & Zeithaml 2004, eq. (3).
///
/// @param shares S_0, the `brands` present shares, which sum to one
/// @param transition_matrix P, row-major, brands × brands: entry (i, j) is the probability that a
///     buyer of brand i buys brand j next; every row sums to one. Several matrices follow each other
/// @param matrices 1 for the same matrix in all periods; else T, matrix t from period t to t + 1
/// @param clv receives `brands` values
/// @param contributions receives the terms of the sums, T + 1 rows of `brands`; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_switching_clv(
    shares: *const f64,
    brands: usize,
    transition_matrix: *const f64,
    matrices: usize,
    spending: *const crm_spending,
    clv: *mut f64,
    contributions: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let initial = Shares::new(slice("shares", shares, brands)?)?;
        let entries = product("transition_matrix", &[brands, brands])?;
        let length = product("transition_matrix", &[entries, matrices])?;
        let all = slice("transition_matrix", transition_matrix, length)?;
        let mut read = all
            .chunks_exact(entries)
            .map(|entries| TransitionMatrix::from_row_major(brands, entries.to_vec()))
            .collect::<Result<Vec<_>, _>>()?;
        let transition = match read.pop() {
            Some(only) if read.is_empty() => Transition::Constant(only),
            last => {
                read.extend(last);
                Transition::ByPeriod(read)
            }
        };
        let source = ShareSource::Switching {
            initial,
            transition,
        };
        value(source, brands, spending, clv, contributions)
    })
}

/// Divides every row of weights, 0 or more, by its sum: purchase counts become shares, counted
/// switches a transition matrix. A row of zeros is CRM_STATUS_NOT_STOCHASTIC.
///
/// @param weights row-major, rows × brands
/// @param out receives rows × brands shares
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_shares_normalize(
    weights: *const f64,
    rows: usize,
    brands: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let length = product("weights", &[rows, brands])?;
        let weights = slice("weights", weights, length)?;
        let out = OutputSlice::new("out", out, length)?;
        let path = SharePath::normalized(&self::rows(weights, brands));
        let path = path.map_err(|error| error.named("weights"))?;
        let shares: Vec<f64> = path.rows().flatten().copied().collect();
        out.write("out", &shares)
    })
}

/// The value that each brand gets from any customer, under one switching matrix:
/// M = Σ_{t=0}^{T} δ^t P^t diag(π) with δ = (1+r)^(−1/f). It does not change: any number of threads may use
/// it.
pub struct crm_matrix_clv(pub(crate) MatrixClv);

/// Computes M, which costs no more for a long horizon; a customer with shares S_0 is then worth
/// S_0 · M. Without end, a discount rate of 0 or less is CRM_STATUS_DIVERGENT.
///
/// @param transition_matrix P, row-major, brands × brands; every row sums to one
/// @param contribution π, the contribution per purchase of each brand
/// @param contribution_stride 1 for one number per brand, 0 for one number for all
/// @param discount_rate r, per period
/// @param purchases_per_period f, the purchases per period of the discount rate; 1 is usual
/// @param horizon T, the last period, or CRM_INFINITE_HORIZON
/// @param matrix_clv receives the handle; give it back to crm_matrix_clv_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_matrix_clv_new(
    transition_matrix: *const f64,
    brands: usize,
    contribution: *const f64,
    contribution_stride: usize,
    discount_rate: *const crm_decimal,
    purchases_per_period: f64,
    horizon: i64,
    matrix_clv: *mut Option<Box<crm_matrix_clv>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("matrix_clv", matrix_clv)?;
        let length = product("transition_matrix", &[brands, brands])?;
        let entries = slice("transition_matrix", transition_matrix, length)?;
        let matrix = TransitionMatrix::from_row_major(brands, entries.to_vec())?;
        let contribution = column("contribution", contribution, contribution_stride, brands)?;
        let discounting = read_discounting(discount_rate, purchases_per_period)?;
        let horizon = read_horizon(horizon)?;
        let made = MatrixClv::new(&matrix, contribution, discounting, horizon)?;
        out.write(Some(Box::new(crm_matrix_clv(made))));
        Ok(())
    })
}

/// The number of brands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_matrix_clv_brands(
    matrix_clv: *const crm_matrix_clv,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let matrix_clv = &borrow("matrix_clv", matrix_clv)?.0;
        Output::new("out", out)?.write(matrix_clv.states());
        Ok(())
    })
}

/// M, row-major: entry (i, j) is the value to brand j of a customer who now buys brand i.
///
/// @param brands the number of brands
/// @param out receives brands × brands values
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_matrix_clv_values(
    matrix_clv: *const crm_matrix_clv,
    brands: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let matrix_clv = &borrow("matrix_clv", matrix_clv)?.0;
        let out = OutputSlice::new("out", out, product("out", &[brands, brands])?)?;
        out.write("out", matrix_clv.values())
    })
}

/// The value of every customer to every brand, S_0 · M, at the speed of memory: on all processors,
/// with the same bits on any number of them.
///
/// So that nothing is copied, `out` must not overlap `shares` or a column of `purchases`
/// (CRM_STATUS_OUT_OF_RANGE), and holds arbitrary numbers after any other failure. NaN among a customer's inputs gives NaN for this customer.
///
/// @param shares S_0, row-major: customers × brands, each between 0 and 1
/// @param customers how many customers there are
/// @param purchases F, purchases per period; 1 where the contribution is one per period
/// @param purchases_stride 1 for one number per customer, 0 for one number for all
/// @param rule whether the shares of a customer must sum to one
/// @param out receives customers × brands values
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_matrix_clv_evaluate(
    matrix_clv: *const crm_matrix_clv,
    shares: *const f64,
    customers: usize,
    purchases: *const f64,
    purchases_stride: usize,
    rule: MaybeUninit<crm_share_rule>,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let matrix_clv = &borrow("matrix_clv", matrix_clv)?.0;
        let length = product("shares", &[customers, matrix_clv.states()])?;
        let shares = slice("shares", shares, length)?;
        let purchases = column("purchases", purchases, purchases_stride, customers)?;
        let rule = category::read("rule", rule)?;
        let out = in_place("out", out, length, &[span(shares), column_span(&purchases)])?;
        Ok(matrix_clv.evaluate(shares, purchases.into(), rule, out)?)
    })
}

/// Frees M; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_matrix_clv_free(matrix_clv: Option<Box<crm_matrix_clv>>) {
    free(matrix_clv);
}
