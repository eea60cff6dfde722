"""Widgets for a CRM: installing one, and the panel in which it is looked after."""

from kit import Site, Visit, cards, form_page


def front(visit: Visit) -> str:
    say = visit.say
    widgets = cards(
        (
            say("Matching flats", "Подбор квартир"),
            "$ 19",
            say("puts what fits beside the deal", "кладёт подходящее рядом со сделкой"),
        ),
        (
            say("Showings", "Показы"),
            "$ 9",
            say("a calendar of keys and doors", "календарь ключей и дверей"),
        ),
        (say("Portals", "Порталы"), "$ 29", say("publishes and takes down", "публикует и снимает")),
    )
    return (
        f"<h1>{say('Your CRM knows flats now', 'Ваша CRM разбирается в квартирах')}</h1>"
        f'<p class="lead">{say("Three widgets for estate agents. Install one in a minute; the data stays where the policy says.", "Три виджета для агентств. Установка за минуту; данные остаются там, где сказано в политике.")}</p>'
        f'{widgets}<p><a class="go" href="/{visit.language}/install/">{say("Install", "Установить")}</a></p>'
    )


def panel(visit: Visit) -> str:
    say = visit.say
    rows = "".join(
        f"<tr><td>{name}</td><td>{state}</td><td>{until}</td></tr>"
        for name, state, until in (
            (say("Matching flats", "Подбор квартир"), say("installed", "установлен"), "2026-12-31"),
            (say("Showings", "Показы"), say("on trial", "пробный период"), "2026-12-05"),
        )
    )
    data = say(
        "What we hold about your account, and how to end it:",
        "Что мы храним о вашем аккаунте и как это прекратить:",
    )
    return (
        f"<h1>{say('Panel', 'Панель')}</h1><table><thead><tr><th>{say('Widget', 'Виджет')}</th>"
        f"<th>{say('State', 'Состояние')}</th><th>{say('Paid until', 'Оплачен до')}</th></tr></thead>"
        f"<tbody>{rows}</tbody></table><p>{data} <a href='{visit.portal()}'>{say('my data', 'мои данные')}</a></p>"
        f"<p><a href='{visit.policy_in('widgets')}'>"
        f"{say('The policy in force in the widgets', 'Политика, действующая в виджетах')}</a></p>"
    )


SITE = Site(
    "amorealtor",
    "amoRealtor",
    ":root { --brand: #1f3a5f; --second: #4fc3f7; } main { max-width: 56rem; } .picture { height: 3rem; } .cards li { border-radius: .25rem; border-left: 4px solid var(--second); }",
    {
        "": ("Widgets", "Виджеты", front),
        "install": (
            "Install",
            "Установка",
            form_page("product", "Install a widget", "Установить виджет"),
        ),
        "panel": ("Panel", "Панель", panel),
        "ask": ("Questions", "Вопросы", form_page("request", "Ask us", "Спросить")),
        "claim": (
            "Claims",
            "Претензии",
            form_page("claim", "Something went wrong", "Что-то пошло не так"),
        ),
    },
)

if __name__ == "__main__":
    SITE.run()
