"""Accounts for the operator's own site: their state, documents, tokens, children, deletion."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tutela.accounts import actions, children
from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Body, Id, Language, Moment, Slug, Slugs, Text
from tutela.identity import actions as identity
from tutela.identity.api import living
from tutela.obligations import actions as obligations
from tutela.obligations.api import ObligationShown
from tutela.obligations.api import shown as obligation_shown

Values = Annotated[dict[Slug, Text], Field(min_length=1, max_length=100)]


class AccountShown(Answer):
    """``state`` is none, open, limited or closed; ``missing`` are required fields, ``to_accept``
    documents. Let a limited account do only what your policy allows one."""

    subject: Id
    state: str
    point: str
    opened_at: Moment | None
    closed_at: Moment | None
    missing: list[str]
    to_accept: list[str]
    accepted: dict[str, str]


def _shown(operator_id: UUID, subject: UUID) -> AccountShown:
    row = actions.account(operator_id, subject)
    if row is None:
        return AccountShown(
            subject=subject,
            state="none",
            point="",
            opened_at=None,
            closed_at=None,
            missing=[],
            to_accept=[],
            accepted={},
        )
    return AccountShown(
        subject=subject,
        state=row.state,
        point=row.point,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        missing=list(row.missing),
        to_accept=list(row.to_accept),
        accepted=row.accepted,
    )


@endpoint("GET", "/subjects/{subject}/account", function="accounts.read", answer=AccountShown)
def account(request: ApiRequest, subject: Id) -> AccountShown:
    """The account of a person: whether it is open, and what it still lacks

    A form of a collection point of the kind `account` opens it.
    """
    operator = request.call.operator_id
    identity.subject(operator, subject)
    return _shown(operator, subject)


class Accepted(Body):
    """The documents that the person accepts, by their names in the policy."""

    documents: Slugs


@endpoint(
    "POST",
    "/subjects/{subject}/account/acceptances",
    function="accounts.write",
    answer=AccountShown,
    status=201,
    writes=True,
    problems=(410,),
)
def account_accept(request: ApiRequest, subject: Id, body: Accepted) -> AccountShown:
    """Record that a person accepts documents

    Each is kept with the number of the policy in force. Accepting again changes nothing.
    """
    call = request.call
    living(call.operator_id, subject)
    actions.accept(call.operator_id, subject, body.documents, actor=call.actor)
    return _shown(call.operator_id, subject)


class NewToken(Body):
    """``product`` is your own name for what the token is for: an application, a widget."""

    product: Slug


class TokenMade(Answer):
    """Shown once; only its digest is kept."""

    token: str


@endpoint(
    "POST",
    "/subjects/{subject}/account/tokens",
    function="accounts.write",
    answer=TokenMade,
    status=201,
    writes=True,
    problems=(410,),
)
def account_token(request: ApiRequest, subject: Id, body: NewToken) -> TokenMade:
    """Issue a token by which a product of yours acts for a person

    It dies with the account, in the transaction that ends it.
    """
    call = request.call
    living(call.operator_id, subject)
    made = actions.issue_token(call.operator_id, subject, body.product, actor=call.actor)
    return TokenMade(token=made)


class TokenAsked(Body):
    token: Annotated[Text, Field(min_length=1, max_length=200)]


class TokenOf(Answer):
    subject: Id


@endpoint("POST", "/account-tokens/check", function="accounts.read", answer=TokenOf)
def account_token_check(request: ApiRequest, body: TokenAsked) -> TokenOf:
    """Whose token this is; not found once the account has ended"""
    return TokenOf(subject=actions.whose_token(request.call.operator_id, body.token))


class Deleted(Answer):
    """``obligations`` are what the policy promises now."""

    deletion: Id
    account: AccountShown
    obligations: list[ObligationShown]


@endpoint(
    "POST",
    "/subjects/{subject}/account/deletion",
    function="accounts.write",
    answer=Deleted,
    status=201,
    writes=True,
    problems=(410,),
)
def account_delete(request: ApiRequest, subject: Id) -> Deleted:
    """Delete the account of a person who asked you to

    Sessions and tokens die at once, and the regime that the policy declares for it begins.
    """
    call = request.call
    living(call.operator_id, subject)
    deletion = actions.delete(call.operator_id, subject, actor=call.actor, why="program")
    started = obligations.listing(call.operator_id, cause=deletion)
    return Deleted(
        deletion=deletion,
        account=_shown(call.operator_id, subject),
        obligations=[obligation_shown(each, call.language) for each in started],
    )


class NewChild(Body):
    """``values`` and ``consents`` are those of the form for a child; the guardian agrees."""

    values: Values
    consents: Annotated[list[Slug], Field(max_length=50)]
    language: Language


class ChildMade(Answer):
    subject: Id


@endpoint(
    "POST",
    "/subjects/{subject}/children",
    function="accounts.write",
    answer=ChildMade,
    status=201,
    writes=True,
    problems=(410,),
)
def child_add(request: ApiRequest, subject: Id, body: NewChild) -> ChildMade:
    """Make the profile of a child for which this person answers

    The consents are recorded as the guardian's. The key's scope must list the purposes of the
    form and the action `collection`.
    """
    call = request.call
    living(call.operator_id, subject)
    made = children.add(
        call.operator_id,
        subject,
        body.values,
        body.consents,
        language=body.language,
        actor=call.actor,
    )
    return ChildMade(subject=made)


class Children(Answer):
    children: list[AccountShown]


@endpoint("GET", "/subjects/{subject}/children", function="accounts.read", answer=Children)
def children_list(request: ApiRequest, subject: Id) -> Children:
    """The open profiles of the children for whom a person answers"""
    operator = request.call.operator_id
    identity.subject(operator, subject)
    found = children.of(operator, subject)
    return Children(children=[_shown(operator, each.subject) for each in found])
