"""What happens in the browser when somebody has signed in, whichever way they came."""

from __future__ import annotations

from django.http.response import HttpResponseBase

from tutela.consent import visiting
from tutela.identity import actions as identity
from tutela.identity import visitors
from tutela.web.access import forget_visitor, keep_subject, visitor_token
from tutela.web.pages import PageRequest


def enter(request: PageRequest, response: HttpResponseBase, session: str) -> None:
    """Keep the session, and let choices the browser made as a visitor become the person's."""
    operator = request.visit.operator
    assert operator is not None  # noqa: S101 - people sign in at an operator
    keep_subject(response, operator, session)
    token = visitor_token(request, operator)
    if not token:
        return
    subject = identity.session_subject(operator.id, session)
    visitor = visitors.join(operator.id, token, subject) if subject else None
    if visitor is not None and subject is not None:
        visiting.join(operator.id, visitor, subject)
    forget_visitor(response, operator)
