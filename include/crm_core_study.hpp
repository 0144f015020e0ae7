// Satisfaction surveys in nine steps. Included by crm_core.hpp.
#ifndef CRM_CORE_STUDY_HPP
#define CRM_CORE_STUDY_HPP

namespace crm::satisfaction {

/// A satisfaction survey at one of its nine steps: see crm_study_new. Can be moved, not copied.
class study {
public:
    /// A study from what is stored of it, or its first step alone: see crm_study_new.
    explicit study(const std::string &json) {
        crm_study *made = nullptr;
        check(crm_study_new(crm::detail::c_text("json", json), &made));
        handle_.reset(made);
    }

    /// The study one step further: see crm_study_advance_new.
    study advance(const std::string &json) const {
        crm_study *made = nullptr;
        check(crm_study_advance_new(handle_.get(), crm::detail::c_text("json", json), &made));
        return study(made);
    }
    /// The study after its survey, from columns of answers in the order of columns(): see crm_study_survey_new.
    study survey(const std::string &json, const std::vector<std::vector<double>> &answers,
                 const std::vector<std::size_t> &strata = {},
                 const std::vector<std::size_t> &clusters = {}) const {
        const std::size_t rows = answers.empty() ? 0 : answers.front().size();
        std::vector<const double *> columns;
        for (const std::vector<double> &column : answers) {
            crm::detail::same_length("answers", column.size(), rows);
            columns.push_back(column.data());
        }
        const auto parts = [rows](const char *argument, const std::vector<std::size_t> &of_rows) {
            if (!of_rows.empty()) {
                crm::detail::same_length(argument, of_rows.size(), rows);
            }
            return of_rows.empty() ? nullptr : of_rows.data();
        };
        crm_study *made = nullptr;
        check(crm_study_survey_new(handle_.get(), crm::detail::c_text("json", json), columns.data(), columns.size(), rows,
                                   parts("strata", strata), parts("clusters", clusters), &made));
        return study(made);
    }

    /// The last step that was made.
    crm_survey_step step() const {
        crm_survey_step out;
        check(crm_study_step(handle_.get(), &out));
        return out;
    }
    /// What the constructor reads back.
    std::string json() const {
        return ask([&](const char **out) { return crm_study_json(handle_.get(), out); });
    }
    /// What a step gave, as JSON: see crm_study_product.
    std::string product(crm_survey_step step) const {
        return ask([&](const char **out) { return crm_study_product(handle_.get(), step, out); });
    }
    /// A number in what a step gave, by its JSON pointer.
    double number(crm_survey_step step, const std::string &pointer) const {
        double out = 0;
        check(crm_study_number(handle_.get(), step, crm::detail::c_text("pointer", pointer), &out));
        return out;
    }
    /// A text in what a step gave, by its JSON pointer.
    std::string text(crm_survey_step step, const std::string &pointer) const {
        return grown([&](char *buffer, std::size_t capacity) {
            return crm_study_text(handle_.get(), step, crm::detail::c_text("pointer", pointer), buffer, capacity);
        });
    }
    /// The questionnaire in Markdown.
    std::string questionnaire(crm_language language = CRM_LANGUAGE_EN) const {
        return ask([&](const char **out) { return crm_study_questionnaire(handle_.get(), language, out); });
    }
    /// Names of the columns of answers.
    std::vector<std::string> columns() const {
        std::size_t count = 0;
        check(crm_study_columns(handle_.get(), &count));
        std::vector<std::string> names;
        for (std::size_t i = 0; i < count; ++i) {
            names.push_back(ask([&](const char **out) { return crm_study_column(handle_.get(), i, out); }));
        }
        return names;
    }
    /// Who is invited, by the plan of the sample.
    std::vector<crm_drawn> draw() const {
        crm_draw *made = nullptr;
        check(crm_study_draw_new(handle_.get(), &made));
        return crm::detail::drawn_units(made);
    }
    /// The study with another status of the action at this place: see crm_study_with_status_new.
    study with_status(std::size_t action, crm_action_status status) const {
        crm_study *made = nullptr;
        check(crm_study_with_status_new(handle_.get(), action, status, &made));
        return study(made);
    }
    /// What became of the actions, as JSON: see crm_study_follow_up.
    std::string follow_up(const study &next) const {
        return grown([&](char *buffer, std::size_t capacity) {
            return crm_study_follow_up(handle_.get(), next.handle_.get(), buffer, capacity);
        });
    }

private:
    explicit study(crm_study *made) { handle_.reset(made); }
    template <class Question> static std::string ask(Question question) {
        const char *out = nullptr;
        check(question(&out));
        return out;
    }
    /// A text whose size is not known: room is doubled until it fits.
    template <class Write> static std::string grown(Write write) {
        std::string buffer(1024, '\0');
        crm_status status;
        while ((status = write(&buffer[0], buffer.size())) == CRM_STATUS_LENGTH_MISMATCH) {
            buffer.resize(2 * buffer.size());
        }
        check(status);
        return buffer.c_str();
    }

    crm::detail::handle<crm_study, crm_study_free> handle_;
};

} // namespace crm::satisfaction

#endif // CRM_CORE_STUDY_HPP
