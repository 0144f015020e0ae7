use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};

/// A stage of the customer lifecycle: from the first contact until everything about the
/// relationship is over.
///
/// ```
/// use crm_core::lifecycle::{Event, Stage};
/// use crm_core::units::{Label, Language};
///
/// assert_eq!(Stage::Growth.after(Event::Plateau)?, Stage::Maturity);
/// assert_eq!(Stage::Maturity.label(Language::Zh), "成熟期");
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Stage {
    /// Knows the firm or is being courted; has bought nothing.
    Potential = 0,
    /// First purchases; trust is being built.
    Development = 1,
    /// Purchases and cross-purchases rise.
    Growth = 2,
    /// Share of customer and profit are at their plateau.
    Maturity = 3,
    /// Volume, share or profit has been falling for several periods.
    Decline = 4,
    /// The relationship has ended and its matters are settled.
    Termination = 5,
    /// A declining or ended customer won back, on the way back to maturity.
    Recovery = 6,
}

impl Label for Stage {
    const ALL: &'static [Self] = &[
        Stage::Potential,
        Stage::Development,
        Stage::Growth,
        Stage::Maturity,
        Stage::Decline,
        Stage::Termination,
        Stage::Recovery,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Stage::Potential => ("potential", "Potential", "潜在客户期"),
            Stage::Development => ("development", "Development", "开发期"),
            Stage::Growth => ("growth", "Growth", "成长期"),
            Stage::Maturity => ("maturity", "Maturity", "成熟期"),
            Stage::Decline => ("decline", "Decline", "衰退期"),
            Stage::Termination => ("termination", "Termination", "终止期"),
            Stage::Recovery => ("recovery", "Recovery", "恢复期"),
        };
        Terms { name, en, zh }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What moves a customer from stage to stage, or confirms the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Event {
    /// The customer hears of the firm, or the firm starts to court the customer.
    FirstContact = 0,
    /// The customer buys for the first time.
    FirstPurchase = 1,
    /// The customer buys the same again.
    RepeatPurchase = 2,
    /// The customer buys something else as well.
    CrossPurchase = 3,
    /// Share and profit have risen for several periods.
    Upturn = 4,
    /// Share and profit have settled at their level.
    Plateau = 5,
    /// Volume, share or profit has fallen for several periods.
    Downturn = 6,
    /// The customer leaves.
    Churn = 7,
    /// The firm ends the relationship, or settles its last matters.
    Closed = 8,
    /// A declining or ended customer is won back.
    WinBack = 9,
    /// A customer won back buys as before.
    Reactivated = 10,
}

