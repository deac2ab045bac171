"""An autograding harness for exercises in training neural networks with PyTorch."""

__version__ = "0.1.0"
