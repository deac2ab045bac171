"""What a training did, told as facts: the trace of a run, read from its rows. Our side."""
