// The whole process: from raw records to the next action and the offer for each customer. Included by crm_core.hpp.
#ifndef CRM_CORE_PROCESS_HPP
#define CRM_CORE_PROCESS_HPP

namespace crm {
namespace idic {

/// A transaction of the customer that a key is of.
struct purchase {
    std::string key;
    /// Days since 1970-01-01.
    std::int32_t date;
    double amount;
    /// NaN where none is known; then none may be.
    double cost = std::numeric_limits<double>::quiet_NaN();
};

/// Numbers for some keys, column by column; NaN where one is not known.
struct keyed_columns {
    std::vector<std::string> keys;
    std::vector<std::vector<double>> columns;
};

/// Answers in words for some keys, column by column; empty where one is not known.
struct keyed_texts {
    std::vector<std::string> keys;
    std::vector<std::vector<std::string>> columns;
};

/// What customers have bought, and what is known of them: see crm_idic_history.
struct history {
    std::vector<purchase> log;
    std::optional<keyed_columns> current = {};
    std::optional<keyed_columns> potential = {};
    std::optional<keyed_columns> needs = {};
    std::optional<keyed_texts> choices = {};
    std::optional<keyed_columns> loyalty = {};
    /// The day up to which the log is whole; that of the last transaction unless told.
    std::optional<std::int32_t> end = {};
};

/// What has happened since the round before, in the order of time: see crm_idic_told.
struct told {
    moment now;
    std::vector<std::pair<std::string, crm_contact>> contacts = {};
    std::vector<std::pair<std::string, crm_consent_change>> consents = {};
    /// Whether a complaint is open from then on.
    std::vector<std::pair<std::string, bool>> complaints = {};
};

/// What customers of the groups by needs are like: see crm_idic_needs.
struct needs_groups {
    std::vector<std::uint64_t> sizes;
    /// Group by group for each question the mean answer, or the place of the most frequent one.
    std::vector<std::vector<double>> profile;
};

/// The process at whichever stage of a round it is. See crm_idic. Can be moved, not copied.
class process {
public:
    /// A process that knows nobody. See crm_idic_new.
    process(const std::vector<identify::field> &fields, const std::string &options, std::uint32_t calling_code = 86) {
        const std::vector<crm_record_field> c_fields = identify::detail::c_fields(fields);
        crm_idic *made = nullptr;
        check(crm_idic_new(c_fields.data(), c_fields.size(), calling_code, crm::detail::c_text("options", options),
                           &made));
        handle_.reset(made);
    }

    /// Goes on as the process that was saved. See crm_idic_load.
    static process load(const std::vector<std::uint8_t> &bytes) {
        crm_idic *made = nullptr;
        check(crm_idic_load(bytes.data(), bytes.size(), &made));
        return process(made);
    }
    /// Saves it. See crm_idic_save.
    std::vector<std::uint8_t> save() const {
        std::size_t size = 0;
        check(crm_idic_save(handle_.get(), nullptr, 0, &size));
        std::vector<std::uint8_t> bytes(size);
        check(crm_idic_save(handle_.get(), bytes.data(), bytes.size(), &size));
        return bytes;
    }

    /// The last stage of the round that was made.
    crm_idic_stage stage() const {
        crm_idic_stage out;
        check(crm_idic_stage_made(handle_.get(), &out));
        return out;
    }

    /// Which records are of which customer. See crm_idic_identify.
    /// `times` and `trust` are of each record, or empty where they are not known.
    void identify(const std::vector<std::string> &keys, const std::vector<identify::record> &records,
                  const progress_function &tell = {}, const std::vector<std::int64_t> &times = {},
                  const std::vector<double> &trust = {}) {
        crm::detail::same_length("keys", keys.size(), records.size());
        if (!times.empty()) {
            crm::detail::same_length("times", times.size(), keys.size());
        }
        if (!trust.empty()) {
            crm::detail::same_length("trust", trust.size(), keys.size());
        }
        std::vector<const char *> values;
        for (const identify::record &each : records) {
            crm::detail::same_length("values", each.size(), records.front().size());
            for (const std::string &value : each) {
                values.push_back(crm::detail::c_text("values", value));
            }
        }
        const std::vector<const char *> c_keys = texts("keys", keys);
        const crm_idic_records given = {c_keys.data(), values.data(), times.empty() ? nullptr : times.data(),
                                        trust.empty() ? nullptr : trust.data(), keys.size()};
        watch(tell, [&](crm_progress told, void *context) {
            return crm_idic_identify(handle_.get(), &given, told, context);
        });
    }

