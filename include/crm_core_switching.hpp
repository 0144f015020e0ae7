// Brand switching for C++17: part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_SWITCHING_HPP
#define CRM_CORE_SWITCHING_HPP

#include "crm_core.hpp"

namespace crm::switching {

/// The last period T of a sum, or no end.
class horizon {
public:
    /// t = 0, 1, …, last.
    horizon(std::uint32_t last) noexcept : last_(last) {}
    /// t = 0, 1, … without end.
    static horizon infinite() noexcept {
        horizon made(0);
        made.last_ = CRM_INFINITE_HORIZON;
        return made;
    }

    /// The number of periods; 0 for a horizon without end.
    std::size_t periods() const noexcept {
        return last_ < 0 ? 0 : static_cast<std::size_t>(last_) + 1;
    }
    /// For the C interface.
    std::int64_t c_value() const noexcept { return last_; }

private:
    std::int64_t last_;
};

/// A discount rate per period, and the purchases in such a period: (1 + rate)^(-t / purchases).
struct discounting {
    decimal rate;
    double purchases_per_period = 1;

    discounting(decimal rate, double purchases_per_period = 1)
        : rate(rate), purchases_per_period(purchases_per_period) {}
};

/// A number that may differ by brand, by period, or by both.
class amount {
public:
    /// The same for all brands and periods.
    amount(double constant) : values_{constant} {}
    /// One number for each brand.
    static amount per_brand(std::vector<double> values) {
        return amount(std::move(values), false, true);
    }
    /// One number for each period t = 0, ..., T.
    static amount per_period(std::vector<double> values) {
        return amount(std::move(values), true, false);
    }
    /// Row-major: one row of a number per brand for each period t = 0, ..., T.
    static amount per_brand_and_period(std::vector<double> rows) {
        return amount(std::move(rows), true, true);
    }

    /// For the C interface: refuses another number of values than these periods and brands need.
    const double *data(const char *name, std::size_t periods, std::size_t brands) const {
        const std::size_t rows = by_period_ ? periods : 1, columns = by_brand_ ? brands : 1;
        if (by_period_ && periods == 0) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, name,
                        "must be the same in all periods for an infinite horizon");
        }
        if (values_.size() != rows * columns) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, name,
                        "must have length " + std::to_string(rows * columns));
        }
        return values_.data();
    }
    /// For the C interface.
    std::size_t period_stride(std::size_t brands) const noexcept {
        return by_period_ ? (by_brand_ ? brands : 1) : 0;
    }
    /// For the C interface.
    std::size_t brand_stride() const noexcept { return by_brand_ ? 1 : 0; }

private:
    amount(std::vector<double> values, bool by_period, bool by_brand)
        : values_(std::move(values)), by_period_(by_period), by_brand_(by_brand) {}

    std::vector<double> values_;
    bool by_period_ = false;
    bool by_brand_ = false;
};

/// What purchases bring, and over which time.
struct spending {
    /// F, the expected purchases in a period over all brands.
    amount purchases;
    /// pi, the contribution per purchase.
    amount contribution;
    discounting discount;
    horizon until;

    /// For the C interface; lives as long as this object.
    crm_spending c_value(std::size_t brands) const {
        crm_spending made{};
        made.purchases = purchases.data("purchases", until.periods(), brands);
        made.purchases_period_stride = purchases.period_stride(brands);
        made.purchases_brand_stride = purchases.brand_stride();
        made.contribution = contribution.data("contribution", until.periods(), brands);
        made.contribution_period_stride = contribution.period_stride(brands);
        made.contribution_brand_stride = contribution.brand_stride();
        made.discount_rate = *discount.rate.c_value();
        made.purchases_per_period = discount.purchases_per_period;
        made.horizon = until.c_value();
        return made;
    }
};

/// What every brand is worth, and when.
struct values {
    /// CLV(j) of every brand.
    std::vector<double> clv;
    /// Row-major: the contribution of every brand in each period; empty for a horizon without end.
    std::vector<double> contributions;
};

