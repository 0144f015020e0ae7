//! `crm_core.classification`: stage, type, tier and loyalty of a table of customers.

use crm_core::classification::{
    self, Classification, ClassificationRules, Conflict, CustomerTable, CustomerVerdict, TierRule,
};
use crm_core::lifecycle::Stage;
use crm_core::lifecycle::inference::Known;
use crm_core::loyalty::{Clue, Evidence, LoyaltyCategory, LoyaltyOutcome, LoyaltyVerdict};
use crm_core::units::{Label, Language};
use crm_core::value::tiers::PyramidTier;
use crm_core::value::types::{CustomerType, CutMethod, CutRule};
use crm_core_arrow::{NewColumn, NewTable, NewTexts, NewValues, ROWS_PER_PART, Table, in_parts};
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::buffers::detached;
use crate::categories::member;
use crate::error::Result;
use crate::ledger::{PyLedger, SeriesArguments, series_options};
use crate::lifecycle::activity::Activity;
use crate::lifecycle::inference::OptionParts;
use crate::loyalty::rules as loyalty_rules;
use crate::numbers::Number;
use crate::tables::{ArrowTable, OutTable};
use crate::value::{array, shares};

/// A classification with the columns that its reasons speak of.
#[pyclass(frozen, module = "crm_core._core", name = "Classification")]
#[derive(Debug)]
pub(crate) struct PyClassification {
    found: Classification,
    columns: Columns,
    places: Option<(Activity, Vec<Option<u32>>)>,
}

#[derive(Debug)]
struct Columns {
    customers: usize,
    current: Option<Vec<f64>>,
    potential: Option<Vec<f64>>,
    clues: Vec<(Clue, Vec<f64>)>,
    p_alive: Option<Vec<f64>>,
}

/// The names of columns in the table; none where there is no such column.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Names {
    customer: Option<String>,
    current: Option<String>,
    potential: Option<String>,
    p_alive: Option<String>,
    clues: Vec<(String, String)>,
}

#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct RuleParts {
    stages: OptionParts,
    tier_shares: Option<Vec<Number>>,
    tier_thresholds: Option<Vec<f64>>,
    current_cut: (String, f64),
    potential_cut: (String, f64),
    loyalty: (String, f64, f64, u8, f64),
}

impl RuleParts {
    fn rules(self) -> crm_core::Result<ClassificationRules> {
        let cut = |argument, (method, number): &(String, f64)| -> crm_core::Result<CutRule> {
            let method: CutMethod = member(argument, method)?;
            method.with(*number).map_err(|error| error.named(argument))
        };
        let tiers = match (self.tier_thresholds, self.tier_shares) {
            (Some(given), _) => Some(TierRule::At(array("tier_thresholds", given)?)),
            (None, Some(given)) => Some(TierRule::Shares(array("tier_shares", shares(&given)?)?)),
            (None, None) => None,
        };
        let (latent, least_fit, least_margin, least_known, high) = self.loyalty;
        Ok(ClassificationRules {
            current_cut: cut("current_cut", &self.current_cut)?,
            potential_cut: cut("potential_cut", &self.potential_cut)?,
            loyalty: loyalty_rules((&latent, least_fit, least_margin, least_known, high))?,
            tiers,
            stages: self.stages.options()?,
        })
    }
}

impl Columns {
    fn read(table: &Table, names: &Names) -> crm_core::Result<Self> {
        let column = |name: &Option<String>| {
            let found = name.as_ref().map(|name| table.column(name)?.floats());
            found.transpose()
        };
        let clue = |(clue, name): &(String, String)| {
            Ok((member("clue", clue)?, table.column(name)?.floats()?))
        };
        Ok(Columns {
            customers: table.rows(),
            current: column(&names.current)?,
            potential: column(&names.potential)?,
            clues: names
                .clues
                .iter()
                .map(clue)
                .collect::<crm_core::Result<_>>()?,
            p_alive: column(&names.p_alive)?,
        })
    }

    /// P(alive) by the customers of the series.
    fn alive_by_place(&self, places: &[Option<u32>], customers: usize) -> Option<Vec<f64>> {
        let mut alive = vec![f64::NAN; customers];
        for (place, &p) in places.iter().zip(self.p_alive.as_ref()?) {
            if let Some(own) = place.and_then(|place| alive.get_mut(place as usize)) {
                *own = p;
            }
        }
        Some(alive)
    }
}

/// The table as the core reads it.
fn table<'a>(
    columns: &'a Columns,
    activity: Option<&'a (Activity, Vec<Option<u32>>)>,
    p_alive: Option<&'a [f64]>,
) -> CustomerTable<'a> {
    let mut loyalty = Evidence::UNKNOWN;
    for (clue, values) in &columns.clues {
        loyalty = loyalty.with(*clue, values.as_slice());
    }
    CustomerTable {
        activity: activity.map(|(activity, places)| classification::Activity {
            series: &activity.series,
            known: Known {
                share_of_wallet: activity.share.as_deref(),
                p_alive,
            },
            places: Some(places),
        }),
        current: columns.current.as_deref(),
        potential: columns.potential.as_deref(),
        loyalty,
        ..CustomerTable::new(columns.customers)
    }
}