    /// What each customer is worth, and needs; `tell` hears hundredths. See crm_idic_differentiate.
    void differentiate(const history &given, const progress_function &tell = {}) {
        std::vector<const char *> keys;
        std::vector<std::int32_t> dates;
        std::vector<double> amounts, costs;
        bool has_costs = false;
        for (const purchase &each : given.log) {
            keys.push_back(crm::detail::c_text("log", each.key));
            dates.push_back(each.date);
            amounts.push_back(each.amount);
            costs.push_back(each.cost);
            has_costs = has_costs || each.cost == each.cost;
        }
        const columns current(given.current), potential(given.potential), needs(given.needs), loyalty(given.loyalty);
        const words choices(given.choices);
        const crm_idic_history c_given = {keys.data(),        dates.data(),    amounts.data(),
                                          has_costs ? costs.data() : nullptr,  keys.size(),
                                          current.c_value(),  potential.c_value(), needs.c_value(),
                                          choices.c_value(),  loyalty.c_value(),   given.end.value_or(CRM_NO_DAY), {}};
        watch(tell, [&](crm_progress told, void *context) {
            return crm_idic_differentiate(handle_.get(), &c_given, told, context);
        });
    }

    /// The next action for each customer. See crm_idic_interact.
    void interact(const told &given, const progress_function &tell = {}) {
        std::vector<const char *> contact_keys, consent_keys, complaint_keys;
        std::vector<crm_contact> contacts;
        std::vector<crm_consent_change> consents;
        std::vector<std::uint8_t> complaints;
        for (const auto &[key, contact] : given.contacts) {
            contact_keys.push_back(crm::detail::c_text("contacts", key));
            contacts.push_back(contact);
        }
        for (const auto &[key, consent] : given.consents) {
            consent_keys.push_back(crm::detail::c_text("consents", key));
            consents.push_back(consent);
        }
        for (const auto &[key, is_open] : given.complaints) {
            complaint_keys.push_back(crm::detail::c_text("complaints", key));
            complaints.push_back(is_open ? 1 : 0);
        }
        const crm_idic_told c_given = {given.now,
                                       contact_keys.data(),
                                       contacts.data(),
                                       contacts.size(),
                                       consent_keys.data(),
                                       consents.data(),
                                       consents.size(),
                                       complaint_keys.data(),
                                       complaints.data(),
                                       complaints.size()};
        watch(tell, [&](crm_progress told, void *context) {
            return crm_idic_interact(handle_.get(), &c_given, told, context);
        });
    }

    /// The offer for each customer whose next action sells. See crm_idic_customize.
    void customize(const progress_function &tell = {}) {
        watch(tell,
              [&](crm_progress told, void *context) { return crm_idic_customize(handle_.get(), told, context); });
    }

    /// Learns what came of decisions, and gives the rows of the log. See crm_idic_learn.
    std::vector<crm_logged_reward> learn(const std::vector<crm_decision_outcome> &outcomes) {
        std::vector<crm_logged_reward> logged(outcomes.size());
        check(crm_idic_learn(handle_.get(), outcomes.data(), outcomes.size(), logged.data()));
        return logged;
    }

    /// Goes to the beginning of the next round, with all that was learned.
    void next_round() { check(crm_idic_next_round(handle_.get())); }

    /// Customers who perhaps are one and of whom nobody has said whether they are, the likeliest first. See crm_idic_doubtful.
    std::vector<crm_doubtful_pair> doubtful() const {
        std::size_t count = 0;
        check(crm_idic_doubtful(handle_.get(), 0, nullptr, &count));
        std::vector<crm_doubtful_pair> out(count);
        check(crm_idic_doubtful(handle_.get(), out.size(), out.data(), &count));
        return out;
    }

