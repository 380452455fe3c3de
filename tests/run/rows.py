"""Rows as Python has them from JSON, and comparing many of them."""

from collections import Counter


def frozen(value):
    """The value as one that can be counted."""
    if isinstance(value, dict):
        return tuple(sorted((name, frozen(member)) for name, member in value.items()))
    if isinstance(value, list):
        return tuple(frozen(member) for member in value)
    return value


def without_marks(row):
    """The row without what the host put into it when it was set aside."""
    return {name: value for name, value in row.items() if not name.startswith("weir.")}


def differences(what, expected, found):
    """Sentences: rows that are missing, and rows that are too many, in any order."""
    wanted, there = Counter(map(frozen, expected)), Counter(map(frozen, found))
    missing, surplus = wanted - there, there - wanted
    texts = {frozen(row): row for row in [*expected, *found]}
    return ["%s: missing %r" % (what, texts[key]) for key in missing.elements()] + [
        "%s: not expected %r" % (what, texts[key]) for key in surplus.elements()
    ]


def same(what, expected, found):
    """Returns how many."""
    problems = differences(what, expected, found)
    assert not problems, "%s: %d of %d rows differ\n%s" % (
        what,
        len(problems),
        len(expected),
        "\n".join(problems[:3] + problems[-3:]),
    )
    return len(found)