namespace detail {

template <class Call> values evaluate(std::size_t brands, const spending &spending, Call call) {
    const crm_spending bits = spending.c_value(brands);
    values made{std::vector<double>(brands), std::vector<double>(spending.until.periods() * brands)};
    double *contributions = made.contributions.empty() ? nullptr : made.contributions.data();
    check(call(&bits, made.clv.data(), contributions));
    return made;
}

inline std::size_t rows(const char *name, std::size_t size, std::size_t columns) {
    if (columns == 0 || size % columns != 0) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, name, "must have a number for each brand in every row");
    }
    return size / columns;
}

} // namespace detail

/// crm_retention_clv: the value of a brand whose customers stay or leave for good.
inline values retention_clv(const decimal &share, const decimal &retention, const spending &spending) {
    return detail::evaluate(1, spending, [&](auto... rest) {
        return crm_retention_clv(share.c_value(), retention.c_value(), rest...);
    });
}

/// crm_share_path_clv: the value of every brand from its shares, row-major by period.
inline values share_path_clv(const std::vector<double> &shares, std::size_t brands,
                             const spending &spending,
                             crm_share_rule rule = CRM_SHARE_RULE_SUM_TO_ONE) {
    const std::size_t periods = detail::rows("shares", shares.size(), brands);
    return detail::evaluate(brands, spending, [&](auto... rest) {
        return crm_share_path_clv(shares.data(), periods, brands, rule, rest...);
    });
}

/// crm_switching_clv: the value of every brand when customers switch by a matrix, row-major, or by
/// T of them, one after the other.
inline values switching_clv(const std::vector<double> &shares,
                            const std::vector<double> &transition_matrix, const spending &spending) {
    const std::size_t brands = shares.size();
    const std::size_t matrices =
        detail::rows("transition_matrix", transition_matrix.size(), brands * brands);
    return detail::evaluate(brands, spending, [&](auto... rest) {
        return crm_switching_clv(shares.data(), brands, transition_matrix.data(), matrices, rest...);
    });
}

/// Divides every row of weights by its sum.
inline std::vector<double> normalize(const std::vector<double> &weights, std::size_t brands) {
    std::vector<double> shares(weights.size());
    const std::size_t rows = detail::rows("weights", weights.size(), brands);
    check(crm_shares_normalize(weights.data(), rows, brands, shares.data()));
    return shares;
}

/// A number that does not change over time, and may differ by customer, by brand, or by both; it refers
/// to vectors that the caller keeps.
class customer_amount {
public:
    /// One number for all, or one for each customer.
    customer_amount(double constant) : constant_(constant) {}
    customer_amount(const std::vector<double> &of_customers)
        : values_(&of_customers), by_customer_(true) {}
    /// One number for each brand.
    static customer_amount per_brand(const std::vector<double> &values) {
        customer_amount made(values);
        made.by_customer_ = false;
        made.by_brand_ = true;
        return made;
    }
    /// Row-major: one row of a number per brand for each customer.
    static customer_amount per_customer_and_brand(const std::vector<double> &rows) {
        customer_amount made(rows);
        made.by_brand_ = true;
        return made;
    }

    /// For the C interface: refuses another number of values than these customers and brands need.
    const double *data(const char *name, std::size_t customers, std::size_t brands) const {
        const std::size_t rows = by_customer_ ? customers : 1, columns = by_brand_ ? brands : 1;
        if (values_ && values_->size() != rows * columns) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, name,
                        "must have length " + std::to_string(rows * columns));
        }
        return values_ ? values_->data() : &constant_;
    }
    /// For the C interface.
    std::size_t customer_stride(std::size_t brands) const noexcept {
        return by_customer_ ? (by_brand_ ? brands : 1) : 0;
    }
    /// For the C interface.
    std::size_t brand_stride() const noexcept { return by_brand_ ? 1 : 0; }

