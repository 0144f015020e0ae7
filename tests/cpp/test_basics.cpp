// The C++ layer: decimals, columns, errors, labels.
#include <crm_core.hpp>

#include "check.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <sstream>

namespace {

void decimals() {
    using crm::decimal;
    CHECK(decimal("19.99") + decimal(0.01) == 20);
    CHECK(decimal("1.0") == decimal("1.00") && decimal(2) > decimal(1) && decimal(-1) < 0);
    CHECK((decimal(1) / decimal(3)).round(4).to_string() == "0.3333");
    CHECK((decimal("0.1") * 3).to_double() == 0.3);
    CHECK(decimal::from_minor_units(1999, 2).to_string() == "19.99");
    CHECK(decimal().to_string() == "0");
    CHECK(decimal(std::numeric_limits<std::int64_t>::min()).to_string() == "-9223372036854775808");
    std::ostringstream stream;
    stream << decimal("-0.05");
    CHECK(stream.str() == "-0.05");
    CHECK(refused([] { decimal("1,5"); }).code() == CRM_STATUS_UNREADABLE);
    const crm::error cut = refused([] { decimal(std::string("19\0.99", 6)); });
    CHECK(cut.code() == CRM_STATUS_UNREADABLE && cut.argument() == "number");
    CHECK(refused([] { decimal(1) / decimal(0); }).code() == CRM_STATUS_OUT_OF_RANGE);
    CHECK(refused([] { decimal(NAN); }).code() == CRM_STATUS_NOT_FINITE);
}

void kernels() {
    using crm::clv::lost_for_good;
    const double one = lost_for_good(100, 0.2, 0.1);
    CHECK(std::abs(one - 379.0786769408448) < 1e-9);
    const std::vector<double> churn{0.2, NAN, 0.2};
    const std::vector<double> values = lost_for_good(100.0, churn, 0.1);
    CHECK(values.size() == 3 && values[0] == one && std::isnan(values[1]) && values[2] == one);
    const std::array<double, 2> margins{100, 200};
    CHECK(lost_for_good(margins, 0.2, 0.1)[1] == lost_for_good(200, 0.2, 0.1));

    // One row-major table: margin, churn, discount rate.
    const double table[] = {100, 0.2, 0.1, 200, 0.2, 0.1};
    const auto column = [&](int i) { return crm::column(table + i, 2, 3); };
    std::vector<double> out(2);
    crm::clv::lost_for_good_into(column(0), column(1), column(2), out.data(), out.size());
    CHECK(out[0] == one);

    const crm::decimal exact =
        lost_for_good(crm::decimal(100), crm::decimal("0.2"), crm::decimal("0.1"));
    CHECK(exact.round(10).to_string() == "379.0786769408");
    CHECK(lost_for_good(std::vector<double>{}, 0.2, 0.1).empty());
}

void errors() {
    const std::vector<double> churn{0.2, 1.5}, three(3, 0.1);
    crm::error error = refused([&] { crm::clv::lost_for_good(100.0, churn, 0.1); });
    CHECK(error.code() == CRM_STATUS_OUT_OF_RANGE);
    CHECK(error.argument() == "churn" && error.row() == 1 && error.value() == "1.5");
    CHECK(std::string(error.what()) ==
          "churn (row 1) is 1.5: must be greater than 0 and at most 1");
    error = refused([&] { crm::clv::lost_for_good(100.0, churn, three); });
    CHECK(error.code() == CRM_STATUS_LENGTH_MISMATCH && error.argument() == "discount_rate");
    CHECK(!error.row() && !error.value());
    double out[4];
    error = refused([&] { crm::clv::lost_for_good_into(100.0, churn, 0.1, out, 4); });
    CHECK(error.code() == CRM_STATUS_LENGTH_MISMATCH && error.argument() == "churn");
    error = refused([] { crm::check(crm_decimal_parse(nullptr, nullptr)); });
    CHECK(error.code() == CRM_STATUS_NULL_POINTER && error.argument() == "number");
}

void labels() {
    CHECK(crm::name(CRM_LANGUAGE_EN) == "en");
    CHECK(crm::label(CRM_LANGUAGE_EN) == "English");
    CHECK(crm::label(CRM_LANGUAGE_ZH, CRM_LANGUAGE_ZH) == "中文");
    CHECK(refused([] { (void)crm::name(static_cast<crm_language>(7)); }).code() ==
          CRM_STATUS_OUT_OF_RANGE);
}

void version() { CHECK(crm::version() == CRM_VERSION); }

} // namespace

int main() {
    decimals();
    kernels();
    errors();
    labels();
    version();
    return failures != 0;
}
