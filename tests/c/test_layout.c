/* Sizes, offsets and numbers that programs are compiled with: none of them may ever change. */
#include <crm_core.h>
#include <stddef.h>

_Static_assert(sizeof(crm_status) == 4, "an int32_t");
_Static_assert(CRM_STATUS_OK == 0, "");
_Static_assert(CRM_STATUS_NOT_FINITE == 1, "");
_Static_assert(CRM_STATUS_OUT_OF_RANGE == 2, "");
_Static_assert(CRM_STATUS_EMPTY == 3, "");
_Static_assert(CRM_STATUS_LENGTH_MISMATCH == 4, "");
_Static_assert(CRM_STATUS_NOT_STOCHASTIC == 5, "");
_Static_assert(CRM_STATUS_OVERFLOW == 6, "");
_Static_assert(CRM_STATUS_DIVERGENT == 7, "");
_Static_assert(CRM_STATUS_ILLEGAL_TRANSITION == 8, "");
_Static_assert(CRM_STATUS_NO_SOLUTION == 9, "");
_Static_assert(CRM_STATUS_NOT_CONVERGED == 10, "");
_Static_assert(CRM_STATUS_WRONG_TYPE == 11, "");
_Static_assert(CRM_STATUS_MIXED_TIME_ZONES == 12, "");
_Static_assert(CRM_STATUS_MISSING == 13, "");
_Static_assert(CRM_STATUS_UNREADABLE == 14, "");
_Static_assert(CRM_STATUS_NOT_FOUND == 15, "");
_Static_assert(CRM_STATUS_NULL_POINTER == 100, "");
_Static_assert(CRM_STATUS_PANIC == 101, "");
_Static_assert(CRM_STATUS_MISALIGNED_POINTER == 102, "");

_Static_assert(sizeof(crm_language) == 4, "an int32_t");
_Static_assert(CRM_LANGUAGE_EN == 0 && CRM_LANGUAGE_ZH == 1, "");

_Static_assert(sizeof(crm_decimal) == 16, "");
_Static_assert(offsetof(crm_decimal, lo) == 0, "");
_Static_assert(offsetof(crm_decimal, mid) == 4, "");
_Static_assert(offsetof(crm_decimal, hi) == 8, "");
_Static_assert(offsetof(crm_decimal, scale) == 12, "");
_Static_assert(offsetof(crm_decimal, negative) == 13, "");
_Static_assert(offsetof(crm_decimal, reserved) == 14, "");

_Static_assert(CRM_SHARE_RULE_SUM_TO_ONE == 0 && CRM_SHARE_RULE_ANY == 1, "");
_Static_assert(CRM_INFINITE_HORIZON == -1, "");
_Static_assert(sizeof(crm_spending) == 48 + 16 + 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_spending, contribution) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_spending, discount_rate) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_spending, horizon) == 72 || sizeof(void *) != 8, "");

int main(void) {
    return crm_abi_version() == CRM_ABI_VERSION ? 0 : 1;
}
