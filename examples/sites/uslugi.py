"""Рынок услуг: заявка, специалисты, проверка специалиста. The site speaks Russian alone."""

from kit import Site, Visit, cards, form_page


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


PAPERS = "Копии документов видит только ответственный; после решения они уничтожаются."

SITE = Site(
    "uslugi",
    "Услуги рядом",
    ":root { --brand: #00629b; --second: #ffb81c; } h1 { text-transform: none; letter-spacing: -.01em; } .cards { grid-template-columns: 1fr; } .picture { display: none; } .cards li { display: grid; grid-template-columns: 2fr 1fr 2fr; gap: 1rem; align-items: baseline; border-radius: .25rem; } @media (max-width: 40rem) { .cards li { display: block; } }",
    {
        "": ("Услуги", "Услуги", front),
        "request": ("Заявка", "Заявка", form_page("request", "Заявка", "Заявка", by_script=True)),
        "specialist": (
            "Специалистам",
            "Специалистам",
            form_page(
                "verification", "Проверка специалиста", "Проверка специалиста", (PAPERS, PAPERS)
            ),
        ),
        "company": (
            "Чат с компанией",
            "Чат с компанией",
            form_page("chat", "Написать компании", "Написать компании"),
        ),
        "account": (
            "Регистрация",
            "Регистрация",
            form_page("account", "Регистрация", "Регистрация"),
        ),
        "review": ("Отзывы", "Отзывы", form_page("review", "Как всё прошло?", "Как всё прошло?")),
    },
    languages=("ru",),
)

if __name__ == "__main__":
    SITE.run()
