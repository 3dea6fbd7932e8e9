"""The catalogue of translations, as it is checked."""

import pytest

from district.runtime.texts import Entry, Key, findings


@pytest.mark.parametrize(
    ("translation", "found"),
    [
        ("您的预约", []),
        ("创新社区", []),
        ("你的预约", ['“你” (您): "A text"']),
        ("社区", ['“社区” (创新社区): "A text"']),
        ("", ['untranslated: "A text"']),
    ],
)
def test_a_translation_keeps_to_the_words_of_the_product(translation, found):
    key = Key("A text")

    assert list(findings({key: Entry()}, {key: Entry(translation=translation)})) == found
