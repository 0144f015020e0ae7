// How able a firm is to manage its relationships: weights from comparisons in pairs, trees of graded
// indices. Included by crm_core.hpp.
#ifndef CRM_CORE_CAPABILITY_HPP
#define CRM_CORE_CAPABILITY_HPP

namespace crm {
namespace capability {

/// The weights of criteria, and how far the judgements contradict each other.
struct priorities {
    std::vector<double> weights;
    crm_ahp_consistency consistency;
};

/// The weights of criteria from a square table of judgements, row by row. See crm_ahp_priorities.
inline priorities ahp(const std::vector<double> &judgements, std::size_t criteria,
                      crm_random_index random_index = CRM_RANDOM_INDEX_SAATY1980) {
    if (judgements.size() != criteria * criteria) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, "judgements", "must be criteria x criteria numbers");
    }
    priorities found{std::vector<double>(criteria), {}};
    check(crm_ahp_priorities(judgements.data(), criteria, random_index, found.weights.data(), &found.consistency));
    return found;
}

/// The share of judges who chose each grade. See crm_membership_from_votes.
inline std::vector<double> membership_from_votes(const std::vector<std::uint64_t> &votes) {
    std::vector<double> degrees(votes.size());
    check(crm_membership_from_votes(votes.data(), votes.size(), degrees.data()));
    return degrees;
}

/// The grades of a measured value. See crm_membership_from_measure.
inline std::vector<double> membership_from_measure(double value, const std::vector<double> &peaks) {
    std::vector<double> degrees(peaks.size());
    check(crm_membership_from_measure(value, peaks.data(), peaks.size(), degrees.data()));
    return degrees;
}

/// An index of a tree.
struct index {
    std::string name, en, zh;
    double weight;
    std::uint64_t parts;
};

/// What an index comes to, and its degrees in the grades.
struct evaluated_index {
    crm_evaluated_index values;
    std::vector<double> membership;
};

/// A tree of indices, each before its parts. See crm_index_tree. Can be moved, not copied.
class index_tree {
public:
    /// The tree of CRM capability.
    static index_tree crm_capability() {
        crm_index_tree *made = nullptr;
        check(crm_index_tree_crm_capability_new(&made));
        return index_tree(made);
    }
    /// Reads a tree. See crm_index_tree_from_json_new.
    static index_tree from_json(const std::string &json) {
        crm_index_tree *made = nullptr;
        check(crm_index_tree_from_json_new(detail::c_text("json", json), &made));
        return index_tree(made);
    }
    /// What from_json reads.
    std::string to_json() const {
        std::size_t size = 0;
        check(crm_index_tree_json_size(handle_.get(), &size));
        return detail::read_text(
            [&](char *buffer, std::size_t capacity) {
                return crm_index_tree_to_json(handle_.get(), buffer, capacity);
            },
            size);
    }
    /// The same tree with other weights for the parts of an index.
    index_tree with_weights(const std::string &name, const std::vector<double> &weights) const {
        crm_index_tree *made = nullptr;
        check(crm_index_tree_with_weights_new(handle_.get(), detail::c_text("name", name), weights.data(),
                                              weights.size(), &made));
        return index_tree(made);
    }
    /// Every index, each before its parts.
    std::vector<index> indices() const {
        std::vector<index> all;
        for (std::size_t place = 0; place < size().first; ++place) {
            crm_index one = {};
            check(crm_index_tree_index(handle_.get(), place, &one));
            all.push_back({one.name, one.en, one.zh, one.weight, one.parts});
        }
        return all;
    }
    /// Evaluates every index; `memberships` are those of the leaves, in the order of the tree. See crm_index_tree_evaluate.
    std::vector<evaluated_index> evaluate(const std::vector<std::vector<double>> &memberships,
                                          const std::vector<double> &scores,
                                          crm_composition composition = CRM_COMPOSITION_WEIGHTED_AVERAGE) const {
        const std::size_t count = size().first, grades = scores.size();
        std::vector<double> given;
        for (const std::vector<double> &each : memberships) {
            if (each.size() != grades) {
                throw error(CRM_STATUS_LENGTH_MISMATCH, "memberships", "must have a degree per grade");
            }
            given.insert(given.end(), each.begin(), each.end());
        }
        std::vector<crm_evaluated_index> rows(count);
        std::vector<double> degrees(count * grades);
        check(crm_index_tree_evaluate(handle_.get(), given.data(), memberships.size(), scores.data(), grades, composition,
                                      count, rows.data(), degrees.data()));
        std::vector<evaluated_index> found;
        for (std::size_t i = 0; i < count; ++i) {
            const auto first = degrees.begin() + static_cast<std::ptrdiff_t>(i * grades);
            found.push_back({rows[i], {first, first + static_cast<std::ptrdiff_t>(grades)}});
        }
        return found;
    }
    /// For the C interface.
    const crm_index_tree *c_value() const noexcept { return handle_.get(); }

private:
    explicit index_tree(crm_index_tree *made) : handle_(made) {}
    /// How many indices there are, and how many leaves.
    std::pair<std::size_t, std::size_t> size() const {
        std::pair<std::size_t, std::size_t> both;
        check(crm_index_tree_size(handle_.get(), &both.first, &both.second));
        return both;
    }

    detail::handle<crm_index_tree, crm_index_tree_free> handle_;
};

/// How sure the ranks of alternatives are; tables are row-major, a row for each alternative.
struct acceptability {
    std::vector<double> ranks, mean_ranks, central_weights;
};

/// See crm_rank_acceptability: a row of scores for each alternative; without weights all are equally likely.
inline acceptability rank_acceptability(const std::vector<std::vector<double>> &scores, std::uint32_t draws,
                                        std::uint64_t seed, const std::vector<double> &weights = {},
                                        double concentration = 0) {
    const std::size_t n = scores.size(), criteria = scores.empty() ? 0 : scores.front().size();
    std::vector<double> given;
    for (const std::vector<double> &row : scores) {
        detail::same_length("scores", row.size(), criteria);
        given.insert(given.end(), row.begin(), row.end());
    }
    if (!weights.empty()) {
        detail::same_length("weights", weights.size(), criteria);
    }
    acceptability out = {std::vector<double>(n * n), std::vector<double>(n), std::vector<double>(n * criteria)};
    check(crm_rank_acceptability(given.data(), n, criteria, weights.empty() ? nullptr : weights.data(), concentration,
                                 draws, seed, out.ranks.data(), out.mean_ranks.data(), out.central_weights.data()));
    return out;
}

} // namespace capability
} // namespace crm

#endif // CRM_CORE_CAPABILITY_HPP
