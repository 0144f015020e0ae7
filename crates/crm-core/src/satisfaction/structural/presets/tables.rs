//! The words of the ready models: constructs and the questions that measure them.

/// What a construct is called and how it is asked.
#[derive(Clone, Copy)]
pub(super) struct ConstructTable {
    pub name: &'static str,
    pub en: &'static str,
    pub zh: &'static str,
    pub questions: &'static [Question],
}

/// One question; the answers lie on the scale from 1 to 10, or are no (0) and yes (1).
#[derive(Clone, Copy)]
pub(super) struct Question {
    pub name: &'static str,
    pub en: &'static str,
    pub zh: &'static str,
    pub yes_or_no: bool,
}

const fn rated(name: &'static str, en: &'static str, zh: &'static str) -> Question {
    Question {
        name,
        en,
        zh,
        yes_or_no: false,
    }
}

const fn told(name: &'static str, en: &'static str, zh: &'static str) -> Question {
    Question {
        name,
        en,
        zh,
        yes_or_no: true,
    }
}

pub(super) const IMAGE: ConstructTable = ConstructTable {
    name: "image",
    en: "Image",
    zh: "企业形象",
    questions: &[
        rated(
            "image_trust",
            "It can be trusted in what it says and does.",
            "该企业言行值得信赖。",
        ),
        rated(
            "image_stability",
            "It is stable and firmly established.",
            "该企业经营稳健、根基牢固。",
        ),
        rated(
            "image_society",
            "It contributes to society.",
            "该企业对社会有贡献。",
        ),
        rated(
            "image_customers",
            "It cares about its customers.",
            "该企业关心顾客。",
        ),
        rated(
            "image_innovation",
            "It is innovative and looks ahead.",
            "该企业富于创新、着眼未来。",
        ),
    ],
};

pub(super) const BRAND_IMAGE: ConstructTable = ConstructTable {
    name: "image",
    en: "Brand image",
    zh: "品牌形象",
    questions: &[
        rated(
            "image_overall",
            "What is your overall impression of the brand?",
            "您对该品牌的总体印象如何？",
        ),
        rated(
            "image_distinctiveness",
            "How distinctive is the brand?",
            "该品牌的特征有多鲜明？",
        ),
    ],
};

pub(super) const EXPECTATIONS: ConstructTable = ConstructTable {
    name: "expectations",
    en: "Customer expectations",
    zh: "顾客期望",
    questions: &[
        EXPECTED_OVERALL,
        EXPECTED_CUSTOMIZATION,
        EXPECTED_RELIABILITY,
    ],
};

pub(super) const OVERALL_EXPECTATION: ConstructTable = ConstructTable {
    questions: &[EXPECTED_OVERALL],
    ..EXPECTATIONS
};

pub(super) const EXPECTED_QUALITY: ConstructTable = ConstructTable {
    en: "Expected quality",
    zh: "预期质量",
    questions: &[
        EXPECTED_OVERALL,
        EXPECTED_CUSTOMIZATION,
        EXPECTED_RELIABILITY,
        rated(
            "expectations_service",
            "Before you bought: how good did you expect the service to be?",
            "购买之前，您期望服务质量有多好？",
        ),
    ],
    ..EXPECTATIONS
};

const EXPECTED_OVERALL: Question = rated(
    "expectations_overall",
    "Before you bought: how good did you expect the overall quality to be?",
    "购买之前，您期望总体质量有多好？",
);
const EXPECTED_CUSTOMIZATION: Question = rated(
    "expectations_customization",
    "Before you bought: how well did you expect it to meet your personal needs?",
    "购买之前，您期望它能在多大程度上满足您的个人需求？",
);
const EXPECTED_RELIABILITY: Question = rated(
    "expectations_reliability",
    "Before you bought: how rarely did you expect things to go wrong?",
    "购买之前，您期望它有多可靠，很少出问题？",
);

pub(super) const QUALITY: ConstructTable = ConstructTable {
    name: "quality",
    en: "Perceived quality",
    zh: "感知质量",
    questions: &[QUALITY_OVERALL, QUALITY_CUSTOMIZATION, QUALITY_RELIABILITY],
};

pub(super) const QUALITY_AND_SERVICE: ConstructTable = ConstructTable {
    questions: &[
        QUALITY_OVERALL,
        QUALITY_CUSTOMIZATION,
        QUALITY_RELIABILITY,
        rated(
            "quality_service",
            "How good is the service in your experience?",
            "就您的体验而言，服务质量有多好？",
        ),
    ],
    ..QUALITY
};

pub(super) const QUALITY_OF_ALL: ConstructTable = ConstructTable {
    questions: &[
        QUALITY_OVERALL,
        PRODUCT_TECHNICAL,
        PRODUCT_RANGE,
        PRODUCT_RELIABILITY,
        SERVICE_STAFF,
        SERVICE_ACCESS,
        SERVICE_INFORMATION,
    ],
    ..QUALITY
};

pub(super) const HARD_QUALITY: ConstructTable = ConstructTable {
    name: "product_quality",
    en: "Perceived quality of products",
    zh: "感知硬件质量",
    questions: &[PRODUCT_TECHNICAL, PRODUCT_RANGE, PRODUCT_RELIABILITY],
};

pub(super) const SOFT_QUALITY: ConstructTable = ConstructTable {
    name: "service_quality",
    en: "Perceived quality of service",
    zh: "感知软件质量",
    questions: &[SERVICE_STAFF, SERVICE_ACCESS, SERVICE_INFORMATION],
};

