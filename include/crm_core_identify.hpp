// Identify: texts in one form and how far they are apart; profiles of customers, matched one record at a time. Included by
// crm_core.hpp.
#ifndef CRM_CORE_IDENTIFY_HPP
#define CRM_CORE_IDENTIFY_HPP

namespace crm {
namespace identify {

namespace detail {

template <class Out> Out compared(crm_status (*measure)(const char *, const char *, Out *), const std::string &a,
                                  const std::string &b) {
    Out out{};
    check(measure(crm::detail::c_text("a", a), crm::detail::c_text("b", b), &out));
    return out;
}

} // namespace detail

/// See crm_jaro.
inline double jaro(const std::string &a, const std::string &b) { return detail::compared(crm_jaro, a, b); }
/// See crm_jaro_winkler.
inline double jaro_winkler(const std::string &a, const std::string &b) {
    return detail::compared(crm_jaro_winkler, a, b);
}
/// See crm_token_set.
inline double token_set(const std::string &a, const std::string &b) { return detail::compared(crm_token_set, a, b); }
/// See crm_levenshtein.
inline std::size_t levenshtein(const std::string &a, const std::string &b) {
    return detail::compared(crm_levenshtein, a, b);
}
/// See crm_osa.
inline std::size_t osa(const std::string &a, const std::string &b) { return detail::compared(crm_osa, a, b); }
/// See crm_damerau_levenshtein.
inline std::size_t damerau_levenshtein(const std::string &a, const std::string &b) {
    return detail::compared(crm_damerau_levenshtein, a, b);
}

/// The normal form of a value. See crm_normalise.
inline std::string normalise(crm_field_kind kind, const std::string &given, std::uint32_t calling_code = 86) {
    // Abbreviations are written out: the result may be longer than what was given, but not six times as long.
    std::string text(6 * given.size() + 32, '\0');
    check(crm_normalise(kind, crm::detail::c_text("given", given), calling_code, text.data(), text.size()));
    return text.c_str();
}

/// A name in Latin letters. See crm_pinyin.
inline std::string pinyin(const std::string &given) {
    std::string text(6 * given.size() + 32, '\0');
    check(crm_pinyin(crm::detail::c_text("given", given), text.data(), text.size()));
    return text.c_str();
}

/// 2^(-age/half-life). See crm_freshness.
inline double freshness(double age, double half_life) {
    double out = 0;
    check(crm_freshness(age, half_life, &out));
    return out;
}

/// HMAC-SHA-256 of a message under a key. See crm_hmac_sha256.
inline std::array<std::uint8_t, 32> hmac_sha256(const std::vector<std::uint8_t> &key,
                                                const std::vector<std::uint8_t> &message) {
    std::array<std::uint8_t, 32> code{};
    check(crm_hmac_sha256(key.data(), key.size(), message.data(), message.size(), code.data()));
    return code;
}

/// What stands for a value where nobody may read it. See crm_pseudonym.
inline std::string pseudonym(const std::vector<std::uint8_t> &key, crm_field_kind kind, const std::string &given,
                             std::uint32_t calling_code = 86) {
    char text[65] = "";
    check(crm_pseudonym(key.data(), key.size(), kind, crm::detail::c_text("given", given), calling_code, text,
                        sizeof text));
    return text;
}

/// A field of records; `partner` is the place of the field that its value may stand in by mistake, `half_life` the days
/// within which half of its values are taken to have changed, `derived_from` the places of the fields that its values are made of.
struct field {
    std::string name;
    crm_field_kind kind;
    std::optional<std::size_t> partner = std::nullopt;
    bool term_frequency = true;
    double importance = 1;
    std::optional<double> half_life = std::nullopt;
    crm_data_sensitivity sensitivity = CRM_DATA_SENSITIVITY_PERSONAL;
    std::vector<std::size_t> derived_from = {};
};

namespace detail {

/// Fields for the C interface.
inline std::vector<crm_record_field> c_fields(const std::vector<field> &fields) {
    std::vector<crm_record_field> out;
    for (const field &each : fields) {
        std::uint32_t derived_from = 0;
        for (const std::size_t place : each.derived_from) {
            if (place >= 32) {
                throw error(CRM_STATUS_OUT_OF_RANGE, "fields", "must be derived from other fields");
            }
            derived_from |= std::uint32_t{1} << place;
        }
        out.push_back({crm::detail::c_text("fields", each.name), each.partner.value_or(out.size()), each.kind,
                       each.term_frequency ? 1 : 0, each.importance, each.half_life.value_or(0), each.sensitivity,
                       derived_from});
    }
    return out;
}

} // namespace detail

/// The values of a record, one for each field; a value that is missing is empty.
using record = std::vector<std::string>;

namespace detail {

/// Adds the values of a record for the C interface.
inline void append(std::vector<const char *> &texts, const record &values) {
    for (const std::string &value : values) {
        texts.push_back(crm::detail::c_text("values", value));
    }
}

/// The values of records of so many fields for the C interface.
inline std::vector<const char *> c_values(const std::vector<record> &records, std::size_t fields) {
    std::vector<const char *> values;
    for (const record &each : records) {
        if (each.size() != fields) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "values", "must have a value for each field");
        }
        append(values, each);
    }
    return values;
}

} // namespace detail

