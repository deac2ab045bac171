"""Beside the student's code, behind the wall: nothing here holds an answer or gives a verdict."""
