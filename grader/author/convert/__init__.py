"""An exercise from a notebook that a teacher has: nbgrader's, otter's, or one with plain marks.

``pieces`` cuts a notebook into what students get, what the solution has, and what tests it;
``tests`` turns tests into checks over the student's process; ``files`` lays the three places of
an exercise; ``prove`` grades what came out and keeps what holds. What can't be carried over is told
with its cell, and never dropped in silence.
"""
