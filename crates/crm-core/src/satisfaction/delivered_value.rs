//! Customer delivered value: what a customer gets, less what it costs the customer.
//!
//! Source: Kotler 1994, "Marketing Management", chapter 2.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::units::{Label, Terms};

/// A benefit or a cost of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum DeliveredValueItem {
    /// Benefit of the product.
    Product = 0,
    /// Benefit of the services with it.
    Service = 1,
    /// Benefit of the people.
    Personnel = 2,
    /// Benefit of the image.
    Image = 3,
    /// Cost in money.
    Money = 4,
    /// Cost in time.
    Time = 5,
    /// Cost in mental energy.
    Energy = 6,
    /// Cost in physical effort.
    Physical = 7,
}

impl DeliveredValueItem {
    /// Whether it is a cost.
    #[must_use]
    pub const fn is_cost(self) -> bool {
        matches!(
            self,
            DeliveredValueItem::Money
                | DeliveredValueItem::Time
                | DeliveredValueItem::Energy
                | DeliveredValueItem::Physical
        )
    }
}

impl Label for DeliveredValueItem {
    const ALL: &'static [Self] = &[
        DeliveredValueItem::Product,
        DeliveredValueItem::Service,
        DeliveredValueItem::Personnel,
        DeliveredValueItem::Image,
        DeliveredValueItem::Money,
        DeliveredValueItem::Time,
        DeliveredValueItem::Energy,
        DeliveredValueItem::Physical,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            DeliveredValueItem::Product => ("product", "Product value", "产品价值"),
            DeliveredValueItem::Service => ("service", "Service value", "服务价值"),
            DeliveredValueItem::Personnel => ("personnel", "Personnel value", "人员价值"),
            DeliveredValueItem::Image => ("image", "Image value", "形象价值"),
            DeliveredValueItem::Money => ("money", "Monetary cost", "货币成本"),
            DeliveredValueItem::Time => ("time", "Time cost", "时间成本"),
            DeliveredValueItem::Energy => ("energy", "Energy cost", "精神成本"),
            DeliveredValueItem::Physical => ("physical", "Physical cost", "体力成本"),
        };
        Terms { name, en, zh }
    }
}

/// How many items there are.
const ITEMS: usize = DeliveredValueItem::ALL.len();

/// What one item does to the delivered value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DeliveredValueEffect {
    /// The item.
    pub item: DeliveredValueItem,
    /// w x, or −w x of a cost: its part of the net value.
    pub contribution: f64,
    /// What one unit more does to the net value: w, or −w of a cost.
    pub net_derivative: f64,
    /// What one unit more does to benefits over costs: w/C, or −w B/C² of a cost; NaN where C is 0.
    pub ratio_derivative: f64,
    /// What one percent more does to benefits over costs, in percent: w x/B, or −w x/C of a cost; NaN where B or C
    /// is 0.
    pub ratio_elasticity: f64,
}

/// Delivered value of one offer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DeliveredValue {
    /// B = Σ w x over the benefits.
    pub benefits: f64,
    /// C = Σ w x over the costs.
    pub costs: f64,
    /// B − C.
    pub net: f64,
    /// B / C; NaN where C is 0.
    pub ratio: f64,
    /// Each item, in the order of [`DeliveredValueItem`].
    pub effects: [DeliveredValueEffect; ITEMS],
}

