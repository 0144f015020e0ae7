use serde::{Deserialize, Serialize};

use super::{Indicator, IndicatorTable, check_rows};
use crate::error::Result;
use crate::units::{Label, Terms};

/// What a contact with a customer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ContactKind {
    /// A task for or with the customer.
    Task = 0,
    /// A process, such as an offer or a repair.
    Process = 1,
    /// The customer praised.
    Praise = 2,
    /// The customer complained.
    Complaint = 3,
    /// The customer suggested something.
    Suggestion = 4,
    /// Anything else.
    Other = 5,
}

impl ContactKind {
    /// How many kinds there are.
    pub const COUNT: usize = 6;
}

impl Label for ContactKind {
    const ALL: &'static [Self] = &[
        ContactKind::Task,
        ContactKind::Process,
        ContactKind::Praise,
        ContactKind::Complaint,
        ContactKind::Suggestion,
        ContactKind::Other,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ContactKind::Task => ("task", "Task", "任务"),
            ContactKind::Process => ("process", "Process", "流程"),
            ContactKind::Praise => ("praise", "Praise", "表扬"),
            ContactKind::Complaint => ("complaint", "Complaint", "投诉"),
            ContactKind::Suggestion => ("suggestion", "Suggestion", "建议"),
            ContactKind::Other => ("other", "Other contact", "其他联络"),
        };
        Terms { name, en, zh }
    }
}

/// Contacts, one per row.
#[derive(Debug, Clone, Copy)]
pub struct Contacts<'a> {
    /// The customer's number, from 0.
    pub customer: &'a [u32],
    /// What the contact was.
    pub kind: &'a [ContactKind],
}

/// The indicators of contacts of every customer. Rates are parts of all contacts of the customer, and NaN where there is none.
///
/// ```
/// use crm_core::value::indicators::{ContactKind, Contacts, Indicator, contact_indicators};
/// use ContactKind::{Complaint, Other, Praise};
///
/// let contacts = Contacts { customer: &[0, 1, 1, 1], kind: &[Praise, Complaint, Other, Other] };
/// let table = contact_indicators(contacts, 2)?;
/// assert_eq!(table.get(Indicator::PraiseRate), Some(&[1.0, 0.0][..]));
/// assert_eq!(table.get(Indicator::ComplaintCount), Some(&[0.0, 1.0][..]));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::LengthMismatch`](crate::ErrorKind::LengthMismatch); [`ErrorKind::OutOfRange`](crate::ErrorKind::OutOfRange) for a
/// customer beyond `customers`, with its row.
pub fn contact_indicators(contacts: Contacts<'_>, customers: usize) -> Result<IndicatorTable> {
    check_rows(
        contacts.customer,
        customers,
        &[("kind", contacts.kind.len())],
    )?;
    let mut tallies = vec![[0_u64; ContactKind::COUNT]; customers];
    for (&customer, &kind) in contacts.customer.iter().zip(contacts.kind) {
        let tally = tallies.get_mut(customer as usize);
        if let Some(count) = tally.and_then(|tally| tally.get_mut(kind as usize)) {
            *count += 1;
        }
    }
    let of = |tally: &[u64; ContactKind::COUNT], kind: ContactKind| {
        tally.get(kind as usize).copied().unwrap_or(0) as f64
    };
    let count = |kind| tallies.iter().map(|tally| of(tally, kind)).collect();
    let rate = |kind| {
        let rate = |tally| of(tally, kind) / tally.iter().sum::<u64>() as f64;
        tallies.iter().map(rate).collect()
    };
    let columns = vec![
        (Indicator::TaskCount, count(ContactKind::Task)),
        (Indicator::ProcessCount, count(ContactKind::Process)),
        (Indicator::PraiseCount, count(ContactKind::Praise)),
        (Indicator::PraiseRate, rate(ContactKind::Praise)),
        (Indicator::ComplaintCount, count(ContactKind::Complaint)),
        (Indicator::ComplaintRate, rate(ContactKind::Complaint)),
        (Indicator::SuggestionCount, count(ContactKind::Suggestion)),
        (Indicator::SuggestionRate, rate(ContactKind::Suggestion)),
    ];
    Ok(IndicatorTable::new(customers, columns))
}
