"""Graphs that outlive their pass, and what keeps them."""

from __future__ import annotations

from grader.schema.fields import Count, Flag, Line, Row, Text, row


@row("old")
class Old(Row):
    """A loss whose graph has nodes from before the earlier pass ``back``.

    Of its ``nodes``, ``old`` are from before the first pass that was looked at. Only through those
    it leads to ``leaves`` tensors, of which ``hosted`` belong to a model or an optimizer. ``made``:
    the line of the tensor that the oldest ones made, if it was found.
    """

    backward: Count
    place: Line
    back: Count
    nodes: Count
    old: Count
    leaves: Count
    hosted: Count
    made: Line


@row("kept")
class Kept(Row):
    """A name, or the list that it names, that keeps the graph of the loss of the pass ``back``.

    ``nodes``: how many it keeps, of a list its first entry. ``place``: the line that adds to it.
    """

    backward: Count
    place: Line
    name: Text
    listed: Flag
    back: Count
    nodes: Count


@row("retained")
class Retained(Row):
    """Every one of ``passes`` passes that were looked at was told to keep its graph, for nothing.

    None of them went through a graph of an earlier one, and nothing else was seen to.
    """

    place: Line
    passes: Count
