// For the C++ tests: CHECK counts what fails, says where, and goes on; `refused` gives the error of a call.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <crm_core.hpp>
#include <iostream>

namespace {

int failures = 0;

template <class Call> crm::error refused(Call call) {
    try {
        call();
    } catch (const crm::error &error) {
        return error;
    }
    return crm::error(CRM_STATUS_OK, "nothing", "was refused");
}

} // namespace

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ++failures;                                                                            \
            std::cerr << __FILE__ << ':' << __LINE__ << ": " << #condition << '\n';                \
        }                                                                                          \
    } while (0)

#endif // CHECK_HPP
