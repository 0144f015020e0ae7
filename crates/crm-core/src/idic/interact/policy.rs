//! Whether a customer may be contacted now: consent, quiet hours, pressure, and an open complaint.

use serde::{Deserialize, Serialize};

use super::contact::{Channel, Contact, ContactDirection, ContactOutcome, ContactPurpose};
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Moment, Terms};

/// Why a contact is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ContactRefusal {
    /// The customer did not agree to be contacted through the channel, or took the agreement back.
    NoConsent = 0,
    /// A complaint is open: selling waits.
    OpenComplaint = 1,
    /// The hour is one at which nobody is contacted.
    QuietHours = 2,
    /// The last contact is too recent.
    TooSoon = 3,
    /// The customer was contacted as often as a cap allows.
    FrequencyCap = 4,
    /// There is no money left for it.
    BudgetSpent = 5,
}

impl Label for ContactRefusal {
    const ALL: &'static [Self] = &[
        ContactRefusal::NoConsent,
        ContactRefusal::OpenComplaint,
        ContactRefusal::QuietHours,
        ContactRefusal::TooSoon,
        ContactRefusal::FrequencyCap,
        ContactRefusal::BudgetSpent,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ContactRefusal::NoConsent => ("no_consent", "No consent", "未获同意"),
            ContactRefusal::OpenComplaint => ("open_complaint", "Open complaint", "投诉未结"),
            ContactRefusal::QuietHours => ("quiet_hours", "Quiet hours", "免打扰时段"),
            ContactRefusal::TooSoon => ("too_soon", "Too soon", "间隔过短"),
            ContactRefusal::FrequencyCap => ("frequency_cap", "Frequency cap", "频次上限"),
            ContactRefusal::BudgetSpent => ("budget_spent", "Budget spent", "预算用尽"),
        };
        Terms { name, en, zh }
    }
}

/// No more than so many contacts in so many days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrequencyCap {
    /// Contacts at most.
    pub contacts: u32,
    /// In so many days up to now.
    pub days: f64,
    /// Through this channel; all channels unless told.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// For this purpose; all purposes but what is owed to the customer unless told.
    #[serde(default)]
    pub purpose: Option<ContactPurpose>,
}

/// Hours of the day at which nobody is contacted: from the beginning of one to the beginning of the other, over midnight if the first is
/// the later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// First quiet hour, 0 to 23.
    pub from: u8,
    /// First hour that is not quiet any more, 0 to 23.
    pub until: u8,
}

impl QuietHours {
    fn include(self, hour: u8) -> bool {
        if self.from <= self.until {
            (self.from..self.until).contains(&hour)
        } else {
            hour >= self.from || hour < self.until
        }
    }
}

/// The rules of contact. What is not in a stored form has no rule.
///
/// ```
/// use crm_core::idic::interact::contact::{Channel, ContactPurpose};
/// use crm_core::idic::interact::policy::{ContactPolicy, Consent, QuietHours, ContactRefusal, Standing};
///
/// let policy = ContactPolicy {
///     quiet_hours: Some(QuietHours { from: 21, until: 8 }),
///     ..ContactPolicy::default()
/// };
/// let standing = Standing {
///     consent: Consent::default().given(Channel::Email),
///     contacts: &[],
///     has_open_complaint: false,
/// };
/// let night = "2024-03-01T23:10:00".parse()?;
/// let refused = policy.may_contact(&standing, Channel::Email, ContactPurpose::Sales, night)?;
/// assert_eq!(refused, Err(ContactRefusal::QuietHours));
/// let refused = policy.may_contact(&standing, Channel::Phone, ContactPurpose::Sales, night)?;
/// assert_eq!(refused, Err(ContactRefusal::NoConsent));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactPolicy {
    /// Hours at which nobody is contacted, but to answer who speaks to the firm.
    pub quiet_hours: Option<QuietHours>,
    /// Days that must lie between two contacts of the firm.
    pub least_days_between: Option<f64>,
    /// How often at most.
    pub caps: Vec<FrequencyCap>,
}

/// Through which channels a customer agreed to be contacted for more than what is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Consent([bool; Channel::COUNT]);

impl Consent {
    /// With the customer's agreement for one channel more.
    #[must_use]
    pub fn given(self, channel: Channel) -> Self {
        self.set(channel, true)
    }

    /// With the agreement for one channel taken back.
    #[must_use]
    pub fn withdrawn(self, channel: Channel) -> Self {
        self.set(channel, false)
    }

