// The views over the log: disagreements, and the reviewers.

const DisagreementsView = {
  show(review, root, asked) {
    const stage = asked.get("stage") ?? "any";
    const owners = review.stages.owners;
    const rows = Array.from({ length: review.stages.size }, (_, row) => ({
      record: owners[row],
      ...review.stages.row(row),
    })).filter((one) => one.differed === "yes" && (stage === "any" || one.stage === stage));
    const page = Math.max(1, Number(asked.get("page")) || 1);
    const shown = rows.slice((page - 1) * ON_A_PAGE, page * ON_A_PAGE);
    root.querySelector(".made").replaceChildren(
      h(
        "p",
        { role: "status" },
        h("strong", {}, counted(rows.length, "disagreement")),
        rows.length
          ? ", each of a work at one stage. "
          : ": at no stage did two screeners differ, or no work was screened by two. ",
        rows.length ? openList({ differed: stage }, "The records") : "",
      ),
      rows.length
        ? table(
            "Votes side by side; what was taken back is left out.",
            ["Work", "Stage", "Votes", "Settled", "Outcome"],
            shown.map((one) => this.row(review, one)),
            "wide",
          )
        : "",
      rows.length > ON_A_PAGE
        ? h(
            "nav",
            { class: "pages" },
            page > 1
              ? h("a", { href: address("disagreements", { stage, page: page - 1 }) }, "Previous page")
              : null,
            page * ON_A_PAGE < rows.length
              ? h("a", { href: address("disagreements", { stage, page: page + 1 }) }, "Next page")
              : null,
          )
        : "",
    );
  },
  row(review, one) {
    const work = review.work(one.record);
    const record = review.shown(work);
    const votes = review.members
      .get(work)
      .flatMap((place) => review.acts.of(place))
      .filter(
        (act) => act.stage === one.stage && act.standing !== "no" && ["screener", "model"].includes(act.role),
      );
    return [
      openRecord(review.value("id", record), review.value("title", record) || review.value("id", record)),
      review.word("stage", one.stage),
      h(
        "ul",
        { class: "votes" },
        votes.map((act) =>
          h(
            "li",
            { class: act.decision },
            h("strong", {}, act.reviewer),
            ` ${DID[act.decision] ?? act.decision}`,
            act.reason_code ? `: ${Facets.words(review, "reason", act.reason_code)}` : "",
          ),
        ),
      ),
      one.settled_by || h("strong", {}, "not settled"),
      one.outcome,
    ];
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
      if (columns.standing.get(row) === "no") {
        tally.back += 1;
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
