"""A family application: the account of a parent, the profiles of children, a store of the platform."""

from kit import Site, Visit, cards, form_page


def front(visit: Visit) -> str:
    say = visit.say
    return (
        f"<h1>{say('One list for the whole family', 'Один список на всю семью')}</h1>"
        f'<p class="lead">{say("Tasks, pocket money and shopping together. Children take part under their parents’ account.", "Дела, карманные деньги и покупки вместе. Дети участвуют под аккаунтом родителей.")}</p>'
        f'<p><a class="go" href="/{visit.language}/account/">{say("Open an account", "Открыть аккаунт")}</a></p>'
        + cards(
            (
                say("Water the plants", "Полить цветы"),
                "★ 5",
                say("Mia, on Tuesdays", "Мия, по вторникам"),
            ),
            (
                say("Walk with Rex", "Погулять с Рексом"),
                "★ 10",
                say("Leo, every evening", "Лёва, каждый вечер"),
            ),
            (
                say("Bread and milk", "Хлеб и молоко"),
                "€ 6",
                say("whoever passes the shop", "кто будет мимо магазина"),
            ),
        )
    )


def store(visit: Visit) -> str:
    say = visit.say
    goods = cards(
        (say("Wooden puzzle", "Деревянный пазл"), "€ 18", say("from six years", "от шести лет")),
        (say("Story lamp", "Ночник со сказками"), "€ 31", say("thirty stories", "тридцать сказок")),
    )
    return f"<h1>{say('A store on Pokupo', 'Магазин на Pokupo')}</h1>{goods}{visit.form('order')}"


CHILD = (
    "A child’s profile is opened by a parent or guardian, who agrees for the child and can end it at any time.",
    "Профиль ребёнка открывает родитель или опекун: он соглашается за ребёнка и в любой момент может всё прекратить.",
)


def child(visit: Visit) -> str:
    say = visit.say
    return (
        f"<h1>{say('A child joins', 'Добавить ребёнка')}</h1>"
        f'<p class="lead">{say(*CHILD)}</p>'
        f'<p><a class="go" href="{visit.portal("children/")}">'
        f"{say('Sign in as the parent', 'Войти как родитель')}</a></p>"
        f"<h2>{say('Without an account', 'Без аккаунта')}</h2>{visit.form('child')}"
    )


SITE = Site(
    "familami",
    "Familami",
    ":root { --brand: #6a4c93; --second: #ff8fab; } body { font-family: 'Trebuchet MS', system-ui, sans-serif; } .cards li { border-width: 2px; border-radius: 1.5rem; }",
    {
        "": ("The application", "Приложение", front),
        "account": (
            "Parents",
            "Родители",
            form_page("account", "A parent’s account", "Аккаунт родителя"),
        ),
        "child": ("Children", "Дети", child),
        "store": ("Store", "Магазин", store),
        "news": (
            "Letters",
            "Рассылка",
            form_page("newsletter", "News by letter", "Новости письмом"),
        ),
        "claim": (
            "Claims",
            "Претензии",
            form_page("claim", "Something went wrong", "Что-то пошло не так"),
        ),
        "sellers": (
            "Sellers",
            "Продавцам",
            form_page("seller-store", "Open a store", "Открыть магазин"),
        ),
    },
)

if __name__ == "__main__":
    SITE.run()
