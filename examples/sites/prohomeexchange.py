"""A home-exchange agency: homes, an order, a chat with the agency."""

from kit import Site, Visit, cards


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


def order(visit: Visit) -> str:
    note = visit.say(
        "You pay on the page of the payment platform; we never see your card.",
        "Платите вы на странице платёжной платформы; вашей карты мы не видим.",
    )
    return f"<h1>{visit.say('Order an exchange', 'Заказать обмен')}</h1><p class=lead>{note}</p>{visit.form('order')}"


def chat(visit: Visit) -> str:
    return f"<h1>{visit.say('Talk to us', 'Поговорить с нами')}</h1>{visit.form('chat')}"


def news(visit: Visit) -> str:
    return f"<h1>{visit.say('Homes by letter', 'Дома в письмах')}</h1>{visit.form('newsletter')}"


SITE = Site(
    "prohomeexchange",
    "ProHomeExchange",
    ":root { --brand: #8a3b12; --second: #e9c46a; } h1 { font-family: Georgia, serif; } .picture { height: 9rem; }",
    {
        "": ("Homes", "Дома", front),
        "order": ("Order", "Заказ", order),
        "chat": ("Chat", "Чат", chat),
        "news": ("News", "Новости", news),
    },
)

if __name__ == "__main__":
    SITE.run()
