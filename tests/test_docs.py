"""What the documentation says is true."""

import re

from assistant.cli import app
from assistant.settings import SETTINGS, load_settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()


def test_every_setting_stands_in_the_readme() -> None:
    for setting in SETTINGS:
        row = (
            f"| `{setting.name}` | {f'`{setting.default}`' if setting.default else ''} | {setting.meaning} |"
        )
        assert row in README, row


def test_no_setting_in_the_readme_is_invented() -> None:
    assert set(re.findall(r"`(LOTSE_[A-Z_]+)`", README)) == {s.name for s in SETTINGS}


def test_every_command_stands_in_the_readme() -> None:
    for command in app.registered_commands:
        name = command.name or str(command.callback.__name__)  # type: ignore[union-attr]
        assert f"lotse {name}" in README, name
    for group in app.registered_groups:
        assert f"lotse {group.name}" in README, group.name


def test_every_make_target_stands_in_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^(install|run|test|check|bench[a-z-]*|fit):", makefile, re.M))
    for target in targets:
        assert f"make {target}" in README, target


def test_defaults_are_what_the_table_says() -> None:
    settings = load_settings({})
    assert settings.port == 8080
    assert settings.host == "127.0.0.1"


def test_every_room_in_the_readme_exists() -> None:
    for room in re.findall(r"^    ([a-z_]+/) ", README, re.M):
        assert (ROOT / "assistant" / room).is_dir() or (ROOT / room).is_dir(), room


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile(r"(pypi|pythonhosted|npmjs|deb\.debian)\.(org|com|net)")
    for name in (
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-bench.lock",
        "Makefile",
        "Dockerfile",
        "README.md",
        "pyproject.toml",
    ):
        assert not hosts.search((ROOT / name).read_text()), name


def test_every_knowledge_file_names_its_schema() -> None:
    for path in (ROOT / "knowledge").rglob("*.yaml"):
        assert path.read_text().startswith("# yaml-language-server: $schema="), path
