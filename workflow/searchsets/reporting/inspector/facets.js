// What a list is asked for: the values of each column with their numbers, and what is chosen of them.

const MOST_VALUES = 20;
const FACET_WORDS = {
  state: "Where it stands",
  source: "Source",
  arm: "How it came in",
  removed: "Removed before screening",
  screening: "Screening",
  retrieval: "Full text",
  eligibility: "Eligibility",
  reason: "Reason",
  decided_by: "Decided by",
  decided_at: "Decided at",
  suggestion: "The rules suggest",
  type: "Type",
  line: "Found by line",
  total: "Behind the total",
  reviewer: "Reviewer",
  stage: "Stage",
  decision: "Decision",
  round: "Round",
  role: "As",
  differed: "Screeners differ",
  ids: "Named",
  works: "Named",
  held: "Held by",
  shared: "Shared with",
  only: "Only in",
  lacks: "Not in",
  key: "Key sources",
  known: "Known items",
  work_year: "Year of the work",
  outcome: "What came of a stage",
  pair: "How two screeners voted",
};

const Facets = {
  // What is asked for, each with a way to take it back.
  chips(review, asked) {
    const settings = ["basis", ...review.choices.options.map(({ id }) => id)];
    const elsewhere = ["sort", "page", "by", "q", "year", ...settings];
    return [...asked]
      .filter(([name]) => !elsewhere.includes(name))
      .map(([name, value]) => {
        const rest = new URLSearchParams(asked);
        for (const one of name === "total" ? [name, ...settings] : [name]) rest.delete(one);
        const words = this.chip(review, name, value);
        const cross = h("span", { "aria-hidden": "true" }, " ×");
        return h(
          "a",
          { class: "chip", href: address("records", rest), title: "take this back" },
          words,
          cross,
        );
      });
  },

  // What the page does not understand it says, so that nobody takes it for a filter.
  chip(review, name, value) {
    if (!Object.hasOwn(FACET_WORDS, name)) return `not understood: ${name}`;
    return `${FACET_WORDS[name]}: ${this.said(review, name, value)}`;
  },

  said(review, name, value) {
    const values = value.split("|");
    if (name === "ids") return counted(values.length, "record");
    if (name === "works") return counted(values.length, "work");
    return values.map((one) => this.words(review, name, one)).join(" or ");
  },

  words(review, name, value) {
    if (name === "total") return review.choices.word(value);
    const kind = ["held", "shared", "only", "lacks"].includes(name) ? "source" : name;
    return review.word(kind, value) || "none";
  },

  // The values of a column, the most frequent first, each with the number that choosing it would show.
  facet(review, name, asked, counts) {
    const chosen = asked.has(name) ? asked.get(name).split("|") : [];
    const values = review.columns[name].of
      .map((value, place) => ({ value: String(value ?? ""), number: counts[place] }))
      .filter((one) => one.number || chosen.includes(one.value))
      .sort((a, b) => b.number - a.number || LETTERS.compare(a.value, b.value));
    if (values.length < 2 && !chosen.length) return null;
    const shown = values.slice(0, MOST_VALUES);
    return h(
      "fieldset",
      {},
      h("legend", {}, FACET_WORDS[name]),
      shown.map((one) => this.value(review, name, chosen, one)),
      values.length > shown.length
        ? h("p", { class: "note" }, `${number(values.length - shown.length)} more values, with fewer records`)
        : null,
    );
  },

  value(review, name, chosen, { value, number: size }) {
    const id = `facet-${name}-${value}`;
    const change = (event) => {
      const next = event.target.checked ? [...chosen, value] : chosen.filter((one) => one !== value);
      RecordsView.change({ [name]: next.length ? next.join("|") : null, page: null });
      document.getElementById(id)?.focus();
    };
    const box = h("input", { type: "checkbox", id, checked: chosen.includes(value), onchange: change });
    return h(
      "label",
      {},
      box,
      ` ${this.words(review, name, value)} `,
      h("span", { class: "count" }, number(size)),
    );
  },
};
