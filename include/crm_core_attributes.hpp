// Importance of attributes, their quadrants, and regressions on them. Included by crm_core.hpp.
#ifndef CRM_CORE_ATTRIBUTES_HPP
#define CRM_CORE_ATTRIBUTES_HPP

namespace crm::detail {

/// The columns one after the other; each must have `rows` answers.
inline std::vector<double> joined(const char *argument, const std::vector<std::vector<double>> &columns, std::size_t rows) {
    std::vector<double> values;
    values.reserve(columns.size() * rows);
    for (const std::vector<double> &column : columns) {
        if (column.size() != rows) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, argument, "must have columns of the same length");
        }
        values.insert(values.end(), column.begin(), column.end());
    }
    return values;
}

} // namespace crm::detail

namespace crm::satisfaction {

/// Answers on attributes: one column of as many rows for each.
using attribute_table = std::vector<std::vector<double>>;

/// The mean of the values, as a line between high and low.
inline double cut_mean(const std::vector<double> &values) {
    double out = 0;
    check(crm_cut_mean(values.data(), values.size(), &out));
    return out;
}

/// The median of the values, as a line between high and low.
inline double cut_median(const std::vector<double> &values) {
    double out = 0;
    check(crm_cut_median(values.data(), values.size(), &out));
    return out;
}

/// The quadrant of each attribute. See crm_importance_satisfaction.
inline std::vector<crm_quadrant> importance_satisfaction(const std::vector<double> &importance,
                                                         const std::vector<double> &satisfaction,
                                                         double importance_cut, double satisfaction_cut) {
    if (satisfaction.size() != importance.size()) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, "satisfaction", "must be as long as importance");
    }
    std::vector<crm_quadrant> quadrants(importance.size());
    check(crm_importance_satisfaction(importance.data(), satisfaction.data(), importance.size(), importance_cut,
                                      satisfaction_cut, quadrants.data()));
    return quadrants;
}

/// Importances that were derived from answers.
struct importance {
    std::vector<double> values;
    /// Of the regression on all attributes; none of correlations.
    std::optional<double> r_squared;
};

/// Derives the importance of attributes. See crm_derive_importance.
inline importance derive_importance(const attribute_table &attributes, const std::vector<double> &overall,
                                    crm_derived_importance method = CRM_DERIVED_IMPORTANCE_SHAPLEY) {
    const std::vector<double> table = crm::detail::joined("attributes", attributes, overall.size());
    importance out{std::vector<double>(attributes.size()), std::nullopt};
    double r_squared = 0;
    check(crm_derive_importance(table.data(), attributes.size(), overall.data(), overall.size(), method,
                                out.values.data(), &r_squared));
    if (r_squared == r_squared) {
        out.r_squared = r_squared;
    }
    return out;
}

/// How the coefficients are found. See crm_attribute_regression.
struct regression_method {
    crm_regression_method kind = CRM_REGRESSION_METHOD_KAISER;
    double number = 0;
    std::size_t parts = 0;
    std::uint64_t seed = 0;
};

/// A regression of overall satisfaction on attributes.
struct attribute_fit {
    crm_attribute_fit quality;
    std::vector<double> coefficients, standardized, eigenvalues;
};

/// Regresses overall satisfaction on attributes. See crm_attribute_regression.
inline attribute_fit attribute_regression(const attribute_table &attributes, const std::vector<double> &overall,
                                          const regression_method &method = {}) {
    const std::vector<double> table = crm::detail::joined("attributes", attributes, overall.size());
    const std::size_t count = attributes.size();
    attribute_fit out{{}, std::vector<double>(count), std::vector<double>(count), std::vector<double>(count)};
    check(crm_attribute_regression(table.data(), count, overall.data(), overall.size(), method.kind, method.number,
                                   method.parts, method.seed, &out.quality, out.coefficients.data(),
                                   out.standardized.data(), out.eigenvalues.data()));
    return out;
}

/// How rows are resampled.
struct resampling {
    std::uint64_t seed;
    std::uint32_t replicates = 1000;
    double confidence = 0.95;
};

/// How much derived importances vary: NaN in 0 replicates for R² of correlations.
struct importance_spread {
    std::vector<crm_bootstrap_interval> values;
    crm_bootstrap_interval r_squared;
};

/// Intervals of derived importances by resampling rows. See crm_importance_intervals.
inline importance_spread importance_intervals(const attribute_table &attributes, const std::vector<double> &overall,
                                              crm_derived_importance method, const resampling &how) {
    const std::vector<double> table = crm::detail::joined("attributes", attributes, overall.size());
    importance_spread out{std::vector<crm_bootstrap_interval>(attributes.size()), {}};
    check(crm_importance_intervals(table.data(), attributes.size(), overall.data(), overall.size(), method,
                                   how.replicates, how.confidence, how.seed, out.values.data(), &out.r_squared));
    return out;
}

/// How much a regression varies.
struct regression_spread {
    crm_attribute_fit_intervals fit;
    std::vector<crm_bootstrap_interval> coefficients;
    std::vector<crm_bootstrap_interval> standardized;
};

/// Intervals of a regression by resampling rows. See crm_attribute_intervals.
inline regression_spread attribute_intervals(const attribute_table &attributes, const std::vector<double> &overall,
                                             const regression_method &method, const resampling &how) {
    const std::vector<double> table = crm::detail::joined("attributes", attributes, overall.size());
    const std::vector<crm_bootstrap_interval> none(attributes.size());
    regression_spread out{{}, none, none};
    check(crm_attribute_intervals(table.data(), attributes.size(), overall.data(), overall.size(), method.kind,
                                  method.number, method.parts, how.replicates, how.confidence, how.seed, &out.fit,
                                  out.coefficients.data(), out.standardized.data()));
    return out;
}

/// Weights of 0 or more that sum to one, in proportion to coefficients.
inline std::vector<double> index_weights(const std::vector<double> &coefficients,
                                         crm_positive_weights positive = CRM_POSITIVE_WEIGHTS_REFUSED) {
    std::vector<double> out(coefficients.size());
    check(crm_index_weights(coefficients.data(), coefficients.size(), positive, out.data()));
    return out;
}

} // namespace crm::satisfaction

#endif // CRM_CORE_ATTRIBUTES_HPP
