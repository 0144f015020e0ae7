//! How far to trust what the customers of a market are worth: gradients, standard errors, random draws.

use std::mem::MaybeUninit;

use crm_core::clv::switching::estimate::{TransitionCounts, TransitionPosterior};
use crm_core::clv::switching::uncertainty::{
    self, DrawnValues, InputDoubts, Lever, MatrixEstimate, MonteCarlo, Summary, Valuation,
};
use crm_core::clv::switching::{Shares, TransitionMatrix};
use crm_core::units::Probability;

use crate::boundary::{Outcome, Output, OutputSlice, column, read, respond, slice, write_optional};
use crate::categories::{crm_lever_input, crm_share_rule};
use crate::category;
use crate::decimal::{crm_decimal, read_decimal};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;
use crate::switching::{product, read_discounting, read_horizon};
use crate::switching_estimate::survey::CRM_NONE;

/// All that CLV(j) = Σ_{t=0}^{T} (1+r)^(−t/f) · F · (S_0 P^t)_j · π_j depends on beside the switching matrix
/// P. It does not change: any number of threads may use it.
pub struct crm_switching_valuation(Valuation);

/// A switching matrix, and how well each of its rows is known: row a, independent of the others, has
/// the covariance (diag(p) − p pᵀ) / m_a. It does not change: any number of threads may use it.
pub struct crm_matrix_estimate(MatrixEstimate);

/// The value to every brand in every random draw. It does not change: any number of threads may use
/// it.
pub struct crm_drawn_values(DrawnValues);

/// V = Σ_j w_j · CLV(j) and its derivatives by single numbers.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_switching_gradient {
    /// V itself.
    pub value: f64,
    /// ∂V/∂r.
    pub discount_rate: f64,
    /// ∂V/∂f.
    pub purchases_per_period: f64,
    /// ∂V/∂F; F is 1 for a portfolio, and scales the purchases of all.
    pub purchases: f64,
}

/// What is not known exactly beside P; all zero where everything is.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_input_doubts {
    /// The standard deviation of r; 0 or more.
    pub discount_rate_sd: f64,
    /// n, the purchases from which the present shares were estimated: they are Dirichlet with
    /// parameters n · S_0. 0 where the shares are known.
    pub shares_known_by: f64,
    /// The standard deviation of the contribution of every brand, 0 or more; NULL where it is known.
    pub contribution_sd: *const f64,
}

/// The standard error of V, and the parts of its variance that come from single inputs.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_standard_error {
    /// V at the estimates.
    pub value: f64,
    /// The root of the sum of all variances.
    pub standard_error: f64,
    /// The variance that r brings.
    pub discount_rate_variance: f64,
    /// The variance that S_0 brings.
    pub shares_variance: f64,
    /// The variance that the contributions bring.
    pub contribution_variance: f64,
}

/// What one row of P, and more purchases of its brand, do to the standard error of V.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_row_rank {
    /// a, the brand whose buyers the row follows, from 0.
    pub brand: usize,
    /// V_a, the part of the variance of V that the row brings.
    pub variance: f64,
    /// V_a over the sum of all rows; 0 where there is no variance.
    pub variance_share: f64,
    /// m_a, the purchases that the row is known by.
    pub known_by: f64,
    /// V_a / m_a: the variance that one more observed purchase of the brand takes away.
    pub variance_reduction: f64,
    /// V_a / (2 · m_a · √Var V): the same for the standard error.
    pub error_reduction: f64,
}

/// What one entry of P does to V and to its standard error.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_entry_rank {
    /// a, the brand bought now, from 0.
    pub from: usize,
    /// b, the brand bought next, from 0.
    pub to: usize,
    /// P_ab · (∂V/∂P_ab − Σ_c P_ac ∂V/∂P_ac)² / m_a: these sum to V_a over the row.
    pub variance: f64,
    /// Its part of the variance of all rows; 0 where there is no variance.
    pub variance_share: f64,
    /// (P_ab / V) · ∂V/∂P_ab, the entry alone; NaN where V is 0.
    pub elasticity: f64,
    /// (P_ab / V) times the derivative along the simplex; NaN where V is 0.
    pub elasticity_along_simplex: f64,
}

