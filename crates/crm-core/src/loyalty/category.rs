use serde::{Deserialize, Serialize};

use crate::units::{Label, Language, Terms};

/// Why a customer buys again.
///
/// | category | attachment | repeat purchase | why they stay |
/// | --- | --- | --- | --- |
/// | Monopoly 垄断忠诚 | low | high | there is no alternative |
/// | Inertia 惰性忠诚 | low | high | too much trouble to look elsewhere |
/// | Latent 潜在忠诚 | high | low | wants to buy more; rules or circumstances prevent it |
/// | Convenience 方便忠诚 | low | high | near, easy, habitual |
/// | Price 价格忠诚 | low | low to the firm | the lowest price, wherever it is |
/// | Incentive 激励忠诚 | low | high while it pays | points, rewards, a programme |
/// | Premium 超值忠诚 | high | high | conviction; recommends |
///
/// The two axes do not tell the four of low attachment and high repeat purchase apart: the driver does. Source: Griffin,
/// "Customer Loyalty", 1995; Dick & Basu 1994 for the axes. Some Chinese textbooks put Latent at low attachment:
/// [`LatentAttachment`](super::LatentAttachment).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LoyaltyCategory {
    /// No alternative.
    Monopoly = 0,
    /// Too much trouble to look elsewhere.
    Inertia = 1,
    /// Wants to buy more and is kept from it.
    Latent = 2,
    /// Near, easy, habitual.
    Convenience = 3,
    /// The lowest price, wherever it is.
    Price = 4,
    /// Points, rewards, a programme.
    Incentive = 5,
    /// Conviction.
    Premium = 6,
}

impl LoyaltyCategory {
    /// How many categories there are.
    pub const COUNT: usize = 7;

    pub(super) const EACH: [Self; Self::COUNT] = [
        LoyaltyCategory::Monopoly,
        LoyaltyCategory::Inertia,
        LoyaltyCategory::Latent,
        LoyaltyCategory::Convenience,
        LoyaltyCategory::Price,
        LoyaltyCategory::Incentive,
        LoyaltyCategory::Premium,
    ];
}

/// What a category means to those who work with it.
struct About {
    why: [&'static str; 2],
    vulnerability: [&'static str; 2],
    measure: [&'static str; 2],
}

impl LoyaltyCategory {
    /// Why customers of this category stay.
    #[must_use]
    pub fn why(self, language: Language) -> &'static str {
        pick(self.about().why, language)
    }

    /// What would make them leave.
    ///
    /// ```
    /// use crm_core::loyalty::LoyaltyCategory;
    /// use crm_core::units::Language;
    ///
    /// let risk = LoyaltyCategory::Monopoly.vulnerability(Language::En);
    /// assert_eq!(risk, "The first real alternative: a competitor, a substitute, a change of the rules.");
    /// ```
    #[must_use]
    pub fn vulnerability(self, language: Language) -> &'static str {
        pick(self.about().vulnerability, language)
    }

    /// What fits them.
    #[must_use]
    pub fn measure(self, language: Language) -> &'static str {
        pick(self.about().measure, language)
    }

    fn about(self) -> About {
        match self {
            LoyaltyCategory::Monopoly => About {
                why: ["There is no alternative.", "没有其他选择。"],
                vulnerability: [
                    "The first real alternative: a competitor, a substitute, a change of the rules.",
                    "一旦出现真正的选择（竞争者、替代品或政策变化）就会离开。",
                ],
                measure: [
                    "Earn while there is time what will hold later: service, fair prices, attachment.",
                    "趁早用优质服务和公平价格培养真正的依恋。",
                ],
            },
            LoyaltyCategory::Inertia => About {
                why: [
                    "Looking elsewhere is too much trouble.",
                    "懒得寻找其他供应商。",
                ],
                vulnerability: [
                    "A competitor that takes the trouble of switching off their hands, or one bad experience.",
                    "竞争者替其承担转换麻烦，或一次糟糕的体验。",
                ],
                measure: [
                    "Stand out: give a reason to stay beyond habit, and do not disturb the habit.",
                    "以差异化的产品和服务给出习惯之外的留下理由。",
                ],
            },
            LoyaltyCategory::Latent => About {
                why: [
                    "They want to buy more; rules or circumstances prevent it.",
                    "希望多买，但受规定或环境因素限制。",
                ],
                vulnerability: [
                    "A competitor that removes the obstacle first.",
                    "竞争者率先消除购买障碍。",
                ],
                measure: [
                    "Find the obstacle and remove it: terms, channels, opening hours, rules.",
                    "找出并消除障碍：条款、渠道、时间或规定。",
                ],
            },
            LoyaltyCategory::Convenience => About {
                why: [
                    "Buying here is near and easy.",
                    "购买方便、距离近、习惯渠道。",
                ],
                vulnerability: [
                    "A competitor that is nearer or easier; a change of their ways.",
                    "竞争者更近更方便，或客户生活路线改变。",
                ],
                measure: [
                    "Stay the easiest, and add what distance cannot copy.",
                    "保持最便捷，并增加距离无法替代的价值。",
                ],
            },
            LoyaltyCategory::Price => About {
                why: ["The price is the lowest.", "价格最低。"],
                vulnerability: ["Any lower price.", "任何更低的价格。"],
                measure: [
                    "Sell what pays at that price, do not buy them with discounts, and test who values more.",
                    "只销售在该价格下盈利的产品，不以降价收买，并识别看重其他价值的客户。",
                ],
            },
            LoyaltyCategory::Incentive => About {
                why: ["Rewards make it worth while.", "积分、奖励或会员计划。"],
                vulnerability: [
                    "The end of the programme, or a better one elsewhere.",
                    "计划终止，或别处有更优惠的计划。",
                ],
                measure: [
                    "Reward what builds attachment rather than volume, and make rewards hard to copy.",
                    "奖励能够培养依恋的行为而非单纯数量，使奖励难以模仿。",
                ],
            },
            LoyaltyCategory::Premium => About {
                why: ["They are convinced, and recommend.", "由衷认同并主动推荐。"],
                vulnerability: [
                    "A broken promise, or being taken for granted.",
                    "失信，或被视为理所当然。",
                ],
                measure: [
                    "Keep the promise, listen first to them, and let them recommend.",
                    "恪守承诺，优先倾听，并为其推荐创造条件。",
                ],
            },
        }
    }
}

fn pick([en, zh]: [&'static str; 2], language: Language) -> &'static str {
    match language {
        Language::En => en,
        Language::Zh => zh,
    }
}

impl Label for LoyaltyCategory {
    const ALL: &'static [Self] = &Self::EACH;

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            LoyaltyCategory::Monopoly => ("monopoly", "Monopoly loyalty", "垄断忠诚"),
            LoyaltyCategory::Inertia => ("inertia", "Inertia loyalty", "惰性忠诚"),
            LoyaltyCategory::Latent => ("latent", "Latent loyalty", "潜在忠诚"),
            LoyaltyCategory::Convenience => ("convenience", "Convenience loyalty", "方便忠诚"),
            LoyaltyCategory::Price => ("price", "Price loyalty", "价格忠诚"),
            LoyaltyCategory::Incentive => ("incentive", "Incentive loyalty", "激励忠诚"),
            LoyaltyCategory::Premium => ("premium", "Premium loyalty", "超值忠诚"),
        };
        Terms { name, en, zh }
    }
}
