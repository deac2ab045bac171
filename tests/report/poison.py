"""Text as a hostile student would write it, and a report that holds it everywhere."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from grader.model import Cell, CheckResult, Crash, Evidence, Finding, Output, Place, Report

FRAGMENTS = (
    # for a terminal
    *("\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x1b]8;;https://evil.example\x1b\\", "\r", "\n"),
    *("\t", "\x00", "\x0c", "\u202e", "\u2066", "\u2028", "\u200b", "\U000e0041", "\ufffe"),
    *("\ud800", "e" + "\u0301" * 50, "A" * 5000, "\n✓ learns  10 of 10"),
    # for a browser
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onclick='x", "</style>"),
    *("</title>", "</pre></code>", "<!--", "-->", "]]>", "&lt;b&gt;", "&#x3c;", "{{ 7 * 7 }}"),
    *("{% include 'x' %}", "javascript:alert(1)", "url(https://evil.example/)", '"""', "'"),
)

hostile = st.lists(
    st.one_of(st.text(st.characters(exclude_categories=())), st.sampled_from(FRAGMENTS)),
    max_size=8,
).map("".join)


def poisoned(report: Report, bad: str) -> Report:
    """Return ``report`` with ``bad`` in every place that a student's program can write to."""
    crash = Crash(
        type=bad,
        message=bad,
        frames=((Place(bad, 1), bad), (Place("loop.py", 2), bad)),
        values=((bad, bad), ("x", bad)),
        explanation=bad,
    )
    verdict = report.verdict
    checks = tuple(replace(c, result=_result(c.result, bad, crash)) for c in verdict.checks)
    finding = replace(_finding(verdict.findings[0], bad), rule="another", place=Place(bad, 3, 9))
    return replace(
        report,
        submission=replace(report.submission, cells=(Cell(number=0, source=bad * 3),)),
        verdict=replace(verdict, checks=checks, findings=(finding,)),
        run=replace(
            report.run,
            crash=crash,
            reason=bad,
            notes=(bad,),
            output=Output(stdout=bad, stderr=bad),
        ),
        metrics={bad or "name": 1.0},
        curves={bad or "name": (1.0, 2.0)},
    )


def _result(result: CheckResult, bad: str, crash: Crash) -> CheckResult:
    findings = tuple(_finding(finding, bad) for finding in result.findings)
    other = replace(crash, message=bad + "!")
    return replace(result, message=bad, details=(bad, bad), findings=findings, crash=other)


def _finding(finding: Finding, bad: str) -> Finding:
    fact = Evidence(label=bad, expected=bad, actual=bad)
    return replace(finding, what=bad, fix=bad, why=bad, evidence=(fact,))
