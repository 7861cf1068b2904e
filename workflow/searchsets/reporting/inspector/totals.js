// The totals of a review under any setting of its choices. docs/what-if.md says how they are counted;
// searchsets.reporting.choices.totals counts the same, and tests hold the two against each other.

const LEVELS = { "not met": 0, unclear: 1, met: 2, partly: 2 };
const SUGGESTIONS = ["exclude", "unclear", "include"];

class Choices {
  constructor(coded, review) {
    Object.assign(this, coded);
    this.review = review;
    this.cellNumbers = Choices.numbered(coded.cells);
    this.knownNumbers = Choices.numbered(coded.known_cells);
    for (const name of ["records", "beyond", "works", "known"]) {
      this[name] = Object.fromEntries(
        Object.entries(coded[name]).map(([key, packed]) => [key, new Column(packed)]),
      );
    }
    this.counted = new Map();
  }
  static numbered(cells) {
    return new Map(cells.map((cell, number) => [Choices.key(cell), number]));
  }
  static key({ search, errata, reading, basis, text }) {
    return [search, errata, reading, basis, text].join("\n");
  }

  // The settings that an address asks for; what it does not name is as in this run. `basis` alone is
  // that of all databases.
  asked(query) {
    const settings = { ...this.default };
    for (const { id, kind, values } of this.options) {
      const value = query.get(id) ?? (id.startsWith("basis.") ? query.get("basis") : null);
      if (value === null) continue;
      if (kind === "year") settings[id] = /^\d{1,4}$/.test(value) ? Number(value) : null;
      else if (values.some((one) => one.value === value)) settings[id] = value;
    }
    return settings;
  }
  changed(settings) {
    return this.options.filter(({ id }) => settings[id] !== this.default[id]);
  }

  // Where errata change nothing there are cells for one reading of them only.
  cell(numbers, search, database, settings, text = "") {
    const errata = settings[`errata.${database}`] ?? "read";
    const reading = settings[`reading.${database}`] ?? "default";
    const basis = settings[`basis.${database}`] ?? "fallback";
    for (const one of [errata, errata === "read" ? "literal" : "read"]) {
      const number = numbers.get(Choices.key({ search, errata: one, reading, basis, text }));
      if (number !== undefined) return number;
    }
    throw new Error(`no search of ${search} for ${reading}, ${basis}`);
  }

  // The ids behind each total (null: unknown), and the numbers that have no list.
  totals(settings) {
    const key = JSON.stringify(settings);
    if (!this.counted.has(key)) this.counted.set(key, this.count(settings));
    return this.counted.get(key);
  }
  count(settings) {
    const searched = this.searches.map((one) => [
      one.name,
      this.cell(this.cellNumbers, one.name, one.database, settings),
    ]);
    const active = new Set(searched.map(([, cell]) => cell));
    const live = this.signatures.map((cells) => cells.some((cell) => active.has(cell)));
    const ids = {
      ...this.found(searched, live),
      ...this.screened(live, settings),
      ...this.matched(settings),
    };
    const counts = Object.fromEntries(
      searched.map(([name, cell]) => [`undecidable_${name}`, this.undecidable[cell]]),
    );
    return { ids, counts };
  }

  found(searched, live) {
    if (!searched.length) return { records: null, works: null, records_without_work: null };
    const ids = { records: [], works: new Set(), records_without_work: [] };
    const by = searched.map(([name, cell]) => [
      (ids[`records_${name}`] = []),
      this.signatures.map((cells) => cells.includes(cell)),
    ]);
    const add = (id, work, one) => {
      if (!live[one]) return;
      ids.records.push(id);
      if (work) ids.works.add(work);
      else ids.records_without_work.push(id);
      for (const [list, holds] of by) if (holds[one]) list.push(id);
    };
    const { records, beyond, review } = this;
    for (let row = 0; row < records.signature.at.length; row += 1) {
      add(
        review.value("id", records.record.get(row)),
        review.work(records.work.get(row)),
        records.signature.get(row),
      );
    }
    for (let row = 0; row < beyond.signature.at.length; row += 1)
      add(beyond.id.get(row), "", beyond.signature.get(row));
    return { ...ids, works: [...ids.works] };
  }

