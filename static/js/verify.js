/* In the admin: as one leaves a field, says what the rules would find, saving nothing. Without
   script, the button « Vérifier » asks the same of the same page. */
(() => {
  "use strict";

  const DELAY = 500;
  const panel = document.querySelector("[data-verification]");
  if (!panel) return;

  const RESULT = "[data-verification-result]";
  const form = panel.closest("form");
  let timer;
  let request;

  const typed = () => {
    const values = new FormData(form);
    for (const [name, value] of [...values]) {
      if (value instanceof File) values.delete(name);
    }
    values.set("_verify", "1");
    return values;
  };

  const ask = async () => {
    request?.abort();
    request = new AbortController();
    try {
      const response = await fetch(location.href, {
        method: "POST",
        body: typed(),
        signal: request.signal,
      });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const answer = page.querySelector(RESULT);
      if (answer) panel.querySelector(RESULT).replaceChildren(...answer.childNodes);
    } catch {
      /* Replaced by a later question, or no network: the button still asks. */
    }
  };

  const askSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY);
  };

  /* The fields that are searched tell of a change to jQuery alone. */
  django.jQuery(form).on("change", askSoon);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    request?.abort();
  });
})();