private:
    double constant_ = 0;
    const std::vector<double> *values_ = nullptr;
    bool by_customer_ = false;
    bool by_brand_ = false;
};

/// What the purchases of customers bring, constant over time.
struct customer_spending {
    /// F, the expected purchases in a period over all brands.
    customer_amount purchases = 1.0;
    /// pi, the contribution per purchase.
    customer_amount contribution = 1.0;

    /// For the C interface; lives as long as this object and the vectors it refers to.
    crm_customer_spending c_value(std::size_t customers, std::size_t brands) const {
        crm_customer_spending made{};
        made.purchases = purchases.data("purchases", customers, brands);
        made.purchases_customer_stride = purchases.customer_stride(brands);
        made.purchases_brand_stride = purchases.brand_stride();
        made.contribution = contribution.data("contribution", customers, brands);
        made.contribution_customer_stride = contribution.customer_stride(brands);
        made.contribution_brand_stride = contribution.brand_stride();
        return made;
    }
};

/// The value that each brand gets from any customer, under one switching matrix.
class matrix_clv {
public:
    /// Matrices, row-major, one after the other, where the matrix or an amount differs by period: the
    /// horizon of `spending` is their number.
    static matrix_clv by_period(const std::vector<double> &transition_matrices, std::size_t brands,
                                const spending &spending) {
        const std::size_t matrices = detail::rows("transition_matrices", transition_matrices.size(),
                                                  brands * brands);
        if (spending.until.periods() != matrices + 1) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "transition_matrices",
                        "must be one for each period of the horizon but the first");
        }
        const crm_spending bits = spending.c_value(brands);
        crm_matrix_clv *made = nullptr;
        check(crm_matrix_clv_by_period_new(transition_matrices.data(), brands, &bits, &made));
        return matrix_clv(made, brands);
    }

    /// `contribution` is one number for all brands, or one for each.
    matrix_clv(const std::vector<double> &transition_matrix, std::size_t brands,
               const column &contribution, const discounting &discount, horizon until)
        : brands_(brands) {
        if (detail::rows("transition_matrix", transition_matrix.size(), brands) != brands) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "transition_matrix", "must be square");
        }
        crm::detail::require_rows(brands, {{"contribution", contribution}});
        crm_matrix_clv *made = nullptr;
        check(crm_matrix_clv_new(transition_matrix.data(), brands, contribution.data(),
                                 contribution.stride(), discount.rate.c_value(),
                                 discount.purchases_per_period, until.c_value(), &made));
        handle_.reset(made);
    }

    /// The number of brands.
    std::size_t brands() const noexcept { return brands_; }

    /// M, row-major: entry (i, j) is the value to brand j of a customer who now buys brand i.
    std::vector<double> values() const {
        std::vector<double> values(brands_ * brands_);
        check(crm_matrix_clv_values(handle_.get(), brands_, values.data()));
        return values;
    }

    /// The value of every customer to every brand, row-major as `shares`.
    std::vector<double> evaluate(const std::vector<double> &shares, const column &purchases = 1.0,
                                 crm_share_rule rule = CRM_SHARE_RULE_SUM_TO_ONE) const {
        std::vector<double> values(shares.size());
        const std::size_t customers = detail::rows("shares", shares.size(), brands_);
        evaluate(shares.data(), customers, purchases, rule, values.data());
        return values;
    }

    /// The same into memory of the caller, which must not overlap the inputs.
    void evaluate(const double *shares, std::size_t customers, const column &purchases,
                  crm_share_rule rule, double *out) const {
        crm::detail::require_rows(customers, {{"purchases", purchases}});
        check(crm_matrix_clv_evaluate(handle_.get(), shares, customers, purchases.data(),
                                      purchases.stride(), rule, out));
    }

    /// The value of every customer to every brand, with amounts that may differ by customer and brand.
    std::vector<double> evaluate(const std::vector<double> &shares, const customer_spending &spending,
                                 crm_share_rule rule = CRM_SHARE_RULE_SUM_TO_ONE) const {
        std::vector<double> values(shares.size());
        const std::size_t customers = detail::rows("shares", shares.size(), brands_);
        const crm_customer_spending bits = spending.c_value(customers, brands_);
        check(crm_matrix_clv_evaluate_spending(handle_.get(), shares.data(), customers, &bits, rule,
                                               values.data()));
        return values;
    }

    /// For the C interface.
    const crm_matrix_clv *c_value() const noexcept { return handle_.get(); }

