"""What `make seeds` measured, one file a lesson: five values of every check, seconds, memory."""

import json
import math
import re
from pathlib import Path
from typing import Any

from tools.source import ROOT

VERDICTS = {
    "en": {1: "helps", -1: "hurts", 0: "makes no clear difference"},
    "ko": {1: "도움이 된다", -1: "해가 된다", 0: "뚜렷한 차이를 내지 않는다"},
}
NOT_YET = {"en": "(not measured yet)", "ko": "(아직 재지 않음)"}


def measured_path(name: str, scale: str = "small", root: Path = ROOT) -> Path:
    """`measured/<name>.json`, or `measured/<name>.full.json`; names have no number."""
    return root / "measured" / (f"{name}.json" if scale == "small" else f"{name}.{scale}.json")


def measured(name: str, scale: str = "small", root: Path = ROOT) -> dict[str, Any] | None:
    """What was measured of a lesson at a scale, or None."""
    path = measured_path(name, scale, root)
    entry: dict[str, Any] | None = None
    if path.is_file():
        entry = json.loads(path.read_text(encoding="utf-8"))
    return entry


def range_text(values: list[Any], lang: str) -> str:
    """Smallest and largest value, rounded outward: `0.981–0.983`, `10–11`, `−0.014 to +0.008`."""
    low, high = min(values), max(values)
    signed = low < 0
    largest = max(abs(low), abs(high))
    if all(isinstance(value, int) for value in values):
        kind = ","
    elif 0 < largest < 1e-3:
        kind = ".1e"
    else:
        decimals = min(3, max(0, 2 - math.floor(math.log10(largest)))) if largest else 0
        unit = 10**decimals
        if high - low <= 1e-6 * largest:  # the same in all runs: nothing to round outward
            low = high = round((low + high) / 2, decimals)
        low = math.floor(round(low * unit, 3)) / unit  # 32-bit floats: 0.725 may be 0.72500002
        high = math.ceil(round(high * unit, 3)) / unit
        kind = f",.{decimals}f"
    texts = [f"{value:{'+' if signed and value else ''}{kind}}" for value in (low, high)]
    first, last = (text.replace("-", "−") for text in texts)
    between = {"en": " to ", "ko": "~"}[lang] if signed else "–"
    return first if first == last else f"{first}{between}{last}"


def verdict(differences: list[float]) -> int:
    """1 helps, -1 hurts, 0 no clear difference: five paired differences decide.

    Their mean must exceed their spread (largest minus smallest), which it cannot unless all of them
    have one sign.
    """
    mean = sum(differences) / len(differences)
    if abs(mean) > max(differences) - min(differences):
        return 1 if mean > 0 else -1
    return 0


def phrase(kind: str, check: str, name: str, lang: str, root: Path = ROOT) -> str | None:
    """What `[[range: check]]` or `[[verdict: check]]` becomes; None if there is no such check.

    A check of another lesson is `lesson: check`; `one − other` is the difference of two, seed by
    seed, as in `[[verdict: AP of Fast R-CNN − rcnn: AP of R-CNN]]`.
    """
    if measured(name, root=root) is None:
        return NOT_YET[lang]
    columns = [_values(term, name, root) for term in check.split(" − ", maxsplit=1)]
    found = [column for column in columns if column is not None]
    if len(found) < len(columns):
        return None
    values = found[0]
    if len(found) == 2:
        values = [one - other for one, other in zip(*found, strict=True)]
    return range_text(values, lang) if kind == "range" else VERDICTS[lang][verdict(values)]


def _values(check: str, name: str, root: Path) -> list[Any] | None:
    """The five values of a check of this lesson, or of another one's that stands before it."""
    entry = measured(name, root=root)
    other, _, rest = check.partition(": ")
    if entry and check not in entry["checks"] and re.fullmatch(r"[a-z]\w*", other):
        entry, check = measured(other, root=root), rest
    return entry["checks"].get(check) if entry else None
