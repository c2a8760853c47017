"""Make `data/co2.csv` from the weekly series in the wheel of statsmodels (public domain).

    pip download --no-deps --only-binary=:all: statsmodels==0.15.0
    python data/make/make_co2.py statsmodels-0.15.0-*.whl

A month's value is the mean of its weeks, rounded to hundredths. Five months have no weeks (June
and October 1958, February to April 1964): they lie on a straight line between their neighbours.
"""

import csv
import io
import sys
import zipfile
from pathlib import Path

WEEKS = "statsmodels/datasets/co2/co2.csv"
MONTHS = [(y, m) for y in range(1958, 2002) for m in range(1, 13) if (y, m) >= (1958, 3)]


def main(wheel: str) -> None:
    weeks: dict[tuple[int, int], list[float]] = {}
    with zipfile.ZipFile(wheel) as archive:
        for row in csv.DictReader(io.StringIO(archive.read(WEEKS).decode())):
            if row["co2"]:
                month = int(row["date"][:4]), int(row["date"][4:6])
                weeks.setdefault(month, []).append(float(row["co2"]))
    known = [place for place, month in enumerate(MONTHS) if month in weeks]
    means = {place: sum(weeks[MONTHS[place]]) / len(weeks[MONTHS[place]]) for place in known}
    lines = ["year,month,ppm"]
    for place, (year, month) in enumerate(MONTHS):
        before = max(each for each in known if each <= place)
        after = min(each for each in known if each >= place)
        share = (place - before) / (after - before) if after > before else 0
        value = means[before] + share * (means[after] - means[before])
        lines.append(f"{year},{month},{value:.2f}")
    path = Path(__file__).parent.parent / "co2.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
