"""A Django site, in one file, whose newsletter rests on consents kept by Tutela."""

import os
import sys
from uuid import UUID

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

from tutela_client import Tutela

SIGNED = "django.contrib.sessions.backends.signed_cookies"
settings.configure(
    SECRET_KEY=os.urandom(32).hex(),
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SESSION_ENGINE=SIGNED,
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
)
tutela = Tutela(os.environ["TUTELA_URL"], os.environ["TUTELA_KEY"])
text = tutela.consent_text("newsletter", "en")


def subscription(request):
    if request.method == "POST":
        person = tutela.create_subject("subscriber", "en").subject
        tutela.give_consents(person, [text], language="en", act="newsletter-box")
        request.session["person"] = str(person)
    person = UUID(request.session["person"])
    if request.method == "DELETE":
        tutela.withdraw(person, ["newsletter"], language="en")
    return JsonResponse(
        {"text": text.text, "sends": tutela.may(person, "use", "newsletter", ["email"])}
    )


urlpatterns = [path("subscription", subscription)]
application = get_wsgi_application()
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
