"""The observation: everything that a verdict was made from, kept so that it can be made again.

`record` says what is kept, `file` how it is written and read, `code` by what it is known that a
check or a rule has changed meanwhile, and `again` what today's rubric and today's rules make of it.
Nothing here runs a line of a student's code, or of a check's.
"""
