"""Reading workbooks back with nothing of ours: the parts of an XLSX file as XML."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class ReadSheet:
    name: str
    root: ElementTree.Element
    rows: list[list[str | float]]

    def find(self, path: str) -> ElementTree.Element:
        found = self.root.find("/".join(MAIN + part for part in path.split("/")))
        assert found is not None, path
        return found


def read_workbook(data: bytes) -> list[ReadSheet]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = _shared(archive)
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.attrib["name"] for sheet in book.iter(f"{MAIN}sheet")]
        return [
            _sheet(name, archive.read(f"xl/worksheets/sheet{number}.xml"), texts)
            for number, name in enumerate(names, start=1)
        ]


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    root = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
    return [
        "".join(part.text or "" for part in item.iter(f"{MAIN}t"))
        for item in root.iter(f"{MAIN}si")
    ]


def _sheet(name: str, data: bytes, texts: list[str]) -> ReadSheet:
    root = ElementTree.fromstring(data)
    assert root.find(f".//{MAIN}f") is None, "a cell is a formula"
    rows: list[list[str | float]] = []
    for row in root.iter(f"{MAIN}row"):
        cells: list[str | float] = []
        for cell in row.iter(f"{MAIN}c"):
            column = _column(cell.attrib["r"])
            cells += [""] * (column - len(cells))
            value = cell.find(f"{MAIN}v")
            if value is None or value.text is None:
                cells.append("")
            else:
                is_text = cell.get("t") == "s"
                cells.append(texts[int(value.text)] if is_text else float(value.text))
        rows.append(cells)
    return ReadSheet(name, root, rows)


def _column(reference: str) -> int:
    letters = re.match("[A-Z]+", reference)
    assert letters
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1
