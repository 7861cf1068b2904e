// The views of other choices: the totals recomputed, and what can then be claimed.

const WhatIfView = {
  show(review, root, asked) {
    const { choices } = review;
    const settings = choices.asked(asked);
    if (!root.querySelector("form.choices")) this.build(choices, root);
    for (const { id } of choices.options) {
      const field = root.querySelector(`[name="${CSS.escape(id)}"]`);
      if (field !== document.activeElement) field.value = settings[id] ?? "";
      field.closest("label").classList.toggle("changed", settings[id] !== choices.default[id]);
    }
    root.querySelector(".why").replaceChildren(...this.reasons(choices, settings));
    root.querySelector(".totals").replaceChildren(this.table(choices, settings, asked));
    const changed = choices.changed(settings);
    root
      .querySelector("[role=status]")
      .replaceChildren(
        changed.length ? `${counted(changed.length, "choice")} other than in this run. ` : "As in this run. ",
        h("a", { href: address("claims", asked) }, "What can then be claimed"),
        changed.length ? " · " : "",
        changed.length ? h("a", { href: "#what_if" }, "Back to this run") : "",
        ...this.doubts(choices, settings, asked).map((words) => h("strong", { class: "flag" }, words)),
      );
  },

  // What was asked for and cannot be meant.
  doubts(choices, settings, asked) {
    const known = (name) => name === "basis" || choices.options.some(({ id }) => id === name);
    const taken = ([name, value]) => name === "basis" || String(settings[name] ?? "") === value;
    const odd = [...asked]
      .filter((one) => !known(one[0]) || !taken(one))
      .map(([name]) => `not understood: ${name}`);
    const { window_from: from, window_until: until } = settings;
    return from !== null && until !== null && from > until
      ? [...odd, "the window ends before it begins"]
      : odd;
  },

  build(choices, root) {
    const groups = grouping(choices.options, (option) => (option.database ? "The searches" : "The review"));
    root.querySelector(".made").append(
      h(
        "form",
        { class: "choices", onsubmit: (event) => event.preventDefault() },
        [...groups].map(([words, options]) =>
          h(
            "fieldset",
            {},
            h("legend", {}, words),
            options.map((option) => h("label", {}, h("span", {}, option.label), this.field(option))),
          ),
        ),
      ),
      h("div", { class: "why", "aria-live": "polite" }),
      h("p", { role: "status", "aria-live": "polite" }),
      h("div", { class: "totals" }),
    );
  },
  field(option) {
    const change = (event) => this.change(option, event.target.value.trim());
    if (option.kind === "year") {
      const list = `values-${option.id}`;
      return h(
        "span",
        {},
        h("input", {
          name: option.id,
          list,
          inputmode: "numeric",
          size: 6,
          placeholder: "none",
          onchange: change,
        }),
        h(
          "datalist",
          { id: list },
          option.values
            .filter((one) => one.value !== null)
            .map((one) => h("option", { value: one.value }, one.label)),
        ),
      );
    }
    return h(
      "select",
      { name: option.id, onchange: change },
      option.values.map((one) => h("option", { value: one.value }, one.label)),
    );
  },
  change(option, value) {
    const { asked } = readAddress(location.hash);
    if (value === String(option.default ?? "")) asked.delete(option.id);
    else asked.set(option.id, value);
    history.replaceState(null, "", address("what_if", asked));
    start.show();
  },

  // Why a chosen value may be the right one, where the strategies or criteria say it.
  reasons(choices, settings) {
    return choices
      .changed(settings)
      .map((option) => {
        const value = option.values.find((one) => one.value === settings[option.id]);
        return value?.why
          ? h("p", { class: "note" }, h("strong", {}, `${option.label}: ${value.label}. `), value.why)
          : "";
      })
      .filter(Boolean);
  },

  table(choices, settings, asked) {
    const names = [
      ...Object.keys(choices.totals_words),
      ...choices.searches.flatMap(({ name }) => [`records_${name}`, `undecidable_${name}`]),
    ];
    const shown = (value) => (value === null ? "unknown" : number(value));
    return table(
      "The totals of this run, and those under your choices. Each opens its records.",
      ["What", "This run", "Your choices", "Difference"],
      names.map((name) => {
        const [before, after] = [choices.number(choices.default, name), choices.number(settings, name)];
        const cell = (value, query) =>
          h(
            "td",
            { class: "num" },
            value && this.listed(choices, settings, name)
              ? openList(
                  { ...query, total: name, ...(this.ofWorks(name) ? { by: "work" } : {}) },
                  shown(value),
                )
              : shown(value),
          );
        const more = before === null || after === null ? "" : after - before;
        return [
          h("th", { scope: "row" }, choices.word(name)),
          cell(before, {}),
          cell(after, Object.fromEntries(asked)),
          h(
            "td",
            { class: more ? "num changed" : "num zero" },
            more > 0 ? `+${number(more)}` : more === "" ? "" : number(more),
          ),
        ];
      }),
      "fit",
    );
  },
  // Records that this run did not retrieve are not on this page; numbers of what cannot be judged have no list.
  listed(choices, settings, name) {
    return name !== "records_without_work" && !name.startsWith("undecidable_");
  },
  ofWorks(name) {
    return /^(works|in_window|outside_window|no_year|suggested_|included)/.test(name);
  },
};

