// Structural indices of satisfaction: models, fits, indices. Included by crm_core.hpp.
#ifndef CRM_CORE_STRUCTURAL_HPP
#define CRM_CORE_STRUCTURAL_HPP

namespace crm::structural {

/// One column of answers for each indicator of a model, in its order; NaN is a missing answer.
using answer_columns = std::vector<std::vector<double>>;

class fit;

/// A structural model, checked. Can be moved, not copied.
class model {
    friend class fit;

public:
    /// A model as text: see crm_structural_model_new.
    explicit model(const std::string &written) {
        make([&](crm_structural_model **out) { return crm_structural_model_new(written.c_str(), out); });
    }
    /// A model as JSON: see crm_structural_model_from_json_new.
    static model from_json(const std::string &json) {
        return model([&](crm_structural_model **out) { return crm_structural_model_from_json_new(json.c_str(), out); });
    }
    /// A ready model; what is added on request is ignored by those that know it not.
    static model preset(crm_index_preset preset, bool complaints = false, bool two_qualities = false) {
        return model([=](crm_structural_model **out) {
            return crm_structural_model_preset_new(preset, complaints, two_qualities, out);
        });
    }

    /// The model as text, which the constructor reads back.
    std::string text() const { return ask(crm_structural_model_text); }
    /// The model as JSON.
    std::string json() const { return ask(crm_structural_model_json); }
    /// How many constructs, indicators and paths it has.
    crm_structural_size size() const {
        crm_structural_size out;
        check(crm_structural_model_size(handle_.get(), &out));
        return out;
    }
    /// The names of the constructs.
    std::vector<std::string> constructs() const { return names(size().constructs, crm_structural_model_construct); }
    /// The names of the indicators, construct by construct.
    std::vector<std::string> indicators() const { return names(size().indicators, crm_structural_model_indicator); }
    /// The paths, by places of constructs.
    std::vector<crm_structural_path> paths() const {
        std::vector<crm_structural_path> out(size().paths);
        check(crm_structural_model_paths(handle_.get(), out.size(), out.data()));
        return out;
    }
    /// Answers of a simulated survey: see crm_structural_model_simulate.
    answer_columns simulate(std::uint32_t respondents, std::uint64_t seed, double missing = 0) const {
        const std::size_t indicators = size().indicators;
        std::vector<double> out(indicators * respondents);
        check(crm_structural_model_simulate(handle_.get(), respondents, seed, missing, out.data()));
        answer_columns columns;
        for (std::size_t i = 0; i < indicators; ++i) {
            const auto first = out.begin() + static_cast<std::ptrdiff_t>(i * respondents);
            columns.emplace_back(first, first + respondents);
        }
        return columns;
    }
    /// For the C interface.
    const crm_structural_model *c_value() const noexcept { return handle_.get(); }

private:
    template <class Make, class = std::enable_if_t<std::is_invocable_v<Make, crm_structural_model **>>>
    explicit model(Make made) {
        make(made);
    }
    template <class Make> void make(Make made) {
        crm_structural_model *found = nullptr;
        check(made(&found));
        handle_.reset(found);
    }
    template <class Question> std::string ask(Question question) const {
        const char *out = nullptr;
        check(question(handle_.get(), &out));
        return out;
    }
    template <class Question> std::vector<std::string> names(std::size_t count, Question question) const {
        std::vector<std::string> found;
        for (std::size_t i = 0; i < count; ++i) {
            const char *out = nullptr;
            check(question(handle_.get(), i, &out));
            found.emplace_back(out);
        }
        return found;
    }

    crm::detail::handle<crm_structural_model, crm_structural_model_free> handle_;
};

/// The usual options of a fit.
inline crm_pls_options options() {
    crm_pls_options out;
    check(crm_pls_options_default(&out));
    return out;
}

namespace detail {

/// Answers as the C interface reads them.
class survey {
public:
    survey(const answer_columns &answers, std::size_t indicators) {
        if (answers.size() != indicators) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "answers", "must have length " + std::to_string(indicators));
        }
        for (const std::vector<double> &column : answers) {
            if (column.size() != answers.front().size()) {
                throw error(CRM_STATUS_LENGTH_MISMATCH, "answers", "must have columns of the same length");
            }
            columns_.push_back(column.data());
        }
        given_.columns = columns_.data();
        given_.rows = answers.empty() ? 0 : answers.front().size();
    }
    survey(const survey &) = delete;
    survey &operator=(const survey &) = delete;

