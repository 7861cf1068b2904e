"""Keeps requests on the open internet: no answer may send us to a machine of the local network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Container
from contextlib import suppress
from typing import Any
from weakref import WeakSet, finalize

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

# Mapped, translated, and the old "compatible" ones.
_WRAPPED = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96", "::/96")))


class LocalAddress(Exception):
    """A name that leads to this machine or its network, where no service was said to be."""


def is_open(address: str) -> bool:
    """Tell whether an IP address is of the open internet.

    >>> [is_open(one) for one in ("192.0.2.7", "10.0.0.1", "127.0.0.1", "::1", "::ffff:10.0.0.1")]
    [False, False, False, False, False]
    >>> is_open("8.8.8.8"), is_open("2001:4860:4860::8888"), is_open("64:ff9b::7f00:1")
    (True, True, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        found = _version_4_within(found) or found
    return found.is_global and not found.is_multicast


def _version_4_within(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the address of version 4 that one of version 6 is another way of writing."""
    if any(address in network for network in _WRAPPED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def refuse_local_name(host: str) -> None:
    """Raise for a name that is plainly local; the only check that is left behind a proxy.

    Raises:
        LocalAddress: it is localhost, or an IP address that is not of the open internet.
    """
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        raise LocalAddress(f"{host} is a name of this machine or its network")
    try:
        local = not is_open(name)
    except ValueError:  # a name, not a number: looked at when it is connected to
        return
    if local:
        raise LocalAddress(f"{host} is an address of this machine or its network")


class _Guarded:
    """A connection that is closed before anything is sent, if it has led to the local network.

    The address that was reached is looked at, not the name: a name may lead elsewhere when it is
    asked for again.
    """

    host: str
    permitted: Container[str] = ()
    open_lines: WeakSet[socket.socket]

    def _new_conn(self) -> socket.socket:
        reached = super()._new_conn()  # type: ignore[misc]
        address = reached.getpeername()[0]
        if self.host not in self.permitted and not is_open(address):
            reached.close()
            raise LocalAddress(f"{self.host} leads to {address}, an address of the local network")
        self._watched(reached)
        return reached

    def _watched(self, reached: socket.socket) -> None:
        """Keep a second handle on the connection, by which it can be cut, whoever reads from it."""
        handle = reached.dup()
        self.open_lines.add(handle)
        finalize(self, handle.close)


class GuardedAdapter(HTTPAdapter):
    """Connects to the open internet, and to those hosts that a person named."""

    def __init__(self, permitted: Container[str]):
        """Take the hosts that may be local."""
        self._permitted = permitted
        self._open_lines: WeakSet[socket.socket] = WeakSet()
        super().__init__()

    def cut(self) -> None:
        """End all connections at once: who waits for something on one gets no more."""
        for line in list(self._open_lines):
            with suppress(OSError):  # closed meanwhile
                line.shutdown(socket.SHUT_RDWR)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make connections guarded; the name and its arguments are those of `requests`."""
        told = {"permitted": self._permitted, "open_lines": self._open_lines}
        guard = type("_Guard", (_Guarded,), told)
        plain = type("_Plain", (guard, HTTPConnection), {})
        secure = type("_Secure", (guard, HTTPSConnection), {})
        self.poolmanager = PoolManager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("_PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("_SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
