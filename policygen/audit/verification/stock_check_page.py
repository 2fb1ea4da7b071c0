"""VERIFY.md: how to check a workspace or a package with git, sha256sum, ssh-keygen and openssl."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from policygen.text.dialect import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.audit.verification.stock_checks import StockChecks

NAME = "VERIFY.md"


def stock_check_page(checks: StockChecks) -> str:
    """The page, in Markdown; its commands run as they stand, in their order, in one shell."""
    parts = [
        f"# How to check this without policygen: {escape(checks.organization)}",
        "The commands need sh, GNU coreutils (sha256sum, date), ssh-keygen from OpenSSH 8.9 or"
        " newer, openssl, git, and pdfsig from poppler for the PDFs. Run them in the folder in"
        " which this file lies, one after the other in one shell; each stops with an error where"
        " something does not hold. On a Mac, `brew install coreutils poppler` brings what lacks.",
        "What nobody can tell you in this file: whether the fingerprints below are the right ones."
        " Compare them with what you were given by another channel.",
        _block(
            "set -eu",
            "export LC_ALL=C TZ=UTC GIT_NO_REPLACE_OBJECTS=1 GIT_CONFIG_NOSYSTEM=1",
            "field() { sed -n \"s/^  \\\"$1\\\": \\\"\\(.*\\)\\\",\\{0,1\\}\\$/\\1/p\" \"$2\"; }",
            'moment() { date -u -d "$(field at "$1")" +%Y%m%d%H%M%S; }',
            "digest() { sha256sum < \"$1\" | cut -c1-64; }",
        ),
    ]  # fmt: skip
    for section in (_manifest, _trust, _texts, _signatures, _times, _pdfs, _head, _history):
        parts += section(checks)
    return "\n\n".join(parts) + "\n"


def _manifest(checks: StockChecks) -> Iterator[str]:
    if checks.manifest is None:
        return
    yield "## The package"
    yield "Every file is the one that the manifest names:"
    yield _block("sha256sum -c --quiet MANIFEST.sha256")
    if checks.manifest.signer is not None:
        yield f"{escape(checks.manifest.signer)} signed the manifest:"
        yield _block(
            "ssh-keygen -Y verify -f MANIFEST.allowed_signers -n policy-package \\",
            f"    -I {shlex.quote(checks.manifest.signer)} \\",
            "    -s MANIFEST.sha256.sig < MANIFEST.sha256",
        )
    if checks.roots is not None:
        yield "Where a time-stamp token lies beside it, an authority attests when it existed:"
        yield _block(
            "test ! -e MANIFEST.sha256.tsr || openssl ts -verify -in MANIFEST.sha256.tsr \\",
            f"    -data MANIFEST.sha256 -CAfile {shlex.quote(checks.roots)}",
        )
    yield "This is the fingerprint of the package; compare it with what you were told:"
    yield _block("sha256sum MANIFEST.sha256")


def _trust(checks: StockChecks) -> Iterator[str]:
    if checks.root_of_trust is None:
        return
    yield "## Who may approve"
    yield (
        "The first trust snapshot is the root of trust. Compare this digest with the one that you"
        " were given:"
    )
    yield _block(f'echo "{checks.root_of_trust}  evidence/trust/1.yml" | sha256sum -c -')
    yield (
        "Each later snapshot names the digest of the one before, and somebody whom that one trusts"
        " signed it:"
    )
    yield _block(
        "before=1",
        f"for number in $(seq 1 {checks.snapshots}); do",
        "    snapshot=evidence/trust/$number.yml",
        '    test "$number" = 1 || grep -q "\\"previous_sha256\\": \\"$(digest \\',
        '        "evidence/trust/$before.yml")\\"" "$snapshot"',
        "    signed=no",
        "    for record in evidence/trust/$number.*.json; do",
        '        test "$(field snapshot_sha256 "$record")" = "$(digest "$snapshot")"',
        "        if ssh-keygen -Y verify -f evidence/trust/$before.allowed_signers \\",
        '            -n policy-trust -I "$(field person "$record")" \\',
        '            -O verify-time="$(moment "$record")" -s "$record.sig" < "$record"',
        "        then signed=yes; fi",
        "    done",
        '    test "$signed" = yes',
        "    before=$number",
        "done",
    )


def _texts(checks: StockChecks) -> Iterator[str]:
    if not checks.consents:
        return
    yield "## What was approved"
    yield "Each consent names the digest of a text, and that text lies beside it:"
    yield _block(
        "for record in evidence/approvals/*/*.json evidence/reviews/*/*.json; do",
        '    case "$record" in *.forge.json | *"*"*) continue ;; esac',
        '    text=evidence/approvals/$(field document "$record")/$(field version "$record").md',
        '    test "$(field text_sha256 "$record")" = "$(digest "$text")"',
        "done",
    )
    if checks.external:
        yield "Minutes, envelopes and filled checklists are named after their own digest:"
        yield _block(
            "for file in evidence/external/*; do",
            '    name=${file##*/}',
            '    test "${name%%.*}" = "$(digest "$file")"',
            "done",
        )  # fmt: skip


def _signatures(checks: StockChecks) -> Iterator[str]:
    if not checks.consents:
        return
    yield "## Who approved it"
    yield (
        "Each signed record was signed by the person it names (for a decision given elsewhere: by"
        " whoever attests it; for a review on a forge: by whoever imported it), with a key that"
        " counted at its time, in the trust snapshot it names. One signature over several records"
        " is over a list in the format of `sha256sum`. A record without a signature is a review on"
        " a forge or an approval from before; its strength says so."
    )
    yield _block(
        "for record in evidence/approvals/*/*.json evidence/reviews/*/*.json; do",
        '    case "$record" in *.forge.json | *"*"*) continue ;; esac',
        '    case "$(field method "$record")" in ssh | external) test -f "$record.sig" ;; esac',
        "done",
        "good() {",
        '    ssh-keygen -Y verify -f "${snapshot%.yml}.allowed_signers" -n policy-approval \\',
        '        -I "${importer:-${attester:-$person}}" \\',
        '        -O verify-time="$(moment "$record")" -s "$signature" < "$1"',
        "}",
        "checked=",
        "for signature in evidence/approvals/*/*.json.sig evidence/reviews/*/*.json.sig; do",
        '    case "$signature" in *"*"*) continue ;; esac',
        "    signed=${signature%.sig}",
        "    record=${signed%.forge.json}",
        '    test "$record" = "$signed" || record=$record.json',
        '    person=$(field person "$record")',
        '    attester=$(sed -n \'s/^    "attested_by": "\\(.*\\)",$/\\1/p\' "$record")',
        '    importer=$(field imported_by "$signed")',
        "    for snapshot in evidence/trust/*.yml; do",
        '        test "$(digest "$snapshot")" = "$(field trust_sha256 "$record")" || continue',
        '        if good "$signed"; then checked=$signature; continue; fi',
        '        for list in $(grep -lxF "$(digest "$signed")  $signed" \\',
        "            evidence/external/*.sha256 || true); do",
        '            good "$list"',
        "            checked=$signature",
        "        done",
        "    done",
        '    test "$checked" = "$signature"',
        "done",
    )
    yield (
        "Read the record itself for the rest: `role`, `at` (the signer's own clock), `effective`,"
        " `version`, `previous`. That the person held the role then stands in the snapshot."
    )


def _times(checks: StockChecks) -> Iterator[str]:
    if not checks.stamped or checks.roots is None:
        return
    yield "## When"
    yield "An authority attests that each stamped record existed at a time:"
    yield _block(
        "for token in evidence/approvals/*/*.tsr evidence/reviews/*/*.tsr; do",
        '    case "$token" in *"*"*) continue ;; esac',
        f'    openssl ts -verify -in "$token" -data "${{token%.tsr}}" -CAfile '
        f"{shlex.quote(checks.roots)}",
        '    openssl ts -reply -in "$token" -text | grep "Time stamp:"',
        "done",
    )


def _pdfs(checks: StockChecks) -> Iterator[str]:
    if not checks.pdfs:
        return
    yield "## The sealed PDFs"
    yield "Nothing was added after the seal, and the signature is right:"
    yield _block(
        f"for pdf in {' '.join(checks.pdfs)}; do",
        '    pdfsig -nocert "$pdf" > /dev/null',
        '    pdfsig -nocert "$pdf" | grep "Signature Validation: Signature is Valid."',
        '    pdfsig -nocert "$pdf" | grep "Total document signed"',
        "done",
    )
    if checks.seals:
        yield "Each is the file that was sealed:"
        yield _block(
            f"for pdf in {' '.join(checks.pdfs)}; do",
            '    grep -q "\\"file_sha256\\": \\"$(digest "$pdf")\\"" evidence/sealed/*/*.json',
            "done",
        )
    yield "The fingerprint of the seal certificate; compare it with the one that you were given:"
    yield _block(
        "work=$(mktemp -d)",
        "here=$PWD",
        f"for pdf in {' '.join(checks.pdfs)}; do",
        '    (cd "$work" && pdfsig -nocert -dump "$here/$pdf" > /dev/null)',
        "done",
        'for signature in "$work"/*.sig0; do',
        '    openssl pkcs7 -inform DER -in "$signature" -print_certs |',
        "        openssl x509 -noout -fingerprint -sha256",
        "done | sort -u",
        'rm -r "$work"',
    )


def _head(checks: StockChecks) -> Iterator[str]:
    if checks.set_head is None:
        return
    yield "## The whole of it"
    yield "One number for all records, the set head:"
    yield _block(
        "head=$(find evidence -type f ! -path 'evidence/sealed/*' -exec sha256sum {} + |",
        "    sort | sha256sum | cut -c1-64)",
        f'test "$head" = {checks.set_head}',
    )


def _history(checks: StockChecks) -> Iterator[str]:
    if checks.history is None:
        return
    yield "## Whether anything was rewritten"
    if checks.history == ".git":
        yield "No commit changed or removed a record, and none differs on disk:"
        yield _block(
            'test -z "$(git log --format=%h --diff-filter=MDRT -m -- evidence)"',
            "git ls-tree -r --format='%(objectname) %(path)' HEAD evidence |",
            "    while read -r name path; do",
            '    test "$(git hash-object --no-filters -- "$path")" = "$name"',
            "done",
        )
        return
    yield "The history comes along as a bundle; no commit in it changed or removed a record:"
    yield _block(
        "work=$(mktemp -d)",
        f'git clone -q --bare {shlex.quote(checks.history)} "$work/history.git"',
        'test -z "$(git -C "$work/history.git" log --format=%h --diff-filter=MDRT -m -- evidence)"',
        'rm -rf "$work"',
    )


def _block(*lines: str) -> str:
    return "\n".join(("```sh", *lines, "```"))
