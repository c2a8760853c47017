"""Texts as rows of numbers and back: one number for each symbol, and 0 for padding."""

from collections.abc import Sequence

import numpy as np


def encode(texts: Sequence[str], symbols: str, length: int) -> np.ndarray:
    """Texts as rows of numbers, filled up with 0 at the end.

    Args:
        texts: each of at least one symbol.
        symbols: all symbols that may occur, each once; the first becomes 1.
        length: of a row, in symbols.

    Returns:
        (texts, length) int32 array of 0 (padding) and 1 to `len(symbols)`.

    Raises:
        ValueError: if a text is empty, longer than `length` or has an unknown symbol, or if a
            symbol is listed twice.
    """
    number = {symbol: place for place, symbol in enumerate(symbols, start=1)}
    if len(number) < len(symbols):
        raise ValueError(f"expected each symbol once, got {symbols!r}")
    rows = np.zeros((len(texts), length), "int32")
    for row, text in zip(rows, texts, strict=True):
        if not 0 < len(text) <= length:
            raise ValueError(f"expected a text of 1 to {length} symbols, got {text!r}")
        if unknown := [symbol for symbol in text if symbol not in number]:
            raise ValueError(f"expected symbols of {symbols!r}, got {unknown[0]!r} in {text!r}")
        row[: len(text)] = [number[symbol] for symbol in text]
    return rows


def decode(rows: np.ndarray, symbols: str) -> list[str]:
    """Rows of numbers as texts: `encode` undone. What follows the first 0 in a row is dropped.

    Args:
        rows: (texts, length) whole numbers from 0 to `len(symbols)`.
        symbols: as given to `encode`.

    Raises:
        ValueError: if `rows` is not a two-dimensional array of whole numbers in that range.
    """
    rows = np.asarray(rows)
    if rows.ndim != 2 or not np.issubdtype(rows.dtype, np.integer):
        raise ValueError(
            f"expected rows of whole numbers, got shape {rows.shape} of type {rows.dtype}"
        )
    if rows.size and not 0 <= rows.min() <= rows.max() <= len(symbols):
        wrong = rows[(rows < 0) | (rows > len(symbols))][0]
        raise ValueError(f"expected numbers from 0 to {len(symbols)}, got {wrong}")
    ended = np.cumsum(rows == 0, axis=1) > 0
    return [
        "".join(symbols[n - 1] for n in row[~end]) for row, end in zip(rows, ended, strict=True)
    ]
