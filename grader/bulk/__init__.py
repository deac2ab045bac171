"""A class at once: every submission of a folder graded, kept, and shown together.

Folder -> intake (who handed in what) -> crew (gradings over shared warm processes) -> journal
(every result, as it comes) -> rows, tables and the class page, all made from the journal.
"""
