"""Рынок услуг: заявка, специалисты, проверка специалиста. The site speaks Russian alone."""

from kit import Site, Visit, cards


def front(visit: Visit) -> str:
    masters = cards(
        ("Марат, сантехник", "от 6 000 ₸", "Алматы · документы проверены"),
        ("Айгуль, репетитор", "от 4 000 ₸", "Астана · математика, 5–9 класс"),
        ("Олег, электрик", "от 7 000 ₸", "Караганда · документы проверены"),
        ("Дана, фотограф", "от 20 000 ₸", "Шымкент · семейная съёмка"),
    )
    return (
        "<h1>Что нужно сделать?</h1>"
        '<p class="lead">Опишите задачу — специалисты рядом ответят сами. Снимок прилагайте, только если хотите.</p>'
        '<p><a class="go" href="/ru/request/">Оставить заявку</a></p>'
        f"{masters}<p>Переписка идёт в личном кабинете: "
        f'<a href="{visit.portal("conversations/")}">ваши разговоры</a>.</p>'
    )


def request(visit: Visit) -> str:
    return f"<h1>Заявка</h1>{visit.form('request')}"


def specialist(visit: Visit) -> str:
    return (
        "<h1>Проверка специалиста</h1><p class=lead>Копии документов видит только ответственный; после решения они "
        f"уничтожаются.</p>{visit.form('verification')}"
    )


def company(visit: Visit) -> str:
    return f"<h1>Написать компании</h1>{visit.form('chat')}"


SITE = Site(
    "uslugi",
    "Услуги рядом",
    ":root { --brand: #00629b; --second: #ffb81c; } h1 { text-transform: none; letter-spacing: -.01em; } .cards { grid-template-columns: 1fr; } .picture { display: none; } .cards li { display: grid; grid-template-columns: 2fr 1fr 2fr; gap: 1rem; align-items: baseline; border-radius: .25rem; } @media (max-width: 40rem) { .cards li { display: block; } }",
    {
        "": ("Услуги", "Услуги", front),
        "request": ("Заявка", "Заявка", request),
        "specialist": ("Специалистам", "Специалистам", specialist),
        "company": ("Чат с компанией", "Чат с компанией", company),
    },
    languages=("ru",),
)

if __name__ == "__main__":
    SITE.run()
