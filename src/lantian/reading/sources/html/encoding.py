"""The encoding of a web page: byte order mark, then what the page declares, then what its bytes look like."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from lantian.reading.sources.detect import decode

_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,20})""", re.I)
_HEAD = 4096  # bytes in which a declaration is looked for
_NOT_DECLARABLE = re.compile(r"utf-?_?(?:7|16|32)|.*escape|punycode|idna")  # the declaration itself disproves them
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}


def decode_html(data: bytes, name: str = "") -> str:
    """The text of a page; bytes that cannot be read become U+FFFD.

    A declared gb2312 or gbk is read as gb18030, which holds them (WHATWG encoding standard). Where the declared
    encoding does not fit, the bytes are judged as those of any text. Raises ReadingError for bytes that are no text.
    """
    declared = None if data.startswith(_BOMS) else _DECLARED.search(data[:_HEAD])
    if declared:
        encoding = declared[1].decode("ascii", "replace").lower()
        with suppress(UnicodeDecodeError, LookupError):
            if not _NOT_DECLARABLE.match(encoding):
                return data.decode(_WIDER.get(encoding, encoding))
    return decode(data, name)
