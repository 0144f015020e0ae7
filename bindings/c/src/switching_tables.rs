//! Brand switching: tables of customers whose matrix differs by period, by segment, or by customer.

use std::mem::MaybeUninit;
use std::ops::Range;

use crm_core::ErrorKind;
use crm_core::clv::switching::{
    CustomerAmount, CustomerSpending, IndividualMatrixClv, MatrixClv, SegmentMatrixClv,
    TransitionMatrix,
};
use crm_core::kernels::Column;

use crate::boundary::{Outcome, column, column_span, in_place, read, refuse, respond, slice, span};
use crate::categories::crm_share_rule;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;
use crate::switching::{
    crm_matrix_clv, crm_spending, periods, product, read_amount, read_discounting, read_horizon,
};

/// What the purchases of customers bring: F and π, constant over time, which multiply a value.
///
/// Either is read at `i · customer_stride + j · brand_stride` for customer i and brand j: strides 0, 0 are
/// one number for all, s, 0 one number per customer, s doubles apart, 0, 1 one number per brand, and
/// k, 1 a row-major table with one row of k brands for each customer. Others are
/// CRM_STATUS_LENGTH_MISMATCH.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_customer_spending {
    /// F, the expected number of purchases in a period over all brands; 0 or more.
    pub purchases: *const f64,
    /// Doubles from one customer to the next.
    pub purchases_customer_stride: usize,
    /// Doubles from one brand to the next.
    pub purchases_brand_stride: usize,
    /// π, the contribution per purchase.
    pub contribution: *const f64,
    /// Doubles from one customer to the next.
    pub contribution_customer_stride: usize,
    /// Doubles from one brand to the next.
    pub contribution_brand_stride: usize,
}

/// # Safety
/// As [`slice`], for the numbers that the strides reach.
unsafe fn read_customer_amount<'a>(
    argument: &'static str,
    values: *const f64,
    (customer_stride, brand_stride): (usize, usize),
    (customers, brands): (usize, usize),
) -> Outcome<CustomerAmount<'a>> {
    // SAFETY: as the caller vouches.
    unsafe {
        Ok(match (customer_stride, brand_stride) {
            (stride, 0) => column(argument, values, stride, customers)?.into(),
            (0, 1) => CustomerAmount::PerBrand(slice(argument, values, brands)?),
            (row, 1) if row == brands => {
                let length = product(argument, &[customers, brands])?;
                CustomerAmount::PerCustomerAndBrand(slice(argument, values, length)?)
            }
            _ => {
                let reason = "must have strides of one number, a column, brands, or a table";
                return Err(refuse(ErrorKind::LengthMismatch, argument, reason));
            }
        })
    }
}

/// # Safety
/// As [`slice`], for the struct and the numbers that its strides reach.
unsafe fn read_customer_spending<'a>(
    spending: *const crm_customer_spending,
    shape: (usize, usize),
) -> Outcome<CustomerSpending<'a>> {
    // SAFETY: as the caller vouches.
    unsafe {
        let spending = read("spending", spending)?;
        let purchases = (
            spending.purchases_customer_stride,
            spending.purchases_brand_stride,
        );
        let contribution = (
            spending.contribution_customer_stride,
            spending.contribution_brand_stride,
        );
        Ok(CustomerSpending {
            purchases: read_customer_amount("purchases", spending.purchases, purchases, shape)?,
            contribution: read_customer_amount(
                "contribution",
                spending.contribution,
                contribution,
                shape,
            )?,
        })
    }
}

/// Where shares and amounts lie.
fn spans(shares: &[f64], spending: &CustomerSpending<'_>) -> [Range<*const u8>; 3] {
    let amount = |amount: &CustomerAmount<'_>| match amount {
        CustomerAmount::PerCustomer(column) => column_span(column),
        CustomerAmount::PerBrand(values) | CustomerAmount::PerCustomerAndBrand(values) => {
            span(values)
        }
    };
    [
        span(shares),
        amount(&spending.purchases),
        amount(&spending.contribution),
    ]
}