/// The delivered value of weighted items, and what each does to it.
///
/// ```
/// use crm_core::satisfaction::delivered_value::delivered_value_effects;
///
/// let found = delivered_value_effects(&[8.0, 4.0, 2.0, 2.0, 4.0, 2.0, 1.0, 1.0], &[1.0; 8])?;
/// assert_eq!((found.net, found.ratio), (8.0, 2.0));
/// assert_eq!(found.effects[4].ratio_derivative, -0.25);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// With the row of the item, `OutOfRange` for a negative amount or weight, `NotFinite`; `Overflow`.
pub fn delivered_value_effects(
    amounts: &[f64; ITEMS],
    weights: &[f64; ITEMS],
) -> Result<DeliveredValue> {
    for (argument, values) in [("amounts", amounts), ("weights", weights)] {
        for (row, &value) in values.iter().enumerate() {
            if !Domain::NonNegative.contains(value) {
                return Err(Domain::NonNegative.refuse(argument, value).at_row(row));
            }
        }
    }
    let items = || {
        DeliveredValueItem::ALL
            .iter()
            .zip(amounts.iter().zip(weights))
    };
    let total = |costs: bool| -> f64 {
        let own = items().filter(|(item, _)| item.is_cost() == costs);
        own.map(|(_, (amount, weight))| weight * amount).sum()
    };
    let (benefits, costs) = (total(false), total(true));
    if !benefits.is_finite() || !costs.is_finite() {
        return Err(Error::overflow("amounts"));
    }
    let defined = |value: f64, denominator: f64| {
        if denominator == 0.0 { f64::NAN } else { value }
    };
    let mut effects = items().map(|(&item, (amount, weight))| {
        let (sign, slope, whole) = if item.is_cost() {
            (-1.0, -weight * benefits / (costs * costs), costs)
        } else {
            (1.0, weight / costs, benefits)
        };
        DeliveredValueEffect {
            item,
            contribution: sign * weight * amount,
            net_derivative: sign * weight,
            ratio_derivative: defined(slope, costs),
            ratio_elasticity: defined(sign * weight * amount / whole, benefits * costs),
        }
    });
    let none = DeliveredValueEffect {
        item: DeliveredValueItem::Product,
        contribution: f64::NAN,
        net_derivative: f64::NAN,
        ratio_derivative: f64::NAN,
        ratio_elasticity: f64::NAN,
    };
    Ok(DeliveredValue {
        benefits,
        costs,
        net: benefits - costs,
        ratio: defined(benefits / costs, costs),
        effects: std::array::from_fn(|_| effects.next().unwrap_or(none)),
    })
}

const fn item(name: &'static str, meaning: &'static str) -> Argument {
    Argument {
        name,
        meaning,
        domain: Domain::NonNegative,
    }
}

const AMOUNTS: &[Argument] = &[
    item("product", "benefit of the product"),
    item("service", "benefit of the services with it"),
    item("personnel", "benefit of the people"),
    item("image", "benefit of the image"),
    item("money", "cost in money"),
    item("time", "cost in time, in the same unit"),
    item("energy", "cost in mental energy, in the same unit"),
    item("physical", "cost in physical effort, in the same unit"),
];

const SOURCE: &str = "Kotler 1994, Marketing Management, chapter 2";

/// Benefits and costs of a row.
fn totals(row: &[Decimal], result: &'static str) -> Result<(Decimal, Decimal)> {
    let values: [Decimal; ITEMS] = kernels::values(row)?;
    let total = |values: &[Decimal]| {
        let sum = values
            .iter()
            .try_fold(Decimal::ZERO, |sum, x| sum.checked_add(*x));
        sum.ok_or_else(|| Error::overflow(result))
    };
    let (benefits, costs) = values.split_at(ITEMS / 2);
    Ok((total(benefits)?, total(costs)?))
}

/// Customer delivered value: the benefits of product, service, personnel and image, less the costs in money, time,
/// mental energy and physical effort.
pub static DELIVERED_VALUE: Kernel = Kernel {
    name: "delivered_value",
    module: "satisfaction",
    summary: "Customer delivered value: all benefits less all costs of a customer.",
    formula: "(product + service + personnel + image) - (money + time + energy + physical)",
    source: SOURCE,
    diverges: None,
    arguments: AMOUNTS,
    exact: |row| {
        let (benefits, costs) = totals(row, "delivered_value")?;
        Ok(benefits - costs)
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[a, b, c, d, e, f, g, h]| {
            (a + b + c + d) - (e + f + g + h)
        })
    },
};

/// Benefits over costs of a customer.
pub static DELIVERED_VALUE_RATIO: Kernel = Kernel {
    name: "delivered_value_ratio",
    module: "satisfaction",
    summary: "Benefits over costs of a customer; the costs must not all be 0.",
    formula: "(product + service + personnel + image) / (money + time + energy + physical)",
    source: SOURCE,
    diverges: None,
    arguments: AMOUNTS,
    exact: |row| {
        let (benefits, costs) = totals(row, "delivered_value_ratio")?;
        if costs.is_zero() {
            let reason = "must not be 0 with all other costs";
            return Err(Error::new(ErrorKind::NoSolution, "money", reason).with_value(0));
        }
        let ratio = benefits.checked_div(costs);
        ratio.ok_or_else(|| Error::overflow("delivered_value_ratio"))
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[a, b, c, d, e, f, g, h]| {
            (a + b + c + d) / (e + f + g + h)
        })
    },
};
