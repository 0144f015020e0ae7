use serde::{Deserialize, Serialize};

use crate::units::{Label, Language, Terms};
use crate::value::cuts::Direction;

/// Where an indicator comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum IndicatorGroup {
    /// The log of transactions.
    Transaction = 0,
    /// Invoices and payments.
    Financial = 1,
    /// The log of contacts.
    Contact = 2,
    /// What is known of a firm.
    Firm = 3,
    /// What is known of a person.
    Person = 4,
}

impl Label for IndicatorGroup {
    const ALL: &'static [Self] = &[
        IndicatorGroup::Transaction,
        IndicatorGroup::Financial,
        IndicatorGroup::Contact,
        IndicatorGroup::Firm,
        IndicatorGroup::Person,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            IndicatorGroup::Transaction => ("transaction", "Transactions", "交易类指标"),
            IndicatorGroup::Financial => ("financial", "Payments", "财务类指标"),
            IndicatorGroup::Contact => ("contact", "Contacts", "联络类指标"),
            IndicatorGroup::Firm => ("firm", "Traits of a firm", "企业客户特征"),
            IndicatorGroup::Person => ("person", "Traits of a person", "个人客户特征"),
        };
        Terms { name, en, zh }
    }
}

/// What an indicator is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum IndicatorUnit {
    /// How many.
    Count = 0,
    /// The currency of the log.
    Money = 1,
    /// Days.
    Days = 2,
    /// A part of a whole.
    Share = 3,
    /// Years.
    Years = 4,
    /// One of several kinds.
    Category = 5,
}

impl Label for IndicatorUnit {
    const ALL: &'static [Self] = &[
        IndicatorUnit::Count,
        IndicatorUnit::Money,
        IndicatorUnit::Days,
        IndicatorUnit::Share,
        IndicatorUnit::Years,
        IndicatorUnit::Category,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            IndicatorUnit::Count => ("count", "Count", "次数"),
            IndicatorUnit::Money => ("money", "Money", "金额"),
            IndicatorUnit::Days => ("days", "Days", "天数"),
            IndicatorUnit::Share => ("share", "Share", "比率"),
            IndicatorUnit::Years => ("years", "Years", "年数"),
            IndicatorUnit::Category => ("category", "Category", "类别"),
        };
        Terms { name, en, zh }
    }
}

/// An indicator of the value of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Indicator {
    /// Orders.
    OrderCount = 0,
    /// Sum of the orders.
    Revenue = 1,
    /// Orders less returns less costs.
    Profit = 2,
    /// Profit over orders less returns.
    GrossMargin = 3,
    /// Mean order.
    MeanOrder = 4,
    /// Largest order.
    LargestOrder = 5,
    /// Returns.
    ReturnCount = 6,
    /// Sum of the returns.
    ReturnAmount = 7,
    /// Time since the first transaction.
    Tenure = 8,
    /// Mean time between purchases.
    InterpurchaseTime = 9,
    /// What a model expects of the time to come.
    ExpectedSales = 10,
    /// Largest payment.
    LargestPayment = 11,
    /// Mean payment.
    MeanPayment = 12,
    /// Mean time from invoice to payment.
    CollectionPeriod = 13,
    /// Overdue money per invoice that was due.
    MeanArrears = 14,
    /// Overdue part of the money that was due.
    ArrearsRate = 15,
    /// Tasks.
    TaskCount = 16,
    /// Processes.
    ProcessCount = 17,
    /// Praise.
    PraiseCount = 18,
    /// Part of the contacts that is praise.
    PraiseRate = 19,
    /// Complaints.
    ComplaintCount = 20,
    /// Part of the contacts that is complaint.
    ComplaintRate = 21,
    /// Suggestions.
    SuggestionCount = 22,
    /// Part of the contacts that is suggestion.
    SuggestionRate = 23,
    /// Employees.
    FirmSize = 24,
    /// Registered capital.
    Capital = 25,
    /// Where the firm is.
    FirmRegion = 26,
    /// Its line of business.
    Industry = 27,
    /// What it sells in a year.
    FirmRevenue = 28,
    /// Whether its shares are traded.
    Listed = 29,
    /// Age of the person.
    Age = 30,
    /// Gender.
    Gender = 31,
    /// Education.
    Education = 32,
    /// Marital status.
    MaritalStatus = 33,
    /// Occupation.
    Occupation = 34,
    /// Income.
    Income = 35,
    /// Where the person lives.
    PersonRegion = 36,
}

