"""A Flask site whose newsletter rests on consents kept by Tutela."""

import os
from uuid import UUID

from flask import Flask, redirect, request, session

from tutela_client import Tutela

app = Flask(__name__)
app.secret_key = os.urandom(32)
tutela = Tutela(os.environ["TUTELA_URL"], os.environ["TUTELA_KEY"])
text = tutela.consent_text("newsletter", "en")


@app.get("/")
def page():
    return f'<form method="post"><label><input type="checkbox" name="agree"> {text.text}</label><button>Send</button></form>'


@app.post("/")
def subscribe():
    if "person" not in session:
        session["person"] = str(tutela.create_subject("subscriber", "en").subject)
    if "agree" in request.form:
        tutela.give_consents(UUID(session["person"]), [text], language="en", act="newsletter-box")
    return redirect("/sends")


@app.get("/sends")
def sends():
    return {"sends": tutela.may(UUID(session["person"]), "use", "newsletter", ["email"])}


@app.post("/stop")
def stop():
    return {
        "stopped": tutela.withdraw(UUID(session["person"]), ["newsletter"], language="en").purposes
    }
