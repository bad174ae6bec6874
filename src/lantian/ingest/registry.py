"""The devices that the gateway knows: a file of profiles, read again when it changes.

The web application (or a person) writes it beside and renames it into place, so that half a file is never seen. A file
that cannot be read changes nothing: the devices known before stay known. One bad entry does not cost the others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lantian.protocols.hj212.profile import DEFAULT, Profile, ProfileError, from_mapping

# What a device's entry says beside its HJ 212 profile.
_OWN: dict[str, tuple[type, ...]] = {"station": (str,), "password": (str,), "interval": (int, float), "name": (str,)}


class RegistryError(ValueError):
    """A file of profiles that cannot be used; the message names file and reason."""


@dataclass(frozen=True)
class Device:
    """One known device. ``station``: its name in the lake; ``password``: empty means that any will do; ``interval``:
    seconds between two records, None where nobody has said."""

    mn: str
    station: str
    profile: Profile = DEFAULT
    password: str = ""
    interval: float | None = None


@dataclass
class Registry:
    """Devices by MN, from ``path``; ``accept_unknown`` takes every other device as a station of its own name.

    ``problems`` lists the entries that were left out, as "MN: reason".
    """

    path: Path | None = None
    accept_unknown: bool = False
    devices: dict[str, Device] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    _stamp: tuple[int, int, int] | None = None

    def refresh(self) -> bool:
        """Read the file again if it has changed; True if it was read. RegistryError: it cannot be used now."""
        if self.path is None:
            return False
        try:
            state = self.path.stat()
            stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
            if stamp == self._stamp:
                return False
            data = self.path.read_bytes()
        except FileNotFoundError:
            return False  # the application has not written one yet
        except OSError as error:
            raise RegistryError(f"{self.path}: {error.strerror}") from None
        self._stamp = stamp  # a bad file is told once, not every second
        self.devices, self.problems = parse(data, str(self.path))
        return True

    def device(self, mn: str) -> Device | None:
        """The device of this number; None: unknown, its data go to quarantine."""
        found = self.devices.get(mn)
        return Device(mn, mn) if found is None and self.accept_unknown and mn else found

    def profile(self, mn: str) -> Profile | None:
        """The HJ 212 profile of this number, None where nobody has said anything."""
        found = self.devices.get(mn)
        return found.profile if found else None


def parse(data: bytes, name: str) -> tuple[dict[str, Device], list[str]]:
    """Devices and the problems of single entries. RegistryError where the whole is no object of devices."""
    try:
        values = json.loads(data) if data.lstrip()[:1] == b"{" else _yaml(data)
    except ValueError as error:
        raise RegistryError(f"{name}: {error}") from None
    entries = values.get("devices", values) if isinstance(values, Mapping) else None
    if not isinstance(entries, Mapping):
        raise RegistryError(f"{name}: an object of devices by MN is wanted")
    devices, problems = {}, []
    for key, entry in entries.items():
        mn = str(key)
        try:
            devices[mn] = _device(mn, entry if entry is not None else {})
        except ProfileError as error:
            problems.append(f"{mn}: {error}")
    return devices, problems


def _yaml(data: bytes) -> object:
    import yaml

    try:
        found = yaml.safe_load(data)
        return {} if found is None else found
    except yaml.YAMLError as error:
        raise ValueError(str(error).replace("\n", " ")) from None


def _device(mn: str, entry: object) -> Device:
    if not isinstance(entry, Mapping):
        raise ProfileError(mn, "an object is wanted")
    for name, kind in _OWN.items():
        value = entry.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise ProfileError(name, "a number is wanted" if name == "interval" else "a text is wanted")
    interval = entry.get("interval")
    if interval is not None and interval <= 0:
        raise ProfileError("interval", "more than 0 seconds")
    profile = from_mapping({str(name): value for name, value in entry.items() if name not in _OWN})
    return Device(mn, entry.get("station") or mn, profile, entry.get("password") or "", interval)
