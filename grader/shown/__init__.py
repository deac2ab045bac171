"""What may be told of a Report, decided once for every renderer and exporter.

``view`` takes a Report and gives the :class:`~grader.shown.records.Shown` that text, HTML and the
formats of learning platforms are made from: what a hidden check reveals and what is cut;
``choosing`` says which findings stand where, and in which order. ``harmless`` cleans text,
``outputs`` what a notebook's cells put out; ``words`` and ``measures`` are the sentences and
figures that all of them share.
"""
