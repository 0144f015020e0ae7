use crate::error::{Error, Result};
use crate::kernels::{Column, Domain};

/// A number that does not change over time, and may differ by customer, by brand, or by both.
#[derive(Debug, Clone, Copy)]
pub enum CustomerAmount<'a> {
    /// Whatever the brand is: one number for all customers, or one for each.
    PerCustomer(Column<'a>),
    /// Whoever the customer is: one number for each brand.
    PerBrand(&'a [f64]),
    /// Row-major n × k: one row for each customer, with one number for each brand.
    PerCustomerAndBrand(&'a [f64]),
}

impl From<f64> for CustomerAmount<'_> {
    fn from(value: f64) -> Self {
        CustomerAmount::PerCustomer(value.into())
    }
}

impl<'a> From<Column<'a>> for CustomerAmount<'a> {
    fn from(column: Column<'a>) -> Self {
        CustomerAmount::PerCustomer(column)
    }
}

/// What the purchases of customers bring: F and π, which multiply a customer's values.
///
/// A number or column alone is F, with a contribution of one.
///
/// ```
/// use crm_core::clv::switching::{
///     CustomerAmount, CustomerSpending, Discounting, MatrixClv, ShareRule, TransitionMatrix,
/// };
/// use crm_core::kernels::Column;
/// use crm_core::units::Rate;
///
/// let stay = TransitionMatrix::new(&[[1.0, 0.0], [0.0, 1.0]])?;
/// let discounting = Discounting::new(Rate::try_from(0.1)?);
/// let kernel = MatrixClv::new(&stay, 1.0.into(), discounting, 0.into())?;
///
/// // Two customers buy 1 and 4 times a period; brand 0 earns 10 on a purchase, brand 1 earns 20.
/// let spending = CustomerSpending {
///     purchases: Column::Values(&[1.0, 4.0]).into(),
///     contribution: CustomerAmount::PerBrand(&[10.0, 20.0]),
/// };
/// let mut clv = [0.0; 4];
/// kernel.evaluate(&[0.5, 0.5, 0.0, 1.0], spending, ShareRule::SumToOne, &mut clv)?;
/// assert_eq!(clv, [5.0, 10.0, 0.0, 80.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct CustomerSpending<'a> {
    /// F, the expected number of purchases in a period over all brands; 0 or more.
    pub purchases: CustomerAmount<'a>,
    /// π, the contribution per purchase.
    pub contribution: CustomerAmount<'a>,
}

impl<'a> From<CustomerAmount<'a>> for CustomerSpending<'a> {
    fn from(purchases: CustomerAmount<'a>) -> Self {
        CustomerSpending {
            purchases,
            contribution: 1.0.into(),
        }
    }
}

impl<'a> From<Column<'a>> for CustomerSpending<'a> {
    fn from(purchases: Column<'a>) -> Self {
        CustomerAmount::from(purchases).into()
    }
}

impl From<f64> for CustomerSpending<'_> {
    fn from(purchases: f64) -> Self {
        CustomerAmount::from(purchases).into()
    }
}

impl<'a> From<&'a [f64]> for CustomerSpending<'a> {
    fn from(purchases: &'a [f64]) -> Self {
        Column::from(purchases).into()
    }
}

impl<'a> From<&'a Vec<f64>> for CustomerSpending<'a> {
    fn from(purchases: &'a Vec<f64>) -> Self {
        Column::from(purchases).into()
    }
}

impl CustomerSpending<'_> {
    /// Refuses amounts of other shapes, and what is given for all customers and forbidden.
    pub(super) fn check(&self, customers: usize, states: usize) -> Result<()> {
        let purchases = self.purchases;
        purchases.check("purchases", Domain::NonNegative, customers, states)?;
        let contribution = self.contribution;
        contribution.check("contribution", Domain::Finite, customers, states)
    }

    /// Multiplies the rows of `out`, the first of which is row `first`, by F and π; a row that holds NaN
    /// becomes NaN. Says the first row of `out` that is refused.
    #[inline(always)]
    pub(super) fn scale(&self, states: usize, first: usize, out: &mut [f64]) -> Option<usize> {
        self.purchases.multiply(states, first, out);
        self.contribution.multiply(states, first, out);
        let mut fine = self.purchases.are_not_negative(first, states, out.len());
        for value in out.iter() {
            fine &= value.abs() <= f64::MAX;
        }
        if fine {
            None
        } else {
            self.first_refused(states, first, out)
        }
    }

    #[cold]
    fn first_refused(&self, states: usize, first: usize, out: &mut [f64]) -> Option<usize> {
        let mut refused = None;
        for (i, row) in out.chunks_exact_mut(states).enumerate() {
            let missing = row.iter().any(|value| value.is_nan());
            let overflows = !missing && row.iter().any(|value| value.is_infinite());
            if overflows || self.refusal(states, first + i).is_some() {
                refused = refused.or(Some(i));
            }
            if missing {
                row.fill(f64::NAN);
            }
        }
        refused
    }

    /// Why the amounts of a customer are refused, if they are.
    pub(super) fn refusal(&self, states: usize, row: usize) -> Option<Error> {
        let purchases = self.purchases.refused(Domain::NonNegative, states, row);
        let purchases = purchases.map(|value| Domain::NonNegative.refuse("purchases", value));
        purchases.or_else(|| {
            let value = self.contribution.refused(Domain::Finite, states, row)?;
            Some(Domain::Finite.refuse("contribution", value))
        })
    }
}