/// What one input of a value does to it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_lever {
    /// a, the brand of P_ab, S_0a or π_a, from 0; CRM_NONE for purchases and discount rate.
    pub brand: i64,
    /// b, the brand bought next, of P_ab; CRM_NONE for all others.
    pub next_brand: i64,
    /// x, what the input is now.
    pub base: f64,
    /// dV/dx; of probabilities and shares the others of their row give way in proportion.
    pub derivative: f64,
    /// x · dV/dx: a hundredth of it is what V gains if x grows by one percent.
    pub effect: f64,
    /// x · dV/dx / V; NaN where V is 0.
    pub elasticity: f64,
    /// Which input.
    pub input: crm_lever_input,
    /// Zeros.
    pub reserved: [u8; 4],
}

impl crm_lever {
    fn new(lever: Lever) -> Outcome<Self> {
        let place = |place: Option<usize>| {
            place.map_or(CRM_NONE, |place| i64::try_from(place).unwrap_or(i64::MAX))
        };
        Ok(crm_lever {
            brand: place(lever.brand),
            next_brand: place(lever.next_brand),
            base: lever.base,
            derivative: lever.derivative,
            effect: lever.effect,
            elasticity: lever.elasticity,
            input: category::write::<crm_lever_input>(lever.input)?,
            reserved: [0; 4],
        })
    }
}

/// # Safety
/// As the exported functions below, for a table of `brands` by `brands`.
unsafe fn read_square<'a>(
    argument: &'static str,
    values: *const f64,
    brands: usize,
) -> Outcome<&'a [f64]> {
    // SAFETY: as the caller vouches.
    unsafe { slice(argument, values, product(argument, &[brands, brands])?) }
}

/// # Safety
/// As the exported functions below.
unsafe fn read_posterior(parameters: *const f64, brands: usize) -> Outcome<TransitionPosterior> {
    // SAFETY: as the caller vouches.
    let parameters = unsafe { read_square("parameters", parameters, brands) }?;
    let posterior = TransitionPosterior::from_row_major(brands, parameters.to_vec())?;
    Ok(posterior)
}

/// # Safety
/// As the exported functions below.
unsafe fn read_doubts(doubts: *const crm_input_doubts, brands: usize) -> Outcome<InputDoubts> {
    // SAFETY: as the caller vouches.
    unsafe {
        let doubts = read("doubts", doubts)?;
        let contribution_sd = if doubts.contribution_sd.is_null() {
            Vec::new()
        } else {
            slice("contribution_sd", doubts.contribution_sd, brands)?.to_vec()
        };
        let known = doubts.shares_known_by == 0.0;
        Ok(InputDoubts {
            discount_rate_sd: doubts.discount_rate_sd,
            shares_known_by: (!known).then_some(doubts.shares_known_by),
            contribution_sd,
        })
    }
}

/// One customer, or one market, whose purchases move between brands.
///
/// @param shares S_0, the `brands` present shares, which sum to one
/// @param purchases F, the expected number of purchases in a period over all brands; 0 or more
/// @param contribution π, the contribution per purchase of each brand
/// @param contribution_stride 1 for one number per brand, 0 for one number for all
/// @param discount_rate r, per period
/// @param purchases_per_period f, the purchases per period of the discount rate; 1 is usual
/// @param horizon T, the last period, or CRM_INFINITE_HORIZON
/// @param valuation receives the handle; give it back to crm_switching_valuation_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_switching_valuation_new(
    shares: *const f64,
    brands: usize,
    purchases: f64,
    contribution: *const f64,
    contribution_stride: usize,
    discount_rate: *const crm_decimal,
    purchases_per_period: f64,
    horizon: i64,
    valuation: *mut Option<Box<crm_switching_valuation>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("valuation", valuation)?;
        let shares = Shares::new(slice("shares", shares, brands)?)?;
        let contribution = column("contribution", contribution, contribution_stride, brands)?;
        let discounting = read_discounting(discount_rate, purchases_per_period)?;
        let horizon = read_horizon(horizon)?;
        let made = Valuation::new(&shares, purchases, contribution, discounting, horizon)?;
        out.write(Some(Box::new(crm_switching_valuation(made))));
        Ok(())
    })
}

