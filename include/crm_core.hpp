// crm-core for C++17: header-only, over the C interface of crm_core.h.
//
//     #include <crm_core.hpp>
//     #include <iostream>
//
//     int main() {
//         std::vector<double> churn{0.1, 0.2, 0.3};
//         for (double value : crm::clv::lost_for_good(100.0, churn, 0.1)) std::cout << value << '\n';
//     }
//
//     c++ -std=c++17 first.cpp $(pkg-config --cflags --libs crm_core)
//
// A failure is a crm::error with the status, the argument, the row and the value. A formula takes
// numbers (one result), columns (a std::vector of results; one number may stand for a whole
// column) or decimals (one exact result). Things that own memory can be moved, not copied.
// What crm_core.h says of numbers and threads holds here too.
#ifndef CRM_CORE_HPP
#define CRM_CORE_HPP

#include "crm_core.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace crm {

/// Why a call was refused. what() is the whole sentence.
class error : public std::runtime_error {
public:
    /// The last failure of the C interface on this thread, which had this status.
    explicit error(crm_status status)
        : std::runtime_error(crm_last_error_message()), code_(status),
          argument_(crm_last_error_argument()) {
        if (const std::int64_t row = crm_last_error_row(); row >= 0) {
            row_ = static_cast<std::size_t>(row);
        }
        if (const char *value = crm_last_error_value()) {
            value_ = value;
        }
    }

    /// A failure of this header.
    error(crm_status status, std::string argument, const std::string &reason,
          std::optional<std::size_t> row = std::nullopt)
        : std::runtime_error(argument + (row ? " (row " + std::to_string(*row) + ")" : "") + ": " + reason),
          code_(status), argument_(std::move(argument)), row_(row) {}

    /// What went wrong.
    crm_status code() const noexcept { return code_; }
    /// The name of the argument that was refused; empty if it was about none.
    const std::string &argument() const noexcept { return argument_; }
    /// The row of that argument, counted from 0.
    std::optional<std::size_t> row() const noexcept { return row_; }
    /// The value that was refused, as text.
    const std::optional<std::string> &value() const noexcept { return value_; }

private:
    crm_status code_;
    std::string argument_;
    std::optional<std::size_t> row_;
    std::optional<std::string> value_;
};

/// Throws crm::error unless `status` is success: put it around any call of the C interface.
inline void check(crm_status status) {
    if (status != CRM_STATUS_OK) {
        throw error(status);
    }
}

namespace detail {

/// The whole text for the C interface, which would stop at a NUL.
inline const char *c_text(const char *argument, const std::string &text) {
    if (text.find('\0') != std::string::npos) {
        throw error(CRM_STATUS_UNREADABLE, argument, "must not hold the character NUL");
    }
    return text.c_str();
}

} // namespace detail

/// The version of the library that is loaded.
inline std::string_view version() noexcept { return crm_version(); }

/// An exact decimal number of up to 28 digits: an amount of money, a rate, a probability.
/// Arithmetic that does not fit throws; division and multiplication round half-even.
class decimal {
public:
    /// 0.
    decimal() noexcept : bits_{} {}
    /// A whole number.
    template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
    decimal(Integer number) {
        static_assert(sizeof(Integer) < 8 || std::is_signed_v<Integer>, "may not fit");
        check(crm_decimal_from_minor_units(static_cast<std::int64_t>(number), 0, &bits_));
    }
    /// Reads "19.99".
    explicit decimal(const std::string &number) {
        check(crm_decimal_parse(detail::c_text("number", number), &bits_));
    }
    /// Reads "19.99".
    explicit decimal(const char *number) { check(crm_decimal_parse(number, &bits_)); }
    /// The decimal that the shortest text of `number` says: 0.09 is exactly 9 %.
    explicit decimal(double number) { check(crm_decimal_from_double(number, &bits_)); }
    /// Takes what the C interface gave.
    explicit decimal(const crm_decimal &bits) noexcept : bits_(bits) {}

    /// An amount in minor units: 1999 with scale 2 is 19.99.
    static decimal from_minor_units(std::int64_t minor_units, std::uint32_t scale) {
        decimal made;
        check(crm_decimal_from_minor_units(minor_units, scale, &made.bits_));
        return made;
    }

    /// The number for the C interface; lives as long as this object.
    const crm_decimal *c_value() const noexcept { return &bits_; }

    /// The number as text.
    std::string to_string() const {
        char text[CRM_DECIMAL_TEXT_SIZE];
        check(crm_decimal_format(&bits_, text, sizeof text));
        return text;
    }
    /// The nearest double.
    double to_double() const {
        double number = 0;
        check(crm_decimal_to_double(&bits_, &number));
        return number;
    }
    /// Rounded half-even to `places` digits after the point.
    decimal round(std::uint32_t places) const {
        decimal rounded;
        check(crm_decimal_round(&bits_, places, &rounded.bits_));
        return rounded;
    }