/// As crm_matrix_clv_new where the matrix, the purchases or the contribution differ by period:
/// M = Σ_{t=0}^{T} δ^t · P_1 ⋯ P_t · diag(F_t · π_t).
///
/// @param transition_matrices P_1, …, P_T, one after the other, each row-major: matrix t (from 0) leads
///     from period t to t + 1
/// @param brands how many brands there are
/// @param spending F, π, the discount rate and T, which is 1 or more and the number of matrices
/// @param matrix_clv receives the handle; give it back to crm_matrix_clv_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_matrix_clv_by_period_new(
    transition_matrices: *const f64,
    brands: usize,
    spending: *const crm_spending,
    matrix_clv: *mut Option<Box<crm_matrix_clv>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("matrix_clv", matrix_clv)?;
        let spending = read("spending", spending)?;
        let discounting = read_discounting(
            &raw const spending.discount_rate,
            spending.purchases_per_period,
        )?;
        let periods = periods(read_horizon(spending.horizon)?);
        let entries = product("transition_matrix", &[brands, brands])?;
        let length = product("transition_matrix", &[entries, periods.saturating_sub(1)])?;
        let matrices = slice("transition_matrices", transition_matrices, length)?
            .chunks_exact(entries.max(1))
            .map(|entries| TransitionMatrix::from_row_major(brands, entries.to_vec()))
            .collect::<Result<Vec<_>, _>>()?;
        let purchases = (
            spending.purchases_period_stride,
            spending.purchases_brand_stride,
        );
        let contribution = (
            spending.contribution_period_stride,
            spending.contribution_brand_stride,
        );
        let shape = (periods, brands);
        let purchases = read_amount("purchases", spending.purchases, purchases, shape)?;
        let contribution = read_amount("contribution", spending.contribution, contribution, shape)?;
        let made = MatrixClv::by_period(&matrices, &purchases, &contribution, discounting)?;
        out.write(Some(Box::new(crm_matrix_clv(made))));
        Ok(())
    })
}

/// As crm_matrix_clv_evaluate, with purchases and contributions that may differ by customer, by brand,
/// or by both; they multiply what the handle was made with.
///
/// @param shares S_0, row-major: customers × brands, each between 0 and 1
/// @param customers how many customers there are
/// @param spending F and π
/// @param rule whether the shares of a customer must sum to one
/// @param out receives customers × brands values; it must not overlap an input
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_matrix_clv_evaluate_spending(
    matrix_clv: *const crm_matrix_clv,
    shares: *const f64,
    customers: usize,
    spending: *const crm_customer_spending,
    rule: MaybeUninit<crm_share_rule>,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let matrix_clv = &borrow("matrix_clv", matrix_clv)?.0;
        let brands = matrix_clv.states();
        let length = product("shares", &[customers, brands])?;
        let shares = slice("shares", shares, length)?;
        let spending = read_customer_spending(spending, (customers, brands))?;
        let rule = category::read("rule", rule)?;
        let out = in_place("out", out, length, &spans(shares, &spending))?;
        Ok(matrix_clv.evaluate(shares, spending, rule, out)?)
    })
}

/// The value that each brand gets from customers of several segments, each with its crm_matrix_clv. It
/// does not change: any number of threads may use it.
pub struct crm_segment_matrix_clv(SegmentMatrixClv);

/// Takes a copy of the crm_matrix_clv of every segment; all are for the same number of brands.
///
/// @param kernels one handle for each segment
/// @param segments how many segments there are; 1 or more
/// @param segment_matrix_clv receives the handle; give it back to crm_segment_matrix_clv_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_segment_matrix_clv_new(
    kernels: *const *const crm_matrix_clv,
    segments: usize,
    segment_matrix_clv: *mut Option<Box<crm_segment_matrix_clv>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("segment_matrix_clv", segment_matrix_clv)?;
        let kernels = slice("kernels", kernels, segments)?
            .iter()
            .map(|&kernel| Ok(borrow("kernels", kernel)?.0.clone()))
            .collect::<Outcome<Vec<_>>>()?;
        let made = SegmentMatrixClv::new(kernels)?;
        out.write(Some(Box::new(crm_segment_matrix_clv(made))));
        Ok(())
    })
}

