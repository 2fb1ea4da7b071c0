"""Where the library lies: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from policygen.problems import PolicygenError, Problem


def library_root() -> Path:
    """The folder that holds policies/ and procedures/ as released.

    Installed: `policygen/_shipped`. In a checkout: the repository's root.

    Raises:
        PolicygenError: The package was installed without its library.
    """
    package = Path(str(files("policygen")))
    for candidate in (package / "_shipped", package.parent):
        if (candidate / "policies").is_dir():
            return candidate
    problem = Problem(
        code="library-missing",
        message="this installation of policygen carries no policies and procedures",
        hint="Install it again from a wheel: pip install --force-reinstall policygen.",
    )
    raise PolicygenError(problem)
