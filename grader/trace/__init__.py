"""The recorder of a training run (the student's side) and the Trace it leaves (ours)."""
