"""Write docs/problems.md from the descriptions that the package carries."""

from __future__ import annotations

from pathlib import Path

from policygen.pipeline.problem_codes import problem_codes

HEAD = """\
# Problem codes

Every problem carries a code that never changes its meaning; `policygen explain CODE` says the same.

| code | what it means | what to do |
| --- | --- | --- |
"""


def main() -> None:
    """Replace the page."""
    rows = [f"| `{code}` | {says} | {do} |" for code, (says, do) in sorted(problem_codes().items())]
    page = Path(__file__).parents[1] / "docs" / "problems.md"
    page.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
