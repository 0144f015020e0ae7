//! Indicators of customer value: the catalogue, and what logs say; value disciplines.

use crm_core::units::{Date, Label, Language};
use crm_core::value::disciplines::{ValueDiscipline, discipline_profile as profile};
use crm_core::value::indicators::{
    self, ContactKind, Contacts, Indicator, IndicatorTable, Invoices,
};
use crm_core_arrow::{NewColumn, NewTable, NewValues};
use pyo3::prelude::*;

use crate::buffers::{Floats, Indices, detached};
use crate::categories::member;
use crate::error::Result;
use crate::ledger::{PyLedger, ids};
use crate::tables::OutTable;

#[derive(IntoPyObject)]
pub(crate) struct AboutParts {
    group: &'static str,
    unit: &'static str,
    direction: Option<&'static str>,
    definition: (&'static str, &'static str),
}

/// What each indicator is, in the order of the catalogue.
#[pyfunction]
pub(crate) fn indicator_catalogue() -> Vec<AboutParts> {
    let about = |indicator: &Indicator| AboutParts {
        group: indicator.group().name(),
        unit: indicator.unit().name(),
        direction: indicator.direction().map(Label::name),
        definition: (
            indicator.definition(Language::En),
            indicator.definition(Language::Zh),
        ),
    };
    Indicator::ALL.iter().map(about).collect()
}

fn columns(table: &IndicatorTable) -> impl Iterator<Item = NewColumn> {
    let column = |(indicator, values): &(Indicator, Vec<f64>)| {
        NewColumn::new(indicator.name(), NewValues::Floats(values.clone()))
    };
    table.columns().iter().map(column)
}

#[pyfunction]
pub(crate) fn transaction_indicators(
    py: Python<'_>,
    ledger: &PyLedger,
    observation_end: i32,
) -> Result<OutTable> {
    let end = Date::from_days(observation_end)?;
    detached(py, || {
        let table = indicators::transaction_indicators(&ledger.0, end)?;
        let who = ids(&ledger.0, 0..ledger.0.customers());
        NewTable::new(std::iter::once(who).chain(columns(&table)).collect())
    })
    .map(OutTable::from)
}

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the columns of a log")]
pub(crate) fn financial_indicators(
    py: Python<'_>,
    customer: Indices,
    amount: Floats,
    issued: Floats,
    due: Floats,
    paid: Floats,
    customers: usize,
    as_of: f64,
) -> Result<OutTable> {
    let invoices = Invoices {
        customer: customer.slice("customer")?,
        amount: amount.slice("amount")?,
        issued: issued.slice("issued")?,
        due: due.slice("due")?,
        paid: paid.slice("paid")?,
    };
    detached(py, || {
        let table = indicators::financial_indicators(invoices, customers, as_of)?;
        NewTable::new(columns(&table).collect())
    })
    .map(OutTable::from)
}

#[pyfunction]
pub(crate) fn contact_indicators(
    py: Python<'_>,
    customer: Indices,
    kind: &[u8],
    customers: usize,
) -> Result<OutTable> {
    let kind = members::<ContactKind>("kind", kind)?;
    let contacts = Contacts {
        customer: customer.slice("customer")?,
        kind: &kind,
    };
    detached(py, || {
        let table = indicators::contact_indicators(contacts, customers)?;
        NewTable::new(columns(&table).collect())
    })
    .map(OutTable::from)
}

/// The members that a column of codes means.
fn members<T: Label>(argument: &'static str, codes: &[u8]) -> crm_core::Result<Vec<T>> {
    let names = |code: &u8| T::ALL.get(usize::from(*code)).copied();
    let unknown =
        || crm_core::Error::new(crm_core::ErrorKind::OutOfRange, argument, "must be a code");
    codes
        .iter()
        .map(|code| names(code).ok_or_else(unknown))
        .collect()
}

/// Scores, the leading discipline, margin, who keeps up.
type Profile = ([f64; 3], Option<&'static str>, f64, [bool; 3]);

#[pyfunction]
pub(crate) fn discipline_profile(
    items: Vec<String>,
    ratings: Floats,
    standard: f64,
) -> Result<Profile> {
    let items: crm_core::Result<Vec<ValueDiscipline>> =
        items.iter().map(|name| member("items", name)).collect();
    let found = profile(&items?, ratings.slice("ratings")?, standard)?;
    let leading = found.leading.map(Label::name);
    Ok((found.scores, leading, found.margin, found.keeps_up))
}

/// What each discipline promises, in English and Chinese.
#[pyfunction]
pub(crate) fn discipline_promises() -> Vec<(&'static str, &'static str)> {
    let both = |one: &ValueDiscipline| (one.promise(Language::En), one.promise(Language::Zh));
    ValueDiscipline::ALL.iter().map(both).collect()
}
