"""Measurements as commands: ``python -m benchmarks.decisions`` and the like."""
