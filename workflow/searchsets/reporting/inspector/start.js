// Shows the view that the address names, and nothing before the data are unpacked.

const MADE = {
  records: RecordsView,
  record: RecordView,
  disagreements: DisagreementsView,
  reviewers: ReviewersView,
  what_if: WhatIfView,
  claims: ClaimsView,
};

const start = {
  show() {
    const { name, asked } = readAddress(location.hash || "#overview");
    const view =
      document.querySelector(`.view[data-view="${CSS.escape(name)}"]`) ??
      document.getElementById(name)?.closest(".view") ??
      document.querySelector(".view");
    const known = view.dataset.view === name || document.getElementById(name);
    this.tell(known ? "" : `This page has no place “${name}”.`);
    const changed = !view.classList.contains("shown");
    for (const one of document.querySelectorAll(".view")) one.classList.toggle("shown", one === view);
    for (const link of document.querySelectorAll("nav.views a")) {
      const here =
        link.hash === `#${view.dataset.view}` || (view.dataset.view === "record" && link.hash === "#records");
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.make(view, asked);
    const heading = view.querySelector("h2, h1");
    document.title = [heading?.textContent, this.title].filter(Boolean).join(" · ");
    const target = view.dataset.view === name ? null : document.getElementById(name);
    if (target) this.open(target);
    else if (changed || name === "record") {
      scrollTo(0, 0);
      if (this.moved) heading?.focus({ preventScroll: true });
    }
    this.moved = true;
  },

  make(view, asked) {
    try {
      MADE[view.dataset.view]?.show(this.review, view, asked);
    } catch (problem) {
      this.tell(
        `This address could not be shown (${problem.message}). Below stands what was shown before it.`,
      );
      throw problem;
    }
  },
  tell(words) {
    const place = document.getElementById("trouble");
    place.textContent = words;
    place.hidden = !words;
  },

  // A place within a view: what is folded around it is unfolded.
  open(target) {
    for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    target.scrollIntoView();
  },

  keys(event) {
    const typing = event.target.matches("input, textarea, select");
    if (event.key === "Escape" && typing) {
      event.target.blur();
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const view = document.querySelector(".view.shown");
    const follow = (selector) => {
      const link = view.querySelector(selector);
      if (link) {
        event.preventDefault();
        link.click();
      }
    };
    if (event.key === "/") {
      event.preventDefault();
      location.hash = "#records";
      setTimeout(() => document.getElementById("q")?.focus(), 0);
    } else if (event.key === "?") document.getElementById("keys")?.showModal();
    else if (view.dataset.view === "record" && event.key === "j") follow('a[rel="next"]');
    else if (view.dataset.view === "record" && event.key === "k") follow('a[rel="prev"]');
    else if (view.dataset.view === "record" && event.key === "Escape") follow("nav a");
    else if (view.dataset.view === "records" && (event.key === "ArrowDown" || event.key === "ArrowUp"))
      this.walk(view, event);
  },

  // The arrow keys go from record to record once one has the focus, or from the search.
  walk(view, event) {
    const links = [...view.querySelectorAll(".records tbody td:first-child a")];
    const at = links.indexOf(document.activeElement);
    const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  },

  async begin() {
    this.title = document.title;
    try {
      const data = await unpack(document.getElementById("data").textContent);
      this.review = new Review(data);
    } catch (problem) {
      document.getElementById("too-old").hidden = false;
      throw problem;
    }
    document.documentElement.classList.add("js");
    addEventListener("hashchange", () => this.show());
    addEventListener("keydown", (event) => this.keys(event));
    this.show();
    document.documentElement.dataset.ready = "yes";
    setTimeout(() => searchable(this.review), 300);
  },
};

start.begin();
