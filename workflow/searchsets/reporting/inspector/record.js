// The view of one record: all that is known of its work, and of everything that was done to it.

const DID = {
  include: "included it",
  exclude: "excluded it",
  unclear: "was in doubt",
  duplicate: "called it a duplicate",
  not_retrieved: "could not get the text",
  conflict_of_interest: "stepped back (own interest)",
};
const FIELDS = {
  type: "Type",
  authors: "Authors",
  year: "Year",
  container: "In",
  publisher: "Publisher",
  volume: "Volume",
  issue: "Issue",
  pages: "Pages",
  language: "Language",
  doi: "DOI",
  url: "Address",
};

const RecordView = {
  show(review, root, asked) {
    const place = review.places.get(asked.get("id"));
    if (place === undefined) {
      root.replaceChildren(
        h("h2", { tabindex: -1 }, "No such record"),
        h(
          "p",
          {},
          `This run has no record “${asked.get("id") ?? ""}”. `,
          h("a", { href: "#records" }, "All records"),
        ),
      );
      return;
    }
    const one = review.record(place);
    const members = review.members.get(review.work(place));
    root.replaceChildren(
      ...[
        this.ways(review, place),
        h("h2", { tabindex: -1 }, one.title || one.id),
        h("p", {}, h("strong", {}, review.word("state", one.state)), ". ", one.why),
        this.fields(review, one),
        this.abstract(review, place),
        this.way(review, members),
        this.votes(review, members),
        this.grid(review, members),
        this.sources(review, members),
        this.pairs(review, members),
        this.lines(review, members),
      ].filter(Boolean),
    );
  },

  // To the list that the reader comes from, and to its next record.
  ways(review, place) {
    const at = RecordsView.last.indexOf(place);
    const near = (step, words) =>
      RecordsView.last[at + step] === undefined || at < 0
        ? null
        : h(
            "a",
            {
              href: address("record", { id: review.value("id", RecordsView.last[at + step]) }),
              rel: step > 0 ? "next" : "prev",
            },
            words,
          );
    return h(
      "nav",
      { class: "pages", "aria-label": "Records of the list" },
      h(
        "a",
        { href: RecordsView.address ?? "#records" },
        at < 0 ? "All records" : `Back to the list (${number(at + 1)} of ${number(RecordsView.last.length)})`,
      ),
      near(-1, "Previous record"),
      near(1, "Next record"),
    );
  },

  fields(review, one) {
    const stated = Object.keys(FIELDS).filter((name) => one[name] !== null && one[name] !== "");
    const said = {
      url: outside,
      doi: (doi) => outside(`https://doi.org/${doi}`),
      type: (code) => review.word("type", code),
    };
    return h(
      "dl",
      { class: "fields" },
      stated
        .map((name) => [h("dt", {}, FIELDS[name]), h("dd", {}, (said[name] ?? String)(one[name]))])
        .flat(),
      h("dt", {}, "Record"),
      h("dd", {}, h("code", {}, one.id)),
    );
  },

  abstract(review, place) {
    const holder = h("p", { class: "abstract" }, "…");
    Abstracts.of(review, place).then(
      (text) => holder.replaceChildren(text || h("span", { class: "soft" }, "The record has no abstract.")),
      (problem) => holder.replaceChildren(h("span", { class: "soft" }, problem.message)),
    );
    return h("section", {}, h("h3", {}, "Abstract"), holder);
  },

  way(review, members) {
    const steps = ["arm", "removed", "screening", "retrieval", "eligibility", "reason"];
    const kept = members.find((record) => !review.value("removed", record)) ?? members[0];
    const said = (name) => Facets.words(review, name, review.value(name, kept));
    return h(
      "section",
      {},
      h("h3", {}, "Its way through the review"),
      h(
        "ol",
        { class: "way" },
        steps
          .filter((name) => review.value(name, kept))
          .map((name) => h("li", {}, h("span", { class: "soft" }, FACET_WORDS[name]), h("br"), said(name))),
      ),
    );
  },

  votes(review, members) {
    const acts = inOrder(members.flatMap((record) => review.actsOf(record)));
    if (!acts.length)
      return h(
        "section",
        {},
        h("h3", {}, "Who decided what"),
        h("p", {}, "Nobody has decided about this work."),
      );
    const several = members.length > 1;
    return h(
      "section",
      {},
      h("h3", {}, "Who decided what"),
      table(
        "Every act: the earliest first if all state their times, else by stage, and who settled after who voted. What was corrected since is marked as taken back. Their hashes stand in screening/events.csv.",
        [
          "When",
          "Who",
          "Decision",
          "Stage and round",
          "Reason and criteria",
          "Quotation and note",
          ...(several ? ["On record"] : []),
        ],
        acts.map((act) => this.vote(review, act, several)),
        "wide",
      ),
    );
  },

  vote(review, act, several) {
    const reason = act.reason_code && Facets.words(review, "reason", act.reason_code);
    const quote = act.quote && h("q", {}, act.quote);
    const back = act.standing !== "yes";
    return [
      act.decided_at || h("span", { class: "soft" }, "not stated"),
      h(
        "span",
        {},
        h("strong", {}, act.reviewer),
        h("div", { class: "soft" }, act.role.replace("_", " "), act.blinded === "true" ? ", blinded" : ""),
      ),
      h(
        "span",
        {},
        back
          ? h("s", {}, DID[act.decision] ?? act.decision)
          : h("strong", {}, DID[act.decision] ?? act.decision),
        back ? h("div", {}, act.standing === "no" ? "taken back" : "asked for again in this run") : null,
      ),
      `${review.word("stage", act.stage)}, ${act.round}`,
      h(
        "span",
        {},
        [reason, act.criteria, act.override && `against the criteria: ${act.override}`]
          .filter(Boolean)
          .join("; "),
        act.criteria_version ? h("div", { class: "soft" }, `criteria ${act.criteria_version}`) : null,
      ),
      h(
        "span",
        {},
        quote,
        act.quote_loc ? ` (${act.quote_loc})` : "",
        act.note ? h("div", {}, act.note) : null,
        act.supersedes ? h("div", { class: "soft" }, `in the place of ${act.supersedes}`) : null,
        h("div", { class: "soft" }, act.event_id),
      ),
      ...(several ? [h("code", {}, review.value("id", act.record))] : []),
    ];
  },

  // Criteria down, who judged across: the rules, then each person.
  grid(review, members) {
    const judged = members.flatMap((record) => review.judgements.of(record));
    const people = new Map();
    for (const act of members.flatMap((record) => review.actsOf(record))) {
      if (act.criteria && act.standing === "yes" && act.role !== "rule") people.set(act.event_id, act);
    }
    const acts = [...people.values()];
    const of = (act, criterion) =>
      act.criteria
        .split(";")
        .map((part) => part.trim().split("="))
        .find(([name]) => name === criterion)?.[1] ?? "";
    const names = review.criteria.map((row) => row.criterion);
    return h(
      "section",
      {},
      h("h3", {}, "Criteria"),
      table(
        "What the rules suggest, with the text that shows it; then what people judged. “Unclear” means that the rule found nothing: it is never “not met”.",
        [
          "Criterion",
          "The rules",
          "Evidence",
          ...acts.map((act) => `${act.reviewer}, ${review.word("stage", act.stage)}`),
        ],
        names.map((name) => {
          const rules = judged.filter((row) => row.criterion === name && row.basis !== "person");
          return [
            review.word("criterion", name),
            each(rules.map((row) => (row.basis === "proxy" ? `${row.judgement} (by proxy)` : row.judgement))),
            each(rules.map((row) => row.evidence)),
            ...acts.map((act) => of(act, name)),
          ];
        }),
        "wide",
      ),
    );
  },

  sources(review, members) {
    return h(
      "section",
      {},
      h("h3", {}, "Where it came from"),
      table(
        "Every record that is this work.",
        ["Record", "Source", "File", "Place in it", "As"],
        members.map((record) => {
          const one = review.record(record);
          return [
            members.length > 1 ? openRecord(one.id, one.id) : h("code", {}, one.id),
            review.word("source", one.source),
            one.file,
            number(one.position),
            one.removed ? review.word("removed", one.removed) : "the record that was kept",
          ];
        }),
      ),
    );
  },

  pairs(review, members) {
    const rows = (grouped, kind) =>
      members.flatMap((record) =>
        grouped.of(record).map((row) => ({ ...row, record, kind: row.kind || kind })),
      );
    const merged = rows(review.merged, "the same work").filter(
      (row) => review.value("id", row.record) < row.other,
    );
    const versions = rows(review.versions, "version");
    if (!merged.length && !versions.length) return null;
    return h(
      "section",
      {},
      h("h3", {}, "Merged and linked, and why"),
      table(
        "Records that were joined into this work, and others that are versions of its text.",
        ["Record", "The other", "Kind", "What they are to each other", "Weight", "Decided by"],
        [...merged, ...versions].map((row) => [
          h("code", {}, review.value("id", row.record)),
          openRecord(row.other, row.other),
          row.kind,
          row.evidence,
          row.weight,
          [row.decided_by, row.note].filter(Boolean).join(": "),
        ]),
        "wide",
      ),
    );
  },

  lines(review, members) {
    const rows = members.flatMap((record) => review.found.of(record));
    if (!rows.length)
      return h(
        "section",
        {},
        h("h3", {}, "Which lines found it"),
        h("p", {}, "No line of any strategy matches it for certain."),
      );
    const bySearch = grouping(rows, (row) => row.search);
    return h(
      "section",
      {},
      h("h3", {}, "Which lines found it"),
      [...bySearch].map(([search, found]) => {
        const [database] = search.split("_in_");
        const strategy = review.lines[database];
        const lines = grouping(found, (row) => row.line);
        return h(
          "details",
          {},
          h(
            "summary",
            {},
            `${strategy?.name ?? search}${search.includes("_in_") ? `, run on ${search.split("_in_")[1]}` : ""}: ${counted(lines.size, "line")}`,
          ),
          table(
            "Output lines are bold. “strict”: as the database would search; “fallback”: descriptors read as free text; “declared”: the platform said so.",
            ["Line", "As printed", "How"],
            [...lines]
              .sort(([a], [b]) => a - b)
              .map(([line, ones]) => [
                openList({ line: `${search}.${line}` }, line === null ? "unknown" : `#${line}`),
                strategy?.outputs.includes(line)
                  ? h("strong", {}, strategy.lines[line])
                  : (strategy?.lines[line] ?? ""),
                each(ones.map((one) => one.basis)),
              ]),
          ),
        );
      }),
    );
  },
};

