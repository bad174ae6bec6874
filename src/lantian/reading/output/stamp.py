"""A mark on files that are written already: who took them out and when, at the head of every page (contracts §8)."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

_LONGEST = 200  # characters; Excel takes 255 with its codes
_PAGE_SETUP = re.compile(rb"<pageMargins\b[^>]*/>(?:\s*<pageSetup\b[^>]*/>)?")
_HEADER = re.compile(rb"<oddHeader>.*?</oddHeader>", re.DOTALL)
_LEADING = ("=", "+", "-", "@", "\t", "\r")


def stamped(content: bytes, form: str, mark: str) -> bytes:
    """A file of ours (``docx``, ``xlsx`` or ``csv``) with ``mark`` at the head of its pages, in place of another mark.

    A CSV has no pages: the mark is its last line. Without a mark the file stays as it is. ValueError for another form.
    """
    if form not in ("docx", "xlsx", "csv"):
        raise ValueError(form)
    if not mark:
        return content
    mark = " ".join(mark.split())[:_LONGEST]
    if form == "csv":
        return content + _csv_line(mark)
    return _workbook(content, mark) if form == "xlsx" else _document(content, mark)


def _csv_line(mark: str) -> bytes:
    guarded = "'" + mark if mark.startswith(_LEADING) else mark
    quoted = guarded.replace('"', '""')
    return f'"{quoted}"\r\n'.encode()


def _document(content: bytes, mark: str) -> bytes:
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document = docx.Document(BytesIO(content))
    for section in document.sections:
        header = section.header
        header.is_linked_to_previous = False
        paragraph = header.paragraphs[0] if header.paragraphs else header.add_paragraph()
        paragraph.text = mark
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _workbook(content: bytes, mark: str) -> bytes:
    header = b"<oddHeader>" + escape("&R" + mark.replace("&", "&&")).encode() + b"</oddHeader>"
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            part = old.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                part = _headed(part, header)
            new.writestr(item, part, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _headed(sheet: bytes, header: bytes) -> bytes:
    """A worksheet with the header: in its ``headerFooter``, else in a new one behind the page's set-up (CT_Worksheet).

    Raises ValueError for a sheet that is not of our writer.
    """
    if _HEADER.search(sheet):
        return _HEADER.sub(lambda _match: header, sheet, count=1)
    if b"<headerFooter>" in sheet:
        return sheet.replace(b"<headerFooter>", b"<headerFooter>" + header, 1)
    made, count = _PAGE_SETUP.subn(
        lambda match: match[0] + b"<headerFooter>" + header + b"</headerFooter>", sheet, count=1
    )
    if not count:
        raise ValueError("no page set-up")
    return made