#[pymethods]
impl PyClassification {
    #[staticmethod]
    fn of(
        py: Python<'_>,
        customers: ArrowTable,
        names: Names,
        series: Option<(ArrowTable, u32)>,
        ledger: Option<(Py<PyLedger>, SeriesArguments)>,
        rules: RuleParts,
        with_evidence: bool,
    ) -> Result<Self> {
        let rules = rules.rules()?;
        let ledger = ledger.as_ref().map(|(ledger, series)| {
            let options = series_options(series)?;
            crm_core::Result::Ok((&ledger.get().0, options))
        });
        let ledger = ledger.transpose()?;
        let classify = if with_evidence {
            classification::classify
        } else {
            classification::classify_now
        };
        detached(py, || {
            let columns = Columns::read(&customers.0, &names)?;
            let activity = match (&series, &ledger) {
                (Some((table, observed)), _) => Some(Activity::read(&table.0, *observed)?),
                (None, Some((ledger, options))) => Some(Activity::of_ledger(ledger, options)?),
                (None, None) => None,
            };
            let places = match (activity, &names.customer) {
                (Some(activity), Some(customer)) => {
                    let places = activity.ids.places(customers.0.column(customer)?)?;
                    Some((activity, places))
                }
                _ => None,
            };
            let alive = places.as_ref().and_then(|(activity, places)| {
                columns.alive_by_place(places, activity.series.customers())
            });
            let given = table(&columns, places.as_ref(), alive.as_deref());
            Ok(PyClassification {
                found: classify(&given, &rules)?,
                columns,
                places,
            })
        })
    }

    /// The verdicts, a column each.
    fn table(&self, py: Python<'_>) -> Result<OutTable> {
        detached(py, || NewTable::new(verdict_columns(self.found.verdicts()))).map(OutTable::from)
    }

    /// Borders between the tiers, of current and of potential value.
    fn borders(&self) -> (Option<Vec<f64>>, Option<f64>, Option<f64>) {
        let (current, potential) = self.found.type_cuts();
        let tiers = self
            .found
            .pyramid()
            .map(|pyramid| pyramid.thresholds().to_vec());
        (tiers, current, potential)
    }

    fn reasons(&self, row: usize, language: &str) -> Result<Said> {
        let language: Language = member("language", language)?;
        let given = table(&self.columns, self.places.as_ref(), None);
        let found = self.found.reasons(&given, row, language)?;
        let text = found.text(language);
        Ok((
            found.stage,
            found.customer_type,
            found.tier,
            found.loyalty,
            found.conflicts,
            text,
        ))
    }
}

fn names<T: Label>() -> Vec<&'static str> {
    T::ALL.iter().map(|member| member.name()).collect()
}

/// Of stage, type, tier and loyalty; conflicts; all in one text.
type Said = (String, String, String, String, Vec<&'static str>, String);

/// A column of members, null where there is none.
fn open<T: Label>(
    name: &'static str,
    verdicts: &[CustomerVerdict],
    code: impl Fn(&CustomerVerdict) -> Option<u8> + Sync,
) -> NewColumn {
    let known = column_of(verdicts, |verdict| code(verdict).is_some());
    let codes = column_of(verdicts, |verdict| code(verdict).unwrap_or_default());
    NewColumn::new(name, NewValues::Categories(codes, names::<T>())).with_validity(&known)
}

fn verdict_columns(verdicts: &[CustomerVerdict]) -> Vec<NewColumn> {
    let floats = |name, of: fn(&CustomerVerdict) -> f64| {
        NewColumn::known_floats(name, column_of(verdicts, of))
    };
    let loyalty = |verdict: &CustomerVerdict| verdict.loyalty.and_then(|found| found.category());
    vec![
        open::<Stage>("stage", verdicts, |v| v.stage.map(Stage::code)),
        floats("stage_confidence", |v| v.stage_confidence),
        open::<CustomerType>("type", verdicts, |v| v.customer_type.map(|kind| kind as u8)),
        floats("type_margin", |v| v.type_margin),
        open::<PyramidTier>("tier", verdicts, |v| v.tier.map(|tier| tier as u8)),
        floats("tier_margin", |v| v.tier_margin),
        open::<LoyaltyCategory>("loyalty", verdicts, |v| loyalty(v).map(|found| found as u8)),
        open::<LoyaltyOutcome>("loyalty_outcome", verdicts, |v| {
            v.loyalty.map(|found| found.outcome as u8)
        }),
        floats("loyalty_margin", |v| {
            v.loyalty.map_or(f64::NAN, |found| found.margin)
        }),
        NewColumn::new("contradictions", NewValues::Texts(contradictions(verdicts))),
    ]
}

/// What each verdict says, in parts.
fn column_of<T: Clone + Default + Send>(
    verdicts: &[CustomerVerdict],
    of: impl Fn(&CustomerVerdict) -> T + Sync,
) -> Vec<T> {
    in_parts(verdicts.len(), |first, part| {
        for (own, verdict) in part.iter_mut().zip(verdicts.iter().skip(first)) {
            *own = of(verdict);
        }
    })
}

/// Their names, with spaces between them.
fn contradictions(verdicts: &[CustomerVerdict]) -> NewTexts {
    let of_part = |verdicts: &[CustomerVerdict]| {
        let mut texts = NewTexts::default();
        for verdict in verdicts {
            let own = verdict
                .loyalty
                .iter()
                .flat_map(LoyaltyVerdict::contradictions);
            let between = Conflict::ALL.iter();
            let between = between.filter(|conflict| verdict.has_conflict(**conflict));
            let names = own
                .map(Label::name)
                .chain(between.map(|conflict| conflict.name()));
            for (place, name) in names.enumerate() {
                texts.write(if place == 0 { "" } else { " " });
                texts.write(name);
            }
            texts.end();
        }
        texts
    };
    let parts = verdicts.par_chunks(ROWS_PER_PART).map(of_part);
    NewTexts::concat(&parts.collect::<Vec<_>>())
}
