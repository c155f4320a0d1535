// SPDX-License-Identifier: Apache-2.0

// What the pages gain when scripts run: the chosen file's name and size, a
// drop area that shows where to let go, buttons to copy and print, and a
// language that is remembered on pages that answer a form. Nothing needs it.
(function () {
  "use strict";

  function each(selector, act) {
    document.querySelectorAll(selector).forEach(act);
  }

  function size(octets) {
    if (octets < 1024) return octets + " B";
    if (octets < 1024 * 1024) return (octets / 1024).toFixed(1) + " KB";
    return (octets / 1024 / 1024).toFixed(1) + " MB";
  }

  each("form.chooser", function (form) {
    var area = form.querySelector(".drop");
    var input = form.querySelector("input[type=file]");
    var chosen = form.querySelector(".chosen");
    var button = form.querySelector("button[type=submit]");
    var label = button.textContent;

    function show() {
      var file = input.files[0];
      var over = file && form.dataset.max && file.size > Number(form.dataset.max);
      chosen.textContent = file ? file.name + " · " + size(file.size) : "";
      if (over) chosen.textContent += " — " + form.dataset.tooLarge;
      chosen.classList.toggle("wrong", Boolean(over));
      input.setCustomValidity(over ? form.dataset.tooLarge : "");
    }

    ["dragenter", "dragover"].forEach(function (kind) {
      area.addEventListener(kind, function () { area.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (kind) {
      area.addEventListener(kind, function () { area.classList.remove("over"); });
    });
    area.addEventListener("dragover", function (event) { event.preventDefault(); });
    area.addEventListener("drop", function (event) {
      if (!event.dataTransfer || event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      input.files = event.dataTransfer.files;
      show();
    });
    input.addEventListener("change", show);
    form.addEventListener("submit", function () {
      button.disabled = true;
      button.textContent = form.dataset.busy;
    });
    // A page that comes back from the history must be usable again.
    window.addEventListener("pageshow", function () {
      button.disabled = false;
      button.textContent = label;
      show();
    });
  });

  // A file that misses the area must not replace the page.
  ["dragover", "drop"].forEach(function (kind) {
    window.addEventListener(kind, function (event) {
      if (!event.dataTransfer || !event.dataTransfer.types.includes("Files")) return;
      if (!event.target.closest || !event.target.closest("input[type=file]")) event.preventDefault();
    });
  });

  if (navigator.clipboard) {
    each("button[data-copy]", function (button) {
      var label = button.textContent;
      button.hidden = false;
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(button.dataset.copy).then(function () {
          button.textContent = button.dataset.done;
          setTimeout(function () { button.textContent = label; }, 2000);
        });
      });
    });
  }

  each("button[data-print]", function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  // Paper cannot be opened: what is folded is printed unfolded.
  window.addEventListener("beforeprint", function () {
    each(".stamp details, .fact details", function (details) { details.open = true; });
  });

  // The link of a page that answers a form leads within the page, so the
  // server does not hear of the choice.
  each("a.switch[data-lang]", function (link) {
    link.addEventListener("click", function () {
      document.cookie = "lang=" + link.dataset.lang + "; path=/; max-age=31536000; samesite=lax" +
        (location.protocol === "https:" ? "; secure" : "");
    });
  });

  // A link to a closed schema opens it.
  function open() {
    var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  }
  window.addEventListener("hashchange", open);
  open();
})();
