// Who each customer is: stage, type, tier and loyalty in one call. Included by crm_core.hpp.
#ifndef CRM_CORE_CLASSIFICATION_HPP
#define CRM_CORE_CLASSIFICATION_HPP

namespace crm {

/// What is known of customers; a column is empty where nothing is known of anybody, NaN where nothing is known of one.
struct customer_table {
    std::size_t customers = 0;
    std::vector<double> current, potential;
    loyalty::evidence loyalty;
    /// What they bought over time: a handle of the caller's, which must outlive the classification. Without places, rows are
    /// the customers of the series.
    const crm_period_series *series = nullptr;
    std::vector<std::int64_t> places;
    std::vector<double> share_of_wallet, p_alive;
};

/// The rules that are used where none are given. See crm_classification_rules.
inline crm_classification_rules usual_classification_rules() {
    crm_classification_rules rules = {};
    check(crm_classification_rules_default(&rules));
    return rules;
}

/// The verdicts on customers. See crm_classification. Can be moved, not copied.
class classification {
public:
    /// Classifies the customers of a table, which it keeps for its reasons.
    explicit classification(customer_table table, const crm_classification_rules &rules = usual_classification_rules())
        : classification(std::move(table), rules, crm_classification_new) {}

    /// The same verdicts without the numbers behind the stages, in a part of the time. See crm_classification_now.
    static classification now(customer_table table, const crm_classification_rules &rules = usual_classification_rules()) {
        return classification(std::move(table), rules, crm_classification_now);
    }

    /// One for each customer.
    std::vector<crm_customer_verdict> verdicts() const {
        std::vector<crm_customer_verdict> found(table_.customers);
        check(crm_classification_verdicts(handle_.get(), found.size(), found.data()));
        return found;
    }
    /// The borders between the tiers, of current and of potential value; NaN where no value is known.
    struct borders_type {
        std::array<double, 3> tiers;
        double current, potential;
    };
    borders_type borders() const {
        borders_type found = {};
        check(crm_classification_borders(handle_.get(), found.tiers.data(), &found.current, &found.potential));
        return found;
    }
    /// Why one customer is what it is, in words.
    std::string explain(std::size_t row, crm_language language = CRM_LANGUAGE_EN) const {
        std::string text;
        with_columns([&](const crm_customer_table &columns) {
            text = detail::read_text(
                [&](char *buffer, std::size_t capacity) {
                    return crm_classification_explain(handle_.get(), &columns, row, language, buffer, capacity);
                },
                4096);
        });
        return text;
    }
    /// For the C interface.
    const crm_classification *c_value() const noexcept { return handle_.get(); }

private:
    classification(customer_table table, const crm_classification_rules &rules, decltype(crm_classification_new) *classify)
        : table_(std::move(table)) {
        with_columns([&](const crm_customer_table &columns) {
            crm_classification *made = nullptr;
            check(classify(&columns, &rules, &made));
            handle_.reset(made);
        });
    }

    template <class Use> void with_columns(const Use &use) const {
        const auto column = [](const char *name, const auto &values, std::uint64_t rows) {
            if (!values.empty() && values.size() != rows) {
                throw error(CRM_STATUS_LENGTH_MISMATCH, name, "must have length " + std::to_string(rows));
            }
            return values.empty() ? nullptr : values.data();
        };
        crm_period_series_size size = {};
        if (table_.series) {
            check(crm_period_series_measure(table_.series, &size));
        }
        const std::size_t known = table_.loyalty.rows();
        if (known != 0 && known != table_.customers) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "loyalty", "must have one row for each customer");
        }
        const crm_loyalty_evidence evidence = table_.loyalty.c_value();
        crm_customer_table columns = {};
        columns.customers = table_.customers;
        columns.current = column("current", table_.current, table_.customers);
        columns.potential = column("potential", table_.potential, table_.customers);
        columns.loyalty = known == 0 ? nullptr : &evidence;
        columns.series = table_.series;
        columns.places = column("places", table_.places, table_.customers);
        columns.share_of_wallet = column("share_of_wallet", table_.share_of_wallet, size.entries);
        columns.p_alive = column("p_alive", table_.p_alive, size.customers);
        use(columns);
    }

    customer_table table_;
    detail::handle<crm_classification, crm_classification_free> handle_;
};

} // namespace crm

#endif // CRM_CORE_CLASSIFICATION_HPP
