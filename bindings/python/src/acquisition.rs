//! `crm_core.clv`: customer equity of acquisition and retention spends.

use crm_core::clv::acquisition::{EquityModel, EquityPlan, ResponseCurve, Spending};
use pyo3::prelude::*;

use crate::error::Result;
use crate::numbers::{Kind, Number};

/// Ceiling and steepness.
type Curve = (Number, Number);

/// Margin, discount rate, response of prospects and of customers.
type Model = (Number, Number, Curve, Curve);

#[derive(IntoPyObject)]
pub(crate) struct SpendingParts {
    spend: Number,
    rate: Number,
    marginal_value: Number,
    corner: bool,
}

#[derive(IntoPyObject)]
pub(crate) struct PlanParts {
    acquisition: SpendingParts,
    retention: SpendingParts,
    customer_value: Number,
    equity: Number,
    outlay: Number,
    budget_value: Number,
}

fn curve((ceiling, steepness): &Curve) -> crm_core::Result<ResponseCurve> {
    let ceiling = ceiling.probability("ceiling")?;
    ResponseCurve::new(ceiling, steepness.decimal("steepness")?)
}

fn model((margin, rate, acquisition, retention): &Model) -> crm_core::Result<EquityModel> {
    Ok(EquityModel {
        margin: margin.money("margin")?,
        discount_rate: rate.rate("discount_rate")?,
        acquisition: curve(acquisition)?,
        retention: curve(retention)?,
    })
}

fn numbers((margin, rate, acquisition, retention): &Model) -> [&Number; 6] {
    [
        margin,
        rate,
        &acquisition.0,
        &acquisition.1,
        &retention.0,
        &retention.1,
    ]
}

fn parts(plan: EquityPlan, kind: Kind) -> PlanParts {
    let spending = |spending: Spending| SpendingParts {
        spend: kind.number(spending.spend.value()),
        rate: kind.number(spending.rate.value()),
        marginal_value: kind.number(spending.marginal_value),
        corner: spending.corner,
    };
    PlanParts {
        acquisition: spending(plan.acquisition),
        retention: spending(plan.retention),
        customer_value: kind.number(plan.customer_value.value()),
        equity: kind.number(plan.equity.value()),
        outlay: kind.number(plan.outlay.value()),
        budget_value: kind.number(plan.budget_value),
    }
}

#[pyfunction]
pub(crate) fn equity_at(
    model: Model,
    acquisition_spend: Number,
    retention_spend: Number,
) -> Result<PlanParts> {
    let spends = [&acquisition_spend, &retention_spend];
    let kind = Kind::of(numbers(&model).into_iter().chain(spends));
    let acquisition = acquisition_spend.money("acquisition_spend")?;
    let retention = retention_spend.money("retention_spend")?;
    let plan = self::model(&model)?.at(acquisition, retention)?;
    Ok(parts(plan, kind))
}

#[pyfunction]
pub(crate) fn equity_optimum(model: Model, budget: Option<Number>) -> Result<PlanParts> {
    let kind = Kind::of(numbers(&model).into_iter().chain(&budget));
    let model = self::model(&model)?;
    let plan = match budget {
        Some(budget) => model.optimum_within(budget.money("budget")?)?,
        None => model.optimum()?,
    };
    Ok(parts(plan, kind))
}
