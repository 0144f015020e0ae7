// Loyalty: why customers stay, how surely, and what that earns. Included by crm_core.hpp.
#ifndef CRM_CORE_LOYALTY_HPP
#define CRM_CORE_LOYALTY_HPP

namespace crm {
namespace loyalty {

/// Why customers of this category stay.
inline std::string_view why(crm_loyalty_category category, crm_language language = CRM_LANGUAGE_EN) {
    return crm::detail::member_text(crm_loyalty_category_why(category, language), "category");
}
/// What would make customers of this category leave.
inline std::string_view vulnerability(crm_loyalty_category category, crm_language language = CRM_LANGUAGE_EN) {
    return crm::detail::member_text(crm_loyalty_category_vulnerability(category, language), "category");
}
/// What fits customers of this category.
inline std::string_view measure(crm_loyalty_category category, crm_language language = CRM_LANGUAGE_EN) {
    return crm::detail::member_text(crm_loyalty_category_measure(category, language), "category");
}
/// The typical instruments of a level of relationship marketing.
inline std::string_view instruments(crm_relationship_level level, crm_language language = CRM_LANGUAGE_EN) {
    return crm::detail::member_text(crm_relationship_level_instruments(level, language), "level");
}

/// What is known of customers: a column for each clue, empty where nothing is known of anybody, NaN where nothing is known of one.
struct evidence {
    std::vector<double> attachment, repeat_purchase, alternatives, switching_effort, convenience, promotion_share,
        reward_share, constraint;

    /// How many customers there are; a column of another length is an error.
    std::size_t rows() const {
        std::size_t rows = 0;
        for (const std::vector<double> *column : columns()) {
            rows = column->empty() ? rows : column->size();
        }
        for (const std::vector<double> *column : columns()) {
            if (!column->empty() && column->size() != rows) {
                throw error(CRM_STATUS_LENGTH_MISMATCH, "evidence", "must have columns of one length");
            }
        }
        return rows;
    }
    /// For the C interface.
    crm_loyalty_evidence c_value() const {
        const auto data = [](const std::vector<double> &column) { return column.empty() ? nullptr : column.data(); };
        return {data(attachment),  data(repeat_purchase), data(alternatives), data(switching_effort),
                data(convenience), data(promotion_share), data(reward_share), data(constraint),
                1};
    }

private:
    std::array<const std::vector<double> *, 8> columns() const {
        return {&attachment,  &repeat_purchase, &alternatives, &switching_effort,
                &convenience, &promotion_share, &reward_share, &constraint};
    }
};

/// What classification usually assumes. See crm_loyalty_rules.
inline crm_loyalty_rules usual_rules() { return {0.5, 0.1, 0.7, CRM_LATENT_ATTACHMENT_HIGH, 2, {}}; }

/// The verdict on each customer. See crm_loyalty_classify.
inline std::vector<crm_loyalty_verdict> classify(const evidence &known, const crm_loyalty_rules &rules = usual_rules()) {
    const crm_loyalty_evidence columns = known.c_value();
    std::vector<crm_loyalty_verdict> verdicts(known.rows());
    check(crm_loyalty_classify(&columns, verdicts.size(), &rules, verdicts.data()));
    return verdicts;
}

/// The reasons of the verdict on one customer in words. See crm_loyalty_explain.
inline std::string explain(const evidence &known, crm_language language,
                           const crm_loyalty_rules &rules = usual_rules()) {
    const crm_loyalty_evidence columns = known.c_value();
    return detail::read_text(
        [&](char *buffer, std::size_t capacity) {
            return crm_loyalty_explain(&columns, &rules, language, buffer, capacity);
        },
        1024);
}

/// Attitude against behaviour. See crm_loyalty_conditions.
inline std::vector<crm_loyalty_condition> conditions(const std::vector<double> &attitude,
                                                     const std::vector<double> &behaviour, double attitude_cut = 0.5,
                                                     double behaviour_cut = 0.5) {
    if (behaviour.size() != attitude.size()) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, "behaviour", "must have the length of attitude");
    }
    std::vector<crm_loyalty_condition> found(attitude.size());
    check(crm_loyalty_conditions(attitude.data(), behaviour.data(), found.size(), attitude_cut, behaviour_cut,
                                 found.data()));
    return found;
}

