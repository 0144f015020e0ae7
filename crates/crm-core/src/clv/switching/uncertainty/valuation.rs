use crate::clv::switching::shares::{check_row, row_holds};
use crate::clv::switching::{Discounting, Horizon, ShareRule, Shares};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Column, Domain};
use crate::math::double_double::DoubleDouble;

/// All that CLV(j) = Σ_{t=0}^{T} (1+r)^(−t/f) · F · (S_0 P^t)_j · π_j depends on beside P: the purchases of
/// one customer, or of all customers together, what they bring, and over which time.
///
/// Values are linear in F · S_0, so a table of customers is worth what one customer is worth whose
/// purchases are the sum of theirs; see [`Valuation::of_portfolio`].
#[derive(Debug, Clone, PartialEq)]
pub struct Valuation {
    pub(super) shares: Vec<f64>,
    pub(super) purchases: f64,
    pub(super) contribution: Vec<f64>,
    pub(super) discounting: Discounting,
    pub(super) horizon: Horizon,
}

impl Valuation {
    /// One customer, or one market: `shares` is S_0, `purchases` F, the purchases per period over all
    /// brands, `contribution` π_j per purchase, one number or one per brand.
    ///
    /// # Errors
    /// `OutOfRange` for negative purchases, `LengthMismatch` unless there is one contribution per
    /// brand, `NotFinite`.
    pub fn new(
        shares: &Shares,
        purchases: f64,
        contribution: Column<'_>,
        discounting: Discounting,
        horizon: Horizon,
    ) -> Result<Self> {
        if !Domain::NonNegative.contains(purchases) {
            return Err(Domain::NonNegative.refuse("purchases", purchases));
        }
        let shares = shares.values().to_vec();
        Ok(Valuation {
            contribution: per_brand("contribution", contribution, shares.len())?,
            shares,
            purchases,
            discounting,
            horizon,
        })
    }

    /// All customers of a table together: `shares` is row-major, one row of `brands` shares for each
    /// customer, `purchases` F of all or of each.
    ///
    /// The sum Σ_i F_i S_0i over the customers takes the place of S_0, and F is 1: it scales the purchases of all.
    ///
    /// # Errors
    /// `Empty` without brands or customers, `LengthMismatch`; with the row of the customer
    /// `NotFinite`, `OutOfRange` for a share outside [0, 1] or negative purchases, `NotStochastic`
    /// for shares that break `rule`; `Overflow`.
    pub fn of_portfolio(
        brands: usize,
        shares: &[f64],
        purchases: Column<'_>,
        rule: ShareRule,
        contribution: Column<'_>,
        discounting: Discounting,
        horizon: Horizon,
    ) -> Result<Self> {
        if brands == 0 || shares.is_empty() {
            return Err(Error::empty("shares"));
        }
        let customers = shares.chunks_exact(brands);
        if !customers.remainder().is_empty() {
            let expected = (customers.len() + 1).saturating_mul(brands);
            return Err(Error::length("shares", shares.len(), expected));
        }
        purchases.require_rows("purchases", customers.len())?;
        let mut total = vec![DoubleDouble::ZERO; brands];
        for (i, customer) in customers.enumerate() {
            if !row_holds(customer, rule) {
                check_row("shares", customer, rule).map_err(|error| error.at_row(i))?;
            }
            let factor = purchases.get(i);
            if !Domain::NonNegative.contains(factor) {
                return Err(Domain::NonNegative.refuse("purchases", factor).at_row(i));
            }
            for (sum, &share) in total.iter_mut().zip(customer) {
                *sum = *sum + DoubleDouble::from(factor) * share.into();
            }
        }
        let shares: Vec<f64> = total.into_iter().map(DoubleDouble::to_f64).collect();
        if !shares.iter().all(|purchases| purchases.is_finite()) {
            return Err(Error::overflow("purchases"));
        }
        Ok(Valuation {
            contribution: per_brand("contribution", contribution, brands)?,
            shares,
            purchases: 1.0,
            discounting,
            horizon,
        })
    }

    /// k, the number of brands.
    #[must_use]
    pub fn brands(&self) -> usize {
        self.shares.len()
    }

    /// The weights 1 for brand j and 0 for all others.
    ///
    /// # Errors
    /// `OutOfRange` for a brand that is not there.
    pub fn only(&self, brand: usize) -> Result<Vec<f64>> {
        let mut weights = vec![0.0; self.brands()];
        if let Some(weight) = weights.get_mut(brand) {
            *weight = 1.0;
            return Ok(weights);
        }
        let rule = format!("must be below {}", self.brands());
        Err(Error::new(ErrorKind::OutOfRange, "brand", rule).with_value(brand))
    }
}

/// One finite number for each brand.
pub(super) fn per_brand(
    argument: &'static str,
    values: Column<'_>,
    brands: usize,
) -> Result<Vec<f64>> {
    values.require_rows(argument, brands)?;
    let finite = |j: usize| match values.get(j) {
        value if value.is_finite() => Ok(value),
        value => Err(Error::not_finite(argument, value).at_row(j)),
    };
    (0..brands).map(finite).collect()
}
