from tests.accounts.conftest import site  # noqa: F401 - a fixture
