"""Tells pages that a site shows to programs, to keep them out, from pages that it shows to people.

Nothing is done about them but to stop and to say so.
"""

from __future__ import annotations

import re

from searchsets.sources.exchange import Answer
from searchsets.sources.websites.pages import HtmlPage, Unreadable, kind_of, read_page

_LITTLE, _NEARLY_NOTHING = 1_500, 60
_CHALLENGE = re.compile(
    r"(?i)captcha|challenge-platform|cf-chl|cf_chl|awswaf|aws-waf|_incapsula_|incapsula incident"
    r"|verify (?:that )?you are (?:a )?human|are you a robot|not a robot|checking your browser"
    r"|pardon our interruption|enable javascript and cookies|unusual traffic|ddos protection by"
)
_REFUSALS = frozenset((401, 403, 405, 451))
NO_JAVASCRIPT = "it holds no text unless its scripts are run"


def challenge_of(answer: Answer) -> str:
    """Return by what an answer is a challenge to prove that a person asks, or nothing.

    Args:
        answer: of any status; AWS WAF puts `x-amzn-waf-action` into the header of its challenges,
            Cloudflare `cf-mitigated`.
    """
    if action := answer.header("x-amzn-waf-action"):
        return f"its firewall answers with a {action} (status {answer.status})"
    if action := answer.header("cf-mitigated"):
        return f"its firewall answers with a {action} (status {answer.status})"
    if kind_of(answer) != "html" or not _CHALLENGE.search(
        answer.content[:200_000].decode("latin-1")
    ):
        return ""
    try:
        page = read_page(answer, answer.url)
    except Unreadable:
        return ""
    # A form with a captcha below a text is a page; a challenge is next to nothing else.
    if len(page.text) < _LITTLE and len(page.soup.find_all("a", href=True, limit=15)) < 15:
        return f"it shows a page that asks whether a person is there (status {answer.status})"
    return ""


def refusal_of(answer: Answer) -> str:
    """Return how a page is refused, or nothing."""
    if answer.status in _REFUSALS:
        return f"it answers {answer.status} {answer.reason}".strip()
    return ""


def nothing_shown(answer: Answer) -> str:
    """Return how a page is refused, or that it is empty without scripts, or nothing."""
    if answer.status != 200 or kind_of(answer) != "html":
        return refusal_of(answer)
    try:
        empty = needs_javascript(read_page(answer, answer.url))
    except (Unreadable, RecursionError):
        return ""
    return NO_JAVASCRIPT if empty else ""


def needs_javascript(page: HtmlPage) -> bool:
    """Tell whether a page is empty until its scripts are run; one of frames is not."""
    if not page.soup.find("script") or page.soup.select_one("a[href], frame[src]"):
        return False
    unseen = "".join(one.get_text() for one in page.soup.find_all(("title", "noscript")))
    return len(page.text) - len(unseen) < _NEARLY_NOTHING


def archive_refusal(answer: Answer) -> str:
    """Return how a web archive refuses a whole site, or nothing.

    The Wayback Machine answers 403 and names its reason in `x-archive-wayback-runtime-error`.
    """
    if answer.status != 403:
        return ""
    reason = answer.header("x-archive-wayback-runtime-error").rpartition("Exception: ")[2]
    return f"the archive answers 403 {reason or answer.reason}".strip()