    std::size_t rows() const noexcept { return given_.rows; }
    const crm_survey_answers *c_value() const noexcept { return &given_; }
    void check_rows(const char *argument, std::size_t rows) const {
        if (rows != given_.rows) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, argument, "must have length " + std::to_string(given_.rows));
        }
    }

private:
    std::vector<const double *> columns_;
    crm_survey_answers given_{};
};

} // namespace detail

/// The indices of segments, one segment after the other.
struct segment_indices {
    /// The sum of the weights of each segment.
    std::vector<double> observations;
    std::vector<crm_segment_index> indices;
};

/// What partial least squares says of a model. Can be moved, not copied.
class fit {
public:
    fit(const model &model, const answer_columns &answers, const crm_pls_options &options = structural::options())
        : asked_(model.size().indicators) {
        const detail::survey given(answers, asked_);
        crm_pls_fit *made = nullptr;
        check(crm_pls_fit_new(model.c_value(), given.c_value(), &options, &made));
        take(made);
    }

    /// The model that the results are about: with constructs of constructs another than the one that was fitted.
    structural::model result_model() const {
        return structural::model([&](crm_structural_model **out) { return crm_pls_fit_model_new(handle_.get(), out); });
    }
    /// The first stage of a fit in two stages.
    fit first_stage() const {
        crm_pls_fit *first = nullptr;
        check(crm_pls_fit_first_stage_new(handle_.get(), &first));
        return fit(first, asked_);
    }

    /// How the fit went.
    crm_pls_report report() const {
        crm_pls_report out;
        check(crm_pls_fit_report(handle_.get(), &out));
        return out;
    }
    /// Weights and loadings.
    std::vector<crm_indicator_estimate> indicators() const {
        return all<crm_indicator_estimate>(size_.indicators, crm_pls_fit_indicators);
    }
    /// Index, R² and reliability.
    std::vector<crm_construct_estimate> constructs() const {
        return all<crm_construct_estimate>(size_.constructs, crm_pls_fit_constructs);
    }
    /// Coefficients of the paths.
    std::vector<crm_path_estimate> paths() const { return all<crm_path_estimate>(size_.paths, crm_pls_fit_paths); }
    /// Correlations of the constructs, row-major; so are the next ones.
    std::vector<double> correlations() const { return square(crm_pls_fit_correlations); }
    /// Total effects of constructs (rows) on others (columns).
    std::vector<double> total_effects() const { return square(crm_pls_fit_total_effects); }
    /// Indirect effects: the total ones less the direct paths.
    std::vector<double> indirect_effects() const { return square(crm_pls_fit_indirect_effects); }
    /// Correlations of indicators (rows) with constructs (columns).
    std::vector<double> cross_loadings() const {
        std::vector<double> out(size_.indicators * size_.constructs);
        check(crm_pls_fit_cross_loadings(handle_.get(), size_.indicators, size_.constructs, out.data()));
        return out;
    }
    /// Correlations with √AVE on the diagonal.
    std::vector<double> fornell_larcker() const { return square(crm_pls_fit_fornell_larcker); }
    /// Heterotrait–monotrait ratios.
    std::vector<double> htmt() const { return square(crm_pls_fit_htmt); }
    /// Importance and performance of every construct as a driver of `target`.
    std::vector<crm_importance> importance(const std::string &target) const {
        std::vector<crm_importance> out(size_.constructs);
        check(crm_pls_fit_importance(handle_.get(), target.c_str(), out.size(), out.data()));
        return out;
    }
    /// The indices of each respondent, one after the other.
    std::vector<double> individual_index(const answer_columns &answers) const {
        return of_respondents(answers, crm_pls_fit_individual_index);
    }
    /// The scores of each respondent, one after the other.
    std::vector<double> scores(const answer_columns &answers) const {
        return of_respondents(answers, crm_pls_fit_scores);
    }
    /// The indices of segments with their intervals; the segment of each respondent is a number below `segments`.
    segment_indices segment_index(const answer_columns &answers, const std::vector<std::size_t> &segment,
                                  std::size_t segments, double level = 0.95) const {
        const detail::survey given(answers, asked_);
        given.check_rows("segment", segment.size());
        segment_indices out{std::vector<double>(segments), std::vector<crm_segment_index>(segments * size_.constructs)};
        check(crm_pls_fit_segment_index(handle_.get(), given.c_value(), segment.data(), segments, level,
                                        size_.constructs, out.observations.data(), out.indices.data()));
        return out;
    }
    /// Cross-validated Q²: one entry for each indicator, NaN for those of constructs that nothing drives.
    std::vector<crm_predicted> predict(const answer_columns &answers, std::size_t folds, std::uint64_t seed) const {
        const detail::survey given(answers, asked_);
        std::vector<crm_predicted> out(size_.indicators);
        check(crm_pls_fit_predict(handle_.get(), given.c_value(), folds, seed, out.size(), out.data()));
        return out;
    }
    /// Blindfolding with this omission distance: one entry for each construct.
    std::vector<crm_blindfolded> blindfold(const answer_columns &answers, std::size_t distance) const {
        const detail::survey given(answers, asked_);
        std::vector<crm_blindfolded> out(size_.constructs);
        check(crm_pls_fit_blindfold(handle_.get(), given.c_value(), distance, out.size(), out.data()));
        return out;
    }
    /// How many constructs, indicators and paths there are results of.
    const crm_structural_size &size() const noexcept { return size_; }
    /// How many columns answers have.
    std::size_t asked() const noexcept { return asked_; }
    /// For the C interface.
    const crm_pls_fit *c_value() const noexcept { return handle_.get(); }

private:
    template <class Question>
    std::vector<double> of_respondents(const answer_columns &answers, Question question) const {
        const detail::survey given(answers, asked_);
        std::vector<double> out(given.rows() * size_.constructs);
        check(question(handle_.get(), given.c_value(), size_.constructs, out.data()));
        return out;
    }
    template <class Estimate, class Question> std::vector<Estimate> all(std::size_t count, Question question) const {
        std::vector<Estimate> out(count);
        check(question(handle_.get(), count, out.data()));
        return out;
    }
    template <class Question> std::vector<double> square(Question question) const {
        std::vector<double> out(size_.constructs * size_.constructs);
        check(question(handle_.get(), size_.constructs, out.data()));
        return out;
    }

