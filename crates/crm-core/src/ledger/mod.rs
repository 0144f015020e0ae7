//! From a transaction log to what each customer did.

mod series;

pub use series::{CustomerSeries, PeriodSeries};
