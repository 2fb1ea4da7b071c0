"""About this site: what it shows, its set head, and how to check a PDF with stock tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.publish.site.chrome import HOME, VERIFY, Page, attribute, link, table, text
from policygen.words import long_date

if TYPE_CHECKING:
    from policygen.publish.site.content import SiteContent

_STRENGTHS = (
    ("A0", "Asserted, or signed with a key that no second person enrolled."),
    ("A1", "A review on a forge, imported with the raw response."),
    ("A2", "As A1, and the importer signed the record."),
    ("E", "A decision given elsewhere (minutes, an e-signature), attested by a named person."),
    ("A3", "Signed with the approver's own enrolled key."),
    ("A4", "As A3, with the time from an independent authority."),
)

_CHECKS = """\
Save a PDF from this site and open a terminal beside it. `NAME` stands for the file's name,
`DOCUMENT`, `VERSION`, `PERSON` and `NUMBER` for the parts of the record names inside.

1. The seal is whole and covers the file:

    ```
    pdfsig NAME.pdf
    ```

2. The approved text, the approvals and the list of trusted keys travel inside. Take them out:

    ```
    pdfdetach -saveall NAME.pdf
    ```

3. The text is the one that was approved. Both commands name the same digest, and the card of the
document's page shows how it begins:

    ```
    sha256sum approvals__DOCUMENT__VERSION.md
    grep text_sha256 approvals__DOCUMENT__VERSION.PERSON.json
    ```

4. The approver signed that approval:

    ```
    ssh-keygen -Y verify -n policy-approval -I PERSON \\
        -f trust__NUMBER.allowed_signers \\
        -s approvals__DOCUMENT__VERSION.PERSON.json.sig \\
        < approvals__DOCUMENT__VERSION.PERSON.json
    ```

5. Where a time authority vouches for the time, a `.tsr` file says when:

    ```
    openssl ts -reply -in approvals__DOCUMENT__VERSION.PERSON.json.tsr -text
    ```
"""


def verify_page(content: SiteContent) -> Page:
    """The page that says how far the site can be trusted and how to check it."""
    sections = (
        "# About this site",
        _state(content),
        "## What is shown",
        _shown(content),
        "## Set head",
        _head(content),
        "## How to check a PDF",
        _CHECKS,
        "## How strong an approval is",
        table(("Strength", "Meaning"), [(name, text(what)) for name, what in _STRENGTHS],
              label="Strengths of approvals, weakest first"),
        "A version is as strong as the weakest of its approvals.",
    )  # fmt: skip
    return Page(name=VERIFY, body="\n\n".join(sections))


def _state(content: SiteContent) -> str:
    kind = "a preview of working text" if content.preview else "the state"
    return (
        f"This site shows {kind} of {long_date(content.as_of)}, in the time zone "
        f"{text(content.time_zone)}, written by policygen {text(content.tool_version)}."
        "\n{: .pg-lead }"
    )


def _shown(content: SiteContent) -> str:
    if content.preview:
        return (
            "Working text, not approved. It binds nobody, is not sealed and may change at any time."
        )
    return (
        "The text of a document is the newest approved version that has taken effect. A document "
        "that was never approved stands in the lists by its title only, and so does one that is "
        "classed as restricted: its owner gives it to those who need it. "
        f"{link(VERIFY, HOME, 'Home')} lists what is overdue."
    )


def _head(content: SiteContent) -> str:
    head = attribute(content.register.set_head)
    return (
        "One number stands for all approval records behind this site: the SHA-256 of the sorted "
        "`sha256sum` lines of `evidence/`, sealed PDFs left out. It changes whenever a record is "
        "added. An auditor compares it with the one in the package and with what "
        "`policygen status` prints.\n\n"
        f'<code class="pg-head" data-pg-copy="{head}">{head}</code>'
    )