/// From where on a field is stale or useless. See crm_field_qualities.
struct quality_limits {
    double least_freshness = 0.5;
    double least_filled = 0.05;
};

/// How good the values of each field are, the most important fields first; `times` says when each record was made, if it is
/// known. See crm_field_qualities.
inline std::vector<crm_field_quality> field_qualities(const std::vector<field> &fields,
                                                      const std::vector<record> &records, std::int64_t now,
                                                      const std::optional<std::vector<std::int64_t>> &times = {},
                                                      const quality_limits &limits = {},
                                                      std::uint32_t calling_code = 86) {
    const std::vector<crm_record_field> c_fields = detail::c_fields(fields);
    const std::vector<const char *> values = detail::c_values(records, fields.size());
    if (times) {
        crm::detail::same_length("times", times->size(), records.size());
    }
    std::vector<crm_field_quality> out(fields.size());
    check(crm_field_qualities(c_fields.data(), c_fields.size(), values.data(), records.size(), calling_code,
                              times ? times->data() : nullptr, now, limits.least_freshness, limits.least_filled,
                              out.data()));
    return out;
}

/// Where a record came from, and when: the number of its source, seconds since 1970-01-01T00:00:00.
struct origin {
    std::uint32_t source;
    std::int64_t at;
};

/// What became of an update.
struct updated {
    std::uint64_t record;
    std::vector<crm_update_outcome> fields;
};

/// What is known of a customer. See crm_profile_store_profile.
struct profile {
    std::vector<crm_profile_value> fields;
    std::vector<crm_profile_conflict> conflicts;
    double freshness;
};

/// Why two records are, or are not, of one customer.
struct explanation {
    double prior, probability;
    std::vector<crm_field_evidence> fields;
};

/// The profiles of customers. See crm_profile_store. Can be moved, not copied.
class profile_store {
public:
    /// Finds the customers of records. See crm_profile_store_new.
    profile_store(const std::vector<field> &fields, const std::vector<record> &records,
                  std::uint32_t calling_code = 86, double threshold = 0.5, std::uint64_t seed = 1) {
        const std::vector<crm_record_field> c_fields = detail::c_fields(fields);
        const std::vector<const char *> values = detail::c_values(records, fields.size());
        crm_profile_store *made = nullptr;
        check(crm_profile_store_new(c_fields.data(), c_fields.size(), values.data(), records.size(), calling_code,
                                    threshold, seed, &made));
        store_.reset(made);
    }

    /// Opens a store that was saved. See crm_profile_store_load.
    static profile_store load(const std::vector<std::uint8_t> &bytes) {
        crm_profile_store *made = nullptr;
        check(crm_profile_store_load(bytes.data(), bytes.size(), &made));
        return profile_store(made);
    }

    /// How many records it holds.
    std::size_t size() const {
        std::size_t records = 0;
        check(crm_profile_store_records(store_.get(), &records));
        return records;
    }

    /// The records that an incoming one is likely to be of the same customer as. See crm_profile_store_matches.
    std::vector<crm_match> matches(const record &values, double least_probability = 0.5) const {
        const std::vector<const char *> c_values = texts(values);
        std::vector<crm_match> found(16);
        for (;;) {
            std::size_t count = 0;
            check(crm_profile_store_matches(store_.get(), c_values.data(), c_values.size(), least_probability,
                                            found.data(), found.size(), &count));
            const bool fit = count <= found.size();
            found.resize(count);
            if (fit) {
                return found;
            }
        }
    }

    /// Takes an incoming record in. See crm_profile_store_add.
    crm_added add(const record &values) {
        const std::vector<const char *> c_values = texts(values);
        crm_added out;
        check(crm_profile_store_add(store_.get(), c_values.data(), c_values.size(), &out));
        return out;
    }

    /// The same, where it is known from where and when the record came. See crm_profile_store_add_from.
    crm_added add(const record &values, const origin &from) {
        const std::vector<const char *> c_values = texts(values);
        crm_added out;
        check(crm_profile_store_add_from(store_.get(), c_values.data(), c_values.size(), from.source, from.at, &out));
        return out;
    }

    /// Sets the probability from which a record of another customer is a possible link. See
    /// crm_profile_store_set_review_threshold.
    void set_review_threshold(double review_threshold) {
        check(crm_profile_store_set_review_threshold(store_.get(), review_threshold));
    }

