"""What stands around the course agrees with it: workflows, forms, containers, and the documents."""

import json
import re
import shlex
import tomllib

import pytest
import yaml

from helpers import __version__
from tools.source import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REPOSITORY = PROJECT["project"]["urls"]["Repository"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([\w./-]+):(?!=)", MAKEFILE, re.M))
VARIABLES = set(re.findall(r"^(?:export )?(\w+) \?=", MAKEFILE, re.M)) | {"SCALE", "BASE"}
PAIRS = [("README.md", "README.ko.md"), ("CONTRIBUTING.md", "CONTRIBUTING.ko.md")]
DOCUMENTS = [
    *(name for pair in PAIRS for name in pair),
    *("docs/decks.md", "docs/decks.ko.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md"),
]


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def yaml_of(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs():
    return {
        f"{path.stem}-{name}": job
        for path in WORKFLOWS
        for name, job in yaml_of(path)["jobs"].items()
    }


def lines_for_powershell():
    """The commands of the documents' PowerShell blocks, without their comments."""
    blocks = re.findall(
        r"```powershell\n(.+?)```", text_of("README.md") + text_of("CONTRIBUTING.md"), re.S
    )
    return {line.split(" #")[0].rstrip() for block in blocks for line in block.splitlines()}


def assert_make_can(command):
    words = shlex.split(command)
    assert words[0] == "make", command
    for word in words[1:]:
        name, is_variable, _ = word.partition("=")
        assert name in (VARIABLES if is_variable else TARGETS), f"{command}: {name}"


@pytest.mark.parametrize("job", jobs().values(), ids=jobs().keys())
def test_a_job_only_calls_make_or_says_what_the_documents_say(job):
    assert job["timeout-minutes"] <= 90
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands
    for command in commands:
        if "windows" in job["runs-on"]:
            assert command.replace("python -m venv", "py -3.13 -m venv") in lines_for_powershell()
        else:
            assert_make_can(command)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_and_its_actions_are_pinned(path):
    workflow = yaml_of(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["group"]
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used
    for action in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_all_workflows_pin_one_version_of_an_action():
    used = {line for path in WORKFLOWS for line in re.findall(r"uses: (.+)", text_of(path))}
    assert len(used) == len({line.split("@")[0] for line in used})


@pytest.mark.parametrize("form", ["lesson", "translation"])
def test_a_form_asks_in_both_languages(form):
    content = yaml_of(ROOT / ".github" / "ISSUE_TEMPLATE" / f"{form}.yml")
    said = [content["name"], content["description"]]
    said += [part["attributes"].get("label", "한 a") for part in content["body"]]
    for text in said:
        assert re.search("[가-힣]", text) and re.search("[a-z]", text), text


def test_hooks_and_dependabot_name_what_is_there():
    (repo,) = yaml_of(ROOT / ".pre-commit-config.yaml")["repos"]
    for hook in repo["hooks"]:
        tool, *arguments = shlex.split(hook["entry"])
        assert tool in (".venv/bin/ruff", ".venv/bin/python")
        if arguments[0] == "-m":
            assert (ROOT / f"{arguments[1].replace('.', '/')}.py").is_file()
    updates = yaml_of(ROOT / ".github" / "dependabot.yml")["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"pip", "github-actions"}
    for name in updates[0]["exclude-paths"]:
        assert (ROOT / name).is_file()


def test_the_version_is_the_same_everywhere():
    citation = yaml_of(ROOT / "CITATION.cff")
    released = re.findall(r"^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d$", text_of("CHANGELOG.md"), re.M)
    assert citation["version"] == released[0] == __version__
    assert "## [Unreleased]" in text_of("CHANGELOG.md")
    assert citation["repository-code"] == REPOSITORY


@pytest.mark.parametrize(("name", "lang"), [("README.md", "en"), ("README.ko.md", "ko")])
def test_the_binder_link_opens_this_version(name, lang):
    (link,) = re.findall(r"https://mybinder\.org/v2[^)\s]+", text_of(name))
    owner = REPOSITORY.removeprefix("https://github.com/")
    folder = f"notebooks/{lang}"
    assert link == f"https://mybinder.org/v2/gh/{owner}/v{__version__}?urlpath=lab/tree/{folder}"
    assert (ROOT / folder).is_dir()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_both_languages_have_the_same_parts(pair):
    def parts(text):
        text = re.sub(r"<!-- lessons -->.*?<!-- end -->", "", text, flags=re.S)
        for block in re.findall(r"```\w+\n.+?```", text, re.S):
            yield [line.split("# ")[0].rstrip() for line in block.splitlines()]
        prose = re.sub(r"```\w+\n.+?```", "", text, flags=re.S)
        for line in prose.splitlines():
            if line.startswith("#"):
                yield line.split()[0]
            elif line.startswith("|"):  # the code of the first column, and no other
                yield re.findall(r"`[^`]+`", line.split(" | ")[0])
            elif found := re.match(r"- |\d+\. ", line):
                yield found[0]

    english, korean = (list(parts(text_of(name))) for name in pair)
    assert english == korean


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_both_languages_name_the_same_files_and_commands(pair):
    def named(text):
        text = re.sub(r"<!-- lessons -->.*?<!-- end -->", "", text, flags=re.S)
        links = re.findall(r"\]\((?!https?:|notebooks/)([^)]+)\)", text)
        code = re.findall(r"`([^`\n]+)`", re.sub(r"```.+?```", "", text, flags=re.S))
        return {link.replace(".ko.", ".") for link in links} | {*code}

    english, korean = (named(text_of(name)) for name in pair)
    assert english == korean


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_point_at_what_is_there(name):
    text = text_of(name)
    for link in re.findall(r'(?:\]\(|src=")(?!https?:)([^)"#]+)', text):
        assert ((ROOT / name).parent / link).exists(), link
    for command in re.findall(r"`(make [^`]+)`", text):
        assert_make_can(command)


def test_the_readme_names_every_target():
    (phony,) = re.findall(r"^\.PHONY: (.+)", MAKEFILE, re.M)
    assert set(phony.split()) == set(re.findall(r"^\| `make ([\w-]+)", text_of("README.md"), re.M))


def test_containers_are_made_of_what_is_there():
    container = json.loads(text_of(".devcontainer/devcontainer.json"))
    assert_make_can(container["postCreateCommand"])
    for line in text_of(".binder/requirements.txt").splitlines():
        if line.startswith(("-r", "-c")):
            assert (ROOT / ".binder" / line.split()[1]).is_file()
    python = text_of(".binder/runtime.txt").strip().removeprefix("python-")
    assert f"python:{python}-" in container["image"]
    lowest, highest = re.findall(r"\d+\.(\d+)", PROJECT["project"]["requires-python"])
    assert int(lowest) <= int(python.removeprefix("3.")) < int(highest)
    for package in text_of(".binder/apt.txt").split():
        assert package in container["onCreateCommand"]


def test_a_student_installs_no_tools_of_maintainers():
    groups = PROJECT["dependency-groups"]
    tools = {re.split(r"[<>=]", line)[0] for group in ("test", "lint") for line in groups[group]}
    needed = re.findall(r"^[\w-]+", text_of("requirements.txt"), re.M)
    assert {"pytest", "mypy", "ruff"} <= tools
    assert not tools & set(needed)
    assert {"include-group": "test"} in groups["dev"] and {"include-group": "lint"} in groups["dev"]
