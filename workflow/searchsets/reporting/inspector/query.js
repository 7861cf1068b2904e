// Which records a view shows: what the address says, as conditions on the columns.
// #records?state=excluded|included&year=2004..2006&q=children+trust&sort=-year&page=2

const FACETS = [
  "state",
  "source",
  "arm",
  "removed",
  "screening",
  "retrieval",
  "eligibility",
  "reason",
  "decided_by",
  "decided_at",
  "suggestion",
  "type",
];
const OF_ACTS = ["reviewer", "stage", "decision", "round", "role"];
const TEXT = ["title", "authors", "container", "publisher", "id", "doi"];

function readAddress(hash) {
  const [name, query = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  return { name: decoded(name), asked: new URLSearchParams(query) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % that somebody typed
  }
}

function address(name, asked) {
  const query = new URLSearchParams(asked).toString();
  return `#${name}${query ? `?${query}` : ""}`;
}

// Conditions are functions from a record's place to true or false, by the name they have in the address.
function conditions(review, asked) {
  const found = new Map();
  for (const name of FACETS) {
    if (asked.has(name)) found.set(name, oneOf(review.columns[name], asked.get(name)));
  }
  if (asked.get("q")?.trim()) found.set("q", holdsWords(review, asked.get("q")));
  if (isSpan(asked.get("year"))) found.set("year", within(review.columns.year, asked.get("year")));
  const acts = OF_ACTS.filter((name) => asked.has(name));
  if (acts.length)
    found.set(
      "acts",
      hasAct(
        review,
        acts.map((name) => [name, asked.get(name)]),
      ),
    );
  if (asked.has("line")) found.set("line", foundBy(review, asked.get("line")));
  for (const [name, condition] of Object.entries(SPECIAL)) {
    if (asked.has(name)) found.set(name, condition(review, asked.get(name).split("|"), asked.get(name)));
  }
  if (asked.has("differed")) found.set("differed", differed(review, asked.get("differed")));
  if (asked.has("total")) found.set("total", behindTotal(review, asked));
  return found;
}

// One of several values that a bar parts; or the one value, should it hold a bar itself.
function oneOf(column, asked) {
  const wanted = [asked, ...asked.split("|")];
  const chosen = column.of.map((value) => wanted.includes(String(value ?? "")));
  return (record) => chosen[column.at[record]];
}

function holdsWords(review, text) {
  const haystack = searchable(review);
  const words = folded(text)
    .split(" ")
    .map((word) => ` ${word}`);
  return (record) => words.every((word) => haystack[record].includes(word));
}

// What is searched, folded once; the page does so when it has nothing else to do.
function searchable(review) {
  review.haystack ??= Array.from(
    { length: review.size },
    (_, record) => ` ${folded(TEXT.map((name) => review.value(name, record) ?? "").join("  "))}`,
  );
  return review.haystack;
}

// 2004, 2004..2008, ..2001, 2004.., or unknown.
function isSpan(text) {
  return /^\s*(unknown|\d{1,4}|\d{0,4}\s*(\.\.|[-–])\s*\d{0,4})\s*$/.test(text ?? "");
}

function within(column, span) {
  if (span.trim() === "unknown") return (record) => column.get(record) === null;
  const [from, until = from] = span.split(/\.\.|[-–]/).map((year) => year.trim());
  const chosen = column.of.map(
    (year) => year !== null && (!from || year >= Number(from)) && (!until || year <= Number(until)),
  );
  return (record) => chosen[column.at[record]];
}

// Acts that stand; those that were taken back since do not count.
function hasAct(review, wanted) {
  const { columns } = review.acts;
  const tests = wanted.map(([name, value]) => oneOf(columns[name], value));
  return owning(
    review,
    review.acts,
    (row) => columns.standing.get(row) === "yes" && tests.every((test) => test(row)),
  );
}

// `eric.34`: what that line found, on any basis; `eric`: what any line of that search found.
function foundBy(review, asked) {
  const [search, line, ...basis] = asked.split(".");
  const wanted = { search, line, basis: basis.join(".") };
  const { found } = review;
  const tests = Object.entries(wanted)
    .filter(([, value]) => value)
    .map(([name, value]) => oneOf(found.columns[name], value));
  return owning(review, found, (row) => tests.every((test) => test(row)));
}

// Tells of a record whether one of its rows passes a test.
function owning(review, grouped, test) {
  const has = new Uint8Array(review.size);
  const owners = grouped.owners;
  for (let row = 0; row < grouped.size; row += 1) if (test(row)) has[owners[row]] = 1;
  return (record) => has[record] === 1;
}

// Conditions that only numbers of tables ask for; several parts are joined by a bar.
const SPECIAL = {
  ids: (review, ids, whole) => {
    const chosen = new Set([whole, ...ids]); // an id may hold a bar itself
    return (record) => chosen.has(review.value("id", record));
  },
  works: (review, ids) => {
    const chosen = new Set(ids);
    return (record) => chosen.has(review.work(record));
  },
  // Works that have records of all these sources; of one of them and of others; of that one alone.
  held: (review, wanted) => ofSources(review, (sources) => wanted.every((one) => sources.has(one))),
  shared: (review, [one]) => ofSources(review, (sources) => sources.has(one) && sources.size > 1),
  only: (review, [one]) => ofSources(review, (sources) => sources.has(one) && sources.size === 1),
  lacks: (review, unwanted) => ofSources(review, (sources) => !unwanted.some((one) => sources.has(one))),
  // Key sources by their numbers.
  key: (review, numbers) => knownItems(review, "number", numbers),
  // Known items by their role: key_source, cited, listed_only.
  known: (review, roles) => knownItems(review, "role", roles),
  // The year of the work, where its records state several.
  work_year: (review, [year]) => {
    const { work, year: years } = review.choices.works;
    const chosen = new Set();
    years.at.forEach((_, row) => {
      if (String(years.get(row) ?? "unknown") === year) chosen.add(review.work(work.get(row)));
    });
    return (record) => chosen.has(review.work(record));
  },
  // What came of a stage: title_abstract|excluded|uk; `entered` is any outcome.
  outcome: (review, [stage, outcome, reason]) => {
    const { columns } = review.stages;
    return ofFirst(
      review,
      owning(
        review,
        review.stages,
        (row) =>
          columns.stage.get(row) === stage &&
          (outcome === "entered" || columns.outcome.get(row) === outcome) &&
          (!reason || columns.reason.get(row) === reason),
      ),
    );
  },
  // How the votes of two screeners met: title_abstract|main|R01|R02|only_a_keeps.
  pair: (review, [stage, round, a, b, how]) => {
    const { columns } = review.acts;
    const keeps = [a, b].map((reviewer) => {
      const votes = new Map();
      for (let row = 0; row < review.acts.size; row += 1) {
        if (
          columns.reviewer.get(row) === reviewer &&
          columns.stage.get(row) === stage &&
          columns.round.get(row) === round &&
          columns.role.get(row) === "screener" &&
          columns.standing.get(row) === "yes" &&
          ["include", "unclear", "exclude"].includes(columns.decision.get(row))
        ) {
          votes.set(review.acts.owners[row], columns.decision.get(row) !== "exclude");
        }
      }
      return votes;
    });
    const met = {
      both_keep: [true, true],
      only_a_keeps: [true, false],
      only_b_keeps: [false, true],
      neither_keeps: [false, false],
    }[how];
    return (record) =>
      keeps.every((votes, place) => votes.has(record) && (!met || votes.get(record) === met[place]));
  },
};

function ofSources(review, test) {
  const passed = new Set();
  for (const [work, members] of review.members) {
    if (test(new Set(members.map((record) => review.value("source", record))))) passed.add(work);
  }
  return (record) => passed.has(review.work(record));
}

function knownItems(review, name, values) {
  const { [name]: column, record_id: ids } = review.choices.known;
  const chosen = new Set();
  column.at.forEach((_, row) => {
    if (values.includes(String(column.get(row)))) chosen.add(ids.get(row));
  });
  return (record) => chosen.has(review.value("id", record));
}

// The outcome of a stage stands with the first record of a work, and is that of all its records.
function differed(review, stage) {
  const { columns } = review.stages;
  return ofFirst(
    review,
    owning(
      review,
      review.stages,
      (row) => columns.differed.get(row) === "yes" && (stage === "any" || columns.stage.get(row) === stage),
    ),
  );
}

function ofFirst(review, test) {
  return (record) => test(review.members.get(review.work(record))[0]);
}

// The records that meet all conditions, and how many there would be of each value of each facet if
// that facet alone were not asked for.
function matching(review, asked) {
  const tests = [...conditions(review, asked)];
  const rows = [];
  const counts = Object.fromEntries(
    FACETS.map((name) => [name, new Int32Array(review.columns[name].of.length)]),
  );
  const facets = FACETS.map((name) => [name, review.columns[name].at, counts[name]]);
  for (let record = 0; record < review.size; record += 1) {
    let failed = 0,
      which = "";
    for (const [name, test] of tests) {
      if (!test(record)) {
        failed += 1;
        which = name;
        if (failed > 1) break;
      }
    }
    if (failed > 1) continue;
    if (!failed) rows.push(record);
    for (const [name, at, count] of facets) if (!failed || which === name) count[at[record]] += 1;
  }
  return { rows: asked.get("by") === "work" ? ofWorks(review, rows) : rows, counts };
}

function ofWorks(review, rows) {
  const seen = new Set();
  return rows.filter((record) => {
    const work = review.work(record);
    return !seen.has(work) && seen.add(work);
  });
}

const LETTERS = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

// Records stand in the order of their ids, unless another is asked for.
function sorted(review, rows, order) {
  const name = order.replace(/^-/, "");
  if (!Object.hasOwn(review.columns, name)) return rows;
  const { at } = review.columns[name];
  const ranks = ranked(review, name);
  const sign = order.startsWith("-") ? -1 : 1;
  return [...rows].sort((a, b) => sign * (ranks[at[a]] - ranks[at[b]]) || a - b);
}

// The place of each value of a column among its values, found once.
function ranked(review, name) {
  review.ranks ??= {};
  if (!review.ranks[name]) {
    const { of } = review.columns[name];
    const ranks = new Int32Array(of.length);
    of.map((value, place) => [value, place])
      .sort(([a], [b]) => compared(a, b))
      .forEach(([, place], rank) => {
        ranks[place] = rank;
      });
    review.ranks[name] = ranks;
  }
  return review.ranks[name];
}

// What is not known stands last.
function compared(a, b) {
  if (a === null || a === "") return b === null || b === "" ? 0 : 1;
  if (b === null || b === "") return -1;
  return typeof a === "number" && typeof b === "number" ? a - b : LETTERS.compare(a, b);
}