/// All customers of a table together: values are linear in F · S_0, so the sum of it over the
/// customers takes the place of S_0, and F is 1.
///
/// @param shares S_0, row-major: customers × brands, each between 0 and 1
/// @param purchases F, purchases per period
/// @param purchases_stride 1 for one number per customer, 0 for one number for all
/// @param rule whether the shares of a customer must sum to one
/// @param contribution π, the contribution per purchase of each brand
/// @param contribution_stride 1 for one number per brand, 0 for one number for all
/// @param discount_rate r, per period
/// @param purchases_per_period f, the purchases per period of the discount rate; 1 is usual
/// @param horizon T, the last period, or CRM_INFINITE_HORIZON
/// @param valuation receives the handle; give it back to crm_switching_valuation_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_switching_valuation_of_portfolio_new(
    shares: *const f64,
    customers: usize,
    brands: usize,
    purchases: *const f64,
    purchases_stride: usize,
    rule: MaybeUninit<crm_share_rule>,
    contribution: *const f64,
    contribution_stride: usize,
    discount_rate: *const crm_decimal,
    purchases_per_period: f64,
    horizon: i64,
    valuation: *mut Option<Box<crm_switching_valuation>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("valuation", valuation)?;
        let shares = slice("shares", shares, product("shares", &[customers, brands])?)?;
        let purchases = column("purchases", purchases, purchases_stride, customers)?;
        let rule = category::read("rule", rule)?;
        let contribution = column("contribution", contribution, contribution_stride, brands)?;
        let discounting = read_discounting(discount_rate, purchases_per_period)?;
        let horizon = read_horizon(horizon)?;
        let made = Valuation::of_portfolio(
            brands,
            shares,
            purchases,
            rule,
            contribution,
            discounting,
            horizon,
        )?;
        out.write(Some(Box::new(crm_switching_valuation(made))));
        Ok(())
    })
}

/// Frees a valuation; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_switching_valuation_free(valuation: Option<Box<crm_switching_valuation>>) {
    free(valuation);
}

/// V = Σ_j w_j · CLV(j) and its derivatives by every input: exact, by reverse mode, at the cost of about
/// three values.
///
/// ∂V/∂P comes in two readings. In the free one entry (a, b) alone changes, though the row then no longer
/// sums to one. Along the simplex the other entries of row a give way in proportion to their size:
/// (∂V/∂P_ab − Σ_c P_ac ∂V/∂P_ac) / (1 − P_ab).
///
/// @param transition_matrix P, row-major, brands × brands; every row sums to one
/// @param weights w, `brands` numbers: 1 for one brand and 0 for the others is the value to that brand
/// @param brands the number of brands of the valuation
/// @param gradient receives V and the derivatives by single numbers
/// @param transition receives ∂V/∂P, row-major, the free reading; may be NULL
/// @param along_simplex receives ∂V/∂P along the simplex; may be NULL
/// @param shares receives ∂V/∂S_0, `brands` numbers; may be NULL
/// @param contribution receives ∂V/∂π, `brands` numbers; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_switching_valuation_gradient(
    valuation: *const crm_switching_valuation,
    transition_matrix: *const f64,
    weights: *const f64,
    brands: usize,
    gradient: *mut crm_switching_gradient,
    transition: *mut f64,
    along_simplex: *mut f64,
    shares: *mut f64,
    contribution: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let valuation = &borrow("valuation", valuation)?.0;
        let entries = read_square("transition_matrix", transition_matrix, brands)?;
        let weights = slice("weights", weights, brands)?;
        let out = Output::new("gradient", gradient)?;
        let transition = OutputSlice::optional("transition", transition, entries.len())?;
        let along_simplex = OutputSlice::optional("along_simplex", along_simplex, entries.len())?;
        let shares = OutputSlice::optional("shares", shares, brands)?;
        let contribution = OutputSlice::optional("contribution", contribution, brands)?;
        let matrix = TransitionMatrix::from_row_major(brands, entries.to_vec())?;
        let found = valuation.gradient(&matrix, weights)?;
        write_optional(transition, "transition", &found.transition)?;
        let simplex = &found.transition_along_simplex;
        write_optional(along_simplex, "along_simplex", simplex)?;
        write_optional(shares, "shares", &found.shares)?;
        write_optional(contribution, "contribution", &found.contribution)?;
        out.write(crm_switching_gradient {
            value: found.value,
            discount_rate: found.discount_rate,
            purchases_per_period: found.purchases_per_period,
            purchases: found.purchases,
        });
        Ok(())
    })
}

