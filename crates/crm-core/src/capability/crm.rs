//! The tree of CRM capability: customer insight, value creation and delivery, relationship management.

use serde::{Deserialize, Serialize};

use super::tree::{Index, IndexTree};
use crate::error::Result;
use crate::units::{Label, Terms};

/// The CRM capability of a firm: three groups of indices, 26 of them measured. All parts of an index weigh the same: give them their
/// weights by [`IndexTree::with_weights`].
///
/// ```
/// use crm_core::capability::crm::crm_capability;
///
/// let tree = crm_capability()?;
/// let groups: Vec<&str> = tree.root().parts.iter().map(|index| index.name.as_str()).collect();
/// assert_eq!(groups, ["customer_insight", "value_creation_and_delivery", "relationship_management"]);
/// assert_eq!(tree.leaves().len(), 26);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// None that a caller could cause: the tree is checked like any other.
pub fn crm_capability() -> Result<IndexTree> {
    let insight = whole(
        ("customer_insight", "Customer insight", "客户洞察能力"),
        vec![
            group(
                ("market_feedback", "Market feedback", "市场反馈能力"),
                &[
                    ("feedback_speed", "Speed of feedback", "反馈速度"),
                    ("decision_effect", "Effect of decisions taken", "决策效果"),
                ],
            ),
            group(
                (
                    "information_analysis",
                    "Information analysis",
                    "客户信息分析能力",
                ),
                &[
                    ("analysis_speed", "Speed of analysis", "分析速度"),
                    ("analysis_accuracy", "Accuracy of analysis", "分析准确度"),
                    (
                        "useful_results",
                        "Share of useful results",
                        "有效分析结果比例",
                    ),
                ],
            ),
            group(
                (
                    "golden_customer_recognition",
                    "Recognition of golden customers",
                    "黄金客户识别能力",
                ),
                &[
                    (
                        "golden_share_growth",
                        "Growth of their share",
                        "黄金客户比例增长",
                    ),
                    (
                        "golden_profit_growth",
                        "Growth of their profit",
                        "黄金客户利润增长",
                    ),
                ],
            ),
        ],
    );
    let delivery = whole(
        (
            "value_creation_and_delivery",
            "Value creation and delivery",
            "客户价值创造与传递能力",
        ),
        vec![
            group(
                ("new_products", "New products", "新产品开发能力"),
                &[("development_time", "Time to develop", "开发时间")],
            ),
            group(
                ("customisation", "Customisation", "定制化生产能力"),
                &[
                    ("customisation_breadth", "Breadth", "定制范围"),
                    ("customisation_time", "Time", "定制时间"),
                    ("customisation_cost", "Cost", "定制成本"),
                ],
            ),
            group(
                ("staff_service", "Service by staff", "员工服务能力"),
                &[
                    ("attitude", "Attitude", "服务态度"),
                    ("empathy", "Empathy", "移情性"),
                    ("response", "Response", "响应速度"),
                    ("innovation", "Innovation", "服务创新"),
                ],
            ),
            group(
                ("delivery", "Delivery", "交货能力"),
                &[
                    ("delivery_speed", "Speed of delivery", "交货速度"),
                    (
                        "delivery_flexibility",
                        "Flexibility of delivery",
                        "交货柔性",
                    ),
                ],
            ),
            leaf(("channel_variety", "Variety of channels", "渠道多样性")),
            leaf(("ease_of_use", "Ease of use", "使用便利性")),
            leaf(("brand_management", "Brand management", "品牌管理能力")),
        ],
    );
    let relationships = whole(
        (
            "relationship_management",
            "Relationship management",
            "客户关系管理能力",
        ),
        vec![
            leaf((
                "grip_on_relationships",
                "Grip on relationships: result per spend",
                "客户关系把握能力（效果/投入）",
            )),
            group(
                (
                    "response_to_change",
                    "Response to change",
                    "客户变化反应能力",
                ),
                &[
                    (
                        "detection_time",
                        "Time from sign to detection",
                        "变化发现时间",
                    ),
                    ("churn_speed", "Speed of churn", "客户流失速度"),
                ],
            ),
            group(
                (
                    "complaint_handling",
                    "Handling of complaints",
                    "客户抱怨处理能力",
                ),
                &[
                    ("resolution_time", "Mean time to resolution", "平均解决时间"),
                    ("resolution_rate", "Share resolved", "抱怨解决率"),
                    (
                        "satisfaction_after",
                        "Satisfaction with the resolution",
                        "处理结果满意度",
                    ),
                ],
            ),
        ],
    );
    IndexTree::new(whole(
        ("crm_capability", "CRM capability", "客户关系管理能力总指标"),
        vec![insight, delivery, relationships],
    ))
}

fn leaf((name, en, zh): (&str, &str, &str)) -> Index {
    Index {
        name: name.to_owned(),
        en: en.to_owned(),
        zh: zh.to_owned(),
        weight: 1.0,
        parts: Vec::new(),
    }
}

fn group(terms: (&str, &str, &str), leaves: &[(&str, &str, &str)]) -> Index {
    whole(terms, leaves.iter().copied().map(leaf).collect())
}

/// An index of equal parts.
fn whole(terms: (&str, &str, &str), mut parts: Vec<Index>) -> Index {
    let count = parts.len() as f64;
    for part in &mut parts {
        part.weight = count.recip();
    }
    Index {
        parts,
        ..leaf(terms)
    }
}

/// What the capability of a firm hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum InfluencingFactor {
    /// Systems that collect, join and analyse customer data.
    InformationTechnology = 0,
    /// Whether the management wants it and shows it.
    Leadership = 1,
    /// Whether the customer comes first.
    Culture = 2,
    /// Skills and motives of the staff.
    People = 3,
    /// Structures and processes around the customer.
    Organisation = 4,
    /// Suppliers and channels that deliver the value along.
    SupplyChainPartners = 5,
}

impl Label for InfluencingFactor {
    const ALL: &'static [Self] = &[
        InfluencingFactor::InformationTechnology,
        InfluencingFactor::Leadership,
        InfluencingFactor::Culture,
        InfluencingFactor::People,
        InfluencingFactor::Organisation,
        InfluencingFactor::SupplyChainPartners,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            InfluencingFactor::InformationTechnology => (
                "information_technology",
                "Information technology",
                "信息技术",
            ),
            InfluencingFactor::Leadership => ("leadership", "Leadership", "高层领导"),
            InfluencingFactor::Culture => ("culture", "Culture", "企业文化"),
            InfluencingFactor::People => ("people", "People", "人力资源"),
            InfluencingFactor::Organisation => ("organisation", "Organisation", "组织设计"),
            InfluencingFactor::SupplyChainPartners => (
                "supply_chain_partners",
                "Supply-chain partners",
                "供应链伙伴",
            ),
        };
        Terms { name, en, zh }
    }
}
