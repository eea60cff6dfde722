"""Letters that nobody should write, each with what has to become of it."""

from __future__ import annotations

import base64
import io
import zipfile
from email.message import EmailMessage

TO = "help@familami.example"
UNREAD, ASIDE, HELD, TAKEN = "unread", "aside", "held", "taken"
MARKS = (
    "Withdrawal of consent to the processing of personal data",
    "withdrawal OF consent to the procesing of personal data",
    "Re: «Withdrawal of consent  to the processing of personal data»",
    "Fwd: RE: 'Withdrawl of consent to the processing of personl data'",
    "Отзыв согласия на обработку персональных данных",
    "Отв: отзыв согласия на обрабтку персональных даных",
    "«ОТЗЫВ СОГЛАСИЯ НА ОБРАБОТКУ ПЕРСОНАЛЬНЫХ ДАННЫХ»",
)
"""The operator's mark, as people write it in both languages."""


def _made(name: str, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = headers.pop("From", f"{name}@strange.example")
    made["To"] = TO
    made["Subject"] = headers.pop("Subject", f"Strange: {name}")
    made["Message-ID"] = f"<{name}@strange.example>"
    for header, value in headers.items():
        made[header.replace("_", "-")] = value
    made.set_content("What do you hold about me?")
    return made


def _with_file(name: str, content: bytes, form: str = "zip", ending: str = "zip") -> bytes:
    made = _made(name)
    made.add_attachment(content, maintype="application", subtype=form, filename=f"file.{ending}")
    return made.as_bytes()


def _zip_bomb(layers: int = 3) -> bytes:
    """A hundred megabytes of nothing in some hundred bytes, packed once more and again."""
    content = bytes(100_000_000)
    for layer in range(layers):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{layer}.zip", content)
        content = packed.getvalue()
    return content


def _nested(depth: int = 60) -> bytes:
    inner = _made("inside").as_bytes()
    for number in range(depth):
        head = f"From: nested@strange.example\nSubject: Nested {number}\n".encode()
        inner = head + b"Content-Type: message/rfc822\n\n" + inner
    return inner


def _raw(name: str, head: str, body: bytes = b"Hello\n") -> bytes:
    return f"From: {name}@strange.example\nTo: {TO}\n{head}\n\n".encode() + body


def _bounce() -> bytes:
    head = (
        "Subject: Undelivered Mail Returned to Sender\nReturn-Path: <>\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
    )
    return _raw("mailer-daemon", head, b"--b\n\nIt was not delivered.\n--b--\n")


def strange() -> dict[str, tuple[bytes, set[str]]]:
    """By name: the message, and the states in which it may end. None of them opens a case that
    it should not, and none is lost."""
    huge = base64.encodebytes(bytes(range(256)) * 120_000)
    lie = "Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 8bit"
    folded = "".join(f"X-Filler-{number}: {'x' * 900}\n" for number in range(1_000))
    found = {
        "auto-reply": (_made("away", Auto_Submitted="auto-replied").as_bytes(), {ASIDE}),
        "loop": (_made("loop", From=TO).as_bytes(), {ASIDE}),
        "list": (_made("list", List_Id="<list.strange.example>").as_bytes(), {ASIDE}),
        "spam": (_made("spam", X_Spam_Flag="YES").as_bytes(), {ASIDE}),
        "bounce": (_bounce(), {ASIDE}),
        "robot": (_made("noreply", From="no-reply@strange.example").as_bytes(), {ASIDE}),
        "no-from": (f"To: {TO}\nSubject: Nobody\n\nHello\n".encode(), {HELD}),
        "nothing": (b"", {HELD}),
        "only-zeros": (bytes(5_000), {HELD}),
        "huge-file": (
            _raw("large", "Content-Type: image/png\nContent-Transfer-Encoding: base64", huge),
            {HELD},
        ),
        "broken-mime": (
            _raw("mime", 'Content-Type: multipart/mixed; boundary="a"', b"--b\nx\n--a\n\nHello"),
            {UNREAD},
        ),
        "broken-base64": (
            _raw("base64", "Content-Type: text/plain\nContent-Transfer-Encoding: base64", b"=A=!"),
            {UNREAD},
        ),
        "no-charset": (_raw("charset", "Content-Type: text/plain; charset=x-no-such"), {UNREAD}),
        "charset-lie": (_raw("lie", lie, "Что вы обо мне храните?\n".encode("koi8-r")), {UNREAD}),
        "huge-headers": (_raw("headers", folded.rstrip("\n")), {UNREAD}),
        "zip-bomb": (_with_file("bomb", _zip_bomb()), {UNREAD}),
        "false-picture": (_with_file("picture", b"MZ" * 500, "pdf", "pdf"), {UNREAD}),
        "zeros-inside": (_raw("zeros", "Subject: a\x00b", b"Hel\x00lo\x00\n"), {UNREAD}),
        "date-never": (_made("date", Date="Wed, 31 Feb 1969 99:99:99 +9900").as_bytes(), {UNREAD}),
        "date-ahead": (_made("ahead", Date="Mon, 01 Jan 2091 00:00:00 +0000").as_bytes(), {UNREAD}),
        "nested": (_nested(), {UNREAD}),
        "several-from": (
            _raw("one", "From: two@strange.example, three@strange.example\nSubject: We"),
            {HELD},
        ),
        "look-alike": (
            _made("alike", From="mаria@mail.example").as_bytes(),
            {HELD},
        ),
        "instructions": (_made("script", Subject="<script>{{7*7}}</script>").as_bytes(), {UNREAD}),
    }
    for number, mark in enumerate(MARKS):
        found[f"mark-{number}"] = (_made(f"mark{number}", Subject=mark).as_bytes(), {UNREAD, TAKEN})
    return found
