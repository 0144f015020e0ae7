// Surveys of customers: draws, estimates, sizes, weights, scales. Included by crm_core.hpp.
#ifndef CRM_CORE_SURVEY_HPP
#define CRM_CORE_SURVEY_HPP

namespace crm::detail {

struct free_draw {
    void operator()(crm_draw *draw) const noexcept { crm_draw_free(draw); }
};

struct free_sample {
    void operator()(crm_survey_sample *sample) const noexcept { crm_survey_sample_free(sample); }
};

/// The units of a new draw, which is freed.
inline std::vector<crm_drawn> drawn_units(crm_draw *made) {
    const std::unique_ptr<crm_draw, free_draw> draw(made);
    std::size_t rows = 0;
    check(crm_draw_rows(draw.get(), &rows));
    std::vector<crm_drawn> out(rows);
    check(crm_draw_units(draw.get(), rows, out.data()));
    return out;
}

} // namespace crm::detail

namespace crm::survey {

/// A simple random sample without replacement. See crm_draw_simple_random_new.
inline std::vector<crm_drawn> draw_simple_random(std::uint64_t population, std::uint64_t size, std::uint64_t seed) {
    crm_draw *draw = nullptr;
    check(crm_draw_simple_random_new(population, size, seed, &draw));
    return crm::detail::drawn_units(draw);
}

/// Units in equal steps. See crm_draw_systematic_new.
inline std::vector<crm_drawn> draw_systematic(std::uint64_t population, std::uint64_t size, std::uint64_t seed,
                                              crm_systematic_interval interval = CRM_SYSTEMATIC_INTERVAL_FRACTIONAL) {
    crm_draw *draw = nullptr;
    check(crm_draw_systematic_new(population, size, interval, seed, &draw));
    return crm::detail::drawn_units(draw);
}

/// A simple random sample of each stratum. See crm_draw_stratified_new.
inline std::vector<crm_drawn> draw_stratified(const std::vector<std::uint64_t> &populations,
                                              const std::vector<std::uint64_t> &sizes, std::uint64_t seed) {
    crm::detail::same_length("sizes", sizes.size(), populations.size());
    crm_draw *draw = nullptr;
    check(crm_draw_stratified_new(populations.data(), sizes.data(), sizes.size(), seed, &draw));
    return crm::detail::drawn_units(draw);
}

/// Clusters at random; `units` of each, 0 for all. See crm_draw_clusters_new.
inline std::vector<crm_drawn> draw_clusters(const std::vector<std::uint64_t> &sizes, std::uint64_t clusters,
                                            std::uint64_t units, std::uint64_t seed) {
    crm_draw *draw = nullptr;
    check(crm_draw_clusters_new(sizes.data(), sizes.size(), clusters, units, seed, &draw));
    return crm::detail::drawn_units(draw);
}

/// Clusters with probability proportional to size. See crm_draw_proportional_to_size_new.
inline std::vector<crm_drawn> draw_proportional_to_size(const std::vector<double> &sizes, std::uint64_t clusters,
                                                        crm_replacement replacement, std::uint64_t seed) {
    crm_draw *draw = nullptr;
    check(crm_draw_proportional_to_size_new(sizes.data(), sizes.size(), clusters, replacement, seed, &draw));
    return crm::detail::drawn_units(draw);
}

/// How many units of each stratum make a sample of `size`. See crm_allocate_sample.
inline std::vector<std::uint64_t> allocate(const std::vector<crm_stratum> &strata, std::uint64_t size,
                                           crm_allocation allocation, std::uint64_t minimum = 2) {
    std::vector<std::uint64_t> sizes(strata.size());
    check(crm_allocate_sample(strata.data(), strata.size(), size, minimum, allocation, sizes.data()));
    return sizes;
}

/// Who was drawn, and how: what estimates of the population need to know beside the answers.
class sample {
public:
    /// Rows drawn at random; population 0 for one that is far larger, of unknown size.
    static sample simple_random(std::size_t rows, std::uint64_t population = 0) {
        crm_survey_sample *made = nullptr;
        check(crm_survey_sample_simple_random_new(rows, population, &made));
        return sample(made, rows);
    }
    /// Rows drawn in equal steps, in the order of the frame.
    static sample systematic(std::size_t rows, std::uint64_t population, crm_systematic_variance variance) {
        crm_survey_sample *made = nullptr;
        check(crm_survey_sample_systematic_new(rows, population, variance, &made));
        return sample(made, rows);
    }
    /// A simple random sample of each stratum.
    static sample stratified(const std::vector<std::size_t> &stratum, const std::vector<std::uint64_t> &populations) {
        crm_survey_sample *made = nullptr;
        check(crm_survey_sample_stratified_new(stratum.data(), stratum.size(), populations.data(), populations.size(),
                                               &made));
        return sample(made, stratum.size());
    }
    /// Whole clusters, drawn at random.
    static sample clusters(const std::vector<std::size_t> &cluster, std::uint64_t clusters_in_population) {
        crm_survey_sample *made = nullptr;
        check(crm_survey_sample_clusters_new(cluster.data(), cluster.size(), clusters_in_population, &made));
        return sample(made, cluster.size());
    }
    /// Clusters drawn at random, and some units of each.
    static sample two_stage(const std::vector<std::size_t> &cluster, const std::vector<std::uint64_t> &cluster_sizes,
                            std::uint64_t clusters_in_population) {
        crm_survey_sample *made = nullptr;
        check(crm_survey_sample_two_stage_new(cluster.data(), cluster.size(), cluster_sizes.data(),
                                              cluster_sizes.size(), clusters_in_population, &made));
        return sample(made, cluster.size());
    }
    /// Clusters drawn with these probabilities in one draw; sizes may be empty where whole clusters were asked.
    static sample proportional_to_size(const std::vector<std::size_t> &cluster, const std::vector<double> &probabilities,
                                       const std::vector<std::uint64_t> &cluster_sizes = {}) {
        if (!cluster_sizes.empty()) {
            crm::detail::same_length("cluster_sizes", cluster_sizes.size(), probabilities.size());
        }
        crm_survey_sample *made = nullptr;
        check(crm_survey_sample_proportional_to_size_new(cluster.data(), cluster.size(), probabilities.data(),
                                                         cluster_sizes.empty() ? nullptr : cluster_sizes.data(),
                                                         probabilities.size(), &made));
        return sample(made, cluster.size());
    }
    /// Any design of a large population, by its weights; strata and clusters may be empty.
    static sample weighted(const std::vector<double> &weights, const std::vector<std::size_t> &stratum = {},
                           const std::vector<std::size_t> &cluster = {}) {
        for (const auto &[name, codes] : {std::pair("stratum", &stratum), std::pair("cluster", &cluster)}) {
            if (!codes->empty()) {
                crm::detail::same_length(name, codes->size(), weights.size());
            }
        }
        crm_survey_sample *made = nullptr;
        check(crm_survey_sample_weighted_new(weights.data(), stratum.empty() ? nullptr : stratum.data(),
                                             cluster.empty() ? nullptr : cluster.data(), weights.size(), &made));
        return sample(made, weights.size());
    }

