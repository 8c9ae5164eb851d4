/* Copylift's chat: <copylift-chat>, by one script tag. How to: docs/how-to/put-the-chat-on-your-pages.md
   It needs no inline style or script, no image and no eval, so that a page's strictest policy lets it run. */
(() => {
  "use strict";
  if (customElements.get("copylift-chat")) return;
  const script = document.currentScript;
  const home = script?.src ? new URL(script.src).origin : location.origin;

  // The texts in English; assistant/sentences holds every language's.
  const WORDS = __TEXTS__;
  const REASONS = ["wrong", "missing", "unclear", "outdated", "misread", "other"];
  const ICONS = {
    chat: "M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z",
    close: "M6 6l12 12M18 6L6 18", less: "M5 9l7 7 7-7", send: "M12 19V5M5 12l7-7 7 7", again: "M4 5v5h5M4.6 14.5A8 8 0 1 0 6 6.6L4 10",
    up: "M7 11v9H4v-9zM7 11l4-7a2 2 0 0 1 2 2v4h5a2 2 0 0 1 2 2.3l-1 6a2 2 0 0 1-2 1.7H7",
    down: "M7 13V4H4v9zM7 13l4 7a2 2 0 0 0 2-2v-4h5a2 2 0 0 0 2-2.3l-1-6A2 2 0 0 0 17 4H7",
    person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
  };
  const STYLE = `
:host{all:initial;--c:var(--copylift-color,#4338ca);--on:var(--copylift-on-color,#fff);--r:var(--copylift-radius,16px);
 --bg:#fff;--ink:#18181b;--soft:#52525b;--line:#e4e4e7;--low:#f4f4f5;--bad:#b91c1c;--link:var(--c);color-scheme:light;
 font:15px/1.5 var(--copylift-font,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif);color:var(--ink);
 position:fixed;z-index:var(--copylift-z,2147483000);bottom:var(--copylift-bottom,20px);right:var(--copylift-aside,20px)}
:host([side=left]){right:auto;left:var(--copylift-aside,20px)}
:host([hidden]){display:none}
@media(prefers-color-scheme:dark){:host(:not([theme=light])){--bg:#18181b;--ink:#f4f4f5;--soft:#a1a1aa;--line:#3f3f46;--low:#27272a;--bad:#fca5a5;--link:var(--copylift-color-dark,#a5b4fc);color-scheme:dark}}
:host([theme=dark]){--bg:#18181b;--ink:#f4f4f5;--soft:#a1a1aa;--line:#3f3f46;--low:#27272a;--bad:#fca5a5;--link:var(--copylift-color-dark,#a5b4fc);color-scheme:dark}
*{box-sizing:border-box;margin:0;padding:0;font:inherit;letter-spacing:inherit}
[hidden]{display:none!important}
button{background:none;border:0;color:inherit;cursor:pointer;touch-action:manipulation}
button:disabled{cursor:default;opacity:.5}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
svg{display:block;width:20px;height:20px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.hide{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.open{display:grid;place-items:center;width:56px;height:56px;border-radius:50%;background:var(--c);color:var(--on);box-shadow:0 6px 20px rgb(0 0 0/.25);transition:transform .15s}
.open:hover{transform:scale(1.05)}
.open svg{width:26px;height:26px}
.open svg:nth-of-type(2),.is-open .open svg:first-of-type{display:none}
.is-open .open svg:nth-of-type(2){display:block}
.badge{position:absolute;top:-4px;right:-4px;min-width:20px;padding:0 5px;border-radius:10px;background:#dc2626;color:#fff;font-size:12px;font-weight:700;line-height:20px;text-align:center}
.panel{position:absolute;bottom:72px;right:0;display:flex;flex-direction:column;width:min(400px,calc(100vw - 40px));height:min(640px,calc(100vh - 120px));overflow:hidden;
 background:var(--bg);border:1px solid var(--line);border-radius:var(--r);box-shadow:0 16px 48px rgb(0 0 0/.22);animation:rise .18s ease-out}
:host([side=left]) .panel{right:auto;left:0}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
header{display:flex;align-items:center;gap:4px;padding:14px 10px 14px 18px;background:var(--c);color:var(--on)}
header>div{flex:1;min-width:0}
h2{font-size:17px;font-weight:650;line-height:1.3}
header p{font-size:13px;opacity:.9}
.icon{display:grid;place-items:center;flex:none;width:36px;height:36px;border-radius:10px}
header .icon:hover{background:rgb(255 255 255/.16)}
header :focus-visible{outline-color:var(--on)}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:16px 16px 8px;scrollbar-width:thin}
.log:focus-visible{outline-offset:-3px}
.turn{display:flex;flex-direction:column;align-items:flex-start;margin-bottom:14px;max-width:100%}
.mine{align-items:flex-end}
.text{max-width:88%;padding:9px 13px;border-radius:14px 14px 14px 4px;background:var(--low);overflow-wrap:anywhere;white-space:pre-wrap}
.mine .text{background:var(--c);color:var(--on);border-radius:14px 14px 4px 14px}
.ours:not(:last-child){display:block;margin-bottom:6px;color:var(--soft);font-size:14px}
.staff .text{border-left:3px solid var(--link);border-radius:4px 14px 14px 4px}
.by{margin:0 2px 3px;color:var(--soft);font-size:12px;font-weight:600}
.whole{white-space:nowrap}
.ref{display:inline-block;min-width:17px;margin-left:3px;padding:0 4px;border-radius:9px;background:var(--bg);box-shadow:inset 0 0 0 1px var(--line);color:var(--link);font-size:11px;font-weight:650;line-height:17px;text-align:center;text-decoration:none;vertical-align:1px}
a{color:var(--link);text-underline-offset:2px}
a.ref:hover{background:var(--link);color:var(--bg)}
.sources{width:88%;margin-top:8px;font-size:13px;list-style:none}
.sources li{display:flex;gap:7px;padding:2px 0}
.sources .ref{align-self:flex-start;flex:none;margin:1px 0 0;background:var(--low)}
.card{display:flex!important;align-items:center;gap:10px;width:100%;padding:10px 12px!important;border:1px solid var(--line);border-radius:12px;color:var(--ink);text-decoration:none;margin-top:4px}
a.card:hover{border-color:var(--link)}
.card b{flex:1;font-weight:600}
.card>span{white-space:nowrap;text-align:right}
.card img{flex:none;border-radius:8px;object-fit:cover}
.card s{display:block;color:var(--soft);font-size:12px}
.card small{display:block;color:var(--soft);font-size:12px}
.tools{display:flex;align-items:center;gap:2px;margin-top:4px;color:var(--soft);font-size:13px}
.tools .icon{width:32px;height:32px}
.tools svg{width:17px;height:17px}
.tools .icon:hover{background:var(--low)}
.tools [aria-pressed=true]{color:var(--link)}
.tools [aria-pressed=true] svg{fill:currentColor;fill-opacity:.25}
.chips{display:flex;flex-wrap:wrap;gap:6px;margin-top:8px;max-width:100%}
.chips p{width:100%;color:var(--soft);font-size:13px}
.chip{display:inline-flex;align-items:center;gap:6px;min-height:34px;padding:5px 12px;border:1px solid var(--line);border-radius:17px;background:var(--bg);color:var(--link);font-size:14px;text-align:left}
.chip:hover:not(:disabled){border-color:var(--link);background:var(--low)}
.chip[aria-pressed=true]{border-color:var(--link);box-shadow:inset 0 0 0 1px var(--link)}
.chip svg{width:16px;height:16px}
.note{display:flex;gap:6px;width:100%}
.note input{flex:1;min-width:0;padding:6px 10px;border:1px solid var(--line);border-radius:10px;background:var(--bg);color:var(--ink)}
.bad{margin-top:5px;color:var(--bad);font-size:13px;text-align:right}
.event{margin:4px auto 14px;color:var(--soft);font-size:13px;text-align:center}
.dots{display:flex;gap:4px;padding:13px}
.dots i{width:7px;height:7px;border-radius:50%;background:var(--soft);animation:dot 1.2s infinite}
.dots i:nth-child(2){animation-delay:.15s}.dots i:nth-child(3){animation-delay:.3s}
@keyframes dot{0%,60%,100%{opacity:.3}30%{opacity:1;transform:translateY(-3px)}}
.after{display:flex;flex-wrap:wrap;align-items:center;gap:6px;padding:8px 16px;border-top:1px solid var(--line);color:var(--soft);font-size:13px}
.after span{margin-right:auto}
.after .chip{min-height:30px;padding:3px 10px;font-size:13px}
form.ask{display:flex;align-items:flex-end;gap:8px;padding:10px 12px 12px;border-top:1px solid var(--line)}
textarea{flex:1;min-height:42px;max-height:132px;padding:9px 13px;border:1px solid var(--line);border-radius:14px;background:var(--bg);color:var(--ink);resize:none;font-size:16px;line-height:22px}
textarea:focus,.note input:focus{outline:2px solid var(--link);outline-offset:-1px}
::placeholder{color:var(--soft);opacity:1}
.ask button{width:42px;height:42px;border-radius:50%;background:var(--c);color:var(--on)}
@media(max-width:520px),(max-height:480px){
 .panel{position:fixed;inset:0!important;width:100%;height:100dvh;border:0;border-radius:0;padding-bottom:env(safe-area-inset-bottom)}
 .is-open .open{display:none}}
@media(prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media(forced-colors:active){.text,.chip,.ref{border:1px solid}}`;

  const make = (tag, given = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value === true || value === false) made.toggleAttribute(name, value);
      else if (value != null) made.setAttribute(name, value);
    }
    // Strings become text nodes here: nothing that anybody said is ever read as HTML.
    made.append(...inside.filter((one) => one != null && one !== ""));
    return made;
  };
  const icon = (name) => {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  };
  const safe = (address) => {
    try {
      const url = new URL(address);
      return /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  };
  const link = (url, given, ...inside) =>
    url ? make("a", { href: url, target: "_blank", rel: "noopener", ...given }, ...inside) : make("span", given, ...inside);
  // Addresses that staff write become links.
  const linked = (text) =>
    String(text).split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/).map((part, place) => (place % 2 ? link(safe(part), {}, part) : part));

  class Refused extends Error {
    constructor(answer, said) {
      super(said.message || answer.statusText);
      this.status = answer.status;
      this.field = said.field;
      this.wait = Number(answer.headers.get("Retry-After")) || 10;
    }
  }

  class CopyliftChat extends HTMLElement {
    #root = this.attachShadow({ mode: "open" });
    #words = WORDS;
    #lang = "en";
    #built;
    #seen = new Set();
    #busy = false;
    #unread = 0;
    #last = null;
    #state = {};
    #timer;
    #bell = null;
    #falls = 0;
    #quiet = 0;
    #restored;

    async connectedCallback() {
      if (this.#built) return this.#glance();
      await (this.#built = this.#begin());
    }

    async #begin() {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [sheet];
      this.#launch();
      await this.#learn();
      this.#state = this.#remembered();
      if (!this.#base) console.warn("copylift-chat: say which knowledge base answers, by the attribute base");
      this.#build();
      document.addEventListener("visibilitychange", this.#glance);
      this.#built = true;
      if (this.#state.open || this.hasAttribute("open")) this.open({ quiet: true });
      else if (this.#state.handed) this.#restore();
    }

    /* In the page's language, unless the chat names one; else in English. */
    async #learn() {
      const named = this.closest("[lang]")?.lang || navigator.language;
      const address = `${this.#server}/assistant/texts/${named.toLowerCase().replace(/[^a-z-]/g, "-")}.json?base=${encodeURIComponent(this.#base)}`;
      const words = await fetch(address, { credentials: "omit", signal: AbortSignal.timeout(3000) }).then((answer) => answer.json()).catch(() => ({}));
      const { lang = "en", ...texts } = words;
      this.#words = { ...WORDS, ...texts, ...this.#json("texts") };
      this.#lang = this.hasAttribute("texts") ? named : lang;
    }

    disconnectedCallback() {
      clearTimeout(this.#timer);
      this.#hush();
      document.removeEventListener("visibilitychange", this.#glance);
    }

    /* For the page: document.querySelector("copylift-chat").open() */
    open({ quiet } = {}) {
      if (this.#built !== true) return void this.#built?.then(() => this.open({ quiet }));
      this.#dom.panel.hidden = false;
      this.#dom.frame.classList.add("is-open");
      this.#dom.open.setAttribute("aria-expanded", "true");
      this.#remember({ open: true });
      this.#count(0);
      this.#restore();
      if (!quiet) this.#dom.text.focus();
      this.#watch();
      this.#tell("open");
    }

    close() {
      if (this.#built !== true) return;
      this.#dom.panel.hidden = true;
      this.#dom.frame.classList.remove("is-open");
      this.#dom.open.setAttribute("aria-expanded", "false");
      this.#remember({ open: false });
      this.#count(0);
      this.#dom.open.focus();
      this.#watch();
    }

    async ask(text) {
      await this.#built;
      if (this.#dom.panel.hidden) this.open();
      await this.#restored;
      if (!this.#busy && text.trim()) await this.#send(text.trim());
    }

    #dom = {};

    #t(name, values = {}) {
      return String(this.#words[name]).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
    }

    #json(name) {
      try {
        return JSON.parse(this.getAttribute(name) || "{}");
      } catch {
        console.warn(`copylift-chat: ${name} is not JSON`);
        return {};
      }
    }

    /* Before its words come. */
    #launch() {
      const dom = this.#dom;
      dom.badge = make("span", { class: "badge", "aria-hidden": "true", hidden: true });
      dom.open = make(
        "button",
        { type: "button", class: "open", part: "launcher", "aria-label": this.#t("open"), "aria-haspopup": "dialog", "aria-expanded": "false", "aria-controls": "panel",
          click: () => (dom.panel?.hidden === false ? this.close() : this.open()) },
        icon("chat"), icon("less"), dom.badge,
      );
      dom.frame = make("div", {}, dom.open);
      this.#root.append(dom.frame);
    }

    #build() {
      const t = (name, values) => this.#t(name, values);
      const dom = this.#dom;
      const button = (name, words, act) => make("button", { type: "button", class: "icon", "aria-label": words, title: words, click: act }, icon(name));
      dom.log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": t("log"), tabindex: "0" });
      dom.status = make("p", { class: "hide", role: "status" });
      dom.after = make("div", { class: "after", role: "group", "aria-label": t("solvedAsk"), hidden: true });
      dom.text = make("textarea", {
        id: "text", rows: "1", maxlength: "1000", placeholder: t("placeholder"), enterkeyhint: "send",
        input: () => this.#fit(),
        keydown: (event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          dom.form.requestSubmit();
        },
      });
      dom.send = make("button", { class: "icon", "aria-label": t("send"), title: t("send") }, icon("send"));
      dom.form = make(
        "form",
        { class: "ask", submit: (event) => { event.preventDefault(); this.#submit(); } },
        make("label", { class: "hide", for: "text" }, t("ask")), dom.text, dom.send,
      );
      dom.subtitle = make("p", {}, t("subtitle"));
      dom.panel = make(
        "section",
        { id: "panel", class: "panel", part: "panel", role: "dialog", "aria-labelledby": "title", hidden: true,
          keydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); this.close(); } } },
        make("header", {},
          make("div", {}, make("h2", { id: "title" }, t("title")), dom.subtitle),
          (dom.person = button("person", t("person"), () => this.#person())),
          button("again", t("again"), () => this.#startOver()),
          button("close", t("close"), () => this.close())),
        dom.log, dom.status, dom.after, dom.form,
      );
      // The panel comes first, so that a page's Tab order goes from the chat's button out of the chat.
      dom.news = make("p", { class: "hide", role: "status" });
      dom.frame.lang = this.#lang;
      dom.open.before(dom.panel);
      dom.open.after(dom.news);
      dom.open.setAttribute("aria-label", t("open"));
      this.#greet();
    }

    #greet() {
      const asked = this.#json("suggestions");
      const turn = this.#turn("assistant", this.#t("greeting"));
      this.#dom.person.hidden = false;
      if (Array.isArray(asked) && asked.length) turn.append(this.#choices(asked));
    }

    /* What this tab remembers: which conversation is its visitor's, and whether it is open. */
    get #key() {
      return `copylift-chat ${this.#server} ${this.#base}`;
    }
    get #server() {
      return (this.getAttribute("server") || home).replace(/\/$/, "");
    }
    get #base() {
      return this.getAttribute("base") || "";
    }

    #remembered() {
      let kept = {};
      try {
        kept = JSON.parse(sessionStorage.getItem(this.#key)) || {};
      } catch {
        // A page may forbid storage: then the conversation ends with the page.
      }
      // Somebody else is logged in now: what the last one said is not theirs to read.
      return kept.unit && kept.unit !== this.getAttribute("unit-id") ? {} : kept;
    }

    #remember(more) {
      Object.assign(this.#state, more, { unit: this.getAttribute("unit-id") });
      try {
        sessionStorage.setItem(this.#key, JSON.stringify(this.#state));
      } catch {
        // As above.
      }
    }

    #body(more) {
      const body = { base: this.#base, lang: this.#lang, ...more };
      if (this.#state.conversation) body.conversation = this.#state.conversation;
      if (this.hasAttribute("unit-signature"))
        Object.assign(body, {
          unit_id: this.getAttribute("unit-id") || "", unit_until: Number(this.getAttribute("unit-until")) || 0,
          unit_signature: this.getAttribute("unit-signature"),
        });
      return JSON.stringify(body);
    }

    /* What visitors say of an answer arrives even when they leave the page with the same press. */
    async #post(door, more = {}, headers = {}) {
      const answer = await fetch(`${this.#server}/v1/assistant/${door}`, {
        method: "POST", body: this.#body(more), credentials: "omit", keepalive: !/^(messages|conversations)$/.test(door),
        headers: { "Content-Type": "application/json", ...headers }, signal: AbortSignal.timeout(60000),
      });
      if (answer.ok) return answer;
      throw new Refused(answer, await answer.json().catch(() => ({})));
    }

    #submit() {
      const text = this.#dom.text.value.trim();
      if (!text || this.#busy) return;
      this.#dom.text.value = "";
      this.#fit();
      this.#send(text);
    }

    #fit() {
      const box = this.#dom.text;
      box.style.height = "auto";
      box.style.height = `${Math.min(box.scrollHeight + 2, 132)}px`;
    }

    async #send(text, is_again = false) {
      // What was offered with earlier answers is answered by going on.
      this.#root.querySelectorAll(".offer").forEach((one) => one.remove());
      const mine = this.#turn("visitor", text);
      this.#after();
      this.#work(true);
      const answer = this.#turn("assistant");
      answer.append(make("div", { class: "text dots", "aria-hidden": "true" }, make("i"), make("i"), make("i")));
      this.#down();
      try {
        if (is_again && (await this.#wasAnswered(text))) answer.remove();
        else await this.#stream(text, answer);
      } catch (error) {
        answer.remove();
        if (error.field === "conversation") {
          // Forgotten there, or somebody else's: ask it in a new one.
          this.#remember({ conversation: null, handed: false });
          mine.remove();
          this.#work(false);
          return this.#send(text);
        }
        this.#failed(mine, text, error);
      }
      this.#work(false);
      this.#glance();
    }

    /* The question may have got through, and only its answer not: then it is not asked twice. */
    async #wasAnswered(text) {
      if (!this.#state.conversation) return false;
      const { messages } = await (await this.#post("conversations")).json();
      const at = messages.findLastIndex((one) => one.role === "visitor");
      const answers = messages.slice(at + 1).filter((one) => !this.#seen.has(one.message));
      if (messages[at]?.text !== text || !answers.length) return false;
      this.#seen.add(messages[at].message);
      answers.forEach((one) => this.#show(one));
      return true;
    }

    async #stream(text, turn) {
      const answer = await this.#post("messages", { text }, { Accept: "text/event-stream" });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const said = { sentences: [], sources: [], choices: [] };
      let rest = "", box = null, is_done = false;
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const parts = (rest + value).split("\n\n");
        rest = parts.pop();
        for (const part of parts) {
          const name = /^event: (.*)$/m.exec(part)?.[1];
          const content = JSON.parse(/^data: (.*)$/m.exec(part)?.[1] || "{}");
          if (name === "start") {
            Object.assign(said, content);
            this.#remember({ conversation: said.conversation });
          } else if (name === "sentence") {
            if (said.outcome === "handed_over") continue;
            const is_down = this.#isDown();
            if (!box) turn.querySelector(".dots")?.replaceWith((box = make("div", { class: "text" })));
            this.#sentence(box, content);
            said.sentences.push(content);
            if (is_down) this.#down();
          } else if (name === "done") {
            Object.assign(said, content);
            is_done = true;
          }
        }
      }
      if (!is_done) throw new Error("the answer broke off");
      if (said.outcome === "handed_over") {
        turn.remove();
        return this.#handed(said);
      }
      this.#seen.add(said.message);
      this.#last = said.message;
      const is_down = this.#isDown();
      this.#finish(turn, said);
      if (is_down) this.#down();
      this.#tell("answer", { outcome: said.outcome });
    }

    /* The last word holds on to its numbers, so that none begins a line. What we say ourselves
       before what the documents say stands apart. */
    #sentence(box, { text, sources = [] }) {
      const is_later = box.lastElementChild && !box.lastElementChild.matches(".ours");
      if (!sources.length) return box.append(make("span", { class: "ours" }, (is_later ? " " : "") + String(text)));
      const [, start, last] = /^([^]*\s)?(\S*\s*)$/.exec(String(text)) || [0, "", String(text)];
      const marks = sources.map((number) => make("span", { class: "ref", "data-number": number }, String(number)));
      box.append((is_later ? " " : "") + (start || ""), make("span", { class: last.length < 30 ? "whole" : null }, last, ...marks));
    }

    /* What comes below an answer: its sources, choices and thumbs. The numbers in it become links. */
    #finish(turn, said) {
      const sources = said.sources || [];
      for (const source of sources) {
        const url = safe(source.url || source.card?.url);
        const opened = { click: () => this.#post("clicks", { message: said.message, number: source.number }).catch(() => {}) };
        const name = this.#name(source);
        turn.querySelectorAll(`.text .ref[data-number="${Number(source.number)}"]`).forEach((mark) =>
          mark.replaceWith(link(url, { class: "ref", "aria-label": this.#t("source", { n: source.number, name }), ...opened }, String(source.number))));
        source.shown = source.card ? this.#card(source, url, opened) : [make("span", { class: "ref", "aria-hidden": "true" }, String(source.number)), link(url, opened, name)];
      }
      if (sources.length)
        turn.append(make("ul", { class: "sources", "aria-label": this.#t("sources") }, ...sources.map((source) => make("li", {}, ...[source.shown].flat()))));
      if (said.choices?.length) turn.append(this.#choices(said.choices));
      if (["answered", "unsure"].includes(said.outcome)) {
        turn.append(this.#thumbs(said));
        if (!this.#state.handed) this.#after(true);
      }
      if (["no_evidence", "unsure"].includes(said.outcome))
        turn.append(make("div", { class: "chips offer" }, make("button", { type: "button", class: "chip", click: () => this.#person() }, icon("person"), this.#t("person"))));
    }

    #name(source) {
      return String(source.card?.title || source.heading || source.document || source.number);
    }

    /* Price and stock are the catalog's own at the moment of reading. */
    #card(source, url, opened) {
      const card = source.card;
      const image = this.hasAttribute("images") && safe(card.image);
      return link(url, { class: "card", ...opened },
        image ? make("img", { src: image, alt: "", loading: "lazy", width: "48", height: "48" }) : "",
        make("b", {}, make("span", { class: "ref", "aria-hidden": "true" }, String(source.number)), ` ${this.#name(source)}`),
        make("span", {}, this.#price(card.price, card.currency),
          card.regular_price !== card.price ? make("s", {}, this.#price(card.regular_price, card.currency)) : "",
          card.in_stock === false ? make("small", {}, this.#t("soldOut")) : ""));
    }

    #price(amount, currency) {
      if (amount == null) return "";
      try {
        return new Intl.NumberFormat(this.closest("[lang]")?.lang || undefined, { style: "currency", currency }).format(amount);
      } catch {
        return `${amount} ${currency || ""}`;
      }
    }

    #choices(choices) {
      const box = make("div", { class: "chips offer" });
      for (const one of choices) {
        const text = String(one?.text ?? one?.label ?? one);
        box.append(make("button", { type: "button", class: "chip", click: () => { if (!this.#busy) { box.remove(); this.ask(text); this.#dom.text.focus(); } } }, text));
      }
      return box;
    }

    #thumbs(said) {
      const row = make("div", { class: "tools" });
      const word = make("span", { role: "status" });
      const thumb = (helpful) =>
        make("button", { type: "button", class: "icon", "aria-label": this.#t(helpful ? "up" : "down"), title: this.#t(helpful ? "up" : "down"), "aria-pressed": String(said.helpful === helpful),
          click: () => judge(helpful) }, icon(helpful ? "up" : "down"));
      const thumbs = [thumb(true), thumb(false)];
      // One after the other: the last word counts, whichever arrives last.
      let told = Promise.resolve();
      const tell = (more) =>
        (told = told.then(() => this.#post("feedback", { message: said.message, ...more })).then(
          () => (word.textContent = this.#t("thanks")),
          (error) => (word.textContent = this.#trouble(error)),
        ));
      const judge = (helpful) => {
        thumbs.forEach((one, place) => one.setAttribute("aria-pressed", String(helpful === !place)));
        row.nextElementSibling?.remove();
        if (!helpful) {
          row.after(this.#reasons((more) => tell({ helpful, ...more })));
          this.#down();
        }
        tell({ helpful });
      };
      row.append(...thumbs, word);
      return row;
    }

    #reasons(tell) {
      const box = make("div", { class: "chips offer", role: "group", "aria-label": this.#t("why") }, make("p", {}, this.#t("why")));
      let reason = "";
      const input = make("input", { maxlength: "500", placeholder: this.#t("note"), "aria-label": this.#t("note") });
      const note = make("form", { class: "note", hidden: true, submit: (event) => { event.preventDefault(); tell({ reason, note: input.value }); box.remove(); this.#dom.text.focus(); } },
        input, make("button", { class: "chip" }, this.#t("noteSend")));
      const chips = REASONS.map((name) =>
        make("button", { type: "button", class: "chip", "aria-pressed": "false", click: (event) => {
          reason = name;
          chips.forEach((chip) => chip.setAttribute("aria-pressed", String(chip === event.currentTarget)));
          note.hidden = false;
          tell({ reason });
          input.focus();
        } }, this.#t(name)));
      box.append(...chips, note);
      return box;
    }

    /* The row above the field: whether the question is solved. */
    #after(is_asked = false) {
      const row = this.#dom.after;
      row.hidden = !is_asked;
      if (!is_asked) return;
      const say = (solved) => async () => {
        const is_ours = this.#root.activeElement && row.contains(this.#root.activeElement);
        row.hidden = true;
        if (is_ours) this.#dom.text.focus();
        try {
          await this.#post("resolved", { solved });
          this.#tell("resolved", { solved });
          const event = this.#event(this.#t(solved ? "glad" : "sorry"));
          if (!solved) event.after(make("div", { class: "chips turn offer" }, make("button", { type: "button", class: "chip", click: () => this.#person() }, icon("person"), this.#t("person"))));
        } catch (error) {
          this.#event(this.#trouble(error));
        }
        this.#down();
      };
      row.replaceChildren(make("span", {}, this.#t("solvedAsk")), make("button", { type: "button", class: "chip", click: say(true) }, this.#t("solved")), make("button", { type: "button", class: "chip", click: say(false) }, this.#t("unsolved")));
    }

    async #person() {
      if (this.#busy || this.#state.handed) return this.#dom.text.focus();
      this.#work(true);
      try {
        const said = await (await this.#post("hand-over")).json();
        this.#remember({ conversation: said.conversation });
        this.#handed(said);
        this.#tell("hand-over");
      } catch (error) {
        this.#event(this.#trouble(error));
      }
      this.#work(false);
      this.#dom.text.focus();
      this.#down();
      this.#glance();
    }

    #handed(said) {
      this.#after();
      if (!this.#seen.has(said.message)) this.#event(this.#t("waiting"));
      this.#seen.add(said.message);
      this.#last = said.message;
      this.#remember({ handed: true });
      this.#waits(true);
    }

    #waits(is_waiting, by = "") {
      this.#dom.person.hidden = is_waiting;
      this.#dom.subtitle.textContent = by ? this.#t("joined", { name: by }) : this.#t(is_waiting ? "waitingShort" : "subtitle");
      if (is_waiting) this.#root.querySelectorAll(".offer").forEach((one) => one.remove());
    }

    #startOver() {
      this.#remember({ conversation: null, handed: false });
      this.#seen.clear();
      this.#last = null;
      this.#dom.log.replaceChildren();
      this.#after();
      this.#waits(false);
      this.#greet();
      this.#dom.text.focus();
    }

    #turn(role, text, by) {
      const turn = make("div", { class: `turn ${role === "visitor" ? "mine" : role}` });
      turn.append(role === "staff" ? make("span", { class: "by" }, by || this.#t("staff")) : make("span", { class: "hide" }, `${this.#t(role === "visitor" ? "you" : "assistant")}: `));
      if (text) turn.append(make("div", { class: "text" }, ...(role === "staff" ? linked(text) : [text])));
      this.#dom.log.append(turn);
      return turn;
    }

    #event(text) {
      const line = make("p", { class: "event" }, text);
      this.#dom.log.append(line);
      this.#down();
      return line;
    }

    #trouble(error) {
      if (error.status === 429) return this.#t("limited", { n: error.wait });
      if (error.status === 409) return this.#t("full");
      if (error.status !== 400) return this.#t("failed");
      console.warn(`copylift-chat: ${error.message}`);
      return this.#t(error.field === "text" ? "tooLong" : "closed");
    }

    /* The text stays, with a way to send it again. */
    #failed(turn, text, error) {
      const line = make("p", { class: "bad", role: "alert" }, this.#trouble(error));
      const again = make("button", { type: "button", class: "chip", click: () => { if (this.#busy) return; turn.remove(); this.#send(text, true); this.#dom.text.focus(); } }, icon("again"), this.#t("retry"));
      turn.append(line, make("div", { class: "chips" }, again));
      if (error.status === 429) {
        let left = error.wait;
        again.disabled = true;
        const tick = setInterval(() => {
          left -= 1;
          if (left > 0) line.textContent = this.#t("limited", { n: left });
          else { clearInterval(tick); again.disabled = false; line.textContent = ""; }
        }, 1000);
      }
      this.#down();
    }

    #work(is_on) {
      this.#busy = is_on;
      this.#dom.send.disabled = is_on;
      this.#dom.status.textContent = is_on && !this.#state.handed ? this.#t("writing") : "";
      this.#dom.log.setAttribute("aria-busy", String(is_on));
    }

    #down() {
      this.#dom.log.scrollTop = this.#dom.log.scrollHeight;
    }

    /* Who scrolled up is left there. */
    #isDown() {
      const { scrollHeight, scrollTop, clientHeight } = this.#dom.log;
      return scrollHeight - scrollTop - clientHeight < 60;
    }

    /* For the page's own analytics: chat.addEventListener("copylift", (event) => event.detail) */
    #tell(what, more = {}) {
      this.dispatchEvent(new CustomEvent("copylift", { bubbles: true, detail: { what, ...more } }));
    }

    #count(unread) {
      this.#unread = unread;
      this.#dom.badge.hidden = !unread;
      this.#dom.badge.textContent = unread;
      const name = this.#t(this.#dom.panel.hidden ? "open" : "close");
      const words = unread ? this.#t("unread", { open: name, n: unread }) : name;
      this.#dom.open.setAttribute("aria-label", words);
      this.#dom.news.textContent = unread ? words : "";
    }

    /* After a reload: what was said, once. */
    #restore() {
      return (this.#restored ??= this.#state.conversation && !this.#seen.size ? this.#readBack() : Promise.resolve());
    }

    async #readBack() {
      this.#work(true);
      try {
        const said = await (await this.#post("conversations")).json();
        for (const one of said.messages) this.#show(one);
        const is_waiting = said.status === "handed_over";
        this.#remember({ handed: is_waiting });
        const staff = said.messages.findLast((one) => one.role === "staff");
        this.#waits(is_waiting, is_waiting && staff ? staff.by || this.#t("staff") : "");
        if (said.status !== "open") this.#after();
      } catch (error) {
        if (error.field === "conversation") this.#remember({ conversation: null, handed: false });
        else this.#restored = undefined;
      }
      this.#work(false);
      this.#down();
      this.#glance();
    }

    #show(one) {
      if (this.#seen.has(one.message)) return false;
      this.#seen.add(one.message);
      this.#last = one.message;
      if (one.outcome === "handed_over") {
        this.#event(this.#t("waiting"));
        return false;
      }
      const sentences = one.sentences || [];
      const turn = this.#turn(one.role, sentences.length ? "" : one.text, one.by);
      if (sentences.length) {
        const box = make("div", { class: "text" });
        sentences.forEach((sentence) => this.#sentence(box, sentence));
        turn.append(box);
      }
      this.#after();
      if (one.role === "assistant") this.#finish(turn, one);
      if (one.role === "staff") this.#waits(true, one.by || this.#t("staff"));
      return one.role === "staff";
    }

    /* While a person answers, a stream rings when there is something new. Where there is none, or
       none is free, it is looked for now and then, oftener where the visitor looks. */
    #watch = (soon) => {
      clearTimeout(this.#timer);
      if (!this.#waiting) return this.#hush();
      const pause = this.#bell ? 30000 : this.#dom.panel.hidden ? 10000 : 3000;
      this.#timer = setTimeout(this.#glance, soon ?? pause);
    };

    get #waiting() {
      return this.#state.handed && !document.hidden && this.isConnected;
    }

    #glance = async () => {
      try {
        if (this.#waiting && !this.#busy) await this.#look();
      } catch {
        // The next one may get through.
      }
      this.#watch();
    };

    /* It says only that there is something new; what it is, the door says. */
    #listen(url) {
      if (!safe(url) || this.#bell || !this.#waiting || performance.now() < this.#quiet) return;
      const began = performance.now();
      const bell = (this.#bell = new EventSource(url));
      bell.onopen = bell.onmessage = this.#glance;
      bell.onerror = () => {
        this.#hush();
        // One that lived for long had its time; one that did not is tried again later and later.
        this.#falls = performance.now() - began > 30000 ? 0 : this.#falls + 1;
        const rest = this.#falls && Math.min(120000, 2000 * 2 ** this.#falls);
        this.#quiet = performance.now() + rest * (0.5 + Math.random() / 2);
        this.#watch(this.#falls ? undefined : 1000 * Math.random());
      };
    }

    #hush() {
      this.#bell?.close();
      this.#bell = null;
    }

    async #look() {
      const said = await (await this.#post("conversations", this.#last ? { after: this.#last } : {})).json();
      const is_down = this.#isDown();
      const fresh = said.messages.filter((one) => one.role !== "visitor" && this.#show(one)).length;
      if (fresh && is_down) this.#down();
      if (fresh && this.#dom.panel.hidden) this.#count(this.#unread + fresh);
      if (said.status === "handed_over") return this.#listen(said.stream);
      // Told already.
      if (!this.#state.handed) return;
      this.#remember({ handed: false });
      this.#waits(false);
      this.#event(this.#t(said.status === "resolved" ? "ended" : "back"));
    }
  }

  customElements.define("copylift-chat", CopyliftChat);

  // A script tag that names a base needs no element on the page.
  if (script?.dataset.base) {
    const put = () => {
      if (document.querySelector("copylift-chat")) return;
      const chat = document.createElement("copylift-chat");
      for (const [name, value] of Object.entries(script.dataset)) chat.setAttribute(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), value);
      document.body.append(chat);
    };
    if (document.body) put();
    else document.addEventListener("DOMContentLoaded", put);
  }
})();
