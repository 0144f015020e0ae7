//! What the cases of the matrix CLV and of its uncertainty are made of.

use crm_core::Result;
use crm_core::clv::switching::{Discounting, Horizon};
use crm_core::units::Rate;
use rust_decimal::Decimal;
use serde_json::Value;

pub(crate) fn decimal(value: &Value) -> Decimal {
    serde_json::from_value(value.clone()).unwrap()
}

pub(crate) fn vector(value: &Value) -> Vec<f64> {
    serde_json::from_value(value.clone()).unwrap()
}

pub(crate) fn table(value: &Value) -> Vec<Vec<f64>> {
    serde_json::from_value(value.clone()).unwrap()
}

pub(crate) fn horizon(value: &Value) -> Horizon {
    match value.as_u64() {
        Some(last) => Horizon::Periods(u32::try_from(last).unwrap()),
        None => {
            assert_eq!(value, "infinite");
            Horizon::Infinite
        }
    }
}

pub(crate) fn discounting(arguments: &Value) -> Result<Discounting> {
    let rate = Rate::named("discount_rate", decimal(&arguments["discount_rate"]))?;
    let discounting = Discounting::new(rate);
    match arguments["purchases_per_period"].as_f64() {
        Some(f) => discounting.with_purchases_per_period(f),
        None => Ok(discounting),
    }
}
