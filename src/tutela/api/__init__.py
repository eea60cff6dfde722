"""The API kit: endpoints, problems, limits and repeats. It knows no room.

How a room makes an endpoint
----------------------------

One function in the room's ``api.py``, which is imported when the first request for the API (or
a description of it) arrives, and not before::

    from tutela.api.endpoints import ApiRequest, endpoint
    from tutela.api.schemas import Answer, Body, Id

    class Withdrawing(Body):
        purposes: list[Slug]

    class Withdrawn(Answer):
        withdrawal: Id

    @endpoint(
        "POST",
        "/subjects/{subject}/withdrawals",    # after /api/v1
        function="consents.write",            # what the application's key must have
        answer=Withdrawn,
        status=201,
        writes=True,                          # needs an Idempotency-Key, is done once
    )
    def withdraw(request: ApiRequest, subject: Id, body: Withdrawing) -> Withdrawn:
        \"\"\"The first line is the summary, the rest the description.\"\"\"
        call = request.call

``request.call`` says who asks: ``operator_id``, ``application_id``, ``actor`` (with the scope of
the key, ready for the gate) and ``language``. The endpoint runs inside one ``operator_scope``,
which is one transaction: return and everything is committed, raise and everything is rolled
back; one that says it is ``alone`` runs in none and begins its own. A ``TutelaError`` becomes a
problem (RFC 9457) with its own sentence; one that ``keeps`` commits the refusal that the gate
journalled.

No personal data in a path or a query: what identifies a person goes into the body of a POST.
Answers of endpoints that write hold no values either.

No cookie is read or set, nothing is answered to other origins, and none of the middleware of
pages is passed: ``door.ApiDoor`` stands before it.
"""
