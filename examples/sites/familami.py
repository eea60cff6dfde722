"""A family application: the account of a parent, the profiles of children, a store of the platform."""

from kit import Site, Visit, cards


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


def account(visit: Visit) -> str:
    return f"<h1>{visit.say('A parent’s account', 'Аккаунт родителя')}</h1>{visit.form('account')}"


def child(visit: Visit) -> str:
    note = visit.say(
        "A child’s profile is opened by a parent or guardian, who agrees for the child and can end it at any time.",
        "Профиль ребёнка открывает родитель или опекун: он соглашается за ребёнка и в любой момент может всё прекратить.",
    )
    return f"<h1>{visit.say('A child joins', 'Добавить ребёнка')}</h1><p class=lead>{note}</p>{visit.form('child')}"


def store(visit: Visit) -> str:
    say = visit.say
    goods = cards(
        (say("Wooden puzzle", "Деревянный пазл"), "€ 18", say("from six years", "от шести лет")),
        (say("Story lamp", "Ночник со сказками"), "€ 31", say("thirty stories", "тридцать сказок")),
    )
    return f"<h1>{say('A store on Pokupo', 'Магазин на Pokupo')}</h1>{goods}{visit.form('order')}"


SITE = Site(
    "familami",
    "Familami",
    ":root { --brand: #6a4c93; --second: #ff8fab; } body { font-family: 'Trebuchet MS', system-ui, sans-serif; } .cards li { border-width: 2px; border-radius: 1.5rem; }",
    {
        "": ("The application", "Приложение", front),
        "account": ("Parents", "Родители", account),
        "child": ("Children", "Дети", child),
        "store": ("Store", "Магазин", store),
    },
)

if __name__ == "__main__":
    SITE.run()
