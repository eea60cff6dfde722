from __future__ import annotations

import time

from tutela.core.ids import new_id, new_token


def test_identifiers_are_of_version_7_and_carry_the_moment():
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before <= made.int >> 80 <= after


def test_identifiers_made_one_after_the_other_sort_in_that_order():
    made = []
    for _ in range(200):
        made.append(new_id())
        time.sleep(0.000_001)
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_tokens_are_long_and_never_the_same():
    made = {new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert min(map(len, made)) >= 43
