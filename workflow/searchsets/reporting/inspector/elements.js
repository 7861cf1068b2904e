// Small makers of elements. Text of records only ever becomes text, never markup.

function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const NUMBERS = new Intl.NumberFormat("en-GB");
const number = (value) => NUMBERS.format(value);
const counted = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

function table(caption, headings, rows, kind = "") {
  return h(
    "div",
    { class: "scroll" },
    h(
      "table",
      { class: kind },
      h("caption", {}, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          headings.map((heading) => h("th", { scope: "col" }, heading)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((cells) =>
          h(
            "tr",
            {},
            cells.map((cell) => (cell instanceof HTMLTableCellElement ? cell : h("td", {}, cell))),
          ),
        ),
      ),
    ),
  );
}

const openList = (asked, text) => h("a", { href: address("records", asked), class: "n" }, text);
const openRecord = (id, text) => h("a", { href: address("record", { id }) }, text);

// Only addresses of the web become links; a record can state anything as its address.
function outside(url) {
  return /^https?:\/\//i.test(url) ? h("a", { href: url, rel: "noopener noreferrer" }, url) : url;
}

function csvOf(columns, rows) {
  const quoted = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return (
    [columns, ...rows].map((row) => row.map((cell) => quoted(String(cell ?? ""))).join(",")).join("\n") + "\n"
  );
}

function save(name, text) {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}
