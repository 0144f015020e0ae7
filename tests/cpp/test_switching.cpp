// Brand switching in C++: amounts of every shape, tables of customers, what is refused.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>
#include <string>
#include <utility>

using namespace crm::switching;

namespace {

bool close(double found, double expected) {
    return std::abs(found - expected) <= 1e-12 * std::abs(expected);
}

const std::vector<double> matrix{0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6};
const std::vector<double> now{0.5, 0.3, 0.2};

void markets() {
    const discounting monthly(crm::decimal("0.10"));
    // S_1 = (0.42, 0.38, 0.20)
    const values plain = switching_clv(now, matrix, {1.0, 300.0, monthly, 1});
    CHECK(close(plain.clv[0], 150 + 126 / 1.1) && plain.contributions.size() == 6);
    CHECK(close(plain.contributions[3], 126 / 1.1));

    const values by_brand = switching_clv(now, matrix, {2.0, amount::per_brand({1, 2, 3}), monthly, 1});
    CHECK(close(by_brand.clv[1], 2 * 2 * (0.3 + 0.38 / 1.1)));
    const values by_period = switching_clv(now, matrix, {amount::per_period({1, 4}), 10.0, monthly, 1});
    CHECK(close(by_period.clv[2], 10 * (0.2 + 4 * 0.2 / 1.1)));
    const amount both = amount::per_brand_and_period({1, 2, 3, 4, 5, 6});
    CHECK(close(switching_clv(now, matrix, {1.0, both, monthly, 1}).clv[0], 0.5 + 4 * 0.42 / 1.1));

    const spending endless{1.0, 100.0, monthly, horizon::infinite()};
    const values kept = retention_clv(crm::decimal("0.4"), crm::decimal("0.8"), endless);
    CHECK(close(kept.clv[0], 40 * 1.1 / 0.3) && kept.contributions.empty());

    const auto short_amount = [&] { switching_clv(now, matrix, {1.0, amount::per_brand({1}), monthly, 1}); };
    CHECK(refused(short_amount).argument() == "contribution");
    const auto two_brands = [&] { switching_clv({0.5, 0.5}, matrix, endless); };
    CHECK(refused(two_brands).code() == CRM_STATUS_LENGTH_MISMATCH);
    const auto no_end = [&] { share_path_clv(now, 3, endless); };
    CHECK(refused(no_end).argument() == "shares");
    CHECK(refused([] { normalize({1, 1, 0, 0}, 2); }).row() == 1u);
}

void customers() {
    matrix_clv made(matrix, 3, 100.0, discounting(crm::decimal("0.01")), 60);
    const matrix_clv model = std::move(made);
    CHECK(model.brands() == 3);
    const std::vector<double> m = model.values();
    const std::vector<double> shares{1, 0, 0, 0.5, 0.3, 0.2};
    const std::vector<double> found = model.evaluate(shares, std::vector<double>{1, 2});
    CHECK(found[0] == m[0] && found[2] == m[2]);
    CHECK(close(found[4], 2 * (0.5 * m[1] + 0.3 * m[4] + 0.2 * m[7])));
    CHECK(std::isnan(model.evaluate({NAN, 0, 1})[2]));

    const crm::error sum = refused([&] { model.evaluate({1, 0, 0, 0.43, 0.40, 0.20}); });
    CHECK(sum.code() == CRM_STATUS_NOT_STOCHASTIC && sum.row() == 1u);
    CHECK(model.evaluate({0.43, 0.40, 0.20}, 1.0, CRM_SHARE_RULE_ANY).size() == 3);
    CHECK(refused([&] { model.evaluate({1, 0}); }).argument() == "shares");
    CHECK(refused([&] { model.evaluate(shares, std::vector<double>{1}); }).argument() == "purchases");
    const auto divergent = [] { matrix_clv(matrix, 3, 1.0, discounting(0), horizon::infinite()); };
    CHECK(refused(divergent).code() == CRM_STATUS_DIVERGENT);
}

void customers_with_matrices() {
    const discounting monthly(crm::decimal("0.10"));
    const std::vector<double> apart{1, 0, 0, 0, 1, 0, 0, 0, 1};
    const matrix_clv by_period =
        matrix_clv::by_period(apart, 3, {amount::per_period({1, 2}), 10.0, monthly, 1});
    CHECK(close(by_period.evaluate(now)[0], 10 * (0.5 + 2 * 0.5 / 1.1)));
    const auto too_few = [&] { matrix_clv::by_period(apart, 3, {1.0, 10.0, monthly, 2}); };
    CHECK(refused(too_few).argument() == "transition_matrices");

    const std::vector<double> shares{0.5, 0.3, 0.2, 0.5, 0.3, 0.2}, purchases{1, 2};
    const std::vector<double> brands{1, 2, 3}, table{1, 2, 3, -1, -2, -3};
    const matrix_clv moving(matrix, 3, 1.0, monthly, 1), staying(apart, 3, 1.0, monthly, 1);
    const auto tables = moving.evaluate(
        shares, {purchases, customer_amount::per_customer_and_brand(table)});
    CHECK(close(tables[5], -6 * (0.2 + 0.2 / 1.1)));

    const segment_matrix_clv segments({&moving, &staying});
    const auto found = segments.evaluate(shares, {0, 1}, {2.0, customer_amount::per_brand(brands)});
    CHECK(segments.brands() == 3 && close(found[0], 2 * (0.5 + 0.42 / 1.1)));
    CHECK(close(found[4], 4 * (0.3 + 0.3 / 1.1)));
    CHECK(refused([&] { segments.evaluate(shares, {0, 2}); }).row() == 1u);
    CHECK(refused([&] { segments.evaluate(shares, {0}); }).argument() == "segments");
    CHECK(refused([] { segment_matrix_clv made({}); }).code() == CRM_STATUS_EMPTY);

    std::vector<double> own = matrix;
    own.insert(own.end(), apart.begin(), apart.end());
    const auto each = individual_matrix_clv(own, shares, 3, {2.0, customer_amount::per_brand(brands)},
                                            0.1, 1);
    CHECK(close(each[0], found[0]) && close(each[4], found[4]));
    const auto endless = individual_matrix_clv(own, shares, 3, {}, std::vector<double>{0.1, 0.2},
                                               horizon::infinite());
    CHECK(close(endless[3], 0.5 * 6));
    own[13] = 0.9;
    const crm::error sum = refused([&] { individual_matrix_clv(own, shares, 3, {}, 0.1, 1); });
    CHECK(sum.code() == CRM_STATUS_NOT_STOCHASTIC && sum.row() == 1u);
    CHECK(std::string(sum.what()).find("row 1 of the matrix") != std::string::npos);
    const auto short_amount = [&] { individual_matrix_clv(own, shares, 3, {brands, 1.0}, 0.1, 1); };
    CHECK(refused(short_amount).argument() == "purchases");
    const auto too_many = [&] { individual_matrix_clv(own, now, 3, {}, 0.1, 1); };
    CHECK(refused(too_many).argument() == "transition_matrices");
}

} // namespace

int main() {
    markets();
    customers();
    customers_with_matrices();
    return failures != 0;
}
