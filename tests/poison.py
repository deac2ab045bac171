"""Text as a hostile student would write it, and a report that holds it everywhere."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from grader.model import (
    Cell,
    CellOutput,
    CellStatus,
    CheckResult,
    Crash,
    Evidence,
    ExecutedCell,
    Finding,
    Output,
    Place,
    Prose,
    Report,
)

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

PAGES = (
    # what has slipped through sanitisers before
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=x()>">',
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<svg><desc><b id="main"><script>alert(1)</script></b></desc></svg>',
    "<svg onload=alert(1)><foreignObject><iframe srcdoc='<script>x'></foreignObject></svg>",
    "<template><script>alert(1)</script></template><xmp><p title='</xmp><img src=x onerror=1>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><img title='</title><img src=x onerror=alert(1)>'></title>",
    "<![CDATA[<img src=x onerror=alert(1)>]]><!--><img src=x onerror=alert(1)>--><!--",
    "<a href='java&#10;script:alert(1)' onmouseover=alert(1)>x</a><a href=//evil.example>y</a>",
    "<img src='data:text/html;base64,PHNjcmlwdD4=' onerror=alert(1)><img src=//evil.example/p.png>",
    "<img src='data:image/png;base64,bm90IGEgcGljdHVyZQ=='><img src='data:image/svg+xml,<svg/>'>",
    "<style>.score{display:none}</style><div style='position:fixed;inset:0'>10 of 10</div>",
    "<style>@import url(//evil.example/x.css);</style><link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'><base href=//evil.example/>",
    "<iframe src='javascript:alert(1)'></iframe><object data=x></object><embed src=x>",
    "<form action=//evil.example><input autofocus onfocus=alert(1)><button>go</button></form>",
    '<p id="main" class="score big" name="checks">x</p><h1 id=f1>10 of 10</h1><nav class=toc>',
    "</div></div></section></main></body></html><main id='main'>",
    "<td colspan=100000 rowspan=99999>x</td><table><tr><td colspan=100000>x</table>",
    "&#x202e;&#8294;&#0;&#xD800;&shy;&zwj;<b>&#x200b;",
    "<video src=x onerror=alert(1)><audio src=x><source onerror=x><details open ontoggle=alert(1)>",
    "<keygen><marquee onstart=alert(1)><isindex><plaintext>",
    "<math href='javascript:alert(1)'>x</math><maction xlink:href=javascript:1>",
    "<p\x00 onclick=alert(1)>x<im\x00g src=x onerror=alert(1)>",
    "[x](javascript:alert(1)) ![y](//evil.example/p.png) <javascript:alert(1)> [z]: javascript:1",
    "$<script>alert(1)</script>$ `<script>` \n\n```html\n<script>alert(1)</script>\n```",
    '[a](https://x/"onmouseover=alert(1)//) !["onerror=alert(1)](data:image/png;base64,AAAA)',
)
MIMES = (
    *("text/html", "text/markdown", "text/latex", "text/plain", "application/json"),
    *("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"),
    *("application/javascript", "application/vnd.jupyter.widget-view+json", "text/x-unknown"),
)

hostile = st.lists(
    st.one_of(st.text(st.characters(exclude_categories=())), st.sampled_from(FRAGMENTS)),
    max_size=8,
).map("".join)

hostile_page = st.lists(st.one_of(hostile, st.sampled_from(PAGES)), max_size=6).map("".join)


def poisoned_notebook(report: Report, bad: str) -> Report:
    """Return an executed notebook with ``bad`` in each text, output and kind of output."""
    error = f"cell 1, line 1\n    {bad}\n{bad}"
    alone = tuple(CellOutput(kind="display_data", data={mime: bad}) for mime in MIMES)
    outputs = (
        *alone,
        CellOutput(kind="execute_result", data=dict.fromkeys(MIMES, bad)),
        CellOutput(kind="display_data", data={bad: bad, "image/svg+xml": f"<svg>{bad}</svg>"}),
        CellOutput(kind="stream", name=bad, data={"text/plain": bad}),
        CellOutput(kind="error", name=bad, data={"text/plain": error}),
    )
    cells = tuple(
        ExecutedCell(number=n, status=CellStatus.FAILED, outputs=outputs, after_failure=(1, 99))
        for n in (1, 2)
    )
    return replace(
        report,
        submission=replace(
            report.submission,
            cells=tuple(Cell(number=n, source=f"{bad}\nx = 1\nprint(x)") for n in (1, 2)),
            prose=(Prose(after=0, text=bad), Prose(after=2, text=f"# {bad}\n\n|a|\n|-|\n|{bad}|")),
        ),
        run=replace(report.run, cells=cells),
    )


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