impl Indicator {
    /// Where it comes from.
    #[must_use]
    pub fn group(self) -> IndicatorGroup {
        match self as u8 {
            0..=10 => IndicatorGroup::Transaction,
            11..=15 => IndicatorGroup::Financial,
            16..=23 => IndicatorGroup::Contact,
            24..=29 => IndicatorGroup::Firm,
            _ => IndicatorGroup::Person,
        }
    }

    /// What it is measured in.
    #[must_use]
    pub fn unit(self) -> IndicatorUnit {
        match self {
            Indicator::OrderCount
            | Indicator::ReturnCount
            | Indicator::TaskCount
            | Indicator::ProcessCount
            | Indicator::PraiseCount
            | Indicator::ComplaintCount
            | Indicator::SuggestionCount
            | Indicator::FirmSize => IndicatorUnit::Count,
            Indicator::Revenue
            | Indicator::Profit
            | Indicator::MeanOrder
            | Indicator::LargestOrder
            | Indicator::ReturnAmount
            | Indicator::ExpectedSales
            | Indicator::LargestPayment
            | Indicator::MeanPayment
            | Indicator::MeanArrears
            | Indicator::Capital
            | Indicator::FirmRevenue
            | Indicator::Income => IndicatorUnit::Money,
            Indicator::Tenure | Indicator::InterpurchaseTime | Indicator::CollectionPeriod => {
                IndicatorUnit::Days
            }
            Indicator::GrossMargin
            | Indicator::ArrearsRate
            | Indicator::PraiseRate
            | Indicator::ComplaintRate
            | Indicator::SuggestionRate => IndicatorUnit::Share,
            Indicator::Age => IndicatorUnit::Years,
            Indicator::FirmRegion
            | Indicator::Industry
            | Indicator::Listed
            | Indicator::Gender
            | Indicator::Education
            | Indicator::MaritalStatus
            | Indicator::Occupation
            | Indicator::PersonRegion => IndicatorUnit::Category,
        }
    }

    /// Which end speaks of a more valuable customer; `None` for a trait that says who a customer is, not how valuable.
    ///
    /// ```
    /// use crm_core::value::cuts::Direction;
    /// use crm_core::value::indicators::Indicator;
    ///
    /// assert_eq!(Indicator::ArrearsRate.direction(), Some(Direction::LowerIsBetter));
    /// assert_eq!(Indicator::Industry.direction(), None);
    /// ```
    #[must_use]
    pub fn direction(self) -> Option<Direction> {
        match self {
            Indicator::ReturnCount
            | Indicator::ReturnAmount
            | Indicator::InterpurchaseTime
            | Indicator::CollectionPeriod
            | Indicator::MeanArrears
            | Indicator::ArrearsRate
            | Indicator::ComplaintCount
            | Indicator::ComplaintRate => Some(Direction::LowerIsBetter),
            _ if self.unit() == IndicatorUnit::Category || self == Indicator::Age => None,
            _ => Some(Direction::HigherIsBetter),
        }
    }

