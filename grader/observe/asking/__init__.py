"""Asking a trained model: which one answers, and what it gives for images that it never saw."""
