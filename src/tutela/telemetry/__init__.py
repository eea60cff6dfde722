"""Figures for a monitor: Prometheus metrics on a port of their own, off unless asked for."""