/// The value of every customer to every brand, by the matrix of the customer's segment; as
/// crm_matrix_clv_evaluate.
///
/// @param shares S_0, row-major: customers × brands, each between 0 and 1
/// @param segments the segment of every customer, from 0; one that does not exist is
///     CRM_STATUS_OUT_OF_RANGE
/// @param customers how many customers there are
/// @param spending F and π
/// @param rule whether the shares of a customer must sum to one
/// @param out receives customers × brands values; it must not overlap an input
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_segment_matrix_clv_evaluate(
    segment_matrix_clv: *const crm_segment_matrix_clv,
    shares: *const f64,
    segments: *const u32,
    customers: usize,
    spending: *const crm_customer_spending,
    rule: MaybeUninit<crm_share_rule>,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("segment_matrix_clv", segment_matrix_clv)?.0;
        let brands = model.states();
        let length = product("shares", &[customers, brands])?;
        let shares = slice("shares", shares, length)?;
        let segments = slice("segments", segments, customers)?;
        let spending = read_customer_spending(spending, (customers, brands))?;
        let rule = category::read("rule", rule)?;
        let [shares_span, purchases, contribution] = spans(shares, &spending);
        let inputs = [shares_span, purchases, contribution, span(segments)];
        let out = in_place("out", out, length, &inputs)?;
        Ok(model.evaluate(shares, segments, spending, rule, out)?)
    })
}

/// Frees the matrices of segments; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_segment_matrix_clv_free(
    segment_matrix_clv: Option<Box<crm_segment_matrix_clv>>,
) {
    free(segment_matrix_clv);
}

/// The value that each brand gets from customers who switch by a matrix of their own, each:
/// CLV = F · π · S_0 · Σ_{t=0}^{T} δ^t P^t with δ = (1+r)^(−1/f), on all processors, with the same bits on any
/// number of them. Source: Rust, Lemon & Zeithaml 2004, eq. (1) to (3).
///
/// So that nothing is copied, `out` must not overlap an input (CRM_STATUS_OUT_OF_RANGE), and holds
/// arbitrary numbers after any other failure. NaN among a customer's inputs gives NaN for this customer.
/// A row of a matrix that does not sum to one is CRM_STATUS_NOT_STOCHASTIC with the number of the
/// customer; the message names the row of the matrix.
///
/// @param transition_matrices P, row-major: customers × brands × brands
/// @param shares S_0, row-major: customers × brands, each between 0 and 1
/// @param spending F and π
/// @param discount_rate r, per period
/// @param discount_rate_stride 1 for one rate per customer, 0 for one rate for all
/// @param purchases_per_period f, the purchases per period of the discount rate; 1 is usual
/// @param horizon T, the last period, or CRM_INFINITE_HORIZON
/// @param rule whether the shares of a customer must sum to one
/// @param out receives customers × brands values
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_individual_matrix_clv(
    transition_matrices: *const f64,
    shares: *const f64,
    customers: usize,
    brands: usize,
    spending: *const crm_customer_spending,
    discount_rate: *const f64,
    discount_rate_stride: usize,
    purchases_per_period: f64,
    horizon: i64,
    rule: MaybeUninit<crm_share_rule>,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let entries = product("transition_matrices", &[customers, brands, brands])?;
        let length = product("shares", &[customers, brands])?;
        let transition_matrices = slice("transition_matrices", transition_matrices, entries)?;
        let shares = slice("shares", shares, length)?;
        let spending = read_customer_spending(spending, (customers, brands))?;
        let discount_rate: Column<'_> = column(
            "discount_rate",
            discount_rate,
            discount_rate_stride,
            customers,
        )?;
        let [shares_span, purchases, contribution] = spans(shares, &spending);
        let inputs = [
            span(transition_matrices),
            shares_span,
            purchases,
            contribution,
            column_span(&discount_rate),
        ];
        let out = in_place("out", out, length, &inputs)?;
        let customers = IndividualMatrixClv {
            states: brands,
            transition_matrices,
            shares,
            rule: category::read("rule", rule)?,
            spending,
            discount_rate,
            purchases_per_period,
            horizon: read_horizon(horizon)?,
        };
        Ok(customers.evaluate(out)?)
    })
}
