"""A new medium as a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela.media import actions
from tutela.media.wording import KINDS
from tutela.policy.model import Policy


class MediumForm(forms.Form):
    use_required_attribute = False
    kind = forms.ChoiceField(label=_("What is it?"), choices=tuple(KINDS.items()))
    store = forms.ChoiceField(label=_("Where does it lie?"))
    spot = forms.CharField(label=_("Which safe, shelf or room?"), max_length=80, required=False)

    def __init__(
        self, policy: Policy, language: str, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, auto_id="%s")
        field = self.fields["store"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = [
            (each.slug, each.title.get(language, each.slug)) for each in actions.places(policy)
        ]
