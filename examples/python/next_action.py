"""From raw, duplicated records to the next action and offer for each customer; then what came of it is learned."""

from datetime import date, timedelta

import polars as pl

from crm_core.idic import Idic, NextAction, OfferOption, RecordField, RecordSchema
from crm_core.units import Language

RECORDS = pl.DataFrame(
    [
        ("A1", "王小明", "13812340001"),
        ("A2", "Ann Abelard", "13812340102"),
        ("A3", "Tom Brunner", "13812340203"),
        ("A4", "Eva Castillo", "13812340304"),
        ("A5", "李雷", "13812340405"),
        ("A6", "Ida Eriksson", "13812340506"),
        ("A7", "Max Fontana", "13812340607"),
        ("A8", "Leo Hoffman", "13812340708"),
        ("B1", "Wang Xiaoming", "+86 138 1234 0001"),
        ("B2", "Ann Abelhard", "138-1234-0102"),
    ],
    schema=["customer", "name", "mobile"],
    orient="row",
)
BOUGHT = {
    "customer": [
        *("A1", "B1", "A1", "B1", "A2", "B2", "A2", "A3", "A3", "A4"),
        *("A4", "A4", "A5", "A5", "A5", "A6", "A7", "A7", "A7", "A8"),
    ],
    "day": [3, 20, 45, 70, 5, 33, 64, 8, 80, 12, 19, 25, 30, 58, 85, 9, 40, 66, 88, 50],
    "amount": [80.0, 95, 90, 110, 40, 35, 30, 15, 18, 60, 55, 70, 25, 30, 45, 12, 20, 22, 25, 9],
}
LOG = pl.DataFrame(
    {
        "customer": BOUGHT["customer"],
        "time": [date(2026, 1, 1) + timedelta(days=day) for day in BOUGHT["day"]],
        "amount": BOUGHT["amount"],
    }
)
# Everybody agreed to e-mail, the first four to calls.
KEYS = RECORDS["customer"].to_list()
CONSENTS = pl.DataFrame({"customer": [*KEYS, *KEYS[:4]], "channel": ["email"] * 10 + ["phone"] * 4})


def show(plans: pl.DataFrame) -> None:
    columns = ["customer", "records", "current_value", "stage", "customer_type", "action", "offer"]
    for customer, records, value, stage, kind, action, offer in plans.select(columns).rows():
        print(f"{customer:>2} {records} {value:7.2f} {stage or '-':<11} {kind or '-':<7} {action:<7} {offer or '-'}")


idic = Idic(
    RecordSchema([RecordField("name", "name"), RecordField("mobile", "phone")]),
    [
        NextAction("call", "phone", "sales", cost=2, label={"en": "Call", "zh": "致电"}),
        NextAction("letter", "email", "sales", label={"en": "E-mail", "zh": "电子邮件"}),
    ],
    [
        OfferOption("service", 30, 0.3, cost=1, capacity=2, label={"en": "Service plan", "zh": "服务套餐"}),
        OfferOption("sample", 8, 0.5, label={"en": "Sample", "zh": "试用装"}),
    ],
    choice={"strategy": "upper_confidence", "noise": 5, "exploration": 0, "seed": 1},
)

# Identify, differentiate, interact, customise.
plans = idic.run(RECORDS, LOG, "2026-04-01T10:00", told={"consents": CONSENTS})
print(f"{len(RECORDS)} records of {len(plans)} customers")
show(plans)
for language in Language:
    print(idic.reasons("A2", language))

# Letters sell, calls do not: the next round does better.
called = pl.col("action") == "call"
outcomes = plans.filter(pl.col("action") != "nothing").select(
    "decision",
    pl.lit("2026-04-01T10:00").alias("at"),
    pl.when(called).then(0.0).otherwise(12.0).alias("reward"),
    pl.when(called).then(pl.lit("declined")).otherwise(pl.lit("purchased")).alias("outcome"),
)
print(f"{len(idic.learn(outcomes))} outcomes")
show(idic.next_round().run(None, LOG, "2026-05-01T10:00"))
