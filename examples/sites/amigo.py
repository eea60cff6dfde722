"""Classifieds: what is on offer, an ad of one's own, and a word to the seller."""

from kit import Site, Visit, cards


def front(visit: Visit) -> str:
    say = visit.say
    offers = cards(
        (
            say("City bicycle", "Городской велосипед"),
            "9 500 ₽",
            say("Tver, hardly used", "Тверь, почти новый"),
        ),
        (say("Oak table", "Дубовый стол"), "14 000 ₽", say("Pskov, for six", "Псков, на шестерых")),
        (
            say("Winter tyres", "Зимние шины"),
            "12 800 ₽",
            say("Kazan, a set of four", "Казань, комплект из четырёх"),
        ),
        (say("Garden help", "Помощь в саду"), "700 ₽", say("Tula, by the hour", "Тула, за час")),
    )
    talk = say("Write to the seller", "Написать продавцу")
    note = say(
        "A seller gives you their address for messages; it shows neither name nor telephone.",
        "Продавец даёт вам адрес для сообщений; ни имени, ни телефона в нём не видно.",
    )
    return (
        f"<h1>{say('Sell it to a neighbour', 'Продайте соседу')}</h1>"
        f'<p class="lead">{say("Thousands of ads near you, from people and for people.", "Объявления рядом с вами: от людей и для людей.")}</p>'
        f'<p><a class="go" href="/{visit.language}/ad/">{say("Publish an ad", "Разместить объявление")}</a></p>'
        f'{offers}<h2>{talk}</h2><p>{note} <a href="{visit.portal("conversations/")}">{say("Your conversations", "Ваши разговоры")}</a></p>'
    )


def ad(visit: Visit) -> str:
    return f"<h1>{visit.say('Publish an ad', 'Разместить объявление')}</h1>{visit.form('ad')}"


def account(visit: Visit) -> str:
    return f"<h1>{visit.say('Join Amigo', 'Присоединиться к Amigo')}</h1>{visit.form('account')}"


def review(visit: Visit) -> str:
    return f"<h1>{visit.say('How was it?', 'Как всё прошло?')}</h1>{visit.form('review')}"


SITE = Site(
    "amigo",
    "amigo!",
    ":root { --brand: #0b6e4f; --second: #f2a541; } .cards li { border-radius: 1.25rem; }",
    {
        "": ("Ads", "Объявления", front),
        "ad": ("Publish", "Разместить", ad),
        "account": ("Join", "Регистрация", account),
        "review": ("Reviews", "Отзывы", review),
    },
)

if __name__ == "__main__":
    SITE.run()