/// All inputs by what one percent of each does to V = Σ_j w_j · CLV(j), the largest |x · dV/dx| first: every P_ab, S_0a and
/// π_a, then F and r. Of probabilities and shares the others of their row give way in proportion to their size. The
/// derivatives are those of crm_switching_valuation_gradient, which are exact.
///
/// @param transition_matrix P, row-major, brands × brands; every row sums to one
/// @param weights w, `brands` numbers: 1 for one brand and 0 for the others is the value to that brand
/// @param brands k, the number of brands of the valuation
/// @param count k² + 2k + 2
/// @param levers receives `count` inputs
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_switching_valuation_levers(
    valuation: *const crm_switching_valuation,
    transition_matrix: *const f64,
    weights: *const f64,
    brands: usize,
    count: usize,
    levers: *mut crm_lever,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let valuation = &borrow("valuation", valuation)?.0;
        let entries = read_square("transition_matrix", transition_matrix, brands)?;
        let weights = slice("weights", weights, brands)?;
        let levers = OutputSlice::new("levers", levers, count)?;
        let matrix = TransitionMatrix::from_row_major(brands, entries.to_vec())?;
        let found: Outcome<Vec<crm_lever>> = valuation
            .levers(&matrix, weights)?
            .into_iter()
            .map(crm_lever::new)
            .collect();
        levers.write("levers", &found?)
    })
}

/// The mean of Dirichlet rows, with their covariance: m_a = A_a + 1, A_a the sum of the row's parameters.
///
/// @param parameters row-major, brands × brands, all greater than 0: prior counts plus counted switches
/// @param estimate receives the handle; give it back to crm_matrix_estimate_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_matrix_estimate_from_posterior_new(
    parameters: *const f64,
    brands: usize,
    estimate: *mut Option<Box<crm_matrix_estimate>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("estimate", estimate)?;
        let posterior = read_posterior(parameters, brands)?;
        let made = MatrixEstimate::from_posterior(&posterior);
        out.write(Some(Box::new(crm_matrix_estimate(made))));
        Ok(())
    })
}

/// The likeliest matrix for counted switches, with the covariance of multinomial rows: m_a is the sum
/// of row a. A row of zeros is CRM_STATUS_EMPTY, with its number.
///
/// @param counts row-major, brands × brands: how often a buyer of brand a bought brand b next
/// @param estimate receives the handle; give it back to crm_matrix_estimate_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_matrix_estimate_from_counts_new(
    counts: *const f64,
    brands: usize,
    estimate: *mut Option<Box<crm_matrix_estimate>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("estimate", estimate)?;
        let counts = read_square("counts", counts, brands)?;
        let counts = TransitionCounts::from_row_major(brands, counts.to_vec())?;
        let made = MatrixEstimate::from_counts(&counts)?;
        out.write(Some(Box::new(crm_matrix_estimate(made))));
        Ok(())
    })
}

/// Frees an estimate; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_matrix_estimate_free(estimate: Option<Box<crm_matrix_estimate>>) {
    free(estimate);
}

/// The matrix of an estimate, and what each row is known by.
///
/// @param brands the number of brands
/// @param transition_matrix receives P, row-major, brands × brands
/// @param known_by receives m_a of every row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_matrix_estimate_values(
    estimate: *const crm_matrix_estimate,
    brands: usize,
    transition_matrix: *mut f64,
    known_by: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let estimate = &borrow("estimate", estimate)?.0;
        let length = product("transition_matrix", &[brands, brands])?;
        let matrix = OutputSlice::new("transition_matrix", transition_matrix, length)?;
        let known_by = OutputSlice::new("known_by", known_by, brands)?;
        matrix.write("transition_matrix", estimate.matrix().entries())?;
        known_by.write("known_by", estimate.known_by())
    })
}

/// The standard error of V = Σ_j w_j · CLV(j), to first order (the delta method): the covariance of
/// every uncertain input, between the derivatives of V by it. Inputs are independent of each other.
///
/// @param weights w, `brands` numbers
/// @param brands the number of brands of the valuation
/// @param doubts what is not known exactly beside P
/// @param error receives the standard error and its parts
/// @param row_variance receives the variance that each row of P brings, `brands` numbers; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_switching_valuation_standard_error(
    valuation: *const crm_switching_valuation,
    estimate: *const crm_matrix_estimate,
    weights: *const f64,
    brands: usize,
    doubts: *const crm_input_doubts,
    error: *mut crm_standard_error,
    row_variance: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let valuation = &borrow("valuation", valuation)?.0;
        let estimate = &borrow("estimate", estimate)?.0;
        let weights = slice("weights", weights, brands)?;
        let doubts = read_doubts(doubts, brands)?;
        let out = Output::new("error", error)?;
        let rows = OutputSlice::optional("row_variance", row_variance, brands)?;
        let found = valuation.standard_error(estimate, weights, &doubts)?;
        write_optional(rows, "row_variance", &found.row_variance)?;
        out.write(crm_standard_error {
            value: found.value,
            standard_error: found.standard_error,
            discount_rate_variance: found.discount_rate_variance,
            shares_variance: found.shares_variance,
            contribution_variance: found.contribution_variance,
        });
        Ok(())
    })
}

