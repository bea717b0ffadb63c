/* What the pages add where scripts run; everything works without. */
"use strict";
(function () {
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };

  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    var field = document.querySelector("[data-key='/']");
    if (field) { event.preventDefault(); field.focus(); }
  });

  document.addEventListener("submit", function (event) {
    var form = event.target, question = form.getAttribute("data-confirm");
    if (event.submitter && event.submitter.getAttribute("data-confirm")) question = event.submitter.getAttribute("data-confirm");
    if (question && !form.confirmed) { if (!window.confirm(question)) { event.preventDefault(); return; } }
    form.removeAttribute("data-unsaved");
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print]");
    if (button) window.print();
    var copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) navigator.clipboard.writeText(copy.getAttribute("data-copy"));
    var add = event.target.closest("[data-add-row]");
    if (add) { event.preventDefault(); addRow(document.getElementById(add.getAttribute("data-add-row"))); }
    var remove = event.target.closest("[data-remove-row]");
    if (remove) { event.preventDefault(); removeRow(remove.closest("tr")); }
    var pick = event.target.closest("[data-pick]");
    if (pick) { event.preventDefault(); pickHazard(pick); }
  });

  /* an open case that has gone to another office, or may not be read any longer */
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.target.id === "case" && event.detail.xhr.status === 404) window.location.reload();
  });

  /* what is wider than the page begins where it matters */
  function showMarked() {
    all("[data-scroll-to]").forEach(function (place) {
      var mark = place.querySelector(place.getAttribute("data-scroll-to"));
      if (mark) place.scrollLeft += mark.getBoundingClientRect().left + mark.getBoundingClientRect().width / 2 - place.getBoundingClientRect().left - place.clientWidth / 2;
    });
  }
  showMarked();
  document.addEventListener("htmx:afterSettle", showMarked);
  document.addEventListener("toggle", showMarked, true);

  /* batches: how many rows are chosen */
  function countChosen(table) {
    var chosen = all("tbody input[type=checkbox]:checked", table).length;
    all("[data-chosen]").forEach(function (place) { place.textContent = chosen; });
    all("[data-needs-chosen]").forEach(function (button) { button.disabled = chosen === 0; });
  }
  document.addEventListener("change", function (event) {
    var box = event.target;
    if (box.matches("[data-choose-all]")) all("tbody input[type=checkbox]", box.closest("table")).forEach(function (one) { one.checked = box.checked; });
    if (box.type === "checkbox" && box.closest("table")) countChosen(box.closest("table"));
    if (box.matches("[data-submit-on-change]")) box.form.submit();
  });
  all("table").forEach(countChosen);

  /* row editors: names are PREFIX-INDEX-FIELD, and so begins what refers to them */
  function renumber(table) {
    var numbered = function (text, index) { return text.replace(/-\d+-/, "-" + index + "-"); };
    all("tbody tr", table).forEach(function (row, index) {
      all("input[name], select[name], textarea[name]", row).forEach(function (field) {
        field.name = field.id = numbered(field.name, index);
        if (field.hasAttribute("aria-describedby")) field.setAttribute("aria-describedby", numbered(field.getAttribute("aria-describedby"), index));
      });
      all("[id$='-error']", row).forEach(function (error) { error.id = numbered(error.id, index); });
      all("[aria-label]", row).forEach(function (field) { field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, index + 1)); });
      all("label[for]", row).forEach(function (label) { label.htmlFor = numbered(label.htmlFor, index); });
      all("button[value]", row).forEach(function (button) { button.value = button.value.replace(/\d+$/, index); });
    });
  }
  function blankRow(table) {
    var rows = all("tbody tr", table), fresh = rows[rows.length - 1].cloneNode(true);
    all("input, select, textarea", fresh).forEach(function (field) { if (field.type === "checkbox") field.checked = false; else field.value = ""; field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); });
    all(".error, .hint", fresh).forEach(function (error) { error.remove(); });
    return fresh;
  }
  function addRow(table) {
    var fresh = blankRow(table);
    table.tBodies[0].appendChild(fresh);
    renumber(table);
    var first = fresh.querySelector("input, select");
    if (first) first.focus();
    return fresh;
  }
  function removeRow(row) {
    var table = row.closest("table"), rows = all("tbody tr", table);
    if (rows.length === 1) all("input, select", row).forEach(function (field) { field.value = ""; });
    else {
      var next = (row.nextElementSibling || row.previousElementSibling).querySelector("[data-remove-row]");
      row.remove(); renumber(table);
      if (next) next.focus();
    }
    sums(); touched(table);
  }

  /* a block copied in a spreadsheet: cells with line breaks come in quotes, headings may stand above */
  function cellsOf(text) {
    var rows = [[]], cell = /("(?:[^"]|"")*"(?=[\t\n]|$)|[^\t\n]*)([\t\n]|$)/g, found;
    text = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    while ((found = cell.exec(text))) {
      var value = found[1];
      if (/^"[^]*"$/.test(value)) value = value.slice(1, -1).replace(/""/g, '"');
      rows[rows.length - 1].push(value.replace(/\s*\n\s*/g, " ").trim());
      if (found[2] === "\n") rows.push([]);
      else if (!found[2]) break;
    }
    return rows.filter(function (row) { return row.some(Boolean); });
  }
  function heading(text) { return text.normalize("NFKC").replace(/[\s*:]/g, "").toLowerCase(); }
  /* which field takes each column: by the headings where the block brings them, else from the field on that has the caret */
  function columnsOf(table, first, start) {
    var known = all("th", table).map(function (th) { return (th.getAttribute("data-headings") || "").split("|").map(heading); });
    var fields = known.filter(function (names) { return names[0]; }).length;
    var places = first.map(function (text) { return text ? known.findIndex(function (names) { return names.indexOf(heading(text)) >= 0; }) : -1; });
    var named = places.filter(function (place) { return place >= 0; }).length, told = first.filter(Boolean).length;
    if (named && (named > 1 || named === told)) return { places: places, headed: true, cells: first };
    return { places: first.map(function (_text, column) { return start + column < fields ? start + column : -1; }), headed: false };
  }
  function fill(text, values) { return text.replace(/\{(\w+)\}/g, function (_all, name) { return values[name]; }); }
  function pasteRows(table, row, start, rows) {
    var columns = columnsOf(table, rows.reduce(function (longest, one) { return one.length > longest.length ? one : longest; }, rows[0]), start);
    var byHeading = columnsOf(table, rows[0], start);
    if (byHeading.headed) { columns = byHeading; rows = rows.slice(1); }
    var most = Number(table.getAttribute("data-most")) || Infinity, index = all("tbody tr", table).indexOf(row);
    var taken = rows.slice(0, Math.max(most - index, 0)), blank = blankRow(table), fresh = document.createDocumentFragment(), lost = [];
    taken.forEach(function (cells) {
      var into = row || fresh.appendChild(blank.cloneNode(true)), fields = all("input:not([type=hidden]), select", into);
      cells.forEach(function (value, column) {
        var place = columns.places[column];
        if (place >= 0) fields[place].value = value;
        else if (value && lost.indexOf(column) < 0) lost.push(column);
      });
      row = row && row.nextElementSibling;
    });
    table.tBodies[0].appendChild(fresh);
    renumber(table);
    var place = document.querySelector("[data-pasted='" + table.id + "']");
    if (place) {
      var said = [fill(place.getAttribute("data-taken"), { count: taken.length })];
      if (lost.length) said.push(fill(place.getAttribute("data-columns"), { count: lost.length, names: lost.map(function (column) { var cells = (byHeading.headed ? byHeading.cells : taken[0]) || []; return cells[column] || String(column + 1); }).join("、") }));
      if (rows.length > taken.length) said.push(fill(place.getAttribute("data-rows"), { count: rows.length - taken.length, most: most }));
      place.textContent = said.join(" ");
    }
    sums(); touched(table);
  }
  document.addEventListener("paste", function (event) {
    var field = event.target.closest ? event.target.closest("table.rows input, table.rows select") : null;
    if (!field) return;
    var text = (event.clipboardData || window.clipboardData).getData("text");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    var row = field.closest("tr");
    pasteRows(field.closest("table"), row, all("input:not([type=hidden]), select", row).indexOf(field), cellsOf(text));
  });

  var classes = {};
  all("#hazards-known option").forEach(function (option) { classes[option.value] = option.getAttribute("data-class"); });
  function numberIn(field) {
    return Number(field.value.replace(/[\uff10-\uff19]/g, function (digit) { return String.fromCharCode(digit.charCodeAt(0) - 0xfee0); }).replace(/[,\uff0c\s]/g, "")) || 0;
  }
  /* live sums: [data-sum="name"] shows the sum of [data-part="name"] */
  function sums() {
    all("[data-sum]").forEach(function (place) {
      var total = 0;
      all("[data-part~='" + place.getAttribute("data-sum") + "']").forEach(function (field) { total += numberIn(field); });
      place.textContent = total;
    });
    all("[data-max]").forEach(function (place) {
      var top = 0;
      all("[data-part~='" + place.getAttribute("data-max") + "']").forEach(function (field) { top = Math.max(top, numberIn(field)); });
      place.textContent = top;
    });
    all("[data-of-class]").forEach(function (place) {
      var counts = countsOf(place.getAttribute("data-of-class")), total = counts.reduce(function (sum, count) { return sum + count; }, 0);
      place.hidden = !total;
      place.querySelector("[data-largest]").textContent = Math.max.apply(null, counts.concat(0));
      place.querySelector("[data-total]").textContent = total;
    });
  }
  /* the counts of the factors of one class, by the class that the list of known factors names */
  function countsOf(name) {
    return all("#rows-hazards tbody tr").filter(function (row) {
      return classes[row.querySelector("input[name$='-hazard']").value.trim()] === name;
    }).map(function (row) { return numberIn(row.querySelector("[data-part~='hazards-exposed']")); });
  }
  document.addEventListener("input", function (event) { sums(); touched(event.target); });
  sums();

  function pickHazard(button) {
    var table = document.getElementById(button.getAttribute("data-pick")), wanted = button.getAttribute("data-value");
    var known = all("input[name$='-hazard']", table).some(function (field) { return field.value === wanted; });
    if (known) return;
    var free = all("input[name$='-hazard']", table).filter(function (field) { return !field.value; })[0];
    var row = free ? free.closest("tr") : addRow(table);
    row.querySelector("input[name$='-hazard']").value = wanted;
    button.setAttribute("aria-pressed", "true");
    sums(); touched(table);
    var next = row.querySelector("input[type=number], input[inputmode=numeric]");
    if (next) next.focus();
  }

  /* drafts save themselves, one request after the other; a button waits for the one under way */
  var timer = null, saving = null;
  function touched(element) {
    var form = element.closest("form[data-autosave]");
    if (!form) return;
    form.setAttribute("data-unsaved", "yes");
    clearTimeout(timer);
    timer = setTimeout(function () { save(form); }, 1200);
  }
  function save(form) {
    if (saving || !form.hasAttribute("data-unsaved") || form.hasAttribute("data-refused")) return;
    var place = document.querySelector("[data-saved]");
    form.removeAttribute("data-unsaved");
    saving = fetch(form.getAttribute("data-autosave"), { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "autosave" }, credentials: "same-origin", keepalive: document.visibilityState === "hidden" })
      .then(function (answer) { return answer.json().then(function (said) {
        if (said.version) all("[name=version]", form).forEach(function (field) { field.value = said.version; });
        if (said.base) all("[name=base]", form).forEach(function (field) { field.value = said.base; });
        if (answer.status === 409) { form.setAttribute("data-refused", "yes"); form.setAttribute("data-unsaved", "yes"); }
        if (place) place.textContent = said.message;
      }); })
      .catch(function () { form.setAttribute("data-unsaved", "yes"); if (place) place.textContent = place.getAttribute("data-failed"); })
      .then(function () { saving = null; });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    clearTimeout(timer);
    if (!form.matches("form[data-autosave]") || !saving) return;
    event.preventDefault();
    var button = event.submitter;
    saving.then(function () { form.removeAttribute("data-unsaved"); form.requestSubmit(button); });
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") all("form[data-autosave]").forEach(save);
  });
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("form[data-unsaved]")) event.preventDefault();
  });
})();
