// Everything here improves a page that is complete without it. Nothing leaves the device.
(function () {
  "use strict";

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  function remember(key, value) {
    try {
      if (value === undefined) return localStorage.getItem(key) || "";
      localStorage.setItem(key, value);
    } catch (error) { /* private windows refuse storage; the choice then lasts for this page */ }
    return "";
  }

  var announcer = document.createElement("div");
  announcer.className = "pg-announcer";
  announcer.setAttribute("role", "status");
  document.body.appendChild(announcer);

  function say(words) {
    announcer.textContent = words;
    announcer.classList.add("pg-announcer--shown");
    setTimeout(function () { announcer.classList.remove("pg-announcer--shown"); }, 1800);
  }

  function copy(value, words) {
    if (!navigator.clipboard) return;
    navigator.clipboard.writeText(value).then(function () { say(words); }, function () {});
  }

  function nameThemeParts() {
    each('[data-md-component="search"]', function (part) { part.setAttribute("aria-label", "Search"); });
    each(".md-search__scrollwrap", function (part) {
      part.setAttribute("role", "region");
      part.setAttribute("aria-label", "Search results");
    });
  }

  // Wide tables scroll on their own; a keyboard can only scroll what it can reach.
  function reachTables() {
    each(".md-typeset table", function (table) {
      var box = table.closest(".pg-table");
      var heading = table.closest("article") && previousHeading(box || table);
      var label = box ? box.dataset.label : heading ? "Table: " + heading : "Table";
      var scroller = box || table.closest(".md-typeset__scrollwrap") || table.parentElement;
      labelCells(table);
      if (scroller.scrollWidth > scroller.clientWidth + 1) {
        scroller.setAttribute("tabindex", "0");
        scroller.setAttribute("role", "region");
        scroller.setAttribute("aria-label", label);
      } else {
        scroller.removeAttribute("tabindex");
        scroller.removeAttribute("role");
        scroller.removeAttribute("aria-label");
      }
    });
  }

  function previousHeading(part) {
    while (part && !/^H[1-6]$/.test(part.tagName)) part = part.previousElementSibling;
    return part ? part.firstChild.textContent : "";
  }

  function labelCells(table) {
    var titles = Array.prototype.map.call(table.querySelectorAll("thead th"), function (cell) {
      return cell.textContent;
    });
    Array.prototype.forEach.call(table.querySelectorAll("tbody tr"), function (row) {
      Array.prototype.forEach.call(row.children, function (cell, index) {
        cell.setAttribute("data-label", titles[index] || "");
      });
    });
  }

  function copyAnchors() {
    each(".pg-anchor", function (anchor) {
      anchor.title = "Copy a link to this statement";
      // Without the words that somebody searched for on the way here.
      var target = anchor.href.replace(/\?[^#]*/, "");
      anchor.addEventListener("click", function () { copy(target, "Link copied"); });
    });
    each("code[data-pg-copy]", function (code) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "pg-copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy the whole digest");
      button.addEventListener("click", function () { copy(code.dataset.pgCopy, "Digest copied"); });
      if (navigator.clipboard) code.after(button);
    });
  }

  function offerPrint() {
    each("[data-pg-print]", function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { window.print(); });
    });
  }

  function offerChoice() {
    var box = document.querySelector("[data-pg-choice]");
    if (!box) return;
    var select = box.querySelector("select");
    var key = "policygen.choice";
    box.hidden = false;
    select.value = remember(key);
    if (select.selectedIndex < 0) select.value = "";
    function apply() {
      var shown = 0;
      each("[data-for]", function (row) {
        var marks = row.dataset.for.split("|");
        var fits = !select.value || marks.indexOf(select.value) >= 0 ||
          (select.value.indexOf("group:") === 0 && marks.indexOf("everyone") >= 0);
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      each(".pg-applies", function (list) { list.hidden = !list.querySelector("[data-for]:not([hidden])"); });
      box.querySelector("[role=status]").textContent = shown === 1 ? "1 document" : shown + " documents";
    }
    select.addEventListener("change", function () { remember(key, select.value); apply(); });
    apply();
  }

  function offerFilter() {
    var box = document.querySelector("[data-pg-filter]");
    if (!box) return;
    var input = box.querySelector("input");
    box.hidden = false;
    input.addEventListener("input", function () {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      each(".pg-table tbody tr", function (row) {
        var text = row.textContent.toLowerCase();
        row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
        shown += row.hidden ? 0 : 1;
      });
      each(".pg-table", function (table) {
        var empty = !table.querySelector("tbody tr:not([hidden])");
        table.hidden = empty;
        if (table.previousElementSibling) table.previousElementSibling.hidden = empty;
      });
      box.querySelector("[role=status]").textContent = words.length ? shown + " found" : "";
    });
  }

  nameThemeParts();
  copyAnchors();
  offerPrint();
  offerChoice();
  offerFilter();
  reachTables();
  // The theme wraps tables after the page is ready, and a turned phone changes what fits.
  setTimeout(reachTables, 300);
  window.addEventListener("resize", reachTables);
})();
