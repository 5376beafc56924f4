/* Lists without a full reload: htmx replaces #liste, this file says what changed, keeps the place
   of the reader, and falls back on a plain visit whenever something goes wrong. */
(() => {
  const region = () => document.getElementById("liste");
  const panel = () => document.getElementById("filtres");
  let unfolded = false;
  let paged = false;
  let inside = false;

  /* An empty field is no filter: it stays out of the address. */
  document.addEventListener("htmx:configRequest", (event) => {
    const { formData } = event.detail;
    for (const [name, value] of [...formData.entries()]) {
      if (value === "") formData.delete(name);
    }
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    unfolded = Boolean(panel()?.open);
    inside = region().contains(document.activeElement);
    paged = Boolean(event.detail.requestConfig.elt.closest(".pagination"));
  });

  document.addEventListener("htmx:afterSwap", () => {
    if (unfolded && panel()) panel().open = true;
  });

  document.addEventListener("htmx:afterSettle", () => {
    const told = [document.getElementById("liste-total"), ...document.querySelectorAll(".errors li")];
    document.getElementById("liste-annonce").textContent = told
      .map((element) => element?.textContent.trim())
      .filter(Boolean)
      .join(". ");
    const heading = document.getElementById("resultats");
    if (paged) {
      heading.focus({ preventScroll: true });
      region().scrollIntoView();
    } else if (inside && !region().contains(document.activeElement)) {
      /* What had the focus is gone: a chip that was removed, for instance. */
      heading.focus({ preventScroll: true });
    }
  });

  const visit = (event) => {
    const { pathInfo, requestConfig } = event.detail;
    location.assign(pathInfo?.finalRequestPath ?? requestConfig.path);
  };
  document.addEventListener("htmx:responseError", visit);
  document.addEventListener("htmx:sendError", visit);
})();
