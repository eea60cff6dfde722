"""A home-exchange agency: homes, an order, a chat with the agency."""

from kit import Site, Visit, cards, form_page


def front(visit: Visit) -> str:
    say = visit.say
    homes = cards(
        (
            say("House by the sea", "Дом у моря"),
            say("Tampa, 3 rooms", "Тампа, 3 комнаты"),
            say("for a flat in a large city, in June", "на квартиру в большом городе, в июне"),
        ),
        (
            say("Loft with a view", "Лофт с видом"),
            say("Lisbon, 2 rooms", "Лиссабон, 2 комнаты"),
            say("for a house with a garden", "на дом с садом"),
        ),
        (
            say("Cottage in the woods", "Домик в лесу"),
            say("Karelia, 4 rooms", "Карелия, 4 комнаты"),
            say("for warmth in winter", "на тепло зимой"),
        ),
    )
    return (
        f"<h1>{say('Live there, not beside it', 'Живите там, а не рядом')}</h1>"
        f'<p class="lead">{say("We find two families who want each other’s home, and see to keys, insurance and trust.", "Мы находим две семьи, которым нужен дом друг друга, и берём на себя ключи, страховку и доверие.")}</p>'
        f'{homes}<p><a class="go" href="/{visit.language}/order/">{say("Order an exchange", "Заказать обмен")}</a></p>'
    )


ORDER = (
    "You pay on the page of the payment platform; we never see your card.",
    "Платите вы на странице платёжной платформы; вашей карты мы не видим.",
)

SITE = Site(
    "prohomeexchange",
    "ProHomeExchange",
    ":root { --brand: #8a3b12; --second: #e9c46a; } h1 { font-family: Georgia, serif; } .picture { height: 9rem; }",
    {
        "": ("Homes", "Дома", front),
        "order": (
            "Order",
            "Заказ",
            form_page("order", "Order an exchange", "Заказать обмен", ORDER),
        ),
        "chat": ("Chat", "Чат", form_page("chat", "Talk to us", "Поговорить с нами")),
        "news": ("News", "Новости", form_page("newsletter", "Homes by letter", "Дома в письмах")),
        "account": ("Account", "Кабинет", form_page("account", "Your account", "Личный кабинет")),
        "claim": (
            "Claims",
            "Претензии",
            form_page("claim", "Something went wrong", "Что-то пошло не так"),
        ),
    },
)

if __name__ == "__main__":
    SITE.run()