    /// What was said of customers and not undone.
    std::vector<crm_reviewed_pair> reviewed() const {
        std::size_t count = 0;
        check(crm_idic_reviewed(handle_.get(), 0, nullptr, &count));
        std::vector<crm_reviewed_pair> out(count);
        check(crm_idic_reviewed(handle_.get(), out.size(), out.data(), &count));
        return out;
    }

    /// Two customers are one: the smaller number goes on. See crm_idic_confirm.
    crm_reviewed_pair confirm(std::uint64_t customer, std::uint64_t other) {
        crm_reviewed_pair out = {};
        check(crm_idic_confirm(handle_.get(), customer, other, &out));
        return out;
    }

    /// Two customers are two, however alike they are. See crm_idic_keep_apart.
    crm_reviewed_pair keep_apart(std::uint64_t customer, std::uint64_t other) {
        crm_reviewed_pair out = {};
        check(crm_idic_keep_apart(handle_.get(), customer, other, &out));
        return out;
    }

    /// Gives some records of a customer, by their keys, to a new one. See crm_idic_split.
    crm_reviewed_pair split(std::uint64_t customer, const std::vector<std::string> &keys) {
        const std::vector<const char *> c_keys = texts("keys", keys);
        crm_reviewed_pair out = {};
        check(crm_idic_split(handle_.get(), customer, c_keys.data(), c_keys.size(), &out));
        return out;
    }

    /// Takes back what was said of two customers. See crm_idic_undo.
    crm_reviewed_pair undo(std::uint64_t decision) {
        crm_reviewed_pair out = {};
        check(crm_idic_undo(handle_.get(), decision, &out));
        return out;
    }

    /// Erases a customer completely. See crm_idic_erase.
    crm_erased_customer erase(std::uint64_t customer) {
        crm_erased_customer out = {};
        check(crm_idic_erase(handle_.get(), customer, &out));
        return out;
    }

    /// The number of the customer that a key is of.
    std::uint64_t customer_of(const std::string &key) const {
        std::uint64_t out = 0;
        check(crm_idic_customer_of(handle_.get(), crm::detail::c_text("key", key), &out));
        return out;
    }

    /// The whole result, a customer in each row.
    std::vector<crm_customer_plan> plans() const {
        std::size_t count = 0;
        check(crm_idic_customers(handle_.get(), &count));
        std::vector<crm_customer_plan> out(count);
        check(crm_idic_plans(handle_.get(), out.size(), out.data()));
        return out;
    }

    /// Why the customer in a row is what it is, and why this is the next action and the offer.
    std::string reasons(std::size_t row, crm_language language = CRM_LANGUAGE_EN) const {
        return crm::detail::read_text([&](char *buffer, std::size_t capacity) {
            return crm_idic_reasons(handle_.get(), row, language, buffer, capacity);
        },
        2048);
    }

    /// Which fields of the customer in a row are to be asked again. See crm_idic_stale_fields.
    std::vector<std::uint8_t> stale_fields(std::size_t row, std::size_t fields) const {
        std::vector<std::uint8_t> out(fields);
        check(crm_idic_stale_fields(handle_.get(), row, fields, out.data()));
        return out;
    }

    /// What stands for the number of each customer. See crm_idic_pseudonyms.
    std::vector<std::string> pseudonyms(const std::vector<std::uint8_t> &key) const {
        std::size_t count = 0;
        check(crm_idic_customers(handle_.get(), &count));
        std::vector<char> texts(count * CRM_PSEUDONYM_SIZE);
        check(crm_idic_pseudonyms(handle_.get(), key.data(), key.size(), count, texts.data()));
        std::vector<std::string> out;
        for (std::size_t row = 0; row < count; row++) {
            out.emplace_back(texts.data() + row * CRM_PSEUDONYM_SIZE);
        }
        return out;
    }