    /// The same rows with other weights.
    sample with_weights(const std::vector<double> &weights) const {
        crm_survey_sample *made = nullptr;
        check(crm_survey_sample_with_weights(handle_.get(), weights.data(), weights.size(), &made));
        return sample(made, rows_);
    }
    /// Number of respondents.
    std::size_t rows() const noexcept { return rows_; }
    /// Units of the population that each row stands for.
    std::vector<double> weights() const {
        std::vector<double> out(rows_);
        check(crm_survey_sample_weights(handle_.get(), rows_, out.data()));
        return out;
    }

    /// The total over the domain; an empty domain is all rows.
    crm_survey_estimate total(const std::vector<double> &values, const std::vector<std::uint8_t> &domain = {},
                              double confidence = 0.95) const {
        crm_survey_estimate out = {};
        check(crm_survey_sample_total(handle_.get(), values.data(), checked(domain, values.size()), values.size(),
                                      confidence, &out));
        return out;
    }
    /// The mean over the domain; an empty domain is all rows.
    crm_survey_estimate mean(const std::vector<double> &values, const std::vector<std::uint8_t> &domain = {},
                             double confidence = 0.95) const {
        crm_survey_estimate out = {};
        check(crm_survey_sample_mean(handle_.get(), values.data(), checked(domain, values.size()), values.size(),
                                     confidence, &out));
        return out;
    }
    /// The share of those with a flag; an empty domain is all rows.
    crm_survey_estimate proportion(const std::vector<std::uint8_t> &flags, const std::vector<std::uint8_t> &domain = {},
                                   double confidence = 0.95) const {
        crm_survey_estimate out = {};
        check(crm_survey_sample_proportion(handle_.get(), flags.data(), checked(domain, flags.size()), flags.size(),
                                           confidence, &out));
        return out;
    }
    /// The ratio of two totals; an empty domain is all rows.
    crm_survey_estimate ratio(const std::vector<double> &numerator, const std::vector<double> &denominator,
                              const std::vector<std::uint8_t> &domain = {}, double confidence = 0.95) const {
        crm::detail::same_length("denominator", denominator.size(), numerator.size());
        crm_survey_estimate out = {};
        check(crm_survey_sample_ratio(handle_.get(), numerator.data(), denominator.data(),
                                      checked(domain, numerator.size()), numerator.size(), confidence, &out));
        return out;
    }
    /// The mean in each of `count` domains, given by the number of each row.
    std::vector<crm_survey_estimate> domain_means(const std::vector<double> &values,
                                                  const std::vector<std::size_t> &domains, std::size_t count,
                                                  double confidence = 0.95) const {
        crm::detail::same_length("domains", domains.size(), values.size());
        std::vector<crm_survey_estimate> out(count);
        check(crm_survey_sample_domain_means(handle_.get(), values.data(), domains.data(), values.size(), count,
                                             confidence, out.data()));
        return out;
    }

private:
    sample(crm_survey_sample *made, std::size_t rows) : handle_(made), rows_(rows) {}

