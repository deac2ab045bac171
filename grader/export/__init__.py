"""Exporters: a Report into one file of one format; each format is one module."""
