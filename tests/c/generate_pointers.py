"""Writes a C program that passes NULL, then a misaligned pointer, for every pointer argument of every function of
crm_core.h, and expects the refusal that names it: generate_pointers.py crm_core.h OUT.c

The other arguments get plausible values by their type; what needs more comes from fixtures.h. An argument whose
comment in the header says "may be NULL" is left out."""

import re
import sys
from pathlib import Path

# Values that the type alone does not tell: of one argument of one function.
SPECIAL = {
    ("crm_cuts_equal_parts", "parts"): "2",
    ("crm_decimal_format", "capacity"): "64",
    ("crm_kernel_evaluate", "count"): "3",
    ("crm_kernel_tornado", "count"): "3",
    ("crm_matrix_clv_evaluate", "shares"): "ones",
    ("crm_individual_matrix_clv", "shares"): "ones",
    ("crm_individual_matrix_clv", "transition_matrices"): "ones",
    ("crm_matrix_clv_by_period_new", "spending"): "fixture_spending_of_two_periods()",
    ("crm_matrix_clv_by_period_new", "transition_matrices"): "ones",
    ("crm_matrix_clv_evaluate_spending", "shares"): "ones",
    ("crm_matrix_clv_new", "transition_matrix"): "ones",
    ("crm_segment_matrix_clv_evaluate", "shares"): "ones",
    ("crm_share_path_clv", "shares"): "ones",
    ("crm_share_inference_new", "periods"): "sizes + 1",
    ("crm_share_regression", "periods"): "sizes + 1",
    ("crm_switching_clv", "shares"): "ones",
    ("crm_switching_clv", "transition_matrix"): "ones",
    ("crm_switching_valuation_gradient", "transition_matrix"): "ones",
    ("crm_switching_valuation_levers", "transition_matrix"): "ones",
    ("crm_switching_valuation_new", "shares"): "ones",
    ("crm_switching_valuation_of_portfolio_new", "shares"): "ones",
    ("crm_kernel_evaluate", "strides"): "strides",
    ("crm_kernel_evaluate_exact", "count"): "3",
    ("crm_migration_model_new", "transition_matrix"): "ones",
    ("crm_migration_model_sparse_new", "columns"): "sizes",
    ("crm_migration_model_sparse_new", "probabilities"): "ones",
    ("crm_decision_process_new", "transitions"): "ones",
    ("crm_kano_tally_answers", "segments"): "NULL",
    ("crm_rfm_from_thresholds_new", "scores"): "2",
    ("crm_rfm_from_thresholds_new", "rule_count"): "0",
    ("crm_rfm_new", "rule_count"): "0",
    ("crm_weights_rake", "target_counts"): "sizes + 1",
    ("crm_choose_clusters", "most"): "2",
    ("crm_choose_modes", "most"): "2",
    ("crm_complaint_overdue", "deadlines"): "ten_64",
    ("crm_complaint_statistics", "deadlines"): "ten_64",
    ("crm_contact_policy_ask", "consent"): "ten_bytes",
    ("crm_fit_choices", "levels"): "sizes + 1",
    ("crm_fit_ratings", "levels"): "sizes + 1",
}
BY_TYPE = {
    "double": "0.5",
    "const double *": "halves",
    "const int64_t *": "ones_64",
    "const int32_t *": "ones_32",
    "const uint64_t *": "ones_u64",
    "const uint32_t *": "zeros_u32",
    "const size_t *": "sizes",
    "const uint8_t *": "bytes",
    "const char *": '"1"',
    "const char *const *": "texts",
    "const double *const *": "columns",
    "const struct crm_matrix_clv *const *": "fixture_matrix_clv_list()",
    "const struct crm_decimal *": "decimals",
    "struct ArrowArrayStream *": "released_stream()",
    "const uint32_t *const *": "code_columns",
    "const struct crm_complaint *const *": "fixture_complaint_list()",
    "struct crm_action_chooser *": "fixture_action_chooser()",
    "struct crm_preference_memory *": "fixture_preference_memory()",
}
PROTOTYPE = re.compile(r"/\*\*((?:(?!\*/).)*)\*/\n([a-z][\w ]*[ *]+)(crm_\w+)\(([^()]*)\);", re.S)


def functions(header: str) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Comment, type, name and arguments (type, name) of every function."""
    found = []
    for comment, returns, name, arguments in PROTOTYPE.findall(header):
        parts = [" ".join(part.split()) for part in arguments.split(",")]
        split = [re.fullmatch(r"(.*?[ *])(\w+)", part).groups() for part in parts if part != "void"]
        found.append((comment, returns.strip(), name, [(type_.strip(), label) for type_, label in split]))
    return found


def plausible(function: str, type_: str, name: str) -> str:
    if (function, name) in SPECIAL:
        return SPECIAL[function, name]
    if type_ in BY_TYPE:
        return BY_TYPE[type_]
    if handle := re.fullmatch(r"const struct (crm_\w+) \*", type_):
        return f"fixture_{handle[1]}()"
    if type_.endswith("*"):
        return "scratch"
    return f"({type_})1" if type_ in ("size_t", "int32_t", "uint32_t", "int64_t", "uint64_t") else f"({type_})0"


def may_be_null(comment: str, name: str) -> bool:
    plain = " ".join(comment.replace("*", " ").split())
    about = re.search(rf"@param {name}\b(.*?)(?=@param|$)", plain)
    return about is not None and "may be NULL" in about[1]


def tests(header: str) -> list[str]:
    lines = []
    for comment, returns, function, arguments in functions(header):
        values = [plausible(function, type_, name) for type_, name in arguments]
        if function.endswith("_free"):
            lines.append(f"{function}(NULL);")
        if returns != "crm_status":
            continue
        for place, (type_, name) in enumerate(arguments):
            if not type_.endswith("*") or may_be_null(comment, name):
                continue
            wrong = [("NULL", "CRM_STATUS_NULL_POINTER")]
            if ("char *" not in type_ and "uint8_t *" not in type_) or type_.count("*") > 1:
                wrong.append((f"({type_})odd", "CRM_STATUS_MISALIGNED_POINTER"))
            for pointer, status in wrong:
                given = ", ".join([*values[:place], pointer, *values[place + 1 :]])
                lines.append(f'expect({function}({given}), {status}, "{function}", "{name}");')
    return lines


def main() -> None:
    header = Path(sys.argv[1]).read_text()
    lines = tests(header)
    declared = len(re.findall(r"^\w.*?\bcrm_\w+\(", header, re.M))
    if len(functions(header)) != declared:
        sys.exit(f"read {len(functions(header))} functions of {declared}: each needs a comment")
    body = "\n    ".join(lines)
    Path(sys.argv[2]).write_text(
        '/* Made by generate_pointers.py. */\n#include "fixtures.h"\n\n'
        f"int main(void) {{\n    {body}\n    end_fixtures();\n    return failures != 0;\n}}\n"
    )
    print(f"pointers: {len(lines)} calls")


main()