impl CustomerAmount<'_> {
    fn check(
        self,
        argument: &'static str,
        domain: Domain,
        customers: usize,
        states: usize,
    ) -> Result<()> {
        let require = |found: usize, expected: usize| match found == expected {
            true => Ok(()),
            false => Err(Error::length(argument, found, expected)),
        };
        match self {
            CustomerAmount::PerCustomer(Column::Constant(value)) => {
                match refused(domain, &[value]) {
                    Some((_, value)) => Err(domain.refuse(argument, value)),
                    None => Ok(()),
                }
            }
            CustomerAmount::PerCustomer(column) => column.require_rows(argument, customers),
            CustomerAmount::PerBrand(values) => {
                require(values.len(), states)?;
                match refused(domain, values) {
                    Some((brand, value)) => Err(domain.refuse(argument, value).at_row(brand)),
                    None => Ok(()),
                }
            }
            CustomerAmount::PerCustomerAndBrand(values) => {
                require(values.len(), customers.saturating_mul(states))
            }
        }
    }

    #[inline(always)]
    fn multiply(self, states: usize, first: usize, out: &mut [f64]) {
        match self {
            CustomerAmount::PerCustomer(Column::Constant(1.0)) => {}
            CustomerAmount::PerCustomer(Column::Constant(factor)) => {
                for value in out {
                    *value *= factor;
                }
            }
            CustomerAmount::PerCustomer(column) => {
                for (i, row) in out.chunks_exact_mut(states).enumerate() {
                    let factor = column.get(first + i);
                    for value in row {
                        *value *= factor;
                    }
                }
            }
            CustomerAmount::PerBrand(factors) => {
                for row in out.chunks_exact_mut(states) {
                    for (value, factor) in row.iter_mut().zip(factors) {
                        *value *= factor;
                    }
                }
            }
            CustomerAmount::PerCustomerAndBrand(factors) => {
                let factors = factors.get(first * states..).unwrap_or_default();
                for (value, factor) in out.iter_mut().zip(factors) {
                    *value *= factor;
                }
            }
        }
    }

    /// Whether the amounts of `length` results from row `first` on are 0 or more; NaN is not. What is
    /// given for all customers is known to be.
    #[inline(always)]
    fn are_not_negative(self, first: usize, states: usize, length: usize) -> bool {
        let mut fine = true;
        match self {
            CustomerAmount::PerCustomer(Column::Constant(_)) | CustomerAmount::PerBrand(_) => {}
            CustomerAmount::PerCustomer(column) => {
                for row in first..first + length / states {
                    fine &= column.get(row) >= 0.0;
                }
            }
            CustomerAmount::PerCustomerAndBrand(values) => {
                let values = values.get(first * states..first * states + length);
                for &value in values.unwrap_or_default() {
                    fine &= value >= 0.0;
                }
            }
        }
        fine
    }

    /// The amount of a customer that is outside `domain`.
    fn refused(self, domain: Domain, states: usize, row: usize) -> Option<f64> {
        let found = match self {
            CustomerAmount::PerCustomer(column) => refused(domain, &[column.get(row)]),
            CustomerAmount::PerBrand(values) => refused(domain, values),
            CustomerAmount::PerCustomerAndBrand(values) => {
                let mut rows = values.chunks_exact(states);
                refused(domain, rows.nth(row).unwrap_or_default())
            }
        };
        found.map(|(_, value)| value)
    }
}

/// The first of the values that is outside `domain`, with its place; none where one is NaN, whose
/// result is NaN.
fn refused(domain: Domain, values: &[f64]) -> Option<(usize, f64)> {
    if values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let found = values.iter().position(|&value| !domain.contains(value))?;
    values.get(found).map(|&value| (found, value))
}