impl Label for Event {
    const ALL: &'static [Self] = &[
        Event::FirstContact,
        Event::FirstPurchase,
        Event::RepeatPurchase,
        Event::CrossPurchase,
        Event::Upturn,
        Event::Plateau,
        Event::Downturn,
        Event::Churn,
        Event::Closed,
        Event::WinBack,
        Event::Reactivated,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Event::FirstContact => ("first_contact", "First contact", "初次接触"),
            Event::FirstPurchase => ("first_purchase", "First purchase", "首次购买"),
            Event::RepeatPurchase => ("repeat_purchase", "Repeat purchase", "重复购买"),
            Event::CrossPurchase => ("cross_purchase", "Cross-purchase", "交叉购买"),
            Event::Upturn => ("upturn", "Upturn", "回升"),
            Event::Plateau => ("plateau", "Plateau", "趋于稳定"),
            Event::Downturn => ("downturn", "Downturn", "下滑"),
            Event::Churn => ("churn", "Churn", "流失"),
            Event::Closed => ("closed", "Closed", "关系了结"),
            Event::WinBack => ("win_back", "Win-back", "赢回"),
            Event::Reactivated => ("reactivated", "Reactivated", "重新活跃"),
        };
        Terms { name, en, zh }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One row of the state machine: what `event` makes of a customer in stage `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Transition {
    /// The stage before; `None` for somebody who is not yet in the lifecycle.
    pub from: Option<Stage>,
    /// What happens.
    pub event: Event,
    /// The stage after; equal to `from` for an event that confirms the stage.
    pub to: Stage,
}

/// The whole state machine. What is not listed is not legal.
///
/// Termination is left by a win-back alone, and a win-back leads through Recovery to Maturity. A
/// downturn that proves passing leads from Decline straight back: to Maturity by a plateau, to
/// Growth by an upturn.
pub const TRANSITIONS: &[Transition] = {
    use Event::{
        Churn, Closed, CrossPurchase, Downturn, FirstContact, FirstPurchase, Plateau, Reactivated,
        RepeatPurchase, Upturn, WinBack,
    };
    use Stage::{Decline, Development, Growth, Maturity, Potential, Recovery, Termination};
    &[
        opening(FirstContact, Potential),
        opening(FirstPurchase, Development),
        on(Potential, FirstPurchase, Development),
        on(Potential, Closed, Termination),
        on(Development, RepeatPurchase, Growth),
        on(Development, CrossPurchase, Growth),
        on(Development, Downturn, Decline),
        on(Development, Churn, Termination),
        on(Development, Closed, Termination),
        on(Growth, RepeatPurchase, Growth),
        on(Growth, CrossPurchase, Growth),
        on(Growth, Upturn, Growth),
        on(Growth, Plateau, Maturity),
        on(Growth, Downturn, Decline),
        on(Growth, Churn, Termination),
        on(Growth, Closed, Termination),
        on(Maturity, RepeatPurchase, Maturity),
        on(Maturity, CrossPurchase, Maturity),
        on(Maturity, Plateau, Maturity),
        on(Maturity, Upturn, Growth),
        on(Maturity, Downturn, Decline),
        on(Maturity, Churn, Termination),
        on(Maturity, Closed, Termination),
        on(Decline, RepeatPurchase, Decline),
        on(Decline, CrossPurchase, Decline),
        on(Decline, Downturn, Decline),
        on(Decline, Upturn, Growth),
        on(Decline, Plateau, Maturity),
        on(Decline, WinBack, Recovery),
        on(Decline, Churn, Termination),
        on(Decline, Closed, Termination),
        on(Termination, Closed, Termination),
        on(Termination, WinBack, Recovery),
        on(Recovery, RepeatPurchase, Recovery),
        on(Recovery, CrossPurchase, Recovery),
        on(Recovery, Upturn, Recovery),
        on(Recovery, Reactivated, Maturity),
        on(Recovery, Plateau, Maturity),
        on(Recovery, Downturn, Decline),
        on(Recovery, Churn, Termination),
        on(Recovery, Closed, Termination),
    ]
};

const fn opening(event: Event, to: Stage) -> Transition {
    Transition {
        from: None,
        event,
        to,
    }
}

const fn on(from: Stage, event: Event, to: Stage) -> Transition {
    Transition {
        from: Some(from),
        event,
        to,
    }
}

impl Stage {
    /// How many stages there are.
    pub const COUNT: usize = 7;

    /// The number of the stage: its place in [`Stage::ALL`](Label::ALL).
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The stage of this number.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] from 7 on.
    pub fn from_code(code: u8) -> Result<Self> {
        Stage::ALL.get(usize::from(code)).copied().ok_or_else(|| {
            Error::new(ErrorKind::OutOfRange, "stage", "must be a code from 0 to 6")
                .with_value(code)
        })
    }

    /// The stage in which a lifecycle opens: Potential by a first contact, Development by a first
    /// purchase of somebody who was never courted.
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`] for any other event.
    pub fn opened_by(event: Event) -> Result<Self> {
        next(None, event).ok_or_else(|| {
            Error::new(
                ErrorKind::IllegalTransition,
                "event",
                "does not open a lifecycle: first_contact and first_purchase do",
            )
            .with_value(event)
        })
    }

    /// The stage after `event`, by [`TRANSITIONS`].
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`], naming the event and the stage.
    pub fn after(self, event: Event) -> Result<Self> {
        next(Some(self), event).ok_or_else(|| {
            let reason = format!("cannot happen to a customer in stage {self}");
            Error::new(ErrorKind::IllegalTransition, "event", reason).with_value(event)
        })
    }

    /// The events that lead from this stage to another stage `to`; none if the move is not legal.
    pub fn events_to(self, to: Stage) -> impl Iterator<Item = Event> {
        TRANSITIONS
            .iter()
            .filter(move |t| t.from == Some(self) && t.to == to && to != self)
            .map(|t| t.event)
    }

    /// Whether one event can move a customer from this stage to another stage `to`.
    #[must_use]
    pub fn can_become(self, to: Stage) -> bool {
        self.events_to(to).next().is_some()
    }

    /// Nothing, if a customer can move from this stage to `to`.
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`], naming both stages.
    pub fn check_move(self, to: Stage) -> Result<()> {
        if self.can_become(to) {
            return Ok(());
        }
        let reason = format!("cannot be reached from stage {self}");
        Err(Error::new(ErrorKind::IllegalTransition, "stage", reason).with_value(to))
    }

    /// What marks this stage.
    ///
    /// | stage | share of customer | profitability |
    /// | --- | --- | --- |
    /// | Potential | none | negative: only spending |
    /// | Development | low | low, often still negative |
    /// | Growth | rising to medium | rising |
    /// | Maturity | maximum | maximum |
    /// | Decline | falling | falling |
    /// | Termination | none | none |
    /// | Recovery | rising | rising |
    #[must_use]
    pub const fn marks(self) -> Marks {
        let (share_of_customer, profitability) = match self {
            Stage::Potential => (Mark::None, Mark::Negative),
            Stage::Development => (Mark::Low, Mark::Low),
            Stage::Growth | Stage::Recovery => (Mark::Rising, Mark::Rising),
            Stage::Maturity => (Mark::Maximum, Mark::Maximum),
            Stage::Decline => (Mark::Falling, Mark::Falling),
            Stage::Termination => (Mark::None, Mark::None),
        };
        Marks {
            share_of_customer,
            profitability,
        }
    }
}

fn next(from: Option<Stage>, event: Event) -> Option<Stage> {
    TRANSITIONS
        .iter()
        .find(|t| t.from == from && t.event == event)
        .map(|t| t.to)
}

/// What marks a stage: [`Stage::marks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Marks {
    /// The part of the customer's spending in the category that goes to the firm.
    pub share_of_customer: Mark,
    /// The profit that the customer brings.
    pub profitability: Mark,
}

/// How a quantity stands in a stage of the lifecycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Mark {
    /// There is none.
    None = 0,
    /// Below nothing.
    Negative = 1,
    /// Low.
    Low = 2,
    /// On its way up.
    Rising = 3,
    /// At the most it will be.
    Maximum = 4,
    /// On its way down.
    Falling = 5,
}

impl Label for Mark {
    const ALL: &'static [Self] = &[
        Mark::None,
        Mark::Negative,
        Mark::Low,
        Mark::Rising,
        Mark::Maximum,
        Mark::Falling,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Mark::None => ("none", "None", "无"),
            Mark::Negative => ("negative", "Negative", "负"),
            Mark::Low => ("low", "Low", "低"),
            Mark::Rising => ("rising", "Rising", "上升"),
            Mark::Maximum => ("maximum", "Maximum", "最大"),
            Mark::Falling => ("falling", "Falling", "下降"),
        };
        Terms { name, en, zh }
    }
}
