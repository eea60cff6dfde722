"""A FastAPI site whose newsletter rests on consents kept by Tutela."""

import os
from typing import Annotated
from uuid import UUID

from fastapi import Cookie, FastAPI, Response

from tutela_client import Tutela

app = FastAPI()
tutela = Tutela(os.environ["TUTELA_URL"], os.environ["TUTELA_KEY"])
text = tutela.consent_text("newsletter", "en")
Person = Annotated[UUID, Cookie()]


@app.get("/")
def words():
    return {"text": text.text}


@app.post("/subscription")
def subscribe(response: Response):
    person = tutela.create_subject("subscriber", "en").subject
    tutela.give_consents(person, [text], language="en", act="newsletter-box")
    response.set_cookie("person", str(person), httponly=True)
    return {"subscribed": True}


@app.get("/subscription")
def sends(person: Person):
    return {"sends": tutela.may(person, "use", "newsletter", ["email"])}


@app.delete("/subscription")
def stop(person: Person):
    return {"stopped": tutela.withdraw(person, ["newsletter"], language="en").purposes}