    /// Names a source, or changes how much it is trusted; gives its number. See crm_profile_store_set_source.
    std::uint32_t set_source(const std::string &name, double trust) {
        std::uint32_t source = 0;
        check(crm_profile_store_set_source(store_.get(), crm::detail::c_text("name", name), trust, &source));
        return source;
    }

    /// Says where a record of the store came from. See crm_profile_store_set_origin.
    void set_origin(std::uint64_t stored, const origin &from) {
        check(crm_profile_store_set_origin(store_.get(), stored, from.source, from.at));
    }

    /// Takes in what a customer who is known said. See crm_profile_store_update.
    updated update(std::uint64_t cluster, const record &values, const origin &from) {
        const std::vector<const char *> c_values = texts(values);
        updated made{0, std::vector<crm_update_outcome>(values.size())};
        check(crm_profile_store_update(store_.get(), cluster, c_values.data(), c_values.size(), from.source, from.at,
                                       &made.record, made.fields.data()));
        return made;
    }

    /// What is known of a customer, given how many fields the store has. See crm_profile_store_profile.
    identify::profile profile(std::uint64_t cluster, std::int64_t now, std::size_t fields) const {
        identify::profile known{std::vector<crm_profile_value>(fields), {}, 0};
        for (;;) {
            std::size_t count = 0;
            check(crm_profile_store_profile(store_.get(), cluster, now, known.fields.data(), fields,
                                            known.conflicts.data(), known.conflicts.size(), &count, &known.freshness));
            const bool fit = count <= known.conflicts.size();
            known.conflicts.resize(count);
            if (fit) {
                return known;
            }
        }
    }

    /// The value of a field that stands for a customer, normalised. See crm_profile_store_value.
    std::string value(std::uint64_t cluster, std::size_t field) const {
        std::string text(64, '\0');
        while (crm_profile_store_value(store_.get(), cluster, field, text.data(), text.size()) ==
               CRM_STATUS_LENGTH_MISMATCH) {
            text.resize(2 * text.size());
        }
        check(crm_profile_store_value(store_.get(), cluster, field, text.data(), text.size()));
        return text.c_str();
    }

    /// Why an incoming record is, or is not, of the customer of one of the store. See crm_profile_store_explain.
    explanation explain(const record &values, std::uint64_t stored) const {
        const std::vector<const char *> c_values = texts(values);
        explanation found{0, 0, std::vector<crm_field_evidence>(values.size())};
        check(crm_profile_store_explain(store_.get(), c_values.data(), c_values.size(), stored, found.fields.data(),
                                        &found.prior, &found.probability));
        return found;
    }

    /// The customer of a record.
    std::uint64_t cluster(std::uint64_t stored) const {
        std::uint64_t found = 0;
        check(crm_profile_store_cluster(store_.get(), stored, &found));
        return found;
    }

    /// Two customers are one from now on; gives the number to undo it by. See crm_profile_store_merge.
    std::uint64_t merge(std::uint64_t kept, std::uint64_t ended) {
        std::uint64_t merge = 0;
        check(crm_profile_store_merge(store_.get(), kept, ended, &merge));
        return merge;
    }

    /// Takes a merge back, and gives the customer that is there again.
    std::uint64_t undo(std::uint64_t merge) {
        std::uint64_t again = 0;
        check(crm_profile_store_undo(store_.get(), merge, &again));
        return again;
    }

    /// Gives some records of a customer to a new one, and gives its number. See crm_profile_store_split.
    std::uint64_t split(std::uint64_t cluster, const std::vector<std::uint64_t> &records) {
        std::uint64_t made = 0;
        check(crm_profile_store_split(store_.get(), cluster, records.data(), records.size(), &made));
        return made;
    }

    /// Erases a customer, and gives how many records and values are gone. See crm_profile_store_erase.
    std::pair<std::size_t, std::size_t> erase(std::uint64_t cluster) {
        std::size_t records = 0, values = 0;
        check(crm_profile_store_erase(store_.get(), cluster, &records, &values));
        return {records, values};
    }

    /// Saves it. See crm_profile_store_save.
    std::vector<std::uint8_t> save() const {
        std::vector<std::uint8_t> bytes;
        for (;;) {
            std::size_t size = 0;
            check(crm_profile_store_save(store_.get(), bytes.data(), bytes.size(), &size));
            const bool fit = size <= bytes.size();
            bytes.resize(size);
            if (fit) {
                return bytes;
            }
        }
    }

    /// The handle for the C interface; lives as long as this object.
    const crm_profile_store *c_value() const noexcept { return store_.get(); }

private:
    explicit profile_store(crm_profile_store *made) : store_(made) {}

    static std::vector<const char *> texts(const record &values) {
        std::vector<const char *> texts;
        detail::append(texts, values);
        return texts;
    }

    crm::detail::handle<crm_profile_store, crm_profile_store_free> store_;
};

} // namespace identify
} // namespace crm

#endif // CRM_CORE_IDENTIFY_HPP
