"""The command that harvests websites, interrupted anywhere, and the import of what it kept."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from conftest import PROJECT
from made_up_sites import ARCHIVED, SHIPPED, MadeUp, MadeUpArchive, records_in, site, store
from refusal import refused
from searchsets.files import read_csv
from searchsets.records.shards import read_records
from searchsets.sources.websites import command
from searchsets.sources.websites.addresses import canonical, file_name, joined
from searchsets.sources.websites.archive import question
from searchsets.sources.websites.command import harvest_websites
from searchsets.sources.websites.harvest import harvest_site
from searchsets.sources.websites.imports import import_websites
from searchsets.sources.websites.kept import Holds, has_answers, holds
from searchsets.sources.websites.sites import read_sites
from searchsets.sources.websites.states import write_states

KILLS = int(os.environ.get("SEARCHSETS_KILLS", "12"))
"""How often a harvest is killed; 200 take a few minutes."""
SITE = """
  - name: {name}
    organisation: The Board
    starts: ["{start}"]
    lists: ["a.list"]
    next: "a.next"
    documents: {{entry: li, link: a, patterns: ['\\.pdf$']}}
    depth: 2
    most: 60
    pace: 0
    stay_on: [127.0.0.1]
    tried_live: no
"""


def pages() -> dict[str, str]:
    """Return a small site: lists in two ways, documents with pages and without."""
    made = {"/robots.txt": "User-agent: *\nDisallow: /closed"}
    for number in range(6):
        entries = "".join(
            f"<li><a href='/d/{number}-{n}'>Plan {number}.{n}</a></li>" for n in range(4)
        )
        further = f"<a class=list href='/list/{number + 1}'>More</a>" if number < 2 else ""
        made[f"/list/{number}"] = (
            f"{entries}{further}<a class=next href='/list/{number + 3}'>Next</a>"
            f"<a href='/f/{number}.pdf'>File {number}</a><li><a href='/closed/1'>Closed</a></li>"
        )
        for n in range(4):
            made[f"/d/{number}-{n}"] = f"<h1>Plan {number}.{n}</h1><time>200{n}</time>"
    return made


class Server:
    """A site on this computer, for as long as the context lasts."""

    def __init__(self, made: dict[str, str], wait: float = 0):
        self.asked: Counter[str] = Counter()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked[self.path] += 1
                time.sleep(wait)
                body = made.get(self.path)
                self.send_response(200 if body is not None else 404)
                content = (body or "not there").encode()
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda request, client_address: None  # clients that were killed
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Server:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def configured(tmp_path: Path, **sites: str) -> Path:
    path = tmp_path / "websites.yaml"
    entries = (SITE.format(name=name, start=start) for name, start in sites.items())
    path.write_text(f"sites:{''.join(entries)}", encoding="utf-8")
    return path


SCRIPT = """
import sys
from pathlib import Path
from searchsets.sources.websites.command import harvest_websites
sites, store = map(Path, sys.argv[1:])
sys.exit(1 if harvest_websites(sites, store, "tests", (), False, lambda message: None) else 0)
"""


def run(config: Path, folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(config), str(folder)],
        env=os.environ | {"PYTHONPATH": str(PROJECT / "workflow")},
    )


def test_a_harvest_that_is_killed_anywhere_ends_with_the_same_records(tmp_path):
    choice = random.Random(2009)
    kills = 0
    with Server(pages(), wait=0.005) as server:
        config = configured(tmp_path, board=f"{server.address}/list/0")
        assert run(config, tmp_path / "whole").wait() == 0
        whole = records_in(read_sites(config)[0], tmp_path / "whole/board")
        assert len(whole) == 6 * 4 + 6 + 1
        once = Counter(server.asked)
        attempt = 0
        while kills < KILLS:
            folder = tmp_path / f"killed-{attempt}"
            attempt += 1
            server.asked.clear()
            killed_here, code = 0, None
            while code != 0:
                process = run(config, folder)
                try:
                    # A harvest takes about a second; some are killed while they start.
                    code = process.wait(choice.uniform(0.15, 0.9) if kills < KILLS else None)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    kills, killed_here, code = kills + 1, killed_here + 1, None
            assert records_in(read_sites(config)[0], folder / "board") == whole
            # What was being answered when it was killed is asked for again, and nothing else.
            again = sum((server.asked - once).values())
            assert set(server.asked) == set(once) and again <= killed_here


def test_a_harvest_goes_on_where_an_interruption_left_it_at_every_single_answer(tmp_path):
    world = {f"http://a.org{path}": page for path, page in pages().items()}
    entry = site(starts=("http://a.org/list/0",), documents=_entries())
    whole = MadeUp(world=world)
    harvest_site(entry, whole, store(tmp_path, "whole"), lambda message: None)
    expected = records_in(entry, store(tmp_path, "whole"))

    class Stopped(BaseException):
        pass

    class Dying(MadeUp):
        def _exchange(self, shown, sent, headers):
            if self.asked:
                raise Stopped
            return super()._exchange(shown, sent, headers)

    for _ in range(len(whole.asked)):
        with pytest.raises(Stopped):
            harvest_site(entry, Dying(world=world), store(tmp_path), lambda message: None)
            raise Stopped  # the last one finds nothing to ask for
    last = MadeUp(world=world)
    harvest_site(entry, last, store(tmp_path), lambda message: None)
    assert last.asked == []
    assert records_in(entry, store(tmp_path)) == expected


def _entries():
    from searchsets.sources.websites.sites import Entries

    return Entries(entry="li", link="a", patterns=(r"\.pdf$",))


def test_one_site_s_failure_stops_no_other_and_the_last_lines_list_it(tmp_path):
    with Server(pages()) as server:
        config = configured(
            tmp_path, gone=f"{server.address}/nowhere", board=f"{server.address}/list/0"
        )
        messages = []
        left = harvest_websites(config, tmp_path / "store", "tests", (), False, messages.append)
    assert [f"  {line}" for line in left] == messages[-1:]
    assert messages[-2] == "1 of 2 sites are not complete:"
    assert messages[-1].startswith("  gone: stopped: ") and "404" in messages[-1]
    assert any(message.startswith("board: complete: 33 pages") for message in messages)
    assert not any("gone" in message for message in messages if "complete: 33" in message)


def test_a_damaged_answer_is_told_with_its_file_and_stops_no_other_site(tmp_path):
    with Server(pages()) as server:
        config = configured(
            tmp_path, first=f"{server.address}/list/0", second=f"{server.address}/list/0"
        )
        assert harvest_websites(config, tmp_path, "tests", ("first",), False, print) == []
        path = next((tmp_path / "first/pages").glob("*.warc.gz"))
        path.write_bytes(path.read_bytes()[:-20])
        messages = []
        assert len(harvest_websites(config, tmp_path, "tests", (), False, messages.append)) == 1
    assert path.name in messages[-1] and "damaged" in messages[-1]
    assert any(message.startswith("second: complete") for message in messages)
    with refused(path, "damaged"):
        import_websites(read_sites(config), tmp_path, tmp_path / "out")


def test_the_plan_says_what_would_be_asked_and_sends_nothing(project, tmp_path, monkeypatch):
    monkeypatch.setattr("socket.socket", None)
    messages = []
    folder = tmp_path / "store"
    left = harvest_websites(
        project / "config/websites.yaml", folder, "tests", (), True, messages.append
    )
    assert left == [] and not folder.exists()
    text = "\n".join(messages)
    for word in ("sure_start", "never tried live", "at most 400 pages", "every 3 seconds",
                 "20 minutes", "2002 to 2009", "nothing was sent"):  # fmt: skip
        assert word in text


def test_a_name_that_is_no_site_is_refused(project):
    path = project / "config/websites.yaml"
    with refused(path, "no site 'nfre'"):
        harvest_websites(path, Path("/nowhere"), "tests", ("nfre",), True, print)


def test_machines_are_reached_only_where_a_person_wrote_their_address(tmp_path):
    assert command._named_machines(site(stay_on=("127.0.0.1", "a.org", "localhost"))) == {
        "127.0.0.1", "localhost",
    }  # fmt: skip
    messages = []
    config = configured(tmp_path, board="http://127.0.0.1:9/list")
    config.write_text(config.read_text().replace("stay_on: [127.0.0.1]", "note: none"))
    (left,) = harvest_websites(config, tmp_path, "tests", (), False, messages.append)
    assert left.startswith("board: not harvested (") and "this machine" in left


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("a.next", "a[", ["no CSS selector"]),
        (r"\.pdf$", "(", ["no regular expression"]),
        ("http://127", "ftp://127", ["no address"]),
        ("http://127", "http://me:word@127", ["no address"]),
        ("depth: 2", "dept: 2", ["unknown key 'dept'"]),
        ("most: 60", "most: many", ["'many'"]),
        ("pace: 0", "pace: -1", ["pace"]),
        ("name: board", "name: ../board", ["not of the form"]),
    ],
)
def test_a_fault_in_the_file_of_the_sites_is_told_with_its_place(tmp_path, old, new, words):
    path = configured(tmp_path, board="http://127.0.0.1/")
    path.write_text(path.read_text().replace(old, new))
    with refused(path, *words):
        read_sites(path)


def test_two_sites_of_one_name_are_refused(tmp_path):
    path = configured(tmp_path, board="http://a.org/")
    path.write_text(path.read_text() + SITE.format(name="board", start="http://b.org/"))
    with refused(f"{path}:", "stands twice"):
        read_sites(path)


# The import


@pytest.fixture
def harvested(tmp_path) -> tuple[Path, Path]:
    """A file of sites, of which two were harvested, and the store."""
    with Server(pages()) as server:
        config = configured(
            tmp_path,
            board=f"{server.address}/list/0",
            other=f"{server.address}/list/5",
            never=f"{server.address}/x",
        )
        folder = tmp_path / "store"
        assert harvest_websites(config, folder, "tests", ("board", "other"), False, print) == []
    return config, folder


def test_documents_are_imported_once_with_ids_of_their_addresses(harvested, tmp_path):
    config, folder = harvested
    out = tmp_path / "records"
    assert import_websites(read_sites(config), folder, out) == 31
    rows = read_records(out).to_pylist()
    assert all(row["record_id"] == f"websites:{row['url']}" for row in rows)
    assert {row["database"] for row in rows} == {"websites"}
    shared = next(row for row in rows if row["url"].endswith("/f/5.pdf"))
    assert '"other_sites":["other"]' in shared["raw"]
    (log,) = read_csv(out / "import_log.csv")
    assert (log["source_file"], log["represents"], log["found"], log["read"], log["broken"]) == (
        "websites/board", "harvested", "31", "31", "0",
    )  # fmt: skip
    listed = read_csv(out / "board.csv")
    assert len(listed) == 34 and all(len(row["sha256"]) == 64 for row in listed)
    reasons = {row["reason"] for row in read_csv(out / "not_taken.csv")}
    assert reasons == {"it answers 404", "robots.txt allows no program to read it"}


def test_the_same_store_gives_the_same_bytes(harvested, tmp_path):
    config, folder = harvested
    for name in ("one", "two"):
        import_websites(read_sites(config), folder, tmp_path / name)
        write_states(read_sites(config), folder, tmp_path / name / "websites.csv")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_the_table_of_sites_has_all_and_says_which_were_not_harvested(harvested, tmp_path):
    config, folder = harvested
    write_states(read_sites(config), folder, tmp_path / "websites.csv")
    rows = read_csv(tmp_path / "websites.csv")
    assert [(row["site"], row["state"], row["documents"]) for row in rows] == [
        ("board", "complete", "31"), ("other", "complete", "6"), ("never", "not harvested", ""),
    ]  # fmt: skip
    assert rows[0]["robots_refused"] == "1" and rows[2]["pages"] == ""


def test_sites_without_any_page_give_no_source(harvested, tmp_path):
    config, folder = harvested
    sites = read_sites(config)
    assert has_answers(folder, sites)
    assert not has_answers(folder, sites[2:])
    assert not has_answers(tmp_path / "nowhere", sites)
    wall = {"http://a.org/list": {"status": 405, "x_amzn_waf_action": "captcha"}}
    harvest_site(site(), MadeUp(world=wall), store(tmp_path), lambda message: None)
    assert not has_answers(store(tmp_path).parent, [site()])
    assert import_websites([site()], store(tmp_path).parent, tmp_path / "out") == 0
    assert not (tmp_path / "out/small.csv").exists()


@pytest.mark.parametrize(
    ("files", "held"),
    [
        ([], Holds.NOTHING),
        (["pages/", "trouble/", "saved/"], Holds.NOTHING),
        (["saved/saved.csv", "saved/.part", ".lock"], Holds.NOTHING),
        (["trouble/{page}"], Holds.NO_PAGE),
        (["pages/{robots}"], Holds.NO_PAGE),
        (["pages/{robots}", "trouble/{page}"], Holds.NO_PAGE),
        (["pages/{robots}", "pages/{page}"], Holds.PAGES),
        (["saved/list.html"], Holds.PAGES),
    ],
)
def test_what_a_folder_holds_is_told_by_the_names_of_its_files(tmp_path, files, held):
    names = {"page": "http://robots.org/list", "robots": "http://robots.org/robots.txt"}
    names = {name: f"{file_name(address)}.warc.gz" for name, address in names.items()}
    for file in files:
        path = tmp_path / "small" / file.format(**names)
        (path if file.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not file.endswith("/"):
            path.write_text("never opened")
    assert holds(tmp_path / "small") is held
    assert has_answers(tmp_path, [site()]) == (held is Holds.PAGES)


# Addresses


@pytest.mark.parametrize(
    ("address", "one"),
    [
        ("HTTP://A.ORG", "http://a.org/"),
        ("https://a.org:443/x", "https://a.org/x"),
        ("https://a.org:8443/x", "https://a.org:8443/x"),
        ("http://a.org/x?b=1&utm_medium=m&a=2#top", "http://a.org/x?b=1&a=2"),
        ("http://web.archive.org/web/2006/http://a.org/x", "http://a.org/x"),
        ("https://web.archive.org/web/20060102030405if_/https:/a.org/x", "https://a.org/x"),
        ("https://web.archive.org/web/20060102030405/a.org/x", "http://a.org/x"),
        ("https://webarchive.nationalarchives.gov.uk/ukgwa/20100202100434/http://a.org/x",
         "http://a.org/x"),
        ("http://webarchive.nationalarchives.gov.uk/2010/http://a.org/x", "http://a.org/x"),
        ("http://a.org/é x", "http://a.org/%C3%A9%20x"),
        ("http://[2001:DB8::1]:80/x", "http://[2001:db8::1]/x"),
    ],
)  # fmt: skip
def test_an_address_has_one_spelling(address, one):
    assert canonical(address) == one
    assert canonical(one) == one
    assert joined("http://b.org/", address) == one


def test_the_workflow_imports_what_was_harvested_and_a_harvest_that_goes_on_is_imported_anew(
    tmp_path,
):
    review = tmp_path / "review"
    for name in ("config", "profiles", "resources", "search_strategies", "workflow"):
        ignored = shutil.ignore_patterns("__pycache__", "harvest")
        shutil.copytree(PROJECT / name, review / name, ignore=ignored)
    shutil.copy(PROJECT / "Snakefile", review)
    targets = [f"results/.build/original/records/websites{end}" for end in (".csv", "")]
    make = [sys.executable, "-m", "snakemake", "--cores", "1"]
    folder = review / "resources/harvest/websites/sure_start"
    start, page, document = ARCHIVED["sure_start"]
    captures = [("20070809101112", start, "text/html", page)]
    captures += [("20080910111213", document, "application/pdf", "")]
    asked = question(SHIPPED["sure_start"].archive, "www.surestart.gov.uk/", "")
    error = {"status": 403, "x_archive_wayback_runtime_error": "Exception: Blocked Site Error"}
    for world, state, wanted in (({asked: error}, "blocked", 1), ({}, "complete", 2)):
        web = MadeUpArchive(captures=captures, world=world)
        harvest_site(SHIPPED["sure_start"], web, folder, lambda message: None)
        made = [*make, *targets[:wanted]]
        done = subprocess.run(made, cwd=review, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        rows = {row["site"]: row for row in read_csv(review / targets[0])}
        assert rows["sure_start"]["state"] == state and rows["nfer"]["state"] == "not harvested"
        assert (review / targets[1]).exists() == (state == "complete")
    assert read_records(review / targets[1])["url"].to_pylist() == [document]


def test_a_bar_shows_how_far_a_site_is_and_is_never_full_before_the_end():
    class Shown:
        expected = came_so_far = 0

        def there_are(self, number):
            self.expected += number

        def came(self, number):
            self.came_so_far += number
            assert self.came_so_far < self.expected  # one that is full stays so

    shown = Shown()
    progress = command.Progress(shown, most=10)
    for had, left in ((1, 0), (2, 50), (3, 4), (4, 0)):
        progress(had, left)
        assert shown.came_so_far == had
        assert shown.expected == had + max(1, min(left, 10 - had))


def test_a_harvest_shows_its_bar_and_tells_through_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    messages = []
    with Server(pages()) as server:
        config = configured(tmp_path, board=f"{server.address}/list/0")
        assert harvest_websites(config, tmp_path, "tests", (), False, messages.append) == []
    assert "board" in capsys.readouterr().err
    assert messages[-1].startswith("board: complete")
