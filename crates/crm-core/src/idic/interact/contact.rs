//! Contacts with a customer: the terms, and one entry of the log.

use serde::{Deserialize, Serialize};

use crate::units::{Label, Moment, Terms};

/// Through which channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Channel {
    /// E-mail.
    Email = 0,
    /// Telephone.
    Phone = 1,
    /// Text message.
    Sms = 2,
    /// A messaging service.
    Messaging = 3,
    /// A notification of an app.
    Push = 4,
    /// A web site.
    Web = 5,
    /// A letter.
    Post = 6,
    /// A social network.
    Social = 7,
    /// Face to face.
    InPerson = 8,
}

impl Channel {
    /// How many channels there are.
    pub const COUNT: usize = 9;
}

impl Label for Channel {
    const ALL: &'static [Self] = &[
        Channel::Email,
        Channel::Phone,
        Channel::Sms,
        Channel::Messaging,
        Channel::Push,
        Channel::Web,
        Channel::Post,
        Channel::Social,
        Channel::InPerson,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Channel::Email => ("email", "E-mail", "电子邮件"),
            Channel::Phone => ("phone", "Telephone", "电话"),
            Channel::Sms => ("sms", "Text message", "短信"),
            Channel::Messaging => ("messaging", "Messaging service", "即时通讯"),
            Channel::Push => ("push", "App notification", "应用推送"),
            Channel::Web => ("web", "Web site", "网站"),
            Channel::Post => ("post", "Letter", "信件"),
            Channel::Social => ("social", "Social network", "社交媒体"),
            Channel::InPerson => ("in_person", "In person", "面对面"),
        };
        Terms { name, en, zh }
    }
}

/// Who spoke to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ContactDirection {
    /// The firm to the customer.
    Outbound = 0,
    /// The customer to the firm.
    Inbound = 1,
}

impl Label for ContactDirection {
    const ALL: &'static [Self] = &[ContactDirection::Outbound, ContactDirection::Inbound];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ContactDirection::Outbound => ("outbound", "Outbound", "主动联系"),
            ContactDirection::Inbound => ("inbound", "Inbound", "客户来访"),
        };
        Terms { name, en, zh }
    }
}

/// What a contact is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ContactPurpose {
    /// What the contract needs: orders, invoices, delivery.
    Transaction = 0,
    /// Help with what was bought.
    Service = 1,
    /// News, without an offer.
    Information = 2,
    /// An offer.
    Sales = 3,
    /// Questions to the customer.
    Survey = 4,
    /// A complaint and what comes of it.
    Complaint = 5,
    /// Winning the customer back.
    WinBack = 6,
}

impl ContactPurpose {
    /// Whether the contact sells: it needs consent and waits while a complaint is open.
    #[must_use]
    pub const fn sells(self) -> bool {
        matches!(self, ContactPurpose::Sales | ContactPurpose::WinBack)
    }

    /// Whether the customer has to be told, whatever the policy is: what the contract needs, and answers to a complaint.
    #[must_use]
    pub const fn is_owed(self) -> bool {
        matches!(
            self,
            ContactPurpose::Transaction | ContactPurpose::Complaint
        )
    }
}

impl Label for ContactPurpose {
    const ALL: &'static [Self] = &[
        ContactPurpose::Transaction,
        ContactPurpose::Service,
        ContactPurpose::Information,
        ContactPurpose::Sales,
        ContactPurpose::Survey,
        ContactPurpose::Complaint,
        ContactPurpose::WinBack,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ContactPurpose::Transaction => ("transaction", "Transaction", "交易"),
            ContactPurpose::Service => ("service", "Service", "服务"),
            ContactPurpose::Information => ("information", "Information", "资讯"),
            ContactPurpose::Sales => ("sales", "Sales", "销售"),
            ContactPurpose::Survey => ("survey", "Survey", "调查"),
            ContactPurpose::Complaint => ("complaint", "Complaint", "投诉"),
            ContactPurpose::WinBack => ("win_back", "Win-back", "赢回"),
        };
        Terms { name, en, zh }
    }
}

/// What came of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ContactOutcome {
    /// It did not arrive.
    Failed = 0,
    /// It arrived; nothing more is known.
    Delivered = 1,
    /// The customer looked at it.
    Opened = 2,
    /// The customer answered.
    Responded = 3,
    /// The customer bought.
    Purchased = 4,
    /// The customer said no.
    Declined = 5,
    /// The customer complained.
    Complained = 6,
    /// The customer wants no more contacts of this kind.
    OptedOut = 7,
}

impl Label for ContactOutcome {
    const ALL: &'static [Self] = &[
        ContactOutcome::Failed,
        ContactOutcome::Delivered,
        ContactOutcome::Opened,
        ContactOutcome::Responded,
        ContactOutcome::Purchased,
        ContactOutcome::Declined,
        ContactOutcome::Complained,
        ContactOutcome::OptedOut,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ContactOutcome::Failed => ("failed", "Failed", "未送达"),
            ContactOutcome::Delivered => ("delivered", "Delivered", "已送达"),
            ContactOutcome::Opened => ("opened", "Opened", "已打开"),
            ContactOutcome::Responded => ("responded", "Responded", "已回应"),
            ContactOutcome::Purchased => ("purchased", "Purchased", "已购买"),
            ContactOutcome::Declined => ("declined", "Declined", "已拒绝"),
            ContactOutcome::Complained => ("complained", "Complained", "已投诉"),
            ContactOutcome::OptedOut => ("opted_out", "Opted out", "已退订"),
        };
        Terms { name, en, zh }
    }
}

/// One contact with a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// When.
    pub at: Moment,
    /// Through which channel.
    pub channel: Channel,
    /// Who spoke to whom.
    pub direction: ContactDirection,
    /// What for.
    pub purpose: ContactPurpose,
    /// What came of it.
    pub outcome: ContactOutcome,
}
