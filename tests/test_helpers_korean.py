"""Korean numbers, letters and particles, and texts as rows of numbers, against other readings."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.korean import (
    FINALS,
    INITIALS,
    LARGEST,
    PARTICLES,
    VOWELS,
    letters,
    number_words,
    particle,
    with_particle,
)
from helpers.sequences import decode, encode

KNOWN = {
    0: "영",
    1: "일",
    10: "십",
    11: "십일",
    100: "백",
    110: "백십",
    321: "삼백이십일",
    1_000: "천",
    1_111: "천백십일",
    2_024: "이천이십사",
    10_000: "만",
    10_001: "만일",
    11_000: "만천",
    20_000: "이만",
    100_000: "십만",
    110_000: "십일만",
    1_000_000: "백만",
    1_010_000: "백일만",
    1_110_001: "백십일만일",
    5_060_070: "오백육만칠십",
    9_999_999: "구백구십구만구천구백구십구",
}
SIZES = {"십": 10, "백": 100, "천": 1000}
EDGES = [0, *(10**k + d for k in range(1, 7) for d in (-1, 0, 1)), LARGEST - 1, LARGEST]
syllables = st.integers(ord("가"), ord("힣")).map(chr)
words = st.text(syllables, min_size=1, max_size=6)


def read_aloud(text):
    """The number that is heard: an independent reading, from left to right."""
    if text == "영":
        return 0
    total = group = digit = 0
    for syllable in text:
        if syllable in SIZES:
            group, digit = group + (digit or 1) * SIZES[syllable], 0
        elif syllable == "만":
            total, group, digit = (group + digit or 1) * 10_000, 0, 0
        else:
            digit = "영일이삼사오육칠팔구".index(syllable)
    return total + group + digit


@pytest.mark.parametrize("number", KNOWN)
def test_numbers_that_everybody_knows(number):
    assert number_words(number) == KNOWN[number]


@given(st.one_of(st.integers(0, LARGEST), st.sampled_from(EDGES)))
def test_words_are_heard_as_the_number(number):
    assert read_aloud(number_words(number)) == number


@pytest.mark.parametrize("start", [0, 9_990_000, 1_100_000 - 5_000, 95_000])
def test_ten_thousand_in_a_row_are_heard_and_differ(start):
    numbers = range(start, start + 10_000)
    said = [number_words(number) for number in numbers]
    assert [read_aloud(text) for text in said] == list(numbers)
    assert len(set(said)) == len(said)
    assert not any(wrong in text for text in said for wrong in ("일십", "일백", "일천"))
    assert not any(text.startswith("일만") or "영" in text[1:] for text in said)


@pytest.mark.parametrize(
    "wrong", [-1, LARGEST + 1, 3.0, "3", None, True, np.float64(3), np.bool_(1)]
)
def test_what_is_no_number_up_to_the_largest_is_refused(wrong):
    with pytest.raises(ValueError, match="expected a whole number from 0 to 9,999,999, got"):
        number_words(wrong)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int64])
def test_numbers_drawn_with_numpy_are_numbers(kind):
    assert number_words(kind(123)) == "백이십삼"


@given(words)
def test_letters_are_those_of_unicode(word):
    names = [unicodedata.name(letter).split()[-1] for letter in unicodedata.normalize("NFD", word)]
    assert [unicodedata.name(letter).split()[-1] for letter in letters(word)] == names


def test_all_letters_are_listed():
    assert (len(INITIALS), len(VOWELS), len(FINALS)) == (19, 21, 27)


@given(words)
def test_a_particle_goes_by_the_final_consonant(noun):
    last = unicodedata.normalize("NFD", noun[-1])[2:]
    for pair, (after_consonant, after_vowel) in PARTICLES.items():
        vowel = not last or (pair == "으로/로" and unicodedata.name(last).endswith(" RIEUL"))
        assert particle(noun, pair) == (after_vowel if vowel else after_consonant)


def test_particles_as_people_write_them():
    for noun, pair, written in (
        ("나", "은/는", "나는"),
        ("밥", "은/는", "밥은"),
        ("물", "으로/로", "물로"),
        ("닭", "으로/로", "닭으로"),
        ("집", "을/를", "집을"),
        ("나", "이/가", "내가"),
        ("저", "이/가", "제가"),
        ("너", "이/가", "네가"),
        ("누구", "이/가", "누가"),
        ("누구", "을/를", "누구를"),
        ("가나", "이/가", "가나가"),
    ):
        assert with_particle(noun, pair) == written


@pytest.mark.parametrize("word", ["", None, "abc", "ㄱ", "밥 ", 3, ["밥"]])
def test_what_is_no_korean_word_is_refused(word):
    for function in (letters, lambda noun: particle(noun, "은/는")):
        with pytest.raises(ValueError, match="expected .*Korean syllables.*, got"):
            function(word)


def test_an_unknown_pair_is_refused():
    with pytest.raises(ValueError, match="expected one of 은/는, .*, got '와/과'"):
        particle("밥", "와/과")


@given(st.lists(st.text("abc가", min_size=1, max_size=5), max_size=4), st.integers(5, 8))
def test_decoding_undoes_encoding(texts, length):
    rows = encode(texts, "c가ab", length)
    assert rows.shape == (len(texts), length) and rows.dtype == np.int32
    assert decode(rows, "c가ab") == texts


def test_numbers_start_at_one_and_padding_is_zero():
    assert encode(["ab", "bba"], "ab", 3).tolist() == [[1, 2, 0], [2, 2, 1]]
    assert decode(np.array([[2, 0, 1], [0, 1, 1]]), "ab") == ["b", ""]


@pytest.mark.parametrize(
    ("texts", "symbols", "message"),
    [
        ([""], "ab", "expected a text of 1 to 3 symbols, got ''"),
        (["abab"], "ab", "expected a text of 1 to 3 symbols, got 'abab'"),
        (["a", "axb"], "ab", "expected symbols of 'ab', got 'x' in 'axb'"),
        (["a"], "aba", "expected each symbol once, got 'aba'"),
    ],
)
def test_texts_that_cannot_be_encoded_are_refused(texts, symbols, message):
    with pytest.raises(ValueError, match=message):
        encode(texts, symbols, 3)


@pytest.mark.parametrize("rows", [[1, 2], [[0.5]], [[3]], [[-1]]])
def test_rows_that_are_no_texts_are_refused(rows):
    with pytest.raises(ValueError, match="expected .*, got"):
        decode(np.array(rows), "ab")
