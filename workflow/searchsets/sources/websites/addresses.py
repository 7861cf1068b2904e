"""Addresses of pages: which are one, which are none of ours, under which names they are kept."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from searchsets.sources.exchange import PORTS

_TRACKING = re.compile(r"(?i)(?:utm_\w+|gclid|fbclid)(?:=|$)")
_ARCHIVED = re.compile(
    r"(?i)https?://(?:web\.archive\.org/web|webarchive\.nationalarchives\.gov\.uk(?:/ukgwa)?)"
    r"/([0-9]{4,14})(?:[a-z]{2}_)?/(.+)"
)
_SCHEME = re.compile(r"(?i)https?:/+")
_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+")
KEPT_SIGNS = "%/:=&?~+!$,;'@()*[]"
"""What stands in addresses as it is; other signs are written as `%20` and the like."""
_LONGEST = 2_000
ROBOTS_MARK = ".robots"
"""Marks files that hold a robots.txt, which is no page; names of hosts have no point there."""
_NAME_LETTERS, _HASH_DIGITS = 40, 24


def without_archive(address: str) -> tuple[str, str]:
    """Return an address without that of a web archive before it, and when it was captured.

    The forms are those of the Wayback Machine and of the UK Government Web Archive.

    >>> without_archive("https://web.archive.org/web/20060102030405id_/http://a.org/b.pdf")
    ('http://a.org/b.pdf', '20060102030405')
    >>> without_archive("http://a.org/")
    ('http://a.org/', '')
    """
    found = _ARCHIVED.fullmatch(address)
    if not found:
        return address, ""
    # Some servers join the two slashes of the inner address to one.
    inner = (
        found[2] if "://" in found[2][:9] else _SCHEME.sub(lambda m: f"{m[0][:-1]}//", found[2], 1)
    )
    return inner if _SCHEME.match(inner) else f"http://{inner}", found[1]


def canonical(address: str) -> str:
    """Return the one spelling of an address: the archived and the live document have the same.

    Scheme and host in small letters, no fragment, no port that goes without saying, no parameters
    that track readers, no archive (RFC 3986, 6.2).

    >>> canonical("HTTP://A.org:80/b c.pdf?utm_source=x&id=1#page=2")
    'http://a.org/b%20c.pdf?id=1'
    """
    parts = urlsplit(without_archive(address.strip())[0])
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    plain = parts.port in (None, PORTS.get(scheme))
    query = "&".join(one for one in parts.query.split("&") if one and not _TRACKING.match(one))
    path, query = (quote(part, safe=KEPT_SIGNS) for part in (parts.path or "/", query))
    return urlunsplit((scheme, host if plain else f"{host}:{parts.port}", path, query, ""))


def joined(base: str, link: str) -> str | None:
    """Return where a link of a page leads, in canonical spelling; None for what is no web page.

    None are scripts, mail, files, data, addresses with a name or a password, and broken ones.

    >>> joined("http://a.org/x/", "../b.html#top"), joined("http://a.org/", "javascript:go()")
    ('http://a.org/b.html', None)
    >>> joined("http://a.org/", "http://me:secret@a.org/")
    """
    try:
        parts = urlsplit(without_archive(urljoin(base, link.strip()))[0])
        web = parts.scheme in PORTS and _HOST.fullmatch(parts.hostname or "")
        if not web or parts.username is not None or parts.password is not None:
            return None
        made = canonical(urlunsplit(parts))
    except ValueError:  # brackets or a port that are none
        return None
    return made if len(made) <= _LONGEST else None


def host_of(address: str) -> str:
    """Return the host of an address, in small letters."""
    return urlsplit(address).hostname or ""


def port_of(address: str) -> int | None:
    """Return the port of an address, or None if it is the usual one.

    >>> port_of("https://a.org/"), port_of("http://a.org:80/"), port_of("http://a.org:8080/")
    (None, None, 8080)
    """
    parts = urlsplit(address)
    return None if parts.port == PORTS.get(parts.scheme) else parts.port


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address: what one robots.txt is for (RFC 9309, 2.3)."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def ending_of(address: str) -> str:
    """Return the ending of the file that an address names, in small letters, or nothing.

    >>> ending_of("http://a.org/_doc/P0002361.PDF?x=1"), ending_of("http://a.org/b.c/")
    ('pdf', '')
    """
    name = urlsplit(address).path.rpartition("/")[2]
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return ending if ending.isalnum() else ""


def last_part(address: str) -> str:
    """Return the last part of an address, as a person would read it: often the name of a file."""
    return unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2]) or host_of(address)


def file_name(address: str) -> str:
    """Return a name for the file in which the answer of an address is kept.

    The host is there for people; the rest is a hash, so that no path of a network becomes one here.

    >>> file_name("http://www.nfer.ac.uk/../../etc/passwd")
    'www-nfer-ac-uk-4fc122337d9f545dc4df390e'
    >>> file_name("http://robots.org/robots.txt")
    'robots-org-9ec3de2d0f77a767998e0328.robots'
    """
    host = re.sub(r"[^a-z0-9]+", "-", host_of(address))[:_NAME_LETTERS].strip("-")
    mark = ROBOTS_MARK if is_robots_txt(address) else ""
    return f"{host}-{hashlib.sha256(address.encode()).hexdigest()[:_HASH_DIGITS]}{mark}"


def is_robots_txt(address: str) -> bool:
    """Tell whether an address is that of the robots.txt of its host."""
    return urlsplit(address).path == "/robots.txt"
