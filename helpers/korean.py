"""Korean: numbers in words, the letters (jamo) of syllables, and the particle after a noun."""

from numbers import Integral

DIGITS = "영일이삼사오육칠팔구"
UNITS = ((1000, "천"), (100, "백"), (10, "십"), (1, ""))
LARGEST = 9_999_999

FIRST, LAST = ord("가"), ord("힣")
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
PARTICLES = {  # after a consonant, after a vowel
    "은/는": ("은", "는"),
    "이/가": ("이", "가"),
    "을/를": ("을", "를"),
    "으로/로": ("으로", "로"),
}
BEFORE_GA = {"나": "내", "저": "제", "너": "네", "누구": "누"}  # what these become before 가


def number_words(number: int) -> str:
    """A number as Korean counts it: 10_321 is 만삼백이십일.

    일 is dropped before 천, 백 and 십, and where it stands alone before 만.

    Raises:
        ValueError: if the number is not a whole number from 0 to 9,999,999.
    """
    whole = isinstance(number, Integral) and not isinstance(number, bool)  # NumPy's, too
    if not whole or not 0 <= number <= LARGEST:
        raise ValueError(f"expected a whole number from 0 to {LARGEST:,}, got {number!r}")
    high, low = divmod(int(number), 10_000)
    many = "" if high == 0 else "만" if high == 1 else _below_ten_thousand(high) + "만"
    return many + _below_ten_thousand(low) or DIGITS[0]


def letters(word: str) -> str:
    """The letters (jamo) of a word in the order of writing: 밥 is ㅂㅏㅂ.

    Consonants are the same letters at the start and at the end of a syllable.

    Raises:
        ValueError: if the word is empty, or has a character that is no Korean syllable.
    """
    return "".join("".join(_parts(syllable)) for syllable in _syllables(word))


def particle(noun: str, pair: str) -> str:
    """The form of a particle that follows a noun, by the last letter: ("밥", "은/는") is 은.

    Args:
        noun: Korean syllables.
        pair: one of `PARTICLES`: 은/는, 이/가, 을/를, 으로/로 (로 also after ㄹ).

    Raises:
        ValueError: if the pair is unknown, the noun is empty or not of Korean syllables alone.
    """
    if pair not in PARTICLES:
        raise ValueError(f"expected one of {', '.join(PARTICLES)}, got {pair!r}")
    after_consonant, after_vowel = PARTICLES[pair]
    final = _parts(_syllables(noun)[-1])[2]
    if not final or (pair == "으로/로" and final == "ㄹ"):
        return after_vowel
    return after_consonant


def with_particle(noun: str, pair: str) -> str:
    """A noun and its particle as they are written: ("밥", "은/는") is 밥은, ("나", "이/가") 내가.

    Args:
        noun: Korean syllables. 나, 저, 너 and 누구 become 내가, 제가, 네가 and 누가; a noun that
            only ends in one of them, such as 가나, does not change.
        pair: one of `PARTICLES`.

    Raises:
        ValueError: as `particle`.
    """
    form = particle(noun, pair)
    return (BEFORE_GA.get(noun, noun) if form == "가" else noun) + form


def _below_ten_thousand(number: int) -> str:
    words = ""
    for size, unit in UNITS:
        digit, number = divmod(number, size)
        if digit:
            words += unit if digit == 1 and unit else DIGITS[digit] + unit
    return words


def _syllables(word: str) -> str:
    if not isinstance(word, str) or not word:
        raise ValueError(f"expected a word of Korean syllables, got {word!r}")
    for character in word:
        if not FIRST <= ord(character) <= LAST:
            raise ValueError(f"expected Korean syllables alone, got {character!r} in {word!r}")
    return word


def _parts(syllable: str) -> tuple[str, str, str]:
    """Initial consonant, vowel, final consonant; the last is empty where there is none."""
    place = ord(syllable) - FIRST
    initial, rest = divmod(place, len(VOWELS) * (len(FINALS) + 1))
    vowel, final = divmod(rest, len(FINALS) + 1)
    return INITIALS[initial], VOWELS[vowel], FINALS[final - 1] if final else ""
