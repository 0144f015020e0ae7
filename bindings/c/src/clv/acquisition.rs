//! How much to spend on winning and on keeping customers: the customer equity test.

use crm_core::clv::acquisition::{EquityModel, EquityPlan, ResponseCurve, Spending};
use crm_core::units::{Money, Probability, Rate};

use crate::boundary::{Outcome, Output, read, respond};
use crate::decimal::{crm_decimal, read_decimal};
use crate::status::crm_status;

/// What spending reaches: ceiling · (1 − e^(−steepness · spend)), an acquisition rate per prospect or
/// a retention rate per customer and period. `crm_response_steepness_exact` has the steepness of the
/// curve through what is spent and reached now.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_response_curve {
    /// The rate that no spending would exceed, 0 to 1.
    pub ceiling: crm_decimal,
    /// k, per unit of money; greater than 0.
    pub steepness: crm_decimal,
}

/// A market of alike prospects: what its customers bring and how they respond to spending.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_equity_model {
    /// Net contribution of a customer per period.
    pub margin: crm_decimal,
    /// Per period, greater than −1.
    pub discount_rate: crm_decimal,
    /// Acquisition rate by the spend per prospect.
    pub acquisition: crm_response_curve,
    /// Retention rate by the spend per customer and period.
    pub retention: crm_response_curve,
}

/// One of the two ways to spend, in a `crm_equity_plan`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_equity_spending {
    /// Per prospect, or per customer and period.
    pub spend: crm_decimal,
    /// The rate that it reaches.
    pub rate: crm_decimal,
    /// What the next unit of spend adds to the equity, less itself: 0 at an optimum inside the range,
    /// where no budget binds.
    pub marginal_value: crm_decimal,
    /// 1 if nothing is spent: an optimum at the corner, where the first unit would not pay; else 0.
    pub corner: i32,
}

/// What two spends lead to.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_equity_plan {
    /// The spend per prospect and the acquisition rate.
    pub acquisition: crm_equity_spending,
    /// The spend per customer and period and the retention rate.
    pub retention: crm_equity_spending,
    /// Value of an acquired customer, as `crm_acquired_customer_value`.
    pub customer_value: crm_decimal,
    /// Customer equity: value of a prospect, as `crm_customer_equity`.
    pub equity: crm_decimal,
    /// Spent per prospect in the first period: acquisition spend + acquisition rate · retention spend.
    pub outlay: crm_decimal,
    /// What one more unit of budget would add to the equity; 0 where no budget binds.
    pub budget_value: crm_decimal,
}

impl crm_response_curve {
    fn value(self) -> Outcome<ResponseCurve> {
        let ceiling = Probability::named("ceiling", self.ceiling.value("ceiling")?)?;
        let steepness = self.steepness.value("steepness")?;
        Ok(ResponseCurve::new(ceiling, steepness)?)
    }
}

impl crm_equity_model {
    fn value(self) -> Outcome<EquityModel> {
        let rate = self.discount_rate.value("discount_rate")?;
        Ok(EquityModel {
            margin: Money::new(self.margin.value("margin")?),
            discount_rate: Rate::named("discount_rate", rate)?,
            acquisition: self.acquisition.value()?,
            retention: self.retention.value()?,
        })
    }
}

impl From<Spending> for crm_equity_spending {
    fn from(spending: Spending) -> Self {
        crm_equity_spending {
            spend: spending.spend.value().into(),
            rate: spending.rate.value().into(),
            marginal_value: spending.marginal_value.into(),
            corner: i32::from(spending.corner),
        }
    }
}

impl From<EquityPlan> for crm_equity_plan {
    fn from(plan: EquityPlan) -> Self {
        crm_equity_plan {
            acquisition: plan.acquisition.into(),
            retention: plan.retention.into(),
            customer_value: plan.customer_value.value().into(),
            equity: plan.equity.value().into(),
            outlay: plan.outlay.value().into(),
            budget_value: plan.budget_value.into(),
        }
    }
}

/// What two spends lead to. A customer brings the margin at once and, as long as the retention spend
/// keeps the customer, again at the end of each period; spend and margin of a period are both counted
/// at its end.
///
/// `CRM_STATUS_OUT_OF_RANGE` for a negative spend; `CRM_STATUS_DIVERGENT` where the retention rate is
/// not less than 1 + discount_rate.
///
/// Source: Blattberg & Deighton 1996, "Manage Marketing by the Customer Equity Test".
///
/// @param acquisition_spend per prospect
/// @param retention_spend per customer and period
/// @param out receives rates, values and marginal values
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_equity_at(
    model: *const crm_equity_model,
    acquisition_spend: *const crm_decimal,
    retention_spend: *const crm_decimal,
    out: *mut crm_equity_plan,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let acquisition = Money::new(read_decimal("acquisition_spend", acquisition_spend)?);
        let retention = Money::new(read_decimal("retention_spend", retention_spend)?);
        let out = Output::new("out", out)?;
        out.write(model.at(acquisition, retention)?.into());
        Ok(())
    })
}

/// The two spends that together make the customer equity largest.
///
/// `CRM_STATUS_DIVERGENT` for a ceiling of retention over 1 + discount_rate.
///
/// @param out receives the spends and what they lead to
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_equity_optimum(
    model: *const crm_equity_model,
    out: *mut crm_equity_plan,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let out = Output::new("out", out)?;
        out.write(model.optimum()?.into());
        Ok(())
    })
}

/// The best two spends of which no more than `budget` is spent per prospect in the first period:
/// acquisition spend + acquisition rate · retention spend. Source: Berger & Bechwati 2001.
///
/// `CRM_STATUS_OUT_OF_RANGE` unless the budget is greater than 0; else as `crm_equity_optimum`.
///
/// @param out receives the spends and what they lead to
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_equity_optimum_within(
    model: *const crm_equity_model,
    budget: *const crm_decimal,
    out: *mut crm_equity_plan,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let budget = Money::new(read_decimal("budget", budget)?);
        let out = Output::new("out", out)?;
        out.write(model.optimum_within(budget)?.into());
        Ok(())
    })
}
