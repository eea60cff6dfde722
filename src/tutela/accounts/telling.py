"""What a person is told of their account in the copy of everything about them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.accounts.models import Acceptance, Account, Token
from tutela.accounts.wording import ENDINGS, document
from tutela.requests.parts import Line, Part
from tutela.web import dates


def told(operator_id: UUID, subject: UUID, _language: str) -> Iterator[Line]:
    """The account, the documents that were accepted for it, and the products signed in to."""
    mine = {"operator_id": operator_id, "subject_id": subject}
    for account in Account.objects.filter(**mine):
        yield Line(
            {
                "opened_at": account.opened_at,
                "record": account.record,
                "closed_at": account.closed_at,
                "why_closed": account.why,
                "kept_by_a_guardian": account.guardian_id is not None,
            },
            " ".join(_account(account)),
        )
    for row in Acceptance.objects.filter(**mine).order_by("at", "id"):
        yield Line(
            {"document": row.document, "version": row.version, "accepted_at": row.at},
            _("Accepted on %(day)s: %(document)s, version %(version)s.")
            % {
                "day": dates.day(row.at),
                "document": document(row.document),
                "version": row.version,
            },
        )
    for token in Token.objects.filter(**mine).order_by("issued_at", "id"):
        yield Line(
            {
                "product": token.product,
                "signed_in_at": token.issued_at,
                "ended_at": token.ended_at,
            },
            " ".join(_token(token)),
        )


def _account(row: Account) -> Iterator[str]:
    yield _("Opened on %(day)s.") % {"day": dates.day(row.opened_at)}
    if row.guardian_id is not None:
        yield _("A guardian answers for it.")
    if row.closed_at is not None:
        yield _("Ended on %(day)s: %(why)s.") % {
            "day": dates.day(row.closed_at),
            "why": ENDINGS.get(row.why, row.why),
        }


def _token(row: Token) -> Iterator[str]:
    yield _("%(product)s acts for you since %(day)s.") % {
        "product": row.product,
        "day": dates.day(row.issued_at),
    }
    if row.ended_at is not None:
        yield _("That ended on %(day)s.") % {"day": dates.day(row.ended_at)}


ACCOUNT = Part(gettext_lazy("Your account"), told)
