"""Coursera: what an image of a custom grader is built from.

The image has a hand-in at ``/shared/submission``; it writes ``/shared/feedback.json`` (today's
kit) and prints the same on standard output (the old kit, which starts it with ``partId`` and
``userId`` as words). It builds from one image, named by its digest, and asks no network.

Source: Coursera's documentation of custom graders, and ``coursera_autograder``.
"""

from __future__ import annotations

from grader.model import IsolationLevel
from grader.package.contents import Files, Order, text
from grader.package.platform import Platform

PLATFORM = Platform(
    suffix=".zip",
    format="coursera",
    handed_in="/shared/submission",
    results="/shared/feedback.json",
    also_printed=True,
    most_s=3600,
    gives=IsolationLevel.PARTIAL,
    reader="whoever has the image",
)

_DOCKERFILE = """
# Builds without a network from the image of the grader.
FROM {image}
USER root
COPY . /grader
ENTRYPOINT ["/grader/run"]
"""


def files(order: Order) -> Files:
    """The Dockerfile and its context."""
    dockerfile = _DOCKERFILE.format(image=order.image or "grade")
    return {
        **order.bundle,
        **order.ways_in("run", home="/grader"),
        "Dockerfile": text(dockerfile),
        ".dockerignore": text("Dockerfile\n.dockerignore\n"),
    }
