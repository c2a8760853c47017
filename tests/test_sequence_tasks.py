"""What lesson sequence_tasks builds by hand, held to independent readings."""

import unicodedata

import keras
import numpy as np
import pytest
from lesson_code import definitions

from helpers.korean import FINALS, LARGEST, number_words
from helpers.sequences import encode


@pytest.fixture(scope="module")
def lesson():
    return definitions("sequence_tasks")


@pytest.mark.parametrize("final", ["", *FINALS])
def test_a_syllable_ends_in_the_final_that_was_asked_for(lesson, final):
    rng = np.random.RandomState(0)
    made = {lesson["syllable"](rng, final) for _ in range(200)}
    parts = [unicodedata.normalize("NFD", one) for one in made]
    assert len(made) > 100 and {len(part) for part in parts} == {3 if final else 2}
    if final:
        assert {part[2] for part in parts} == {chr(0x11A8 + FINALS.index(final))}


def test_nouns_hold_no_final_that_is_held_out_but_where_it_is_asked_for(lesson):
    held = {chr(0x11A8 + FINALS.index(final)) for final in lesson["HELD_OUT"]}
    nouns = lesson["made_up_nouns"](2000, 5, lesson["USED"])
    assert len(set(nouns)) == len(nouns) == 2000
    assert {len(noun) for noun in nouns} == {1, 2, 3, 4}
    spelled = [unicodedata.normalize("NFD", noun) for noun in nouns]
    assert not held & set("".join(spelled))
    assert {chr(0x1100 + place) for place in (14, 15, 17)} <= set("".join(spelled))  # as initials
    closed = np.mean([0x11A8 <= ord(part[-1]) <= 0x11C2 for part in spelled])
    assert 0.45 < closed < 0.6
    asked = lesson["made_up_nouns"](200, 6, [*lesson["HELD_OUT"]])
    assert {unicodedata.normalize("NFD", noun)[-1] for noun in asked} == held


def test_the_form_after_a_vowel_is_1(lesson):
    answers = lesson["particles_after"](["밥", "학교", "물", "부엌"])
    assert answers.tolist() == [[0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]


@pytest.mark.parametrize("reading", ["letters", "letters by place", "syllables"])
def test_each_reading_takes_the_longest_noun(lesson, reading):
    rows = lesson["read_as"](reading, ["값값값값", "가"])
    symbols, longest, _ = lesson["WAYS"][reading]
    assert rows.shape == (2, longest) and rows[0].all() and rows.max() <= len(symbols)
    assert (rows[1] > 0).sum() == (1 if reading == "syllables" else 2)


def test_windows_are_followed_by_what_comes_after_them(lesson):
    past, future = lesson["windows"](np.arange(40))
    assert past.shape == (5, 24) and future.shape == (5, 12)
    assert past[2].tolist() == list(range(2, 26)) and future[2].tolist() == list(range(26, 38))


def test_words_and_digits_of_any_number_fit(lesson):
    numbers = [0, 7, 10_000, 7_777_777, LARGEST]
    plain, reverse = (lesson["said"](numbers, way) for way in (False, True))
    assert plain.shape == reverse.shape == (5, 13) and lesson["written"](numbers).shape == (5, 8)
    for row, back, number in zip(plain, reverse, numbers, strict=True):
        count = len(number_words(number))
        assert row[:count].tolist() == back[:count][::-1].tolist() and not row[count:].any()


def test_the_decoder_reads_what_came_before(lesson):
    digits = lesson["written"]([321, 4])
    later = lesson["one_later"](digits)
    assert later.shape == digits.shape and not later[:, 0].any()
    assert (later[:, 1:] == digits[:, :-1]).all()


def test_lengths_are_drawn_evenly_and_numbers_have_them(lesson):
    drawn = lesson["with_digits"](7000, np.random.RandomState(0))
    counts = np.bincount([len(str(number)) for number in drawn], minlength=8)
    assert counts[0] == 0 and counts[1:].min() > 900 and counts[1:].max() < 1100
    assert set(lesson["with_digits"](500, np.random.RandomState(0), [1])) == set(range(10))


def test_greedy_decoding_is_the_same_as_one_step_at_a_time(lesson):
    """Against a decoder that keeps its hidden state and reads one symbol after another."""
    keras.utils.set_random_seed(0)
    model = lesson["encoder_decoder"]()
    grus = [layer for layer in model.layers if isinstance(layer, keras.layers.GRU)]
    tables = [layer for layer in model.layers if isinstance(layer, keras.layers.Embedding)]
    tables.sort(key=lambda layer: layer.input_dim)
    digits, words = tables
    encoder = next(gru for gru in grus if not gru.return_sequences)
    decoder = next(gru for gru in grus if gru.return_sequences)
    dense = model.layers[-1]
    rows = lesson["said"]([5, 321, 9_876_543], True)
    expected = []
    for row in rows:
        state = encoder(words(row[row > 0][None]))  # no padding, no mask
        last, text = 0, ""
        for _ in range(8):
            state = decoder.cell(digits(np.array([last])), [state])[0]
            last = int(np.argmax(dense(state)[0]))
            if last == 0 or lesson["DIGITS"][last - 1] == ".":
                break
            text += lesson["DIGITS"][last - 1]
        expected.append(text)
    assert lesson["greedy"](model, rows) == expected


def test_a_rememberer_has_all_symbols_it_needs(lesson):
    rows, answers = lesson["sentences_with_verbs"](300, seed=1)
    assert rows.shape[1] == 27 and rows.max() == 52 and answers.shape == (300, 1)
    assert (np.sum(rows == 52, axis=1) == 1).all() and 0.4 < answers.mean() < 0.6
    da = encode(["ㄷㅏ"], lesson["LETTERS"], 2)[0]
    assert all(row[row > 0][-2:].tolist() == da.tolist() for row in rows)
