//! Arguments that several kernels of this module share.

use crate::kernels::{Argument, Domain};

pub(super) const MARGIN: Argument = Argument {
    name: "margin",
    meaning: "net contribution per customer and period: revenue less cost",
    domain: Domain::Finite,
};
pub(super) const RETENTION: Argument = Argument {
    name: "retention",
    meaning: "probability that a customer stays for the next period",
    domain: Domain::Probability,
};
pub(super) const DISCOUNT_RATE: Argument = Argument {
    name: "discount_rate",
    meaning: "discount rate per period",
    domain: Domain::Rate,
};
pub(super) const PERIODS: Argument = Argument {
    name: "periods",
    meaning: "number of periods",
    domain: Domain::Count,
};
pub(super) const LIFETIME_VALUE: Argument = Argument {
    name: "lifetime_value",
    meaning: "lifetime value of a customer, as seen when acquired",
    domain: Domain::Finite,
};
pub(super) const CUSTOMERS: Argument = Argument {
    name: "customers",
    meaning: "number of customers",
    domain: Domain::Count,
};