private:
    matrix_clv(crm_matrix_clv *made, std::size_t brands) : brands_(brands) { handle_.reset(made); }

    crm::detail::handle<crm_matrix_clv, crm_matrix_clv_free> handle_;
    std::size_t brands_;
};

/// The value that each brand gets from customers of several segments, each with its matrix_clv.
class segment_matrix_clv {
public:
    /// Copies the kernel of every segment; all are for the same number of brands.
    explicit segment_matrix_clv(const std::vector<const matrix_clv *> &kernels)
        : brands_(kernels.empty() ? 0 : kernels.front()->brands()) {
        std::vector<const crm_matrix_clv *> handles;
        for (const matrix_clv *kernel : kernels) {
            handles.push_back(kernel->c_value());
        }
        crm_segment_matrix_clv *made = nullptr;
        check(crm_segment_matrix_clv_new(handles.data(), handles.size(), &made));
        handle_.reset(made);
    }

    /// The number of brands.
    std::size_t brands() const noexcept { return brands_; }

    /// The value of every customer to every brand, by the matrix of the customer's segment.
    std::vector<double> evaluate(const std::vector<double> &shares,
                                 const std::vector<std::uint32_t> &segments,
                                 const customer_spending &spending = {},
                                 crm_share_rule rule = CRM_SHARE_RULE_SUM_TO_ONE) const {
        std::vector<double> values(shares.size());
        const std::size_t customers = detail::rows("shares", shares.size(), brands_);
        if (segments.size() != customers) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "segments",
                        "must have length " + std::to_string(customers));
        }
        const crm_customer_spending bits = spending.c_value(customers, brands_);
        check(crm_segment_matrix_clv_evaluate(handle_.get(), shares.data(), segments.data(),
                                              customers, &bits, rule, values.data()));
        return values;
    }

private:
    crm::detail::handle<crm_segment_matrix_clv, crm_segment_matrix_clv_free> handle_;
    std::size_t brands_;
};

/// crm_individual_matrix_clv: the value to every brand of customers who switch by a matrix of their
/// own, each; `transition_matrices` is row-major, customers x brands x brands.
inline std::vector<double> individual_matrix_clv(const std::vector<double> &transition_matrices,
                                                 const std::vector<double> &shares,
                                                 std::size_t brands,
                                                 const customer_spending &spending,
                                                 const column &discount_rate, horizon until,
                                                 double purchases_per_period = 1,
                                                 crm_share_rule rule = CRM_SHARE_RULE_SUM_TO_ONE) {
    std::vector<double> values(shares.size());
    const std::size_t customers = detail::rows("shares", shares.size(), brands);
    if (detail::rows("transition_matrices", transition_matrices.size(), brands * brands) != customers) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, "transition_matrices", "must be one for each customer");
    }
    crm::detail::require_rows(customers, {{"discount_rate", discount_rate}});
    const crm_customer_spending bits = spending.c_value(customers, brands);
    check(crm_individual_matrix_clv(transition_matrices.data(), shares.data(), customers, brands, &bits,
                                    discount_rate.data(), discount_rate.stride(), purchases_per_period,
                                    until.c_value(), rule, values.data()));
    return values;
}

} // namespace crm::switching

#endif // CRM_CORE_SWITCHING_HPP