const QUALITY_OVERALL: Question = rated(
    "quality_overall",
    "How good is the overall quality in your experience?",
    "就您的体验而言，总体质量有多好？",
);
const QUALITY_CUSTOMIZATION: Question = rated(
    "quality_customization",
    "How well has it met your personal needs?",
    "它在多大程度上满足了您的个人需求？",
);
const QUALITY_RELIABILITY: Question = rated(
    "quality_reliability",
    "How rarely have things gone wrong?",
    "它有多可靠，很少出问题？",
);
const PRODUCT_TECHNICAL: Question = rated(
    "quality_technical",
    "How good are the products technically?",
    "产品的技术质量有多好？",
);
const PRODUCT_RANGE: Question = rated(
    "quality_range",
    "How good is the range of products to choose from?",
    "可供选择的产品种类有多丰富？",
);
const PRODUCT_RELIABILITY: Question = rated(
    "quality_dependability",
    "How reliable and accurate are the products?",
    "产品有多可靠、准确？",
);
const SERVICE_STAFF: Question = rated(
    "quality_advice",
    "How good are personal service and advice?",
    "人员的服务与咨询有多好？",
);
const SERVICE_ACCESS: Question = rated(
    "quality_access",
    "How easy is it to get service?",
    "获得服务有多方便？",
);
const SERVICE_INFORMATION: Question = rated(
    "quality_information",
    "How clear and open is the information given?",
    "所提供的信息有多清楚、透明？",
);

pub(super) const PERFORMANCE: ConstructTable = ConstructTable {
    name: "performance",
    en: "Perceived performance",
    zh: "感知绩效",
    questions: &[
        rated(
            "performance_quality_given_price",
            "Given the price, how good is the quality?",
            "就其价格而言，质量有多好？",
        ),
        rated(
            "performance_price_given_quality",
            "Given the quality, how good is the price?",
            "就其质量而言，价格有多合适？",
        ),
    ],
};

pub(super) const VALUE: ConstructTable = ConstructTable {
    name: "value",
    en: "Perceived value",
    zh: "感知价值",
    questions: &[
        rated(
            "value_price_given_quality",
            "Given the quality, how good is the price?",
            "就其质量而言，价格有多合适？",
        ),
        rated(
            "value_quality_given_price",
            "Given the price, how good is the quality?",
            "就其价格而言，质量有多好？",
        ),
    ],
};

pub(super) const SATISFACTION: ConstructTable = ConstructTable {
    name: "satisfaction",
    en: "Customer satisfaction",
    zh: "顾客满意度",
    questions: &[
        SATISFACTION_OVERALL,
        SATISFACTION_EXPECTATIONS,
        SATISFACTION_IDEAL,
    ],
};

pub(super) const SATISFACTION_AND_RIVALS: ConstructTable = ConstructTable {
    questions: &[
        SATISFACTION_OVERALL,
        SATISFACTION_EXPECTATIONS,
        SATISFACTION_IDEAL,
        rated(
            "satisfaction_rivals",
            "How satisfied are you compared with other brands of its kind?",
            "与同类其他品牌相比，您有多满意？",
        ),
    ],
    ..SATISFACTION
};

const SATISFACTION_OVERALL: Question = rated(
    "satisfaction_overall",
    "All in all, how satisfied are you?",
    "总的来说，您有多满意？",
);
const SATISFACTION_EXPECTATIONS: Question = rated(
    "satisfaction_expectations",
    "How far has it fallen short of or exceeded what you expected?",
    "与您的期望相比，它是不及还是超出？",
);
const SATISFACTION_IDEAL: Question = rated(
    "satisfaction_ideal",
    "How close does it come to your ideal?",
    "它与您心目中的理想状态有多接近？",
);

pub(super) const COMPLAINTS: ConstructTable = ConstructTable {
    name: "complaints",
    en: "Customer complaints",
    zh: "顾客抱怨",
    questions: &[told(
        "complaints_made",
        "Have you complained?",
        "您是否曾经抱怨或投诉？",
    )],
};

pub(super) const COMPLAINTS_BY_ADDRESSEE: ConstructTable = ConstructTable {
    questions: &[
        told(
            "complaints_to_staff",
            "Have you complained to the staff?",
            "您是否曾向员工抱怨？",
        ),
        told(
            "complaints_to_management",
            "Have you complained to the management?",
            "您是否曾向管理层投诉？",
        ),
    ],
    ..COMPLAINTS
};

pub(super) const COMPLAINT_HANDLING: ConstructTable = ConstructTable {
    en: "Complaint handling",
    zh: "抱怨处理",
    questions: &[rated(
        "complaints_handling",
        "How well was your latest complaint handled, or would one be?",
        "您最近一次投诉处理得如何？如未投诉过，您认为会处理得如何？",
    )],
    ..COMPLAINTS
};

pub(super) const LOYALTY: ConstructTable = ConstructTable {
    name: "loyalty",
    en: "Customer loyalty",
    zh: "顾客忠诚度",
    questions: &[LOYALTY_REPURCHASE, LOYALTY_PRICE],
};

pub(super) const LOYALTY_AND_ADVOCACY: ConstructTable = ConstructTable {
    questions: &[
        LOYALTY_REPURCHASE,
        LOYALTY_PRICE,
        rated(
            "loyalty_recommendation",
            "How likely are you to recommend it?",
            "您向他人推荐的可能性有多大？",
        ),
    ],
    ..LOYALTY
};

const LOYALTY_REPURCHASE: Question = rated(
    "loyalty_repurchase",
    "How likely are you to choose it again?",
    "您再次选择它的可能性有多大？",
);
const LOYALTY_PRICE: Question = rated(
    "loyalty_price_tolerance",
    "If its price rose against that of others, how likely would you stay?",
    "如果它相对于同类涨价，您继续选择它的可能性有多大？",
);
