"""The record of a training run: one typed class for each kind of row that crosses the wall."""
