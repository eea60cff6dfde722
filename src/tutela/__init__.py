"""Tutela carries out a published personal-data policy and proves that it is kept."""

__version__ = "0.1.0"