    friend decimal operator+(const decimal &left, const decimal &right) {
        return combine(crm_decimal_add, left, right);
    }
    friend decimal operator-(const decimal &left, const decimal &right) {
        return combine(crm_decimal_subtract, left, right);
    }
    friend decimal operator*(const decimal &left, const decimal &right) {
        return combine(crm_decimal_multiply, left, right);
    }
    friend decimal operator/(const decimal &left, const decimal &right) {
        return combine(crm_decimal_divide, left, right);
    }
    friend bool operator==(const decimal &left, const decimal &right) { return order(left, right) == 0; }
    friend bool operator!=(const decimal &left, const decimal &right) { return order(left, right) != 0; }
    friend bool operator<(const decimal &left, const decimal &right) { return order(left, right) < 0; }
    friend bool operator<=(const decimal &left, const decimal &right) { return order(left, right) <= 0; }
    friend bool operator>(const decimal &left, const decimal &right) { return order(left, right) > 0; }
    friend bool operator>=(const decimal &left, const decimal &right) { return order(left, right) >= 0; }
    friend std::ostream &operator<<(std::ostream &stream, const decimal &number) {
        return stream << number.to_string();
    }

private:
    template <class Operation>
    static decimal combine(Operation operation, const decimal &left, const decimal &right) {
        decimal result;
        check(operation(&left.bits_, &right.bits_, &result.bits_));
        return result;
    }
    static int order(const decimal &left, const decimal &right) {
        int result = 0;
        check(crm_decimal_compare(&left.bits_, &right.bits_, &result));
        return result;
    }

    crm_decimal bits_;
};

/// A column of numbers that somebody else owns, or one number for all rows. Made from a number,
/// from anything with data() and size() such as std::vector or std::span, or from a pointer.
/// For use as an argument: what it was made from must outlive it.
class column {
public:
    /// One number for all rows.
    column(double constant) noexcept : constant_(constant) {}
    /// A vector, array, span, …
    template <class Range, class = std::enable_if_t<std::is_convertible_v<
                               decltype(std::declval<const Range &>().data()), const double *>>>
    column(const Range &values) noexcept : values_(values.data()), rows_(values.size()) {}
    /// `rows` numbers, `stride` apart: with stride n, a column of a row-major table of n columns.
    column(const double *values, std::size_t rows, std::size_t stride = 1) noexcept
        : values_(values), rows_(rows), stride_(stride) {}

    /// How many rows it has; nothing for one number for all rows.
    std::optional<std::size_t> rows() const noexcept { return rows_; }
    /// For the C interface.
    const double *data() const noexcept { return rows_ ? values_ : &constant_; }
    /// For the C interface.
    std::size_t stride() const noexcept { return rows_ ? stride_ : 0; }

private:
    double constant_ = 0;
    const double *values_ = nullptr;
    std::optional<std::size_t> rows_;
    std::size_t stride_ = 1;
};

/// Told how much of a long call is done; what is not `true` stops the call.
using progress_function = std::function<bool(std::uint32_t done)>;

namespace detail {

/// Owner of a handle of the C interface: can be moved, not copied.
template <class Thing, void (*Free)(Thing *)> struct freer {
    void operator()(Thing *thing) const noexcept { Free(thing); }
};
template <class Thing, void (*Free)(Thing *)>
using handle = std::unique_ptr<Thing, freer<Thing, Free>>;

struct named_column {
    const char *name;
    const column &values;
};

/// The number of rows of columns that must agree; 1 if each is one number.
inline std::size_t common_rows(std::initializer_list<named_column> columns) {
    std::optional<std::size_t> rows;
    for (const named_column &each : columns) {
        const std::optional<std::size_t> own = each.values.rows();
        if (own && rows && *own != *rows) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, each.name,
                        "must have length " + std::to_string(*rows));
        }
        rows = rows ? rows : own;
    }
    return rows.value_or(1);
}

/// Refuses columns of another length than the room for results.
inline void require_rows(std::size_t rows, std::initializer_list<named_column> columns) {
    for (const named_column &each : columns) {
        if (each.values.rows().value_or(rows) != rows) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, each.name,
                        "must have length " + std::to_string(rows));
        }
    }
}

/// Carries an exception of a progress function past the C interface.
struct watcher {
    const progress_function &tell;
    std::exception_ptr thrown = nullptr;

    static std::int32_t call(void *context, std::uint32_t done) {
        auto *self = static_cast<watcher *>(context);
        try {
            return self->tell(done) ? 0 : 1;
        } catch (...) {
            self->thrown = std::current_exception();
            return 1;
        }
    }
    crm_progress function() const noexcept { return tell ? &call : nullptr; }
    void check(crm_status status) const {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
        crm::check(status);
    }
};

/// Static text of the C interface, which is NULL for a number that is no member.
inline std::string_view member_text(const char *text, const char *category) {
    if (text == nullptr) {
        throw error(CRM_STATUS_OUT_OF_RANGE, category, "must be a member of its enum");
    }
    return text;
}

} // namespace detail
} // namespace crm

#include "crm_core_categories.hpp"
#include "crm_core_kernels.hpp"
#include "crm_core_clv.hpp"
#include "crm_core_acquisition.hpp"
#include "crm_core_lifecycle.hpp"
#include "crm_core_switching.hpp"
#include "crm_core_migration.hpp"
#include "crm_core_hidden_markov.hpp"
#include "crm_core_estimation.hpp"
#include "crm_core_uncertainty.hpp"
#include "crm_core_prediction.hpp"
#include "crm_core_covariates.hpp"
#include "crm_core_ledger.hpp"
#include "crm_core_spend.hpp"
#include "crm_core_contractual.hpp"
#include "crm_core_intervals.hpp"
#include "crm_core_covariate_intervals.hpp"
#include "crm_core_value.hpp"
#include "crm_core_loyalty.hpp"
#include "crm_core_identify.hpp"
#include "crm_core_classification.hpp"
#include "crm_core_capability.hpp"
#include "crm_core_service.hpp"
#include "crm_core_idic.hpp"
#include "crm_core_process.hpp"
#include "crm_core_satisfaction.hpp"
#include "crm_core_attributes.hpp"
#include "crm_core_survey.hpp"
#include "crm_core_structural.hpp"
#include "crm_core_study.hpp"

#endif // CRM_CORE_HPP