const ORDER = {
  stage: ["title", "title_abstract", "full_text", "final"],
  role: ["rule", "model", "screener", "consensus", "adjudicator", "published_outcome"],
};

// Acts by their times; where these are not stated, as they must have followed each other.
function inOrder(acts) {
  const of = (act, name) => ORDER[name].indexOf(act[name]);
  const timed = acts.every((act) => act.decided_at);
  const placed = acts.map((act, place) => ({ ...act, place }));
  const order = (a, b) =>
    of(a, "stage") - of(b, "stage") ||
    LETTERS.compare(a.round, b.round) ||
    of(a, "role") - of(b, "role") ||
    a.place - b.place;
  return placed.sort((a, b) => (timed && a.decided_at.localeCompare(b.decided_at)) || order(a, b));
}

function grouping(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

const each = (values) => [...new Set(values)].join("; ");

// Abstracts stand in the page, or in files beside it that are read when one is asked for.
const Abstracts = {
  async of(review, place) {
    const { texts, beside, each } = review.abstracts;
    if (texts) return texts[place];
    if (!beside)
      throw new Error("The abstracts are not on this page; they stand in records/ and in review.sqlite.");
    this.parts ??= new Map();
    const part = Math.floor(place / each);
    if (!this.parts.has(part)) this.parts.set(part, this.read(`${beside}/${part}.js`));
    return (await this.parts.get(part))[place % each];
  },
  // A page that was opened from disk may run a script beside it, but not read a file.
  read(path) {
    return new Promise((done, failed) => {
      window.searchsetsAbstracts = (packed) => unpack(packed).then(done, failed);
      document.head.append(
        h("script", {
          src: path,
          onerror: () =>
            failed(new Error(`The file ${path} is not beside this page; abstracts stand in records/, too.`)),
        }),
      );
    });
  },
};
