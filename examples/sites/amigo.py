"""Classifieds: what is on offer, an ad of one's own, and a word to the seller."""

from kit import Site, Visit, cards, form_page


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


SHOWN = (
    "Sent, it is seen by nobody yet: in your account you choose what of it everybody may read.",
    "Отправленное пока никто не видит: что из него могут читать все, вы выбираете в своей учётной записи.",
)

SITE = Site(
    "amigo",
    "amigo!",
    ":root { --brand: #0b6e4f; --second: #f2a541; } .cards li { border-radius: 1.25rem; }",
    {
        "": ("Ads", "Объявления", front),
        "ad": (
            "Publish",
            "Разместить",
            form_page("ad", "Publish an ad", "Разместить объявление", SHOWN),
        ),
        "account": (
            "Join",
            "Регистрация",
            form_page("account", "Join Amigo", "Присоединиться к Amigo"),
        ),
        "review": ("Reviews", "Отзывы", form_page("review", "How was it?", "Как всё прошло?")),
        "delivery": (
            "Delivery",
            "Доставка",
            form_page("delivery", "Have it brought", "Привезти покупку"),
        ),
        "promote": (
            "Promote",
            "Продвижение",
            form_page("paid-service", "Show my ad first", "Показать объявление первым"),
        ),
        "news": (
            "Letters",
            "Рассылка",
            form_page("newsletter", "Bargains by letter", "Выгодные предложения письмом"),
        ),
        "survey": (
            "Survey",
            "Опрос",
            form_page("survey", "Tell us what you think", "Расскажите, что вы думаете"),
        ),
        "work": ("Work here", "Вакансии", form_page("career", "Work at Amigo", "Работа в Amigo")),
        "help": ("Help", "Помощь", form_page("letter", "Write to support", "Написать в поддержку")),
    },
)

if __name__ == "__main__":
    SITE.run()
