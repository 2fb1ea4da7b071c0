from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.crypto.pdfcheck import check_sealed_pdf
from tests.crypto.pdf_samples import approved, flipped, gap, identity, sealed


def found(pdf: bytes) -> set[str]:
    check = check_sealed_pdf(pdf, expected_fingerprint=identity().fingerprint)
    return {problem.code for problem in check.problems}


@given(cut=st.integers(min_value=1, max_value=len(sealed())))
@settings(max_examples=60, deadline=None)
def test_a_pdf_cut_off_anywhere_is_reported(cut: int) -> None:
    assert found(sealed()[:-cut]) & {"seal-truncated", "pdf-unreadable", "seal-missing"}


@given(cut=st.integers(min_value=1, max_value=len(approved()) - len(sealed()) - 1))
@settings(max_examples=30, deadline=None)
def test_a_pdf_cut_off_within_the_approvers_part_is_reported(cut: int) -> None:
    assert found(approved()[:-cut])


@given(offset=st.integers(0, len(sealed()) - 1), mask=st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_any_changed_byte_is_reported(offset: int, mask: int) -> None:
    pdf = flipped(sealed(), offset, mask)
    assert check_sealed_pdf(pdf, expected_fingerprint=identity().fingerprint).problems


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_changed_byte_of_the_signature_is_reported_without_knowing_the_signer(
    data: st.DataObject,
) -> None:
    start, end = gap(sealed())
    offset = data.draw(st.integers(start, end - 1))
    assert check_sealed_pdf(flipped(sealed(), offset, data.draw(st.integers(1, 255)))).problems


@given(offset=st.integers(len(sealed()), len(approved()) - 1), mask=st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_any_changed_byte_of_the_approvers_revision_is_reported_or_outside_its_signature(
    offset: int, mask: int
) -> None:
    check = check_sealed_pdf(flipped(approved(), offset, mask))
    if not check.problems:
        genuine = check_sealed_pdf(approved())
        assert check.revision0 == genuine.revision0
        assert check.seal == genuine.seal