/// The net promoter score of answers. See crm_net_promoter_score.
inline crm_promoter_score net_promoter_score(const std::vector<double> &answers,
                                             const decimal &confidence = decimal("0.95")) {
    crm_promoter_score found = {};
    check(crm_net_promoter_score(answers.data(), answers.size(), confidence.c_value(), &found));
    return found;
}

/// The share of wallet of each brand by a customer's ratings. See crm_wallet_allocation.
inline std::vector<double> wallet_allocation(const std::vector<double> &ratings) {
    std::vector<double> shares(ratings.size());
    check(crm_wallet_allocation(ratings.data(), ratings.size(), shares.data()));
    return shares;
}

/// What the sole first rank would add for each brand. See crm_size_of_prize.
inline std::vector<double> size_of_prize(const std::vector<double> &ratings, double category_spend) {
    std::vector<double> prizes(ratings.size());
    check(crm_size_of_prize(ratings.data(), ratings.size(), category_spend, prizes.data()));
    return prizes;
}

/// The norms of brands of these shares. See crm_dirichlet_norms.
inline std::vector<crm_brand_norms> dirichlet_norms(const crm_dirichlet_parameters &parameters,
                                                    const std::vector<double> &shares, double periods = 1) {
    std::vector<crm_brand_norms> norms(shares.size());
    check(crm_dirichlet_norms(&parameters, shares.data(), shares.size(), periods, norms.data()));
    return norms;
}

/// Fits the norms of repeat buying. See crm_dirichlet_fit.
inline crm_dirichlet_parameters dirichlet_fit(double penetration, double purchases_per_buyer,
                                              const std::vector<double> &shares,
                                              const std::vector<double> &penetrations) {
    if (penetrations.size() != shares.size()) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, "penetrations", "must be one for each share");
    }
    crm_dirichlet_parameters found = {};
    check(crm_dirichlet_fit(penetration, purchases_per_buyer, shares.data(), penetrations.data(), shares.size(),
                            &found));
    return found;
}

/// Scores a customer's bonds, in the order of crm_bond. See crm_bond_strength_of.
inline crm_bond_strength bond_strength(const std::array<double, 10> &strengths) {
    crm_bond_strength found = {};
    check(crm_bond_strength_of(strengths.data(), strengths.size(), &found));
    return found;
}

/// The years of a loyal customer, and the year of break-even if there is one.
struct profit {
    std::vector<crm_loyalty_year> years;
    std::optional<std::int64_t> break_even_year;
};

/// The profit by year of tenure; `effects` in the order of crm_loyalty_effect, all of one length. See crm_loyalty_profit.
inline profit loyalty_profit(const decimal &acquisition_cost, const std::array<std::vector<decimal>, 5> &effects) {
    std::vector<crm_decimal> amounts;
    for (const std::vector<decimal> &effect : effects) {
        if (effect.size() != effects[0].size()) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "effects", "must have one length");
        }
        const std::vector<crm_decimal> bits = detail::c_values(effect);
        amounts.insert(amounts.end(), bits.begin(), bits.end());
    }
    std::vector<crm_loyalty_year> years(effects[0].size() + 1);
    std::int64_t even = 0;
    check(crm_loyalty_profit(acquisition_cost.c_value(), amounts.data(), effects[0].size(), years.data(), &even));
    return {years, even < 0 ? std::nullopt : std::optional<std::int64_t>(even)};
}

/// Mean revenue and profit by year of tenure. See crm_loyalty_tenure_years.
inline std::vector<crm_tenure_year> tenure_years(const ledger &log, std::int32_t observation_end) {
    std::size_t count = 0;
    check(crm_loyalty_tenure_years(log.c_value(), observation_end, 0, nullptr, &count));
    std::vector<crm_tenure_year> years(count);
    check(crm_loyalty_tenure_years(log.c_value(), observation_end, count, years.data(), &count));
    return years;
}

/// Estimates the effects that a log shows. See crm_loyalty_profit_from_ledger.
inline profit loyalty_profit(const ledger &log, std::int32_t observation_end, const decimal &acquisition_cost) {
    const std::size_t count = tenure_years(log, observation_end).size();
    std::vector<crm_loyalty_year> years(count + 1);
    std::int64_t even = 0;
    check(crm_loyalty_profit_from_ledger(log.c_value(), observation_end, acquisition_cost.c_value(), count,
                                         years.data(), &even));
    return {years, even < 0 ? std::nullopt : std::optional<std::int64_t>(even)};
}

} // namespace loyalty
} // namespace crm

#endif // CRM_CORE_LOYALTY_HPP
