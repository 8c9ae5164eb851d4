import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


def test_every_setting_of_the_environment_is_documented():
    documented = (DOCS / "reference" / "settings.md").read_text()
    sources = [*(ROOT / "config").glob("*.py")]
    read = {
        name
        for path in sources
        for name in re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', path.read_text())
    }
    assert {name for name in read if f"`{name}`" not in documented} == set()


def test_every_management_command_is_documented():
    documented = (DOCS / "reference" / "commands.md").read_text()
    commands = {path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py")}
    assert {name for name in commands if f"manage.py {name}" not in documented} == set()


def test_no_command_is_listed_twice():
    listed = re.findall(r"^\| `([^`]+)`", (DOCS / "reference" / "commands.md").read_text(), re.M)
    assert [name for name in sorted(set(listed)) if listed.count(name) > 1] == []


def test_every_dependency_is_explained():
    explained = (DOCS / "explanation" / "dependencies.md").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.match(r"[A-Za-z0-9_-]+", line).group() for line in wanted}
    assert {name for name in names if f"**{name}**" not in explained} == set()


def test_every_link_between_our_pages_leads_somewhere():
    pages = [*DOCS.rglob("*.md"), ROOT / "README.md"]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_word_of_the_house_is_in_the_glossary():
    glossary = (DOCS / "glossary.md").read_text()
    words = ["contact", "profile", "subject", "unit", "arm", "angle", "variant", "draft"]
    words += ["brief", "exposure", "outcome", "verdict"]
    assert [word for word in words if f"**{word}**" not in glossary] == []
