"""When retention periods end, and in which bucket that is, by the Python package dateutil.

    python3 oracle/retention.py OUT.ndjson

A line is {period, bucket, starts: [[start, reference], …]}: a rule of x-retention named `r`, what it counts from, and the
reference of the key of that; null where there is none, in years that RFC 3339 cannot write. The end of a bucket is found by
counting, without any arithmetic that the core might share.
"""

import json
import random
import re
import sys
from calendar import monthrange
from datetime import date, timedelta, timezone

from dateutil.parser import isoparse
from dateutil.relativedelta import relativedelta

BUCKETS = ["P1Y", "P1M", "P2M", "P3M", "P4M", "P6M", "P12M", "P1D", "P7D", "P1W", "P2W", "P30D", "P365D", "P1000D"]
PERIODS = ["P10Y", "P1M", "P6M", "P1D", "P90D", "P2W", "P1Y6M", "P1Y2M3W4D", "P12M", "P0Y1D", "P100Y", "P4Y", "P11M30D"]
STARTS = ["2024-02-29", "2023-02-28", "2000-02-29", "1900-02-28", "2100-02-28", "2024-01-31", "2025-12-31", "1969-12-31", "1970-01-01", "2200-12-31"]
LATE = ["9989-12-31", "9998-06-30", "9999-01-01", "9999-12-31", "9999-12-31T23:30:00-01:00"]
OFFSETS = ["Z", "z", "+00:00", "-00:00", "+01:00", "-01:00", "+14:00", "-12:00", "+05:45", "-03:30", "+23:59", "-23:59"]


def period(dice):
    """Years, months, weeks and days, some left out; not nothing."""
    units = [("Y", 120), ("M", 40), ("W", 60), ("D", 800)]
    parts = [f"{dice.randint(1, most)}{unit}" for unit, most in units if dice.random() < 0.5]
    return "P" + "".join(parts) if parts else dice.choice(PERIODS)


def start(dice):
    """A date, or a moment near one of the ends of a day, where the offset decides which day it is in UTC."""
    if dice.random() < 0.1:
        day = date(dice.choice([1904, 1996, 2000, 2024, 2096, 2196]), 2, 29)
    elif dice.random() < 0.2:
        year, month = dice.randint(1900, 2200), dice.randint(1, 12)
        day = date(year, month, monthrange(year, month)[1])
    else:
        day = date(1900, 1, 1) + timedelta(days=dice.randint(0, 301 * 365))
    if dice.random() < 0.4:
        return day.isoformat()
    hour = dice.choice([0, 0, 1, 11, 12, 22, 23, 23])
    fraction = dice.choice(["", ".5", ".123456"])
    return f"{day}{dice.choice('TTt ')}{hour:02}:{dice.choice([0, 15, 59]):02}:{dice.choice([0, 59]):02}{fraction}{dice.choice(OFFSETS)}"


def of(text):
    """A duration of dates as dateutil takes it."""
    numbers = {unit: int(number) for number, unit in re.findall(r"(\d+)([YMWD])", text)}
    return relativedelta(years=numbers.get("Y", 0), months=numbers.get("M", 0), weeks=numbers.get("W", 0), days=numbers.get("D", 0))


def utc(text):
    if len(text) == 10:
        return date.fromisoformat(text)
    return isoparse(text.replace(" ", "T").upper()).astimezone(timezone.utc).date()


def name(end, bucket):
    """The last year, month or day of the bucket that a day lies in, found one by one."""
    count, unit = int(bucket[1:-1]), bucket[-1]
    if unit == "Y":
        return f"r/{end.year:04}"
    if unit == "M":
        month = end.month
        while month % count:
            month += 1
        return f"r/{end.year:04}-{month:02}"
    days = count * 7 if unit == "W" else count
    while ((end - date(1970, 1, 1)).days + 1) % days:
        end += timedelta(days=1)
    return f"r/{end.isoformat()}"


def reference(text, rule, bucket):
    try:
        return name(utc(text) + of(rule), bucket)
    except (OverflowError, ValueError):
        return None


def main(out):
    dice, count = random.Random(20241), 0
    rules = [(rule, bucket) for rule in PERIODS for bucket in BUCKETS] + [(period(dice), dice.choice(BUCKETS)) for _ in range(300)]
    with open(out, "w", encoding="utf-8") as lines:
        for rule, bucket in rules:
            starts = STARTS + LATE + [start(dice) for _ in range(12)]
            count += len(starts)
            found = [[text, reference(text, rule, bucket)] for text in starts]
            lines.write(json.dumps({"period": rule, "bucket": bucket, "starts": found}, separators=(",", ":")) + "\n")
    print(f"{len(rules)} rules, {count} starts")


main(sys.argv[1])
