"""The reference page of the scenario format, made from the registered verbs and expectations."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from tutela.rehearsal import words as _registered  # noqa: F401 - the registers are filled by it
from tutela.rehearsal.registry import EXPECTATIONS, VERBS, Word

_OPENING = """\
# Scenario files

A scenario plays a policy through before it is published: people send forms, withdraw, write; staff
act; years pass; and what must follow is expected by clause. `tutela rehearse FILE...` runs each
file against a private instance (a database, keys and a mailbox of its own, with its own clock),
prints the timeline with what was expected and what happened, and exits with 0 if every expectation
holds, else with 1. `--json` prints the same as one JSON document.

This page is made from the code (`make reference`); a test fails when it is out of date.

```yaml
scenario: Consent withdrawn on 3 June is destroyed by 3 July    # a title
operator: prohomeexchange        # a folder with policy.yaml, or a sample's slug
clauses: ["9.4(b)"]              # the clauses it is about; shown in the report
parameters:                      # put over the keys of policy.yaml, to rehearse another decision
  calendar: {code: US-FL}
people:                          # who takes part; keys are fields of the policy, or field types
  maria: {language: en, email: maria@example.com, phone: "+13055550142"}
steps:
  - at: 2024-05-20 10:00         # the clock goes there; everything due on the way happens
    given:
      - form: {point: order, by: maria}
  - at: 2024-06-03               # noon, by the operator's wall clock
    note: shown in the JSON
    when:
      - withdraw: maria
    then:
      - obligation: {of: maria, outcome: destroy, due: 2024-07-03}
  - at: +30 days                 # counted from the step before; any term of a policy
    then:
      - data: {of: maria, state: destroyed}
```

A moment is a day (`2024-06-03`, noon), a minute (`2024-06-03 09:30`), an absolute moment
(`2024-06-07T22:15Z`) or an offset (`+30 days`, `+2 working days`, `+24 hours`). The first step
names a date. Within a step, `given` happens before `when`, and `then` looks afterwards. Values
that a person does not declare are invented where a form needs them. Every mistake in a file is
reported with its line, and then nothing of the file is played.
"""


def page() -> str:
    parts = [_OPENING, "## Verbs: `given` and `when`\n", *_words(VERBS)]
    parts += ["## Expectations: `then`\n", *_words(EXPECTATIONS)]
    return "\n".join(parts)


def _words(words: Mapping[str, Word]) -> Iterator[str]:
    for name in sorted(words):
        yield _entry(words[name])


def _entry(word: Word) -> str:
    optional = [each for each in word.arguments if each not in word.needed]
    lines = [f"### `{word.name}`", ""]
    lines += textwrap.wrap(" ".join(word.help.split()), 98, break_long_words=False)
    lines.append("")
    if word.needed:
        lines.append(f"Needs: {', '.join(f'`{each}`' for each in word.needed)}.")
    if optional:
        lines.append(f"Takes: {', '.join(f'`{each}`' for each in optional)}.")
    if word.short:
        lines.append(f"Short form: `{word.name}: …` stands for `{word.name}: {{{word.short}: …}}`.")
    return "\n".join([*lines, ""])