/// Where a normal number lies with probability `level`: value ∓ z · standard_error.
///
/// @param level between 0 and 1, both excluded
/// @param lower receives the lower end
/// @param upper receives the upper end
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_normal_interval(
    value: f64,
    standard_error: f64,
    level: *const crm_decimal,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let level = Probability::named("level", read_decimal("level", level)?)?;
        let (lower, upper) = (Output::new("lower", lower)?, Output::new("upper", upper)?);
        let (from, to) = uncertainty::normal_interval(value, standard_error, level)?;
        lower.write(from);
        upper.write(to);
        Ok(())
    })
}

/// Ranks rows and entries of P by what they do to the standard error of V = Σ_j w_j · CLV(j): which of
/// them is worth measuring better. What can be observed more of are purchases of a brand, that is, a
/// row.
///
/// @param weights w, `brands` numbers
/// @param brands the number of brands of the valuation
/// @param standard_error receives the standard error of V that comes from P alone
/// @param rows receives `brands` rows; the one of which another purchase tells most comes first
/// @param entries receives brands × brands entries; the largest part of the variance comes first
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_switching_valuation_ranking(
    valuation: *const crm_switching_valuation,
    estimate: *const crm_matrix_estimate,
    weights: *const f64,
    brands: usize,
    standard_error: *mut f64,
    rows: *mut crm_row_rank,
    entries: *mut crm_entry_rank,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let valuation = &borrow("valuation", valuation)?.0;
        let estimate = &borrow("estimate", estimate)?.0;
        let weights = slice("weights", weights, brands)?;
        let standard_error = Output::new("standard_error", standard_error)?;
        let rows = OutputSlice::new("rows", rows, brands)?;
        let length = product("entries", &[brands, brands])?;
        let entries = OutputSlice::new("entries", entries, length)?;
        let ranking = valuation.ranking(estimate, weights)?;
        let ranked: Vec<crm_row_rank> = ranking
            .rows
            .iter()
            .map(|row| crm_row_rank {
                brand: row.brand,
                variance: row.variance,
                variance_share: row.variance_share,
                known_by: row.known_by,
                variance_reduction: row.variance_reduction,
                error_reduction: row.error_reduction,
            })
            .collect();
        rows.write("rows", &ranked)?;
        let ranked: Vec<crm_entry_rank> = ranking
            .entries
            .iter()
            .map(|entry| crm_entry_rank {
                from: entry.from,
                to: entry.to,
                variance: entry.variance,
                variance_share: entry.variance_share,
                elasticity: entry.elasticity,
                elasticity_along_simplex: entry.elasticity_along_simplex,
            })
            .collect();
        entries.write("entries", &ranked)?;
        standard_error.write(ranking.standard_error);
        Ok(())
    })
}

/// The value to every brand for random inputs: rows of P are Dirichlet, and so are the shares where
/// they are in doubt; contributions and the discount rate are normal, the rate drawn again where it is
/// −1 or less (0 or less without end). The same seed gives the same bits on any number of threads.
///
/// @param parameters of the rows of P, row-major, brands × brands, all greater than 0
/// @param brands the number of brands of the valuation
/// @param doubts what is not known exactly beside P
/// @param draws how many, from 2 to 10,000,000
/// @param drawn receives the handle; give it back to crm_drawn_values_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_switching_valuation_simulate(
    valuation: *const crm_switching_valuation,
    parameters: *const f64,
    brands: usize,
    doubts: *const crm_input_doubts,
    draws: u32,
    seed: u64,
    drawn: *mut Option<Box<crm_drawn_values>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("drawn", drawn)?;
        let valuation = &borrow("valuation", valuation)?.0;
        let posterior = read_posterior(parameters, brands)?;
        let doubts = read_doubts(doubts, brands)?;
        let made = valuation.simulate(&posterior, &doubts, MonteCarlo { draws, seed })?;
        out.write(Some(Box::new(crm_drawn_values(made))));
        Ok(())
    })
}

