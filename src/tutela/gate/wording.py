"""The gate's refusals as sentences that say what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tutela.gate.reasons import Reason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: Mapping[Reason, _StrPromise] = MappingProxyType(
    {
        Reason.UNKNOWN_ACTION: _(
            "There is no such action on personal data. Choose one from the list of the policy."
        ),
        Reason.UNKNOWN_PURPOSE: _(
            "The policy does not declare this purpose. Choose a declared one, or publish a "
            "version of the policy that adds it."
        ),
        Reason.UNKNOWN_FIELD: _(
            "The policy does not declare one of these fields. Leave it out, or publish a version "
            "of the policy that adds it."
        ),
        Reason.OUTSIDE_SCOPE: _(
            "The key of this application was not made for this purpose or this action. Ask "
            "whoever manages applications at this operator to widen it."
        ),
        Reason.FIELD_OUTSIDE_PURPOSE: _(
            "The purpose does not need one of these fields. Ask only for the fields it needs."
        ),
        Reason.UNKNOWN_POINT: _(
            "The policy does not declare this form. Use one of the forms it lists."
        ),
        Reason.NOT_ASKED_HERE: _(
            "This form does not ask for these data or does not serve this purpose. Use the form "
            "that does."
        ),
        Reason.NO_SUBJECT: _(
            "It is not clear whose data this is about. Find the person first, then ask again."
        ),
        Reason.DESTROYED: _(
            "The data of this person was destroyed, and nothing can be done with it any more. "
            "The act of destruction says when and why."
        ),
        Reason.BLOCKED: _(
            "These data are blocked. They can be corrected or destroyed; anything else has to wait "
            "until the block ends."
        ),
        Reason.HELD: _(
            "Some of these data are kept on another ground and serve nothing else. Wait until "
            "that ground ends, or ask without these fields."
        ),
        Reason.ROLE: _(
            "Your role does not allow this. Ask the officer who answers for personal data."
        ),
        Reason.FIELD_CLASS: _(
            "Your role does not reach one of these classes of data. Leave it out, or ask the "
            "officer who answers for personal data."
        ),
        Reason.NOT_OWN: _(
            "These are the data of somebody else. Sign in as the person they are about."
        ),
        Reason.NO_REASON: _("Say why you need to look at these data, then ask again."),
        Reason.NO_AUTHORITY: _(
            "No checked authority lets you act for this person now. Ask the operator to check your "
            "document, or ask the person."
        ),
        Reason.BEYOND_AUTHORITY: _(
            "Your authority to act for this person does not reach so far. Ask for an authority "
            "that names this right."
        ),
        Reason.NOT_ACKNOWLEDGED: _(
            "First read the policy and acknowledge it on the page “Access” of the desk; until "
            "then no personal data is open to you."
        ),
        Reason.NO_CONSENT: _(
            "The person has not consented to this purpose, or has withdrawn the consent. Ask for "
            "consent first."
        ),
        Reason.CONSENT_EXPIRED: _(
            "The consent to this purpose has expired. Ask the person for a new one."
        ),
        Reason.CONSENT_OUTDATED: _(
            "A new version of the policy asks for this consent in other words. Show them, and ask "
            "the person again."
        ),
        Reason.NO_CONTRACT: _(
            "There is no agreement with the person that needs this. Record the agreement first, "
            "or ask for consent."
        ),
        Reason.NO_RULE: _(
            "Nothing in the policy allows this. Ask the officer who answers for personal data."
        ),
        Reason.UNKNOWN_RECIPIENT: _(
            "The policy does not declare this recipient. Publish a version that names it before "
            "anything is handed over."
        ),
        Reason.RECIPIENT_OUTSIDE_PURPOSE: _(
            "This recipient may not have these data for this purpose. Hand over only what the "
            "policy declares."
        ),
        Reason.NO_GROUND: _(
            "The ground for handing data to this recipient is missing. Obtain the consent or "
            "record the agreement first."
        ),
        Reason.NO_INSTRUCTION: _(
            "This processor has no instruction for these data and this purpose. Sign one first."
        ),
        Reason.FOREIGN_COUNTRY: _(
            "The recipient is in another country, and no check shows that the data is protected "
            "there. Make the check before anything is handed over."
        ),
        Reason.NO_DISSEMINATION_CONSENT: _(
            "Publishing needs a separate consent of the person. Ask for it first."
        ),
        Reason.FORBIDDEN_BY_PERSON: _(
            "The person lets this be read in public and forbade that it is handed on. Leave it "
            "out, or name the public interest that the policy puts before it."
        ),
        Reason.NO_DECISION: _(
            "The policy lets this be done only by a decision of an authorised representative, and "
            "none covers it. Propose a decision at the desk; somebody else has to take it."
        ),
        Reason.NO_SECOND_PERSON: _(
            "The policy wants a second person to agree to this first. Propose it at the desk; "
            "somebody else has to agree."
        ),
        Reason.GROUPS_APART: _(
            "The policy keeps the data of these purposes apart, so they are not read together. "
            "Do one of the two on its own."
        ),
        Reason.UNKNOWN_STORE: _(
            "The policy does not declare where these data would be kept. Publish a version that "
            "names the store before anything is written to it."
        ),
        Reason.OUTSIDE_TERRITORY: _(
            "These data would be kept outside of the territory that the policy allows. Choose a "
            "store within it."
        ),
        Reason.EVIDENCE: _(
            "What the journal says of a person stays while anything is held about them, and after "
            "the destruction for the term of evidence. Wait until that term is over."
        ),
    }
)

SHORT: Mapping[Reason, _StrPromise] = MappingProxyType(
    {
        Reason.UNKNOWN_ACTION: _("no such action"),
        Reason.UNKNOWN_PURPOSE: _("the policy has no such purpose"),
        Reason.UNKNOWN_FIELD: _("the policy has no such field"),
        Reason.OUTSIDE_SCOPE: _("the application’s key was not made for it"),
        Reason.FIELD_OUTSIDE_PURPOSE: _("the purpose does not need these fields"),
        Reason.UNKNOWN_POINT: _("the policy has no such form"),
        Reason.NOT_ASKED_HERE: _("the form does not ask for this"),
        Reason.NO_SUBJECT: _("it was not clear whose data it was"),
        Reason.DESTROYED: _("the data was destroyed"),
        Reason.BLOCKED: _("the data is blocked"),
        Reason.HELD: _("the data is kept on another ground only"),
        Reason.ROLE: _("the role does not allow it"),
        Reason.FIELD_CLASS: _("the role does not reach this class of data"),
        Reason.NOT_OWN: _("the data of somebody else"),
        Reason.NO_REASON: _("nobody said why it was needed"),
        Reason.NO_AUTHORITY: _("there is no authority to act for the person"),
        Reason.BEYOND_AUTHORITY: _("the authority to act for the person does not reach so far"),
        Reason.NOT_ACKNOWLEDGED: _("the policy was not acknowledged"),
        Reason.NO_CONSENT: _("there is no consent"),
        Reason.CONSENT_EXPIRED: _("the consent has expired"),
        Reason.CONSENT_OUTDATED: _("a new version asks for this consent anew"),
        Reason.NO_CONTRACT: _("there is no agreement"),
        Reason.NO_RULE: _("nothing in the policy allows it"),
        Reason.UNKNOWN_RECIPIENT: _("the policy has no such recipient"),
        Reason.RECIPIENT_OUTSIDE_PURPOSE: _("the recipient may not have it for this purpose"),
        Reason.NO_GROUND: _("there is no ground to hand it over"),
        Reason.NO_INSTRUCTION: _("the processor has no instruction for it"),
        Reason.FOREIGN_COUNTRY: _("the protection in the recipient’s country was not checked"),
        Reason.NO_DISSEMINATION_CONSENT: _("there is no consent to publishing"),
        Reason.FORBIDDEN_BY_PERSON: _("the person forbade to hand it on"),
        Reason.NO_DECISION: _("no decision covers it"),
        Reason.NO_SECOND_PERSON: _("no second person has agreed"),
        Reason.GROUPS_APART: _("the policy keeps the data of these purposes apart"),
        Reason.UNKNOWN_STORE: _("the policy has no such store"),
        Reason.OUTSIDE_TERRITORY: _("the store is outside of the allowed territory"),
        Reason.EVIDENCE: _("the entries are still needed as evidence"),
    }
)
"""The same reasons as one clause of a sentence, for the journal."""

DECISION_GROUNDS: Mapping[str, _StrPromise] = MappingProxyType(
    {
        "law": _("a duty or a right laid down by law"),
        "agreement": _("an agreement with the person"),
        "consent": _("the consent of the person"),
        "request": _("a request or a demand of the person"),
        "authority": _("a lawful demand of an authority or a court"),
        "policy": _("a promise of the published policy"),
    }
)
"""On what an authorised representative decides."""

INTERESTS: Mapping[str, _StrPromise] = MappingProxyType(
    {
        "asked-for": _("the person has asked for it"),
        "serves": _("it serves the person, who expects it"),
        "harmless": _("it touches no legitimate interest of the person"),
        "weighed": _("it touches the person’s interests, and these were weighed and outweighed"),
    }
)
"""How the legitimate interests of the people concerned were regarded."""

CHANGE_ROLES = "change-roles"
CHANGES: Mapping[str, _StrPromise] = MappingProxyType(
    {
        "give-role": _("give the role “%(role)s” to %(name)s"),
        "take-role": _("take the role “%(role)s” from %(name)s"),
        "invite": _("let somebody new in with the role “%(role)s” (mark of the name: %(name)s)"),
        "switch-off": _("end the work of %(name)s here"),
        "reset-factors": _("take the second factors of %(name)s away"),
    }
)
"""Changes of an account that can be made to wait for a second person."""

ACTS: Mapping[str, _StrPromise | str] = MappingProxyType(
    {
        "": "",
        "destroy-person": _("destroying a person’s data by hand"),
        "reveal-in-bulk": _("revealing the data of many people at once"),
        "publish-policy": _("publishing a version of the policy"),
        CHANGE_ROLES: _("changing what a member of staff may do"),
        "verify-person": _("deciding whether somebody is who they say"),
    }
)
"""What can be made to wait for a second person."""

CLASSES: Mapping[str, _StrPromise] = MappingProxyType(
    {
        "ordinary": _("ordinary"),
        "financial": _("financial"),
        "special": _("special"),
        "identity-document": _("copies of identity documents"),
    }
)
"""The classes of fields."""

VERDICTS: Mapping[str, _StrPromise] = MappingProxyType(
    {
        "passes": _("nothing against it"),
        "permits": _("permits it"),
        "refuses": _("refuses it"),
        "not-asked": _("not asked any more"),
    }
)
"""What a rule says when it is asked."""

RULES: Mapping[str, _StrPromise] = MappingProxyType(
    {
        "action-is-known": _("The action is one of the closed list"),
        "purpose-is-declared": _("The purpose is declared by the policy or given by the law"),
        "scope-covers-it": _("An application stays within the scope of its key"),
        "fields-belong-to-purpose": _("The purpose needs these data"),
        "point-asks-for-it": _("Data is collected by a form that asks for it"),
        "subject-is-named": _("It is clear whose data it is"),
        "subject-is-not-destroyed": _("The data has not been destroyed"),
        "subject-is-not-blocked": _("The data is not blocked"),
        "hold-allows-it": _("What is kept on another ground serves that ground only"),
        "actor-may": _("The role allows the action, the purpose and the class of data"),
        "parcel-is-for-a-processor": _(
            "What is kept past its end serves a processor to find the person, and nothing else"
        ),
        "staff-have-acknowledged": _("Staff have acknowledged the policy"),
        "authority-stands": _("Who acts for another has a checked authority"),
        "a-basis-stands": _("A legal basis carries the purpose for this person"),
        "recipient-is-declared": _("The recipient is declared for this purpose and these data"),
        "processor-is-instructed": _("The processor is instructed for it"),
        "country-is-safe": _("The data stays in a country that protects it"),
        "dissemination-is-agreed-to": _("Publishing has a consent of its own"),
        "person-has-not-forbidden-it": _("The person has not forbidden to hand it on"),
        "a-decision-covers-it": _("A decision covers what is reserved to representatives"),
        "a-second-person-has-agreed": _("A second person has agreed where that is asked for"),
        "groups-stay-apart": _("Nothing that the policy keeps apart is read together"),
        "store-is-in-territory": _("The data is kept within the allowed territory"),
        "law-gives-the-purpose": _("The law itself gives the purpose"),
        "standing-basis-carries-it": _("Nothing is against it, and a legal basis stands"),
        "no-rule": _("No rule allows it"),
    }
)
"""Each rule as the sentence that has to be true."""

GROUNDS: Mapping[str, _StrPromise] = MappingProxyType(
    {
        "accuracy-check": _("whether the data is right is being checked"),
        "lawfulness-check": _("whether it was processed lawfully is being checked"),
        "special-check": _("whether it may be held at all is being looked at"),
        "person-asked": _("the person asked for it"),
        "authority-asked": _("the authority asked for it"),
        "claim": _("it is needed for a claim and nothing else"),
    }
)
"""On what data is blocked by hand (152-FZ article 21(1), GDPR article 18(1))."""

RESULTS: Mapping[str, _StrPromise] = MappingProxyType(
    {
        "right": _("the data proved right"),
        "corrected": _("the data was corrected"),
        "lawful": _("the processing proved lawful"),
        "mended": _("the breach was put right"),
        "withdrawn": _("the request was withdrawn"),
        "settled": _("the claim was settled"),
    }
)
"""What was found when a block is lifted."""


def ruled(rule: str) -> str:
    """The rule in words; a rule that nobody has worded is shown by its name."""
    return str(RULES.get(rule, rule))


def sentence(reason: str, language: str) -> str:
    """The wording of ``reason`` in ``language`` (``en`` or ``ru``)."""
    with translation.override(language):
        return str(SENTENCES[Reason(reason)])
