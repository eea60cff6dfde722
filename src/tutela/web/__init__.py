"""The web kit: pages, their frame and components. It knows no room.

How a room makes a page
-----------------------

1. A function in the room's ``views.py``::

       from django.utils.translation import gettext_lazy as _
       from tutela.web.pages import Audience, Menu, PageRequest, page, show

       @page(
           "<operator>/my/consents/",          # after /en/ or /ru/
           name="my-consents",                 # unique; also the URL name
           audience=Audience.SUBJECT,          # PUBLIC (default), SUBJECT or STAFF
           methods=("GET", "POST"),            # ("GET",) if left out
           menu=Menu(_("My consents"), order=20),
       )
       def my_consents(request: PageRequest) -> HttpResponse:
           visit = request.visit
           rows = actions.live(visit.operator_id, visit.subject_id)
           return show(request, "consent/mine.html", {"rows": rows})

   ``<operator>`` is the operator's slug; it is resolved by the kit and not passed on. Other
   parts use Django's converters (``<uuid:act>``, ``<int:number>``, ``<slug:point>``,
   ``<str:token>``) and arrive as keyword arguments. Staff pages are
   ``desk/<operator>/...`` and must name a ``permission`` (a slug such as ``desk.read``; the
   roles that hold it are listed in ``tutela.app``).

2. ``request.visit`` says who is here: ``language``, ``operator`` (id, slug, brand),
   ``operator_id``, ``subject_id``, ``staff`` (id, roles, permissions), ``actor`` (a
   ``core.vocabulary.Actor`` ready for the gate) and ``submission``: the id of the form that was
   sent, made when the form was shown. The same form sent twice carries the same id.

3. The view and its template run inside one ``operator_scope``. Return a response of any status
   and everything is committed (a refusal that the gate journalled stays journalled); raise and
   everything is rolled back. Raise a ``TutelaError`` with a translated sentence and the kit
   shows it on a designed page with its status. Pages without ``<operator>`` have no transaction.

4. A template extends ``web/base_public.html``, ``web/base_subject.html`` or
   ``web/base_staff.html`` and fills the blocks ``title`` (text only), ``heading`` (the question
   of the page), ``lead`` (one or two sentences that answer it) and ``content``. Block
   ``aside`` is above the heading, for ``crumb``.

5. A form::

       <form method="post">{% form_token %}
       {% form_errors form %}
       {% field form.email %}
       {% consent form.newsletter %}
       {% button _("Send") %}
       </form>

   ``{% form_token "other-page" %}`` if the form posts to another page. Never ``csrf_token``:
   it would set a cookie. See ``web.guard`` for what protects the form.

6. Links: ``{% page_url "policy" %}`` and ``{% page_url "act" act=row.id %}`` in templates,
   ``page_url(request, "act", act=id)`` in views; both keep language and operator.

Components (no ``load`` is needed; every one is shown on /demo/style/)
---------------------------------------------------------------------

===========================  ==================================================================
``{% card "Title" %}…{% endcard %}``            also ``note=``, ``id=``, ``level=3``
``{% facts %}…{% endfacts %}``                  around ``{% fact "Label" note="…" %}…{% endfact %}``
``{% state "kept" %}``                          word, colour and dot; ``label=`` changes the word;
                                                slugs: ``components.STATES``
``{% status_bar parts %}``                      ``components.Part(state, count, label="")``
``{% figures %}…{% endfigures %}``              around ``{% figure 181 "clauses kept" url=… %}``
``{% timeline steps %}``                        ``components.Step(title, note, done, url="")``
``{% rows "Caption" "Due" "What" … %}…{% endrows %}``   a table that becomes cards on a phone:
                                                around ``{% row %}…{% endrow %}``, around
                                                ``{% cell "Due" %}…{% endcell %}``
``{% empty "Title" "What will appear and how" %}``      also ``url=`` and ``action=``;
                                                never directly inside ``{% for %}``, whose own
                                                word it is: write ``{% if %}`` around it
``{% notice "done" "Title" %}…{% endnotice %}`` tones: info, done, warning, problem
``{% field form.x why=… example=… %}``          label, example, reason, error; also read from
                                                ``form.fields["x"].why`` and ``.example``
``{% consent form.x %}``                        an unticked sentence with a box
``{% form_errors form %}``                      the summary with links, on top
``{% button "Label" kind="quiet" %}``           kinds: main, quiet, danger; ``name=``, ``value=``
``{% link_button "Label" url kind="quiet" %}``
``{% crumb "Back to people" url %}``
``{% pager pager %}``                           ``components.Pager(newer_url, older_url, text)``
``{% bars "Title" bars %}``                     ``components.Bar(label, value, text="", state="")``
``{% clause "9.4(b)" %}``                       a link to the clause in the published policy
``{{ moment|day }}``                            3 June 2024, in the operator's time zone
``{{ moment|short_day }}``                      3 June
``{{ moment|minute }}``                         3 June 2024, 14:05
``{{ 12345|number }}``                          12 345
``{{ words|worded }}``                          a policy's ``Words`` in the reader's language
===========================  ==================================================================

No script, no ``style`` attribute: the Content-Security-Policy refuses both.
"""