  screened(live, settings) {
    const names = [
      "works_to_screen",
      "in_window",
      "outside_window",
      "no_year",
      "suggested_include",
      "suggested_unclear",
      "suggested_exclude",
      "included",
      "included_not_found",
    ];
    const ids = Object.fromEntries(names.map((name) => [name, []]));
    const combination = this.combinations.find((one) => one.id === settings.combination);
    const known = new Map(); // many works, few judgements
    const { work, signature, brought, year, years, judged, state } = this.works;
    for (let row = 0; row < work.at.length; row += 1) {
      const id = this.review.work(work.get(row));
      const there = brought.get(row) || live[signature.get(row)];
      if (state.get(row) === "included") ids[there ? "included" : "included_not_found"].push(id);
      if (!there) continue;
      ids.works_to_screen.push(id);
      ids[this.place(year.get(row), settings)].push(id);
      const of = `${judged.at[row]}/${years.at[row]}`;
      if (!known.has(of))
        known.set(
          of,
          this.suggested(
            combination,
            this.judged[judged.get(row)],
            years.get(row),
            settings.published_from ?? null,
          ),
        );
      ids[`suggested_${known.get(of)}`].push(id);
    }
    return ids;
  }
  place(year, { window_from: from, window_until: until }) {
    if (year === null) return "no_year";
    return (from === null || from <= year) && (until === null || year <= until)
      ? "in_window"
      : "outside_window";
  }

  suggested(combination, { judgements, by_people: people }, years, first) {
    const judged = Object.fromEntries(this.criteria.map((name, place) => [name, judgements[place]]));
    if (first !== null) {
      for (const [name, last] of Object.entries(this.dated)) {
        if (!people.includes(name)) judged[name] = this.byYears(years, first, last);
      }
    }
    const levels = (names) =>
      names.map((name) => LEVELS[judged[name]]).filter((level) => level !== undefined);
    const of = (names, pick) => {
      const some = levels(names);
      return some.length ? pick(...some) : 1;
    };
    const parts = [];
    if (combination.core.length) parts.push(of(combination.core, Math.min));
    if (combination.any_of.length) parts.push(of(combination.any_of, Math.max));
    return SUGGESTIONS[parts.length ? Math.min(...parts) : 1];
  }
  byYears(years, first, last) {
    const met = years.map((year) => first <= year && (last === null || year <= last));
    if (met.length && met.every(Boolean)) return "met";
    return met.length && !met.some(Boolean) ? "not met" : "unclear";
  }

  matched(settings) {
    if (!this.knownNumbers.size) return {}; // a review need not have known items
    const active = new Set(
      this.databases.map((database) =>
        this.cell(this.knownNumbers, database, database, settings, settings.text),
      ),
    );
    const live = this.known_signatures.map((cells) => cells.some((cell) => active.has(cell)));
    const ids = {};
    for (const who of ["key_sources", "known_items"]) {
      for (const state of ["matched", "undecidable", "not_matched"]) ids[`${who}_${state}`] = [];
    }
    const { record_id, role, matches, undecidable } = this.known;
    for (let row = 0; row < record_id.at.length; row += 1) {
      const state = live[matches.get(row)]
        ? "matched"
        : live[undecidable.get(row)]
          ? "undecidable"
          : "not_matched";
      ids[`known_items_${state}`].push(record_id.get(row));
      if (role.get(row) === "key_source") ids[`key_sources_${state}`].push(record_id.get(row));
    }
    return ids;
  }

  // What a total counts, in words.
  word(name) {
    if (Object.hasOwn(this.totals_words, name)) return this.totals_words[name];
    const [kind, ...search] = name.split("_");
    if (kind === "records") return `Records retrieved by the search ${search.join("_")}`;
    if (kind === "undecidable") return `Records that the search ${search.join("_")} cannot judge`;
    return name;
  }

  number(settings, name) {
    const { ids, counts } = this.totals(settings);
    if (name in counts) return counts[name];
    return ids[name] === undefined || ids[name] === null ? null : ids[name].length;
  }
}
