// Structural indices of satisfaction: models, fits, indices. Included by crm_core.hpp.
#ifndef CRM_CORE_STRUCTURAL_HPP
#define CRM_CORE_STRUCTURAL_HPP

namespace crm::structural {

/// One column of answers for each indicator of a model, in its order; NaN is a missing answer.
using answer_columns = std::vector<std::vector<double>>;

/// A structural model, checked. Can be moved, not copied.
class model {
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

/// What partial least squares says of a model. Can be moved, not copied.
class fit {
public:
    fit(const model &model, const answer_columns &answers, const crm_pls_options &options = structural::options())
        : size_(model.size()) {
        std::vector<const double *> columns;
        const crm_survey_answers given = view(answers, columns, size_.indicators);
        crm_pls_fit *made = nullptr;
        check(crm_pls_fit_new(model.c_value(), &given, &options, &made));
        handle_.reset(made);
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
        std::vector<const double *> columns;
        const crm_survey_answers given = view(answers, columns, size_.indicators);
        std::vector<double> out(given.rows * size_.constructs);
        check(crm_pls_fit_individual_index(handle_.get(), &given, size_.constructs, out.data()));
        return out;
    }

private:
    static crm_survey_answers view(const answer_columns &answers, std::vector<const double *> &columns,
                                   std::size_t indicators) {
        if (answers.size() != indicators) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "answers", "must have length " + std::to_string(indicators));
        }
        crm_survey_answers given{};
        for (const std::vector<double> &column : answers) {
            if (column.size() != answers.front().size()) {
                throw error(CRM_STATUS_LENGTH_MISMATCH, "answers", "must have columns of the same length");
            }
            columns.push_back(column.data());
        }
        given.columns = columns.data();
        given.rows = answers.empty() ? 0 : answers.front().size();
        return given;
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

    crm_structural_size size_;
    crm::detail::handle<crm_pls_fit, crm_pls_fit_free> handle_;
};

} // namespace crm::structural

#endif // CRM_CORE_STRUCTURAL_HPP
