"""HJ 212: packets of pollution-source and ambient monitors, 2005, 2017 and what 2025 adds. A library of its own.

>>> from lantian.protocols.hj212 import decode
>>> frame = decode(raw)[0]          # bytes of one frame
>>> frame.outcome, frame.codes, frame.body.factors

:class:`Decoder` takes a connection's bytes as they come; :mod:`~lantian.protocols.hj212.batch` reads many frames fast;
:mod:`~lantian.protocols.hj212.encode` writes; :mod:`~lantian.protocols.hj212.answers` says what a host answers.
Rules, outcomes and the vocabulary of codes: docs/hj212.md.
"""

from lantian.protocols.hj212.decode import ACCEPT, BY_PROFILE, REJECT, REPAIRED, Decoder, Frame, decode, decode_chunks
from lantian.protocols.hj212.profile import Profile, ProfileError

__all__ = [
    "ACCEPT",
    "BY_PROFILE",
    "REJECT",
    "REPAIRED",
    "Decoder",
    "Frame",
    "Profile",
    "ProfileError",
    "decode",
    "decode_chunks",
]
