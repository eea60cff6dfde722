"""What the policy room offers the others."""

from __future__ import annotations

from tutela.policy.folders import Report, check_folder, load_all, load_folder

__all__ = ["Report", "check_folder", "load_all", "load_folder"]