    /// The groups by needs, of answers to so many questions. See crm_idic_needs.
    needs_groups needs(std::size_t questions) const {
        std::size_t groups = 0;
        check(crm_idic_needs_groups(handle_.get(), &groups));
        needs_groups out{std::vector<std::uint64_t>(groups), {}};
        std::vector<double> profile(groups == 0 ? 0 : groups * questions);
        check(crm_idic_needs(handle_.get(), groups, questions, out.sizes.data(), profile.data()));
        for (std::size_t group = 0; group < groups; group++) {
            const auto first = profile.begin() + static_cast<std::ptrdiff_t>(group * questions);
            out.profile.emplace_back(first, first + static_cast<std::ptrdiff_t>(questions));
        }
        return out;
    }

    /// Customers by crm_pyramid_tier and group by needs, and their current values. See crm_idic_value_by_needs.
    cross_table value_by_needs() const {
        std::size_t groups = 0;
        check(crm_idic_needs_groups(handle_.get(), &groups));
        const std::size_t tiers = CRM_PYRAMID_TIER_SMALL + 1, cells = tiers * groups;
        cross_table out{tiers, groups, std::vector<std::uint64_t>(cells), std::vector<double>(cells)};
        check(crm_idic_value_by_needs(handle_.get(), cells, out.counts.data(), out.totals.data()));
        return out;
    }

    /// Customers by crm_customer_type in the round before and in this one. See crm_idic_moves.
    std::vector<std::uint64_t> moves() const {
        std::vector<std::uint64_t> out(16);
        check(crm_idic_moves(handle_.get(), out.size(), out.data()));
        return out;
    }

    /// How a stage went, as JSON. See crm_idic_counts.
    std::string counts(crm_idic_stage stage) const {
        return crm::detail::read_text([&](char *buffer, std::size_t capacity) {
            return crm_idic_counts(handle_.get(), stage, buffer, capacity);
        },
        1024);
    }

private:
    explicit process(crm_idic *made) : handle_(made) {}

    static std::vector<const char *> texts(const char *argument, const std::vector<std::string> &values) {
        std::vector<const char *> out;
        for (const std::string &value : values) {
            out.push_back(crm::detail::c_text(argument, value));
        }
        return out;
    }

    /// Keyed columns for the C interface.
    class columns {
    public:
        explicit columns(const std::optional<keyed_columns> &given) {
            if (!given) {
                return;
            }
            keys_ = texts("keys", given->keys);
            for (const std::vector<double> &column : given->columns) {
                crm::detail::same_length("columns", column.size(), keys_.size());
                columns_.push_back(column.data());
            }
            value_ = crm_keyed_columns{keys_.data(), columns_.data(), columns_.size(), keys_.size()};
        }
        columns(const columns &) = delete;
        columns &operator=(const columns &) = delete;
        const crm_keyed_columns *c_value() const { return value_ ? &*value_ : nullptr; }

    private:
        std::vector<const char *> keys_;
        std::vector<const double *> columns_;
        std::optional<crm_keyed_columns> value_;
    };

    /// Keyed texts for the C interface.
    class words {
    public:
        explicit words(const std::optional<keyed_texts> &given) {
            if (!given) {
                return;
            }
            keys_ = texts("keys", given->keys);
            for (const std::vector<std::string> &column : given->columns) {
                crm::detail::same_length("columns", column.size(), keys_.size());
            }
            for (std::size_t row = 0; row < keys_.size(); row++) {
                for (const std::vector<std::string> &column : given->columns) {
                    values_.push_back(crm::detail::c_text("columns", column[row]));
                }
            }
            value_ = crm_keyed_texts{keys_.data(), values_.data(), given->columns.size(), keys_.size()};
        }
        words(const words &) = delete;
        words &operator=(const words &) = delete;
        const crm_keyed_texts *c_value() const { return value_ ? &*value_ : nullptr; }

    private:
        std::vector<const char *> keys_;
        std::vector<const char *> values_;
        std::optional<crm_keyed_texts> value_;
    };

    /// Makes a stage; an exception of `tell` stops it, and is thrown.
    template <class Stage> static void watch(const progress_function &tell, Stage stage) {
        crm::detail::watcher watching{tell};
        watching.check(stage(watching.function(), &watching));
    }

    crm::detail::handle<crm_idic, crm_idic_free> handle_;
};

} // namespace idic
} // namespace crm

#endif // CRM_CORE_PROCESS_HPP
