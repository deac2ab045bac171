"""Modules of bad_package.py."""
