// Exact and columnar arguments do not mix silently.
// error: no matching function
#include <crm_core.hpp>

void use(const std::vector<double> &margins, const crm::decimal &churn) {
#ifdef CORRECT
    crm::clv::lost_for_good(margins, churn.to_double(), 0.1);
#else
    crm::clv::lost_for_good(margins, churn, 0.1);
#endif
}