    static const std::uint8_t *checked(const std::vector<std::uint8_t> &domain, std::size_t rows) {
        if (domain.empty()) {
            return nullptr;
        }
        crm::detail::same_length("domain", domain.size(), rows);
        return domain.data();
    }

    std::unique_ptr<crm_survey_sample, crm::detail::free_sample> handle_;
    std::size_t rows_;
};

/// The size that a precision needs. See crm_survey_required_size.
inline crm_required_size required_size(const crm_survey_plan &plan, double margin,
                                       const std::vector<double> &subgroups = {}) {
    crm_required_size out = {};
    check(crm_survey_required_size(&plan, subgroups.data(), subgroups.size(), margin, &out));
    return out;
}

/// The half-width of the interval that this many answers give. See crm_survey_margin.
inline double margin(const crm_survey_plan &plan, std::uint64_t answers, const std::vector<double> &subgroups = {}) {
    double out = 0;
    check(crm_survey_margin(&plan, subgroups.data(), subgroups.size(), answers, &out));
    return out;
}

/// What a budget buys. See crm_survey_affordable_size.
inline crm_affordable_size affordable_size(const crm_survey_plan &plan, double budget, const crm_survey_cost &cost,
                                           const std::vector<double> &subgroups = {}) {
    crm_affordable_size out = {};
    check(crm_survey_affordable_size(&plan, subgroups.data(), subgroups.size(), budget, &cost, &out));
    return out;
}

/// Weights for those who did not answer. See crm_weights_for_nonresponse.
inline std::vector<double> adjust_for_nonresponse(const std::vector<double> &weights,
                                                  const std::vector<std::size_t> &cells, std::size_t count,
                                                  const std::vector<std::uint8_t> &answered) {
    crm::detail::same_length("cells", cells.size(), weights.size());
    crm::detail::same_length("answered", answered.size(), weights.size());
    std::vector<double> out(weights.size());
    check(crm_weights_for_nonresponse(weights.data(), cells.data(), answered.data(), weights.size(), count, out.data()));
    return out;
}

/// What is known of the population by one variable: category of each row, units of each category.
struct population_margin {
    std::vector<std::size_t> categories;
    std::vector<double> targets;
};

/// Weights that meet known margins.
struct raking {
    std::vector<double> weights;
    crm_raking outcome;
};

/// Scales weights until they meet all margins. See crm_weights_rake.
inline raking rake(const std::vector<double> &weights, const std::vector<population_margin> &margins,
                   double tolerance = 1e-10, std::uint32_t max_iterations = 1000) {
    std::vector<std::size_t> categories, counts;
    std::vector<double> targets;
    for (const population_margin &each : margins) {
        crm::detail::same_length("categories", each.categories.size(), weights.size());
        categories.insert(categories.end(), each.categories.begin(), each.categories.end());
        targets.insert(targets.end(), each.targets.begin(), each.targets.end());
        counts.push_back(each.targets.size());
    }
    raking out{std::vector<double>(weights.size()), {}};
    check(crm_weights_rake(weights.data(), weights.size(), categories.data(), targets.data(), counts.data(),
                           margins.size(), tolerance, max_iterations, out.weights.data(), &out.outcome));
    return out;
}

/// Weights between limits, with the same sum. See crm_weights_trim.
inline std::vector<double> trim(const std::vector<double> &weights, double smallest, double largest) {
    std::vector<double> out(weights.size());
    check(crm_weights_trim(weights.data(), weights.size(), smallest, largest, out.data()));
    return out;
}

/// What unequal weights cost. See crm_weights_effect.
inline crm_weight_effect weight_effect(const std::vector<double> &weights) {
    crm_weight_effect out = {};
    check(crm_weights_effect(weights.data(), weights.size(), &out));
    return out;
}

/// What the items of a scale say of its reliability.
struct scale_reliability {
    crm_reliability scale;
    std::vector<crm_scale_item> items;
};

/// Alpha, omega and statistics of items, one column of answers each. See crm_scale_reliability.
inline scale_reliability reliability(const std::vector<std::vector<double>> &items, double confidence = 0.95) {
    const std::size_t rows = items.empty() ? 0 : items.front().size();
    const std::vector<double> table = crm::detail::joined("items", items, rows);
    scale_reliability out{{}, std::vector<crm_scale_item>(items.size())};
    check(crm_scale_reliability(table.data(), items.size(), rows, confidence, &out.scale, out.items.data()));
    return out;
}

/// How much the reliability of a scale varies from sample to sample.
struct scale_reliability_spread {
    crm_reliability_intervals scale;
    std::vector<crm_scale_item_intervals> items;
};

/// Intervals of all that crm_scale_reliability says, by resampling rows. See crm_scale_reliability_intervals.
inline scale_reliability_spread reliability_intervals(const std::vector<std::vector<double>> &items,
                                                      std::uint64_t seed, std::uint32_t replicates = 1000,
                                                      double confidence = 0.95) {
    const std::size_t rows = items.empty() ? 0 : items.front().size();
    const std::vector<double> table = crm::detail::joined("items", items, rows);
    scale_reliability_spread out{{}, std::vector<crm_scale_item_intervals>(items.size())};
    check(crm_scale_reliability_intervals(table.data(), items.size(), rows, replicates, confidence, seed, &out.scale,
                                          out.items.data()));
    return out;
}

} // namespace crm::survey

#endif // CRM_CORE_SURVEY_HPP