    /// How it is computed or what it means.
    #[must_use]
    pub fn definition(self, language: Language) -> &'static str {
        let [en, zh] = self.definitions();
        match language {
            Language::En => en,
            Language::Zh => zh,
        }
    }

    fn definitions(self) -> [&'static str; 2] {
        match self {
            Indicator::OrderCount => [
                "Transactions with an amount of 0 or more.",
                "金额不为负的交易笔数。",
            ],
            Indicator::Revenue => ["Sum of the orders.", "订单金额之和。"],
            Indicator::Profit => ["Orders − returns − costs.", "订单金额－退货金额－成本。"],
            Indicator::GrossMargin => [
                "Profit / (orders − returns).",
                "利润÷（订单金额－退货金额）。",
            ],
            Indicator::MeanOrder => ["Revenue / orders.", "订单金额之和÷订单数。"],
            Indicator::LargestOrder => ["The largest order.", "最大一笔订单的金额。"],
            Indicator::ReturnCount => [
                "Transactions with a negative amount.",
                "金额为负的交易笔数。",
            ],
            Indicator::ReturnAmount => [
                "Sum of the returns, without their sign.",
                "退货金额之和（取正值）。",
            ],
            Indicator::Tenure => [
                "Days from the first transaction to the end of observation.",
                "从首次交易到观察期末的天数。",
            ],
            Indicator::InterpurchaseTime => [
                "Days from the first to the last day with an order / (such days − 1).",
                "首末购买日相隔天数÷（购买日数－1）。",
            ],
            Indicator::ExpectedSales => [
                "What a model of purchases and spend expects of the time to come.",
                "购买与消费模型对未来的预期销售额。",
            ],
            Indicator::LargestPayment => [
                "The largest invoice that was paid.",
                "已付发票中的最大金额。",
            ],
            Indicator::MeanPayment => [
                "Mean amount of the invoices that were paid.",
                "已付发票的平均金额。",
            ],
            Indicator::CollectionPeriod => [
                "Mean days from invoice to payment, of the invoices that were paid.",
                "已付发票从开票到付款的平均天数。",
            ],
            Indicator::MeanArrears => [
                "Overdue money / invoices that were due.",
                "逾期金额÷到期发票数。",
            ],
            Indicator::ArrearsRate => {
                ["Overdue money / money that was due.", "逾期金额÷到期金额。"]
            }
            Indicator::TaskCount => [
                "Tasks done for and with the customer.",
                "与该客户有关的任务数。",
            ],
            Indicator::ProcessCount => [
                "Processes under way with the customer.",
                "与该客户有关的流程数。",
            ],
            Indicator::PraiseCount => ["How often the customer praised.", "客户表扬次数。"],
            Indicator::PraiseRate => ["Praise / all contacts.", "表扬次数÷联络总次数。"],
            Indicator::ComplaintCount => ["How often the customer complained.", "客户投诉次数。"],
            Indicator::ComplaintRate => ["Complaints / all contacts.", "投诉次数÷联络总次数。"],
            Indicator::SuggestionCount => [
                "How often the customer suggested something.",
                "客户建议次数。",
            ],
            Indicator::SuggestionRate => ["Suggestions / all contacts.", "建议次数÷联络总次数。"],
            Indicator::FirmSize => ["Employees of the firm.", "企业员工数。"],
            Indicator::Capital => ["Registered capital of the firm.", "企业注册资本。"],
            Indicator::FirmRegion => ["Where the firm is.", "企业所在地区。"],
            Indicator::Industry => ["The firm's line of business.", "企业所属行业。"],
            Indicator::FirmRevenue => ["What the firm sells in a year.", "企业年营业额。"],
            Indicator::Listed => ["Whether the firm's shares are traded.", "企业是否上市。"],
            Indicator::Age => ["The person's age.", "个人年龄。"],
            Indicator::Gender => ["The person's gender.", "个人性别。"],
            Indicator::Education => ["The person's highest education.", "个人最高学历。"],
            Indicator::MaritalStatus => ["Single, married, ….", "个人婚姻状况。"],
            Indicator::Occupation => ["What the person works as.", "个人职业。"],
            Indicator::Income => ["The person's income.", "个人收入。"],
            Indicator::PersonRegion => ["Where the person lives.", "个人居住地区。"],
        }
    }
}

