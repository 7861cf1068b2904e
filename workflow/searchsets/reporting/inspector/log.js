// The views over the log: disagreements, and the reviewers.

const DisagreementsView = {
  show(review, root, asked) {
    const stage = asked.get("stage") ?? "any";
    const rows = this.rows(review, stage);
    const page = pageOf(asked, rows.length);
    root.querySelector(".made").replaceChildren(
      rows.length ? this.counted(review, rows, stage) : this.none(),
      rows.length
        ? table(
            "Votes side by side; what was taken back is left out.",
            ["Work", "Stage", "Votes", "Settled by", "Outcome"],
            onPage(rows, page).map((one) => this.row(review, one)),
            "wide",
          )
        : "",
      pages("disagreements", asked, page, rows.length),
    );
  },

  none() {
    return h(
      "p",
      { role: "status" },
      "At no stage did two screeners differ, or no work was screened by two.",
    );
  },
  counted(review, rows, stage) {
    const save = h(
      "button",
      { type: "button", onclick: () => this.download(review, rows) },
      "Save this list as CSV",
    );
    return h(
      "p",
      { role: "status" },
      h("strong", {}, counted(rows.length, "disagreement")),
      ", each of a work at one stage. ",
      openList({ differed: stage }, "The records"),
      " · ",
      save,
    );
  },

  // The stages at which the votes on a work differed, with these votes.
  rows(review, stage) {
    const { owners, size } = review.stages;
    return Array.from({ length: size }, (_, row) => ({ first: owners[row], ...review.stages.row(row) }))
      .filter((one) => one.differed === "yes" && (stage === "any" || one.stage === stage))
      .map((one) => {
        const work = review.work(one.first);
        const votes = review.members.get(work).flatMap((record) => review.acts.of(record));
        const counts = (act) =>
          act.stage === one.stage && act.standing === "yes" && ["screener", "model"].includes(act.role);
        return { ...one, work, record: review.shown(work), votes: votes.filter(counts) };
      });
  },

  row(review, one) {
    const [id, title] = ["id", "title"].map((name) => review.value(name, one.record));
    return [
      openRecord(id, title || id),
      review.word("stage", one.stage),
      h(
        "ul",
        { class: "votes" },
        one.votes.map((act) => this.vote(review, act)),
      ),
      one.settled_by || h("strong", {}, "not settled"),
      one.outcome,
    ];
  },
  vote(review, act) {
    const reason = act.reason_code ? `: ${Facets.words(review, "reason", act.reason_code)}` : "";
    return h(
      "li",
      { class: act.decision },
      h("strong", {}, act.reviewer),
      ` ${DID[act.decision] ?? act.decision}`,
      reason,
    );
  },

  download(review, rows) {
    const columns = ["work", "record", "title", "stage", "votes", "settled_by", "outcome"];
    const said = (act) => [act.reviewer, act.decision, act.reason_code].filter(Boolean).join(" ");
    save(
      `disagreements-${review.run}.csv`,
      csvOf(
        columns,
        rows.map((one) => [
          one.work,
          review.value("id", one.record),
          review.value("title", one.record),
          one.stage,
          one.votes.map(said).join("; "),
          one.settled_by,
          one.outcome,
        ]),
      ),
    );
  },
};

const ReviewersView = {
  show(review, root) {
    const { columns } = review.acts;
    const owners = review.acts.owners;
    const tallies = new Map();
    for (let row = 0; row < review.acts.size; row += 1) {
      const key = ["reviewer", "role", "stage", "round"].map((name) => columns[name].get(row));
      const name = key.join("\n");
      if (!tallies.has(name)) tallies.set(name, { key, by: new Map(), back: 0 });
      const tally = tallies.get(name);
      if (columns.standing.get(row) !== "yes") {
        tally.back += columns.standing.get(row) === "no" ? 1 : 0;
        continue;
      }
      const decision = columns.decision.get(row);
      if (!tally.by.has(decision)) tally.by.set(decision, new Set());
      tally.by.get(decision).add(owners[row]);
    }
    const decisions = ["include", "unclear", "exclude", "not_retrieved", "duplicate", "conflict_of_interest"];
    const rows = [...tallies.values()].map(({ key, by, back }) => {
      const [reviewer, role, stage, round] = key;
      const cell = (decision) => {
        const size = by.get(decision)?.size ?? 0;
        return h(
          "td",
          { class: size ? "num" : "num zero" },
          size ? openList({ reviewer, role, stage, round, decision }, number(size)) : "0",
        );
      };
      return [
        h("strong", {}, reviewer),
        role.replace("_", " "),
        `${review.word("stage", stage)}, ${round}`,
        ...decisions.map(cell),
        h("td", { class: "num" }, number(back)),
      ];
    });
    root
      .querySelector(".made")
      .replaceChildren(
        rows.length
          ? table(
              "Records by what each person, rule or publication decided. Each number opens its records.",
              [
                "Who",
                "As",
                "Stage and round",
                "Included",
                "In doubt",
                "Excluded",
                "Not retrieved",
                "Duplicate",
                "Stepped back",
                "Acts taken back",
              ],
              rows,
              "wide",
            )
          : h("p", {}, "Nobody has decided about anything yet."),
      );
  },
};