/// Frees drawn values; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_drawn_values_free(drawn: Option<Box<crm_drawn_values>>) {
    free(drawn);
}

/// The drawn values themselves.
///
/// @param draws the number of draws
/// @param brands the number of brands
/// @param out receives draws × brands values, row-major
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_drawn_values_copy(
    drawn: *const crm_drawn_values,
    draws: usize,
    brands: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let drawn = &borrow("drawn", drawn)?.0;
        let out = OutputSlice::new("out", out, product("out", &[draws, brands])?)?;
        out.write("out", drawn.values())
    })
}

/// Mean, standard deviation and quantiles of the draws of V = Σ_j w_j · CLV(j). An equal-tailed interval of
/// level 0.9 lies between the quantiles at 0.05 and 0.95. Quantiles are straight between order statistics
/// (type 7 of Hyndman & Fan 1996).
///
/// @param weights w, `brands` numbers
/// @param probabilities `count` numbers between 0 and 1
/// @param mean receives the mean
/// @param standard_deviation receives the standard deviation, with draws − 1
/// @param quantiles receives `count` quantiles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_drawn_values_summary(
    drawn: *const crm_drawn_values,
    weights: *const f64,
    brands: usize,
    probabilities: *const f64,
    count: usize,
    mean: *mut f64,
    standard_deviation: *mut f64,
    quantiles: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let drawn = &borrow("drawn", drawn)?.0;
        let weights = slice("weights", weights, brands)?;
        let probabilities = slice("probabilities", probabilities, count)?;
        let mean = Output::new("mean", mean)?;
        let standard_deviation = Output::new("standard_deviation", standard_deviation)?;
        let quantiles = OutputSlice::new("quantiles", quantiles, count)?;
        let summary = drawn.summary(weights, probabilities)?;
        quantiles.write("quantiles", &summary.quantiles)?;
        mean.write(summary.mean);
        standard_deviation.write(summary.standard_deviation);
        Ok(())
    })
}

/// V of the purchases up to each period t = 0, …, T, over the draws of
/// crm_switching_valuation_simulate: what a fan chart shows.
///
/// @param parameters of the rows of P, row-major, brands × brands, all greater than 0
/// @param weights w, `brands` numbers
/// @param brands the number of brands of the valuation
/// @param doubts what is not known exactly beside P
/// @param draws how many, from 2 to 10,000,000
/// @param probabilities `count` numbers between 0 and 1
/// @param periods T + 1 of the valuation, whose horizon is finite
/// @param mean receives the mean of each period
/// @param standard_deviation receives the standard deviation of each period
/// @param quantiles receives periods × count quantiles, row-major
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_switching_valuation_bands(
    valuation: *const crm_switching_valuation,
    parameters: *const f64,
    weights: *const f64,
    brands: usize,
    doubts: *const crm_input_doubts,
    draws: u32,
    seed: u64,
    probabilities: *const f64,
    count: usize,
    periods: usize,
    mean: *mut f64,
    standard_deviation: *mut f64,
    quantiles: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let valuation = &borrow("valuation", valuation)?.0;
        let posterior = read_posterior(parameters, brands)?;
        let weights = slice("weights", weights, brands)?;
        let doubts = read_doubts(doubts, brands)?;
        let probabilities = slice("probabilities", probabilities, count)?;
        let mean = OutputSlice::new("mean", mean, periods)?;
        let standard_deviation =
            OutputSlice::new("standard_deviation", standard_deviation, periods)?;
        let length = product("quantiles", &[periods, count])?;
        let quantiles = OutputSlice::new("quantiles", quantiles, length)?;
        let how = MonteCarlo { draws, seed };
        let bands = valuation.bands(&posterior, &doubts, how, weights, probabilities)?;
        let column = |of: fn(&Summary) -> f64| bands.periods.iter().map(of).collect::<Vec<_>>();
        let all = bands.periods.iter().flat_map(|period| &period.quantiles);
        mean.write("mean", &column(|period| period.mean))?;
        let deviations = column(|period| period.standard_deviation);
        standard_deviation.write("standard_deviation", &deviations)?;
        quantiles.write("quantiles", &all.copied().collect::<Vec<_>>())
    })
}
