"""Who may do what, with the records in PostgreSQL: the same tests as on a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.access.conftest import access, team  # noqa: F401 - fixtures
from tests.unit.access.test_access import (  # noqa: F401 - tests
    test_a_program_is_known_by_its_id_or_name_and_its_secret,
    test_a_session_ends_with_what_opened_it,
    test_a_token_ends_by_time_or_when_it_is_revoked,
    test_an_external_principal_is_its_subject_whatever_it_calls_itself,
    test_disabling_ends_everything_at_once,
    test_names_are_unique_and_checked,
    test_roles_are_given_and_taken_by_workspace,
    test_the_first_administrator_is_made_once,
    test_the_log_of_changes_is_read_newest_first_and_trimmed,
    test_the_operators_session_ends_with_the_homes_token,
)

from lazulite.service.local import LocalService

pytestmark = pytest.mark.slow


@pytest.fixture
def system(postgres_home: Path) -> LocalService:
    made = LocalService(str(postgres_home))
    made.list_workspaces()
    assert not (postgres_home / "lazulite.db").exists()
    return made