    /// The channels that both agree to.
    pub(crate) fn and(self, other: Consent) -> Self {
        let agreed = Channel::ALL
            .iter()
            .filter(|&&channel| self.holds(channel) && other.holds(channel));
        agreed.fold(Consent::default(), |consent, &channel| {
            consent.given(channel)
        })
    }

    fn set(mut self, channel: Channel, agreed: bool) -> Self {
        if let Some(place) = self.0.get_mut(channel as usize) {
            *place = agreed;
        }
        self
    }

    /// Whether the customer agreed.
    #[must_use]
    pub fn holds(self, channel: Channel) -> bool {
        self.0.get(channel as usize).copied().unwrap_or(false)
    }
}

/// How a customer stands when somebody wants to contact them.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// What the customer agreed to.
    pub consent: Consent,
    /// The contacts so far, in any order. An opt-out among them takes consent for its channel back from then on.
    pub contacts: &'a [Contact],
    /// Whether a complaint of the customer is not closed.
    pub has_open_complaint: bool,
}

impl ContactPolicy {
    /// # Errors
    /// [`ErrorKind::OutOfRange`] and [`ErrorKind::NotFinite`] for hours beyond 23 and days that are not positive; a cap by its row.
    pub fn check(&self) -> Result<()> {
        if let Some(hours) = self.quiet_hours {
            for hour in [hours.from, hours.until] {
                if hour > 23 {
                    let reason = "must be an hour from 0 to 23";
                    let error = Error::new(ErrorKind::OutOfRange, "quiet_hours", reason);
                    return Err(error.with_value(hour));
                }
            }
        }
        check_days("least_days_between", self.least_days_between.unwrap_or(1.0))?;
        for (row, cap) in self.caps.iter().enumerate() {
            check_days("caps", cap.days).map_err(|error| error.at_row(row))?;
        }
        Ok(())
    }

    /// Whether the firm may contact a customer through `channel` for `purpose` at `now`; the first rule in the order of [`ContactRefusal`] that
    /// forbids it is the answer. What is owed to the customer is always allowed.
    ///
    /// # Errors
    /// Those of [`check`](ContactPolicy::check).
    pub fn may_contact(
        &self,
        standing: &Standing<'_>,
        channel: Channel,
        purpose: ContactPurpose,
        now: Moment,
    ) -> Result<std::result::Result<(), ContactRefusal>> {
        self.check()?;
        Ok(self
            .refusal(standing, channel, purpose, now)
            .map_or(Ok(()), Err))
    }

    fn refusal(
        &self,
        standing: &Standing<'_>,
        channel: Channel,
        purpose: ContactPurpose,
        now: Moment,
    ) -> Option<ContactRefusal> {
        if purpose.is_owed() {
            return None;
        }
        let left = |contact: &Contact| {
            contact.outcome == ContactOutcome::OptedOut
                && contact.channel == channel
                && contact.at <= now
        };
        if !standing.consent.holds(channel) || standing.contacts.iter().any(left) {
            return Some(ContactRefusal::NoConsent);
        }
        if standing.has_open_complaint && purpose.sells() {
            return Some(ContactRefusal::OpenComplaint);
        }
        if self
            .quiet_hours
            .is_some_and(|quiet| quiet.include(now.hour()))
        {
            return Some(ContactRefusal::QuietHours);
        }
        // What is owed does not count as pressure.
        let pressing = standing.contacts.iter().filter(|contact| {
            contact.direction == ContactDirection::Outbound
                && !contact.purpose.is_owed()
                && contact.at <= now
        });
        let days_since = |contact: &Contact| contact.at.days_until(now);
        let gap = self.least_days_between.unwrap_or(0.0);
        if pressing.clone().any(|contact| days_since(contact) < gap) {
            return Some(ContactRefusal::TooSoon);
        }
        let reached = |cap: &FrequencyCap| {
            let counts = |contact: &&Contact| {
                cap.channel.is_none_or(|channel| contact.channel == channel)
                    && cap.purpose.is_none_or(|purpose| contact.purpose == purpose)
                    && days_since(contact) < cap.days
            };
            cap.channel.is_none_or(|limited| limited == channel)
                && cap.purpose.is_none_or(|limited| limited == purpose)
                && pressing.clone().filter(counts).count() >= cap.contacts as usize
        };
        self.caps
            .iter()
            .any(reached)
            .then_some(ContactRefusal::FrequencyCap)
    }
}

fn check_days(argument: &'static str, days: f64) -> Result<()> {
    if !days.is_finite() {
        return Err(Error::not_finite(argument, days));
    }
    if days <= 0.0 {
        let reason = "must be more than 0 days";
        return Err(Error::new(ErrorKind::OutOfRange, argument, reason).with_value(days));
    }
    Ok(())
}
