// The view of records: searched, filtered, sorted, a hundred at a time.

const CSV_COLUMNS = [
  "id",
  "work",
  "source",
  "file",
  "position",
  "type",
  "title",
  "authors",
  "year",
  "container",
  "publisher",
  "doi",
  "url",
  "arm",
  "removed",
  "screening",
  "retrieval",
  "eligibility",
  "reason",
  "state",
  "decided_by",
  "suggestion",
  "why",
];

const RecordsView = {
  last: [], // the records of the list that was shown last, for "next" and "previous" of a record

  show(review, root, asked) {
    const { rows, counts } = matching(review, asked);
    const list = sorted(review, rows, asked.get("sort") ?? "title");
    this.last = list;
    const page = asked.get("page") ?? "1";
    if (this.page && this.page !== page) root.scrollIntoView();
    this.page = page;
    this.address = address("records", asked);
    if (!root.querySelector(".facets")) this.build(review, root);
    this.fill(review, root, asked, list, counts);
  },

  build(review, root) {
    const search = h("input", {
      type: "search",
      id: "q",
      autocomplete: "off",
      oninput: () => {
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => this.change({ q: search.value || null, page: null }), 60);
      },
    });
    root.append(
      h(
        "div",
        { class: "tools" },
        h("label", { for: "q" }, "Search titles, authors, identifiers ", search),
        h(
          "label",
          {},
          "Years ",
          h("input", {
            id: "year",
            size: 10,
            placeholder: "2002..2008",
            onchange: (event) => this.change({ year: event.target.value.trim() || null, page: null }),
          }),
        ),
        h(
          "label",
          {},
          h("input", {
            type: "checkbox",
            id: "by",
            onchange: (event) => this.change({ by: event.target.checked ? "work" : null, page: null }),
          }),
          " one row a work",
        ),
        h("button", { type: "button", onclick: () => this.download(review) }, "Save this list as CSV"),
        h("a", { href: "#records", class: "clear" }, "Show all"),
      ),
      h("p", { role: "status", "aria-live": "polite", class: "found" }),
      h("p", { class: "beyond note" }),
      h("p", { class: "chips" }),
      h(
        "div",
        { class: "split" },
        h("details", { class: "facets", open: innerWidth > 800 }, h("summary", {}, "Filters"), h("div", {})),
        h("div", { class: "list" }),
      ),
    );
  },

  change(changes) {
    const { asked } = readAddress(location.hash);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) asked.delete(name);
      else asked.set(name, value);
    }
    history.replaceState(null, "", address("records", asked));
    start.show();
  },

  fill(review, root, asked, list, counts) {
    const page = pageOf(asked, list.length);
    const shown = onPage(list, page);
    const search = root.querySelector("#q");
    if (search !== document.activeElement) search.value = asked.get("q") ?? "";
    root.querySelector("#year").value = asked.get("year") ?? "";
    root.querySelector("#by").checked = asked.get("by") === "work";
    const unit = asked.get("by") === "work" ? "work" : "record";
    root
      .querySelector(".found")
      .replaceChildren(
        h("strong", {}, counted(list.length, unit)),
        ` of ${number(review.size)} records`,
        lastPage(list.length) > 1 ? `; page ${number(page)} of ${number(lastPage(list.length))}` : "",
      );
    root.querySelector(".beyond").replaceChildren(this.beyond(review, asked, list));
    root.querySelector(".chips").replaceChildren(...Facets.chips(review, asked));
    root
      .querySelector(".facets > div")
      .replaceChildren(
        ...FACETS.map((name) => Facets.facet(review, name, asked, counts[name])).filter(Boolean),
      );
    root
      .querySelector(".list")
      .replaceChildren(this.table(review, asked, shown), pages("records", asked, page, list.length));
  },

  // A line can find records that did not come into the result; they are not on this page.
  beyond(review, asked, list) {
    const year = asked.get("year");
    if (year && !isSpan(year)) return `“${year}” is no year and no span of years, such as 2002..2008.`;
    const [search, line, basis] = (asked.get("line") ?? "").split(".");
    const hits = review.lines[search]?.hits?.[line]?.[basis];
    if (hits === undefined || hits <= list.length) return "";
    return `The line found ${counted(hits, "record")} on this basis. The list holds those that came into the result of the search; all stand in search/${search}/matches.parquet and in review.sqlite.`;
  },

  table(review, asked, shown) {
    const sort = asked.get("sort") ?? "title";
    const heading = (name, words) => {
      const state = sort === name ? "ascending" : sort === `-${name}` ? "descending" : "none";
      const next = new URLSearchParams(asked);
      next.set("sort", state === "ascending" ? `-${name}` : name);
      next.delete("page");
      const mark = { ascending: " ▲", descending: " ▼", none: "" }[state];
      return h(
        "th",
        { scope: "col", "aria-sort": state },
        h("a", { href: address("records", next) }, words, h("span", { "aria-hidden": "true" }, mark)),
      );
    };
    return h(
      "div",
      { class: "scroll" },
      h(
        "table",
        { class: "records" },
        h("caption", { class: "hidden" }, "Records"),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            heading("title", "Record"),
            heading("year", "Year"),
            heading("source", "Source"),
            heading("state", "Where it stands"),
            h("th", { scope: "col" }, "Why"),
          ),
        ),
        h(
          "tbody",
          {},
          shown.map((record) => this.row(review, record)),
        ),
      ),
    );
  },

  row(review, record) {
    const one = review.record(record);
    return h(
      "tr",
      {},
      h(
        "td",
        {},
        openRecord(one.id, one.title || one.id),
        h(
          "div",
          { class: "soft" },
          [one.authors, one.container || one.publisher].filter(Boolean).map(ended).join(" "),
        ),
      ),
      h("td", { class: "num" }, one.year === null ? "unknown" : String(one.year)),
      h("td", {}, review.word("source", one.source)),
      h(
        "td",
        {},
        review.word("state", one.state),
        one.removed ? h("div", { class: "soft" }, review.word("removed", one.removed)) : null,
      ),
      h("td", {}, h("div", { class: "told" }, one.why)),
    );
  },

  download(review) {
    save(
      `records-${review.run}.csv`,
      csvOf(
        CSV_COLUMNS,
        this.last.map((record) =>
          CSV_COLUMNS.map((name) => (name === "work" ? review.work(record) : review.value(name, record))),
        ),
      ),
    );
  },
};
