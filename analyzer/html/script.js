// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Filters and keys of the report.  Every page works without: links are links.
(function () {
  "use strict";
  var list = document.getElementById("findings");
  var form = document.getElementById("filter");
  var query = document.getElementById("q");
  var up = document.querySelector('a[rel="up"]');
  var steps = [].slice.call(document.querySelectorAll(".steps a"));
  var lastStep = null;

  function each(selector, visit) {
    [].forEach.call((form || document).querySelectorAll(selector), visit);
  }

  function links() {
    if (!list) return steps;
    return [].filter.call(list.querySelectorAll("a.finding"), function (link) {
      return !link.parentNode.hidden;
    });
  }

  // The filter as the part of the address behind '#', so that going back finds it.
  function remember() {
    var parts = [];
    each("select", function (select) {
      if (select.value) parts.push(select.dataset.facet + "=" + encodeURIComponent(select.value));
    });
    if (query.value) parts.push("q=" + encodeURIComponent(query.value));
    if (quiet() && quiet().checked) parts.push("suppressed=1");
    history.replaceState(null, "", parts.length ? "#" + parts.join("&") : location.pathname);
  }

  function quiet() {
    return document.getElementById("quiet");
  }

  function recall() {
    location.hash.slice(1).split("&").forEach(function (part) {
      var at = part.indexOf("="), name = part.slice(0, at), value;
      try {
        value = decodeURIComponent(part.slice(at + 1));
      } catch (error) {
        return;
      }
      if (at < 0) return;
      if (name === "q") query.value = value;
      if (name === "suppressed" && quiet()) quiet().checked = true;
      each("select", function (select) {
        var known = [].some.call(select.options, function (option) { return option.value === value; });
        if (select.dataset.facet === name && known) select.value = value;
      });
    });
  }

  function filter() {
    var words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    var items = list.children, count = 0, i;
    function fits(item) {
      var text = item.textContent.toLowerCase(), good = true;
      if (item.hasAttribute("data-quiet") && !(quiet() && quiet().checked)) return false;
      each("select", function (select) {
        if (select.value && item.getAttribute("data-" + select.dataset.facet) !== select.value)
          good = false;
      });
      return good && words.every(function (word) { return text.indexOf(word) >= 0; });
    }
    for (i = 0; i < items.length; i++) {
      items[i].hidden = !fits(items[i]);
      if (!items[i].hidden) count++;
    }
    document.getElementById("shown").textContent = count + " of " + items.length + " shown";
  }

  function move(by) {
    var all = links(), at = all.indexOf(document.activeElement);
    if (!all.length) return;
    if (at < 0 && lastStep) at = all.indexOf(lastStep);
    at = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
    all[at].focus();
    all[at].scrollIntoView({block: "nearest"});
  }

  // A step's line, or the step again: focus goes along, which a link alone does not do.
  function arrive() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    steps.forEach(function (step) {
      if (target.id === "n-" + step.id.slice(2) || target === step) {
        step.setAttribute("aria-current", "step");
        lastStep = step;
      } else {
        step.removeAttribute("aria-current");
      }
    });
    if (target.classList.contains("said")) target = target.querySelector("a.badge");
    if (target) target.focus({preventScroll: true});
    if (target) target.scrollIntoView({block: "center"});
  }

  function escape() {
    if (form && form.contains(document.activeElement)) {
      if (query.value) {
        query.value = "";
        filter();
        remember();
      } else {
        document.activeElement.blur();
        move(1);
      }
    } else if (lastStep && document.activeElement.closest(".said")) {
      lastStep.focus();
      lastStep.scrollIntoView({block: "nearest"});
    } else if (up) {
      location.href = up.href;
    }
  }

  function follow(relation) {
    var link = document.querySelector('a[rel="' + relation + '"]');
    if (link) location.href = link.href;
  }

  document.addEventListener("keydown", function (event) {
    var active = document.activeElement;
    var typing = active && /^(INPUT|SELECT|TEXTAREA)$/.test(active.tagName);
    var inList = active && active.closest && active.closest("#findings, .steps");
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") escape();
    else if (typing) {
      if (event.key !== "Enter" || active !== query) return;
      move(1);
    } else if (event.key === "j" || (event.key === "ArrowDown" && inList)) move(1);
    else if (event.key === "k" || (event.key === "ArrowUp" && inList)) move(-1);
    else if (event.key === "n") follow("next");
    else if (event.key === "p") follow("prev");
    else if (event.key === "/" && query) query.focus();
    else return;
    event.preventDefault();
  });

  if (form) {
    form.hidden = false;
    recall();
    filter();
    form.addEventListener("input", function () { filter(); remember(); });
    form.addEventListener("reset", function () {
      setTimeout(function () { filter(); remember(); }, 0);
    });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
  } else if (steps.length) {
    window.addEventListener("hashchange", arrive);
    // Following the link of the place that is already in the address changes nothing there.
    document.addEventListener("click", function (event) {
      var link = event.target.closest && event.target.closest('a[href^="#"]');
      if (link && link.getAttribute("href") === location.hash) setTimeout(arrive, 0);
    });
    if (location.hash) arrive();
  }
})();
