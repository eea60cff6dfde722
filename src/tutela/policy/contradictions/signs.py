"""The words by which a text makes a claim, in English and in Russian.

Each is a regular expression over the words of one clause. They name turns of phrase that policies
use everywhere, never an operator.
"""

from __future__ import annotations

import re


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


NEGATION = _words(r"\bnot?\b", r"\bnever\b", r"\bnone\b", r"\bне\b", r"\bникак\w+", r"\bнет\b")
COOKIES = _words(r"\bcookies?\b", r"\bкуки\b", r"\bкуки-файл")
MARKETING = _words(r"\bmarketing\b", r"\bмаркетингов")
NOT_USED = _words(
    r"\bnot (?:used|found|set|placed|applied)\b",
    r"\bno [«“\"]?marketing",
    r"\bне (?:использу|применя|ставят|устанавлива)",
    r"\bнет\b",
)
NO_PERSONAL_DATA = _words(
    r"\b(?:not? (?:store|keep|hold|contain)|holds? no|contains? no|stores? no|no)\b"
    r"[^.;]{0,12}personal data\b",
    r"\bне (?:хран|содерж)\w+ (?:никаких )?персональн",
)
NOT_TO_OTHERS = _words(
    r"\bnot (?:transferred|given|disclosed|passed) to (?:any )?third part",
    r"\b(?:goes|go) to no third part",
    r"\bне (?:передаются|передаёт|передают)[^.;]{0,20} треть",
)
IDENTIFIES_BY_COOKIE = _words(
    r"(?:identif|recognis)[^.]{0,60}\bcookies?\b",
    r"(?:authori[sz]ation|sign-in|login) form",
    r"форм\w+ (?:входа|авторизации)",
    r"(?:узна|опозна)[^.]{0,60}cookie",
)
SOLELY = _words(
    r"\bsolely\b",
    r"\bexclusively\b",
    r"\bnothing (?:beyond|but)\b",
    r"\bone purpose\b",
    r"\bonly (?:for|to) (?:the )?purpose",
    r"\bpurposes alone\b",
    r"\bисключительно\b",
    r"\bединственн\w+ цел",
    r"\bтолько (?:для|в) цел",
)
TECHNICAL = _words(
    r"\bcookies?\b",
    r"\bIP\b",
    r"\b1Р\b",
    r"\btechnical (?:information|data)\b",
    r"\blocation of the user\b",
    r"\bwhere the User is\b",
    r"\bтехническ\w+ (?:данн|информац|сведен)",
    r"\bместоположен",
)
SERVES = _words(
    r"\bused? (?:to|for|solely)\b",
    r"\bto (?:analy[sz]e|study|collect|determin|ensure|compile)",
    r"\bserves?\b",
    r"\bfor security\b",
    r"\bhelp to\b",
    r"\bслуж",
    r"\bиспользу",
    r"\bчтобы\b",
    r"\bдля (?:анализ|безопасн|защит|выявл|исправл)",
)
NEVER = _words(
    r"\bnever\b",
    r"\bunder (?:no|any) circumstances\b",
    r"\bни при каких\b",
    r"\bникогда\b",
    r"\bwhatever happens\b",
)
THIRD_PARTIES = _words(r"\bthird part", r"\bтреть\w+ (?:лиц|сторон)")
ADVERTISERS = _words(r"\bmarketing\b", r"\badverti", r"\bмаркетинг", r"\bреклам")
PUBLISH = _words(r"\bpublish", r"\bопубликов", r"\bпублик")
NUMBERS_OF_PAPERS = _words(
    r"\bidentity (?:documents?|cards?|papers?)\b",
    r"\bfinancial\b",
    r"\bpayments?\b",
    r"\bудостоверен",
    r"\bплат[её]ж",
    r"\bфинансов",
)
EXPLICIT_CONSENT = _words(
    r"\bunambiguous",
    r"\baffirmative\b",
    r"\bticking\b",
    r"\bticks?\b",
    r"\bby a tick\b",
    r"\bоднозначн",
    r"\bотметк",
    r"\bгалочк",
    r"\bутвердительн",
)
CONSENT_BY_CONDUCT = _words(
    r"\b(?:using|use of|go on using|visiting)\b[^.]{0,80}"
    r"(?:\bmeans? (?:to )?(?:agree|consent)|\bautomatically consent)",
    r"\bwhoever uses\b[^.]{0,60}\b(?:agrees|consents)\b",
    r"\bwhile? using\b[^.]{0,60}\bconsents?\b",
    r"\bimplie[sd]\b",
    r"\bto visit\b[^.]{0,60}\bconsent",
    r"\bfill(?:ing)? (?:out|in)\b[^.]{0,80}\bconsent",
    r"\bno separate consent\b",
    r"\bseparate consent\b[^.]{0,60}\bnot required",
    r"\bконклюдентн",
    r"\bавтоматически соглаша",
)
DOES_NOT_CHECK = _words(
    r"\bdoes not (?:verify|check)\b",
    r"\bне проверя",
    r"\bне обязан\w* проверять",
)
MUST_BE_ACCURATE = _words(
    r"\baccuracy of the personal data[^.]{0,120}must be ensured",
    r"\bpersonal data must be accurate\b",
    r"\bточность персональных данных",
    r"\bперсональные данные должны быть точн",
)
DEPERSONALISATION = _words(r"^\W*depersonali[sz]ation", r"^\W*обезличивание")
TAKEN_OUT = _words(r"\bextract", r"\btaking out\b", r"\btak\w+ out\b", r"\bизвлеч")
OWN_PERIOD = _words(
    r"\bperiod specified in this (?:paragraph|clause)\b",
    r"\bwithin the due term\b",
    r"\bсрок\w*,? (?:указанн\w+|установленн\w+) в (?:настоящем|этом) пункте",
    r"\bв положенный срок\b",
)
BUSINESS_DAYS = _words(r"\bbusiness days?\b")
WORKING_DAYS = _words(r"\bworking days?\b")
NO_TIME_LIMIT = _words(
    r"\bwithout (?:time limit|limit of time)\b",
    r"\bno limit of time\b",
    r"\bindefinitely\b",
    r"\bбез ограничения срок",
    r"\bбессрочн",
)
"""Only beside what is processed: a policy itself may hold without limit of time."""
CANNOT_REFUSE = _words(
    r"\bnot have the technical ability\b",
    r"\btechnically impossible to use\b",
    r"\bтехнически (?:не может|невозможно)",
)
MAY_REFUSE = _words(
    r"\baccept (?:or|these cookies or) reject",
    r"\baccept or reject these cookies\b",
    r"\bпринять[^.]{0,30}(?:отклонить|отказаться)",
)
SUBJECT_DEFINED = _words(
    r"^\W*(?:the )?subject of personal data\s*[—–-]",
    r"^\W*субъект персональных данных\s*[—–-]",
)
LIMITATION = _words(
    r"\bstatute of limitations\b",
    r"\blimitation period\b",
    r"\bсрок\w* исковой давности\b",
    r"\bисковой давности\b",
)
WITHOUT_A_VERB = re.compile(
    r"^(?:Continuing|By (?:using|continuing))\b(?![^.]*\b(?:means?|is|are|constitutes?|shall|will|"
    r"implies|confirms?|has|have|must|may|can|does|signifies|you|user agrees|agrees?|consents?)\b)"
    r"[^.]+\.?$"
)
"""An English sentence that begins and comes to no verb, as 004 10.2 does."""
LENGTH = _words(
    r"\b\d+ ?(?:\([^)]*\) )?(?:working |business |calendar )?(?:hour|day|week|month|year)s?\b",
    r"\b(?:three|seven|ten|thirty|sixty)\b[^.]{0,20}\bdays?\b",
    r"\d+ ?(?:\([^)]*\) )?(?:рабочих |календарных )?(?:час|дн|день|недел|месяц|лет|год)",
)
