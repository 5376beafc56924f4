/* The contents of a long read say which part is being read. Without this they are plain links. */
(() => {
  const links = new Map(
    [...document.querySelectorAll(".contents__list a")].map((link) => [
      decodeURIComponent(link.hash.slice(1)),
      link,
    ])
  );
  const parts = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  if (!parts.length) return;

  /* The part being read is the last one whose title has passed the top third of the window. */
  const follow = () => {
    const line = innerHeight / 3;
    const read = parts.filter((part) => part.getBoundingClientRect().top < line).at(-1);
    for (const [id, link] of links) {
      if (id === read?.id) {
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
    }
  };

  let waiting = false;
  addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        follow();
      });
    },
    { passive: true }
  );
  follow();
})();
