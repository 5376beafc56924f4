/* Suggestions under the search field: an enhancement, the form works without. A combobox as the
   ARIA practices describe it: arrows choose, Enter opens or searches, Escape closes. */
(() => {
  const DELAY = 150;
  const SHORTEST = 2;

  const enhance = (form) => {
    const field = form.querySelector(".search__field");
    const list = document.createElement("ul");
    const status = document.createElement("p");
    let chosen = -1;
    let timer = 0;
    let request = null;

    list.id = `${field.id}-suggestions`;
    list.className = "search__suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    list.hidden = true;
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    form.append(list, status);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");

    const options = () => [...list.children];

    const choose = (number) => {
      chosen = number;
      options().forEach((option, place) => {
        option.setAttribute("aria-selected", String(place === chosen));
      });
      const option = options()[chosen];
      if (option) {
        field.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else {
        field.removeAttribute("aria-activedescendant");
      }
    };

    const close = () => {
      clearTimeout(timer);
      request?.abort();
      list.hidden = true;
      list.replaceChildren();
      status.textContent = "";
      field.setAttribute("aria-expanded", "false");
      choose(-1);
    };

    const option = ({ label, type, url }, number) => {
      const item = document.createElement("li");
      const kind = document.createElement("span");
      item.id = `${list.id}-${number}`;
      item.className = "search__suggestion";
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.url = url;
      kind.className = "search__kind";
      kind.textContent = type;
      item.append(label, " ", kind);
      return item;
    };

    const show = (suggestions) => {
      if (!suggestions.length || document.activeElement !== field) {
        close();
        return;
      }
      list.replaceChildren(...suggestions.map(option));
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
      const many = suggestions.length > 1 ? "s" : "";
      status.textContent = `${suggestions.length} suggestion${many}`;
      choose(-1);
    };

    const ask = async () => {
      const typed = field.value.trim();
      request?.abort();
      if (typed.length < SHORTEST) {
        close();
        return;
      }
      request = new AbortController();
      const { signal } = request;
      try {
        const address = `${form.dataset.suggestions}?q=${encodeURIComponent(typed)}`;
        const response = await fetch(address, { signal });
        if (!response.ok) {
          close();
          return;
        }
        show((await response.json()).suggestions);
      } catch (error) {
        /* Replaced by the next letter, or no network: the form still searches. */
        if (error.name !== "AbortError") close();
      }
    };

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, DELAY);
    });

    field.addEventListener("keydown", (event) => {
      const total = options().length;
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === "ArrowDown" && total) {
        event.preventDefault();
        choose((chosen + 1) % total);
      } else if (event.key === "ArrowUp" && total) {
        event.preventDefault();
        choose(chosen <= 0 ? total - 1 : chosen - 1);
      } else if (event.key === "Enter" && chosen >= 0) {
        event.preventDefault();
        location.assign(options()[chosen].dataset.url);
      }
    });

    /* Before the field loses the focus, which would close the list under the pointer. */
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[data-url]");
      if (item) location.assign(item.dataset.url);
    });
    field.addEventListener("blur", close);
  };

  document.querySelectorAll("form[data-suggestions]").forEach(enhance);
})();