// A condition of the list of records: those behind a total, under the choices that the address names.
function behindTotal(review, asked) {
  const { choices } = review;
  const name = asked.get("total");
  const { ids: all } = choices.totals(choices.asked(asked));
  const ids = new Set(Object.hasOwn(all, name) ? all[name] : []);
  return WhatIfView.ofWorks(name)
    ? (record) => ids.has(review.work(record))
    : (record) => ids.has(review.value("id", record));
}

const HOLDS = { yes: "It can be claimed", no: "It cannot be claimed", "cannot be told": "It cannot be told" };

const ClaimsView = {
  show(review, root, asked) {
    const { choices } = review;
    const settings = choices.asked(asked);
    const told = review.claims.map((claim) => ({ ...claim, ...this.judged(choices, claim, settings) }));
    const changed = choices.changed(settings);
    root.querySelector(".made").replaceChildren(
      h(
        "p",
        { role: "status" },
        changed.length ? "Under these choices: " : "Under the choices of this run. ",
        changed.map((option) =>
          h("span", { class: "chip" }, `${option.label}: ${this.label(option, settings[option.id])}`),
        ),
        " ",
        h("a", { href: address("what_if", asked) }, "Other choices"),
        " · ",
        h("button", { type: "button", onclick: () => print() }, "Print this page"),
      ),
      ...Object.entries(HOLDS).map(([holds, words]) =>
        this.group(
          words,
          holds,
          told.filter((one) => one.now === holds),
        ),
      ),
    );
  },
  group(words, holds, claims) {
    return h(
      "section",
      { class: `claimed ${holds.replaceAll(" ", "-")}` },
      h("h3", {}, `${words} (${number(claims.length)})`),
      h(
        "ul",
        {},
        claims.map((one) =>
          h(
            "li",
            {},
            h("strong", {}, one.says),
            one.now !== one.holds ? h("span", { class: "flag" }, `in this run: ${one.holds}`) : "",
            h("div", {}, one.because),
            one.would_change ? h("div", { class: "note" }, `What would change it: ${one.would_change}`) : "",
          ),
        ),
      ),
    );
  },
  judged(choices, claim, settings) {
    const value = (name) => {
      if (name.startsWith("option:")) {
        const option = choices.options.find(({ id }) => id === name.slice(7));
        return this.label(option, settings[option.id]);
      }
      if (!claim.live.includes(name)) return claim.values[name];
      const live = choices.number(settings, name);
      return live === null ? "" : String(live);
    };
    const filled = (template) =>
      template.replace(/\{([^{}]+)\}/g, (_, name) => (value(name) === "" ? "unknown" : value(name)));
    const any = (conditions) => conditions.filter(Boolean).map((one) => this.holds(one, value));
    const [no, yes] = [any(claim.no_if.split("; ")), any(claim.yes_if.split("; "))];
    const now = no.some(Boolean) ? "no" : yes.length && yes.every(Boolean) ? "yes" : "cannot be told";
    return { now, says: filled(claim.says_template), because: filled(claim.because_template) };
  },
  // `always`, or a name, =, != or >, and a value; never true of what is unknown.
  holds(condition, value) {
    if (condition === "always") return true;
    const [, name, sign, wanted] = condition.match(/^(\S+) (=|!=|>) (.*)$/);
    const left = value(name);
    const right = wanted.startsWith("{") ? value(wanted.slice(1, -1)) : wanted;
    if (left === "" || right === "") return false;
    if (sign === ">") return Number(left) > Number(right);
    return (left === right) === (sign === "=");
  },
  label(option, value) {
    return (
      option.values.find((one) => one.value === value)?.label ?? (value === null ? "open" : String(value))
    );
  },
};