impl Label for Indicator {
    const ALL: &'static [Self] = &[
        Indicator::OrderCount,
        Indicator::Revenue,
        Indicator::Profit,
        Indicator::GrossMargin,
        Indicator::MeanOrder,
        Indicator::LargestOrder,
        Indicator::ReturnCount,
        Indicator::ReturnAmount,
        Indicator::Tenure,
        Indicator::InterpurchaseTime,
        Indicator::ExpectedSales,
        Indicator::LargestPayment,
        Indicator::MeanPayment,
        Indicator::CollectionPeriod,
        Indicator::MeanArrears,
        Indicator::ArrearsRate,
        Indicator::TaskCount,
        Indicator::ProcessCount,
        Indicator::PraiseCount,
        Indicator::PraiseRate,
        Indicator::ComplaintCount,
        Indicator::ComplaintRate,
        Indicator::SuggestionCount,
        Indicator::SuggestionRate,
        Indicator::FirmSize,
        Indicator::Capital,
        Indicator::FirmRegion,
        Indicator::Industry,
        Indicator::FirmRevenue,
        Indicator::Listed,
        Indicator::Age,
        Indicator::Gender,
        Indicator::Education,
        Indicator::MaritalStatus,
        Indicator::Occupation,
        Indicator::Income,
        Indicator::PersonRegion,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Indicator::OrderCount => ("order_count", "Orders", "订单数"),
            Indicator::Revenue => ("revenue", "Revenue", "销售额"),
            Indicator::Profit => ("profit", "Profit", "利润"),
            Indicator::GrossMargin => ("gross_margin", "Gross margin", "毛利率"),
            Indicator::MeanOrder => ("mean_order", "Mean order", "平均订单金额"),
            Indicator::LargestOrder => ("largest_order", "Largest order", "最大订单金额"),
            Indicator::ReturnCount => ("return_count", "Returns", "退货次数"),
            Indicator::ReturnAmount => ("return_amount", "Amount of returns", "退货金额"),
            Indicator::Tenure => ("tenure", "Tenure", "交易时长"),
            Indicator::InterpurchaseTime => (
                "interpurchase_time",
                "Mean interpurchase time",
                "平均交易间隔",
            ),
            Indicator::ExpectedSales => ("expected_sales", "Expected sales", "预期销售额"),
            Indicator::LargestPayment => ("largest_payment", "Largest payment", "最大付款金额"),
            Indicator::MeanPayment => ("mean_payment", "Mean payment", "平均付款金额"),
            Indicator::CollectionPeriod => {
                ("collection_period", "Mean collection period", "平均收款期")
            }
            Indicator::MeanArrears => ("mean_arrears", "Mean arrears", "平均欠款额"),
            Indicator::ArrearsRate => ("arrears_rate", "Arrears rate", "欠款率"),
            Indicator::TaskCount => ("task_count", "Tasks", "任务数"),
            Indicator::ProcessCount => ("process_count", "Processes", "流程数"),
            Indicator::PraiseCount => ("praise_count", "Praise", "表扬次数"),
            Indicator::PraiseRate => ("praise_rate", "Praise rate", "表扬率"),
            Indicator::ComplaintCount => ("complaint_count", "Complaints", "投诉次数"),
            Indicator::ComplaintRate => ("complaint_rate", "Complaint rate", "投诉率"),
            Indicator::SuggestionCount => ("suggestion_count", "Suggestions", "建议次数"),
            Indicator::SuggestionRate => ("suggestion_rate", "Suggestion rate", "建议率"),
            Indicator::FirmSize => ("firm_size", "Employees", "企业规模"),
            Indicator::Capital => ("capital", "Registered capital", "注册资本"),
            Indicator::FirmRegion => ("firm_region", "Region of the firm", "企业所在地区"),
            Indicator::Industry => ("industry", "Industry", "行业"),
            Indicator::FirmRevenue => ("firm_revenue", "Revenue of the firm", "企业营业额"),
            Indicator::Listed => ("listed", "Listed", "是否上市"),
            Indicator::Age => ("age", "Age", "年龄"),
            Indicator::Gender => ("gender", "Gender", "性别"),
            Indicator::Education => ("education", "Education", "学历"),
            Indicator::MaritalStatus => ("marital_status", "Marital status", "婚姻状况"),
            Indicator::Occupation => ("occupation", "Occupation", "职业"),
            Indicator::Income => ("income", "Income", "收入"),
            Indicator::PersonRegion => ("person_region", "Region of the person", "居住地区"),
        };
        Terms { name, en, zh }
    }
}
