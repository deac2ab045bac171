"""Every case in this folder: a program, and on its lines what the rules must find in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import rules
from grader.model import Finding
from grader.rules import Rule, all_rules, find_all
from grader.trace.trace import Trace
from recording import expected, record_with_replays
from style_guide import of_finding

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*/*.py"))
RULES = [rule.name for rule in all_rules()]


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_case_gets_exactly_its_marked_findings(path: Path) -> None:
    """All rules together find what the case's lines say, there, and nothing else.

    And they say it as docs/style.md asks for.
    """
    trace = record_with_replays(path.read_text(), name=path.name)
    all_found = find_all(trace)
    assert all_found.broken == {}
    found = {(finding.rule, finding.place.line if finding.place else 0) for finding in all_found}
    assert found == expected(path)
    assert [fault for finding in all_found for fault in of_finding(finding)] == []
    assert trace.faults == ()
    assert trace.missed == ()
    assert trace.end is not None
    assert not trace.is_tampered
    assert trace.unseen == 0


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_cases_of_both_kinds(rule: str) -> None:
    """Each rule's folder holds programs that it must accuse and programs that it must not."""
    folder = HERE / rule.replace("-", "_")
    accused = [path for path in folder.glob("bad_*.py") if rule in dict(expected(path))]
    assert accused
    assert list(folder.glob("ok_*.py"))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_page(rule: str) -> None:
    """The page says what, why, shows an example and its repair, and owns up to its limits."""
    page = next(one.page for one in all_rules() if one.name == rule)
    for heading in ("What it does", "Why it matters", "Example", "Use instead", "Known problems"):
        assert f"## {heading}" in page


def test_findings_speak_in_numbers() -> None:
    """A finding names its place and carries evidence, a fix and a reason."""
    path = HERE / "gradients_not_cleared" / "bad_missing.py"
    (finding,) = find_all(record_with_replays(path.read_text(), name=path.name))
    assert finding.what == "step 2 adds its gradients to those of step 1"
    assert finding.step == 2
    assert finding.evidence[0].sentence.startswith("Of ")
    assert "used gradients left over from an earlier step." in finding.evidence[0].sentence
    assert finding.fix
    assert finding.why


def test_a_rule_that_fails_costs_what_stands_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others find what they find; who asks for this one gets what it raised."""

    def fail(trace: Trace) -> Iterator[Finding]:
        yield from ()
        raise KeyError(trace.updates)

    everyone = (*all_rules(), Rule("fails", "", fail, frozenset()))
    monkeypatch.setattr(rules, "all_rules", lambda: everyone)
    path = HERE / "gradients_not_cleared" / "bad_missing.py"
    found = find_all(record_with_replays(path.read_text(), name=path.name))
    assert [each.rule for each in rules.of_rules(found, "gradients-not-cleared")]
    with pytest.raises(KeyError):
        rules.of_rules(found, "fails")
