// What the page carries: unpacked once, then read by column.

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// A column is a list of values, {of: different values, at: places in that list}, or {steps}: numbers by
// their distances.
class Column {
  constructor(packed) {
    if (packed.steps) {
      let last = 0;
      packed = packed.steps.map((step) => {
        last += step;
        return last;
      });
    }
    if (Array.isArray(packed)) {
      const places = new Map();
      this.at = Int32Array.from(packed, (value) => {
        if (!places.has(value)) places.set(value, places.size);
        return places.get(value);
      });
      this.of = [...places.keys()];
    } else {
      this.of = packed.of;
      this.at = Int32Array.from(packed.at);
    }
  }
  get(row) {
    return this.of[this.at[row]];
  }
}

// Rows that belong to records, in the order of the records: `per` says how many each has.
class Grouped {
  constructor({ per, ...columns }) {
    this.first = new Int32Array(per.length + 1);
    per.forEach((number, place) => {
      this.first[place + 1] = this.first[place] + number;
    });
    this.names = Object.keys(columns);
    this.columns = Object.fromEntries(this.names.map((name) => [name, new Column(columns[name])]));
    this.size = this.first[per.length];
  }
  row(number) {
    return Object.fromEntries(this.names.map((name) => [name, this.columns[name].get(number)]));
  }
  of(record) {
    const rows = [];
    for (let row = this.first[record]; row < this.first[record + 1]; row += 1) rows.push(this.row(row));
    return rows;
  }
  // The record of each row.
  get owners() {
    if (!this.known) {
      this.known = new Int32Array(this.size);
      for (let record = 0; record + 1 < this.first.length; record += 1) {
        this.known.fill(record, this.first[record], this.first[record + 1]);
      }
    }
    return this.known;
  }
}

class Review {
  constructor(data) {
    Object.assign(this, data);
    this.columns = Object.fromEntries(
      Object.entries(data.records).map(([name, packed]) => [name, new Column(packed)]),
    );
    this.size = this.columns.id.at.length;
    for (const name of ["acts", "judgements", "stages", "found", "merged", "versions"]) {
      this[name] = new Grouped(data[name]);
    }
    this.eventIds = this.numbered();
    this.places = new Map();
    this.members = new Map();
    for (let record = 0; record < this.size; record += 1) {
      this.places.set(this.value("id", record), record);
      const work = this.work(record);
      if (!this.members.has(work)) this.members.set(work, []);
      this.members.get(work).push(record);
    }
    this.choices = new Choices(data.choices, this);
  }
  // The id of each act; most are left out, since they follow from who acted where as the how manyeth.
  numbered() {
    const { columns, size } = this.acts;
    const last = new Map();
    return Array.from({ length: size }, (_, row) => {
      const stated = columns.event_id.get(row);
      if (stated) return stated;
      const file = `${columns.reviewer.get(row)}-${columns.stage.get(row)}-${columns.round.get(row)}`;
      last.set(file, (last.get(file) ?? 0) + columns.step.get(row));
      return `${file}-${last.get(file)}`;
    });
  }
  // A work without a name of its own is named after its record.
  work(record) {
    return this.value("work", record) || `work:${this.value("id", record)}`;
  }
  actsOf(record) {
    return this.acts
      .of(record)
      .map((act, place) => ({ ...act, record, event_id: this.eventIds[this.acts.first[record] + place] }));
  }
  value(name, record) {
    return this.columns[name].get(record);
  }
  record(place) {
    return Object.fromEntries(Object.keys(this.columns).map((name) => [name, this.value(name, place)]));
  }
  // The record that stands for a work: the one that was not taken out as a duplicate.
  shown(work) {
    const members = this.members.get(work);
    return members.find((record) => !this.value("removed", record)) ?? members[0];
  }
  // What a code means to a reader; codes without words stand for themselves.
  word(kind, code) {
    const words = Object.hasOwn(this.words, kind) ? this.words[kind] : {};
    return Object.hasOwn(words, code) ? words[code] : code;
  }
}

// The same folding as that of the search: no case, no accents, no apostrophes, only words.
function folded(text) {
  return text
    .replace(/['’‘`´ʼ]/g, "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
