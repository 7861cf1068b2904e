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

const ended = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);

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

// Long lists are shown a hundred rows at a time.
const ON_A_PAGE = 100;
const lastPage = (size) => Math.max(1, Math.ceil(size / ON_A_PAGE));
const pageOf = (asked, size) =>
  Math.min(Math.max(1, Math.trunc(Number(asked.get("page"))) || 1), lastPage(size));
const onPage = (rows, page) => rows.slice((page - 1) * ON_A_PAGE, page * ON_A_PAGE);

// The ways to the other pages of a list.
function pages(view, asked, page, size) {
  const last = lastPage(size);
  if (last === 1) return "";
  const to = (target, words) => {
    const next = new URLSearchParams(asked);
    next.set("page", target);
    return h("a", { href: address(view, next) }, words);
  };
  return h(
    "nav",
    { "aria-label": "Pages", class: "pages" },
    page > 1 ? to(page - 1, "Previous page") : null,
    page < last ? to(page + 1, "Next page") : null,
    page < last ? to(last, `Last page (${number(last)})`) : null,
    page > 1 ? to(1, "First page") : null,
  );
}