    fit(crm_pls_fit *made, std::size_t asked) : asked_(asked) { take(made); }
    void take(crm_pls_fit *made) {
        handle_.reset(made);
        size_ = result_model().size();
    }

    std::size_t asked_;
    crm_structural_size size_{};
    crm::detail::handle<crm_pls_fit, crm_pls_fit_free> handle_;
};

/// What is known of the respondents of a survey beside their answers: for each a number, or none at all. See crm_survey_respondents.
struct survey_respondents {
    std::vector<std::size_t> segment{};
    std::size_t segments = 0;
    std::vector<std::size_t> stratum{};
    std::vector<std::size_t> cluster{};
};

/// What resampling says of a fit. Can be moved, not copied.
class bootstrap {
public:
    /// See crm_pls_bootstrap_new. An exception of `progress` stops the call and comes out of it.
    bootstrap(const fit &fit, const answer_columns &answers, std::uint32_t resamples, std::uint64_t seed,
              const progress_function &progress = nullptr)
        : bootstrap(fit, answers, survey_respondents{}, resamples, seed, progress) {}
    /// The same with indices of segments, or by strata and clusters.
    bootstrap(const fit &fit, const answer_columns &answers, const survey_respondents &respondents,
              std::uint32_t resamples, std::uint64_t seed, const progress_function &progress = nullptr)
        : asked_(fit.asked()), size_(fit.size()), segments_(respondents.segments) {
        const detail::survey given(answers, fit.asked());
        const auto column = [&](const char *argument, const std::vector<std::size_t> &values) {
            if (!values.empty()) {
                given.check_rows(argument, values.size());
            }
            return values.empty() ? nullptr : values.data();
        };
        const crm_survey_respondents known{column("segment", respondents.segment), respondents.segments,
                                           column("stratum", respondents.stratum),
                                           column("cluster", respondents.cluster)};
        crm::detail::watcher watcher{progress};
        crm_pls_bootstrap *made = nullptr;
        watcher.check(crm_pls_bootstrap_new(fit.c_value(), given.c_value(), &known, resamples, seed,
                                            watcher.function(), &watcher, &made));
        handle_.reset(made);
    }

