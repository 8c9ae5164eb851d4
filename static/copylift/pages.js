"use strict";
// What our own pages do in the browser. No inline script needs to be allowed for it.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // The progress of writing: asked for every other second until it is over, then the page is loaded anew.
  all("[data-progress]").forEach((box) => {
    const ask = async () => {
      try {
        const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
        const state = await answer.json();
        if (!state.is_writing) return location.reload();
        box.querySelector("[data-bar]").max = Math.max(state.total, 1);
        box.querySelector("[data-bar]").value = state.done;
        box.querySelector("[data-words]").textContent =
          `${state.done} of ${state.total} briefs written, ${state.drafts} candidates so far. You may leave this page.`;
        for (const brief of state.briefs) {
          const row = box.querySelector(`[data-brief="${CSS.escape(brief.key)}"]`);
          if (!row) continue;
          row.querySelector("[data-brief-status]").textContent = brief.status;
          row.querySelector("[data-brief-drafts]").textContent = brief.drafts;
        }
      } catch {
        // The network was away for a moment: the next question may get through.
      }
      setTimeout(ask, 2000);
    };
    setTimeout(ask, 1000);
  });

  // A refit's progress, in percent; when it is over, the page shows what came of it.
  all("[data-refit]").forEach((box) => {
    const ask = async () => {
      try {
        const answer = await fetch(box.dataset.refit, { headers: { Accept: "application/json" } });
        const state = await answer.json();
        if (!state.is_open) return location.reload();
        box.querySelector("[data-bar]").value = state.done;
        box.querySelector("[data-words]").textContent = `${state.done}%: ${state.stage}. You may leave this page.`;
      } catch {
        // The network was away for a moment: the next question may get through.
      }
      setTimeout(ask, 2000);
    };
    setTimeout(ask, 1000);
  });

  // The work behind a plan.
  all("[data-working]").forEach((box) => {
    const ask = async () => {
      try {
        const state = await (await fetch(box.dataset.working, { headers: { Accept: "application/json" } })).json();
        if (!state.is_working) return location.reload();
        box.querySelector("[data-bar]").value = state.done;
        box.querySelector("[data-words]").textContent = `${state.stage} …`;
      } catch {
        // As above: the next question may get through.
      }
      setTimeout(ask, 2000);
    };
    setTimeout(ask, 1000);
  });

  // Copy buttons.
  all("[data-copy]").forEach((button) =>
    button.addEventListener("click", async () => {
      const words = button.querySelector("[data-copy-words]");
      const source = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(source.textContent);
        words.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        words.textContent = "Press Ctrl+C";
      }
      setTimeout(() => (words.textContent = "Copy"), 2000);
    }),
  );
  all("[data-print]").forEach((button) => button.addEventListener("click", () => print()));

  // A page that was the answer to a form: reloading it must not send the form again.
  all("[data-address]").forEach((box) => history.replaceState(null, "", box.dataset.address));

  // How long a line is.
  all("[data-count]").forEach((input) => {
    const shown = document.querySelector(`[data-counter-for="${input.id}"]`);
    const count = () => {
      // A merge tag stands for a name or two.
      const length = [...input.value.replace(/\{\{.*?\}\}/g, "xxxxxxxx")].length;
      shown.textContent = `about ${length} of ${input.dataset.count}`;
      shown.classList.toggle("cl-over", length > Number(input.dataset.count));
    };
    input.addEventListener("input", count);
    count();
  });

  // The guardrails read along while somebody writes.
  all("form[data-check]").forEach((form) => {
    const list = document.querySelector("[data-findings]");
    const starts = { block: "Must change", warn: "Look at", advice: "Advice on" };
    let timer, asked = 0;
    const line = (finding) => {
      const item = document.createElement("li");
      item.className = `cl-finding cl-finding-${finding.severity}`;
      const start = document.createElement("b");
      start.textContent = `${starts[finding.severity] || "Look at"} the ${finding.field.replaceAll("_", " ") || "text"}: `;
      item.append(start, `${finding.message} ${finding.suggestion || ""}`);
      return item;
    };
    const check = async () => {
      const turn = ++asked;
      const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form) });
      if (!answer.ok || turn !== asked) return;
      const { findings, preview } = await answer.json();
      // Made by the server from escaped text.
      document.querySelector("[data-preview]").innerHTML = preview;
      const shown = document.createElement(findings.length ? "ul" : "p");
      shown.className = findings.length ? "cl-findings" : "cl-quiet";
      if (findings.length) shown.append(...findings.map(line));
      else shown.textContent = "Nothing to complain about.";
      list.replaceChildren(shown);
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => check().catch(() => {}), 400);
    });
  });

  // The launch form: what its choices cost, while they are made; fields that only some choices need.
  all("form[data-price]").forEach((form) => {
    const box = document.querySelector("[data-price-panel]");
    let timer, asked = 0;
    const ask = async () => {
      const turn = ++asked;
      const choices = new FormData(form);
      choices.delete("csrfmiddlewaretoken");
      const answer = await fetch(`${form.dataset.price}?${new URLSearchParams(choices)}`);
      // Made by the server from escaped text.
      if (answer.ok && turn === asked) box.innerHTML = await answer.text();
    };
    const fit = () =>
      all("[data-when]", form).forEach((field) => {
        const [name, value] = field.dataset.when.split("=");
        field.hidden = new FormData(form).get(name) !== value;
      });
    form.addEventListener("input", () => {
      fit();
      clearTimeout(timer);
      timer = setTimeout(() => ask().catch(() => {}), 300);
    });
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-fill]");
      if (!button) return;
      const input = document.getElementById(button.dataset.fill);
      input.value = button.dataset.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    });
    fit();
  });

  // A piece of a page that comes by itself, and again for as long as it says so.
  all("[data-fragment]").forEach((box) => {
    let shown;
    const fetchIt = async () => {
      const before = box.querySelector("[data-again]");
      try {
        const answer = await fetch(box.dataset.fragment);
        const text = await answer.text();
        // Made by the server from escaped text; the same again must not move what is being read.
        if (answer.ok && text !== shown) box.innerHTML = shown = text;
      } catch {
        // The network was away for a moment.
      }
      const again = (box.querySelector("[data-again]") ?? before)?.dataset.again;
      if (again) setTimeout(fetchIt, Number(again));
    };
    fetchIt();
  });

  // Segment rules: how many contacts, while it is being written.
  all("[data-segment-count]").forEach((box) => {
    const rule = document.getElementById("id_rule");
    if (!rule) return;
    let timer;
    const details = document.querySelector("[data-segment-look]");
    let asked = 0;
    const count = async () => {
      const turn = ++asked;
      const body = new FormData();
      body.append("rule", rule.value);
      body.append("key", document.getElementById("id_key")?.value ?? "");
      body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
      const answer = await fetch(box.dataset.segmentCount, { method: "POST", body });
      const state = await answer.json();
      if (turn !== asked) return;
      box.textContent = "error" in state ? state.error : `${state.count.toLocaleString("en")} contacts match this rule now.`;
      box.classList.toggle("cl-error", "error" in state);
      details.replaceChildren();
      if ("error" in state) return;
      const more = await fetch(details.dataset.segmentLook, { method: "POST", body });
      // Made by the server from escaped text.
      if (more.ok && turn === asked) details.innerHTML = await more.text();
    };
    const soon = () => { clearTimeout(timer); timer = setTimeout(() => count().catch(() => {}), 400); };
    rule.addEventListener("input", soon);
    // A condition goes beside what is there; into what is no JSON yet, where the cursor is.
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-rule-insert]");
      if (!button) return;
      const text = button.dataset.ruleInsert;
      try {
        const there = JSON.parse(rule.value.trim() || "null");
        const rules = there === null ? [] : Array.isArray(there.all) ? there.all : [there];
        const made = rules.length ? { all: [...rules, JSON.parse(text)] } : JSON.parse(text);
        rule.value = JSON.stringify(made, null, 2);
      } catch {
        rule.setRangeText(text, rule.selectionStart, rule.selectionEnd, "end");
      }
      rule.dispatchEvent(new Event("input", { bubbles: true }));
      rule.scrollIntoView({ block: "center" });
      rule.focus();
    });
    if (rule.value.trim() && rule.value.trim() !== "null") soon();
  });

  // The review board by keyboard. The letters work only while a card has the focus.
  const cards = all("[data-card]");
  if (cards.length)
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
      const here = event.target.closest("[data-card]");
      const visible = cards.filter((card) => card.offsetParent !== null);
      const at = visible.indexOf(here);
      if (event.key === "j") visible[Math.min(at + 1, visible.length - 1)]?.focus();
      else if (event.key === "k" && here) visible[Math.max(at - 1, 0)]?.focus();
      else if (here && event.key === "a") here.querySelector("[data-approve]:not([disabled])")?.click();
      else if (here && event.key === "e") here.querySelector("[data-edit]")?.click();
      else if (here && event.key === "r") {
        here.querySelector("[data-reject]")?.click();
        here.querySelector(".cl-reject input")?.focus();
        event.preventDefault();
      }
    });
})();