    /// How many resamples gave an estimate, and why others did not.
    crm_pls_bootstrap_counts report() const {
        crm_pls_bootstrap_counts out;
        check(crm_pls_bootstrap_report(handle_.get(), &out));
        return out;
    }
    /// In how many resamples all answers to each question were equal.
    std::vector<std::uint32_t> constant() const {
        std::vector<std::uint32_t> out(asked_);
        check(crm_pls_bootstrap_constant(handle_.get(), out.size(), out.data()));
        return out;
    }
    /// Estimates of all weights, loadings, paths, …; those of pairs row by row.
    std::vector<crm_bootstrap_estimate> estimates(crm_pls_statistic statistic, double level = 0.95) const {
        std::vector<crm_bootstrap_estimate> out(count(statistic));
        check(crm_pls_bootstrap_estimates(handle_.get(), statistic, level, out.size(), out.data()));
        return out;
    }
    /// The product of the paths along a way of constructs.
    crm_bootstrap_estimate effect_along(const std::vector<std::size_t> &way, double level = 0.95) const {
        crm_bootstrap_estimate out;
        check(crm_pls_bootstrap_effect_along(handle_.get(), way.data(), way.size(), level, &out));
        return out;
    }
    /// The index of a construct in one segment less that in another.
    crm_bootstrap_estimate segment_difference(std::size_t segment, std::size_t other, std::size_t construct,
                                              double level = 0.95) const {
        crm_bootstrap_estimate out;
        check(crm_pls_bootstrap_segment_difference(handle_.get(), segment, other, construct, level, &out));
        return out;
    }

private:
    std::size_t count(crm_pls_statistic statistic) const noexcept {
        switch (statistic) {
        case CRM_PLS_STATISTIC_WEIGHT:
        case CRM_PLS_STATISTIC_LOADING:
            return size_.indicators;
        case CRM_PLS_STATISTIC_PATH:
            return size_.paths;
        case CRM_PLS_STATISTIC_R_SQUARED:
        case CRM_PLS_STATISTIC_INDEX:
        case CRM_PLS_STATISTIC_ALPHA:
        case CRM_PLS_STATISTIC_RHO_A:
        case CRM_PLS_STATISTIC_RHO_C:
        case CRM_PLS_STATISTIC_AVE:
            return size_.constructs;
        case CRM_PLS_STATISTIC_SEGMENT_INDEX:
            return segments_ * size_.constructs;
        default:
            return size_.constructs * size_.constructs;
        }
    }

    std::size_t asked_;
    crm_structural_size size_;
    std::size_t segments_;
    crm::detail::handle<crm_pls_bootstrap, crm_pls_bootstrap_free> handle_;
};

/// How two groups of respondents differ. Can be moved, not copied.
class group_comparison {
public:
    /// See crm_group_comparison_new. An exception of `progress` stops the call and comes out of it.
    group_comparison(const fit &fit, const answer_columns &answers, const std::vector<bool> &in_second,
                     std::uint32_t permutations, std::uint64_t seed, const progress_function &progress = nullptr)
        : size_(fit.size()) {
        const detail::survey given(answers, fit.asked());
        given.check_rows("in_second", in_second.size());
        const std::vector<std::uint8_t> flags(in_second.begin(), in_second.end());
        crm::detail::watcher watcher{progress};
        crm_group_comparison *made = nullptr;
        watcher.check(crm_group_comparison_new(fit.c_value(), given.c_value(), flags.data(), permutations, seed,
                                               watcher.function(), &watcher, &made));
        handle_.reset(made);
    }

    /// How the paths differ.
    std::vector<crm_path_difference> paths() const {
        std::vector<crm_path_difference> out(size_.paths);
        check(crm_group_comparison_paths(handle_.get(), out.size(), out.data()));
        return out;
    }
    /// Whether the constructs are measured alike.
    std::vector<crm_invariance> invariance() const {
        std::vector<crm_invariance> out(size_.constructs);
        check(crm_group_comparison_invariance(handle_.get(), out.size(), out.data()));
        return out;
    }
    /// Permutations that gave an estimate in both groups, and those that did not.
    std::pair<std::uint32_t, std::uint32_t> permutations() const {
        std::uint32_t kept = 0, dropped = 0;
        check(crm_group_comparison_permutations(handle_.get(), &kept, &dropped));
        return {kept, dropped};
    }

private:
    crm_structural_size size_;
    crm::detail::handle<crm_group_comparison, crm_group_comparison_free> handle_;
};

} // namespace crm::structural

#endif // CRM_CORE_STRUCTURAL_HPP
