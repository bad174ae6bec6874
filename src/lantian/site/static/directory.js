// The tree of areas: fold and unfold at once, arrow keys as in any tree, and what was unfolded is found again.
const card = document.querySelector("[data-tree]");
if (card) {
  const branches = [...card.querySelectorAll("details")];
  const key = "lantian-areas";
  const searching = new URLSearchParams(location.search).toString() !== "";
  const remember = () => {
    if (searching) return;
    const open = branches.filter((branch) => branch.open).map((branch) => branch.parentElement.id);
    sessionStorage.setItem(key, JSON.stringify(open));
  };
  const known = searching ? null : sessionStorage.getItem(key);
  if (known) {
    const open = new Set(JSON.parse(known));
    for (const branch of branches) branch.open = open.has(branch.parentElement.id);
  }
  const setAll = (open) => {
    for (const branch of branches) branch.open = open;
  };
  card.querySelector("[data-unfold]").addEventListener("click", () => setAll(true));
  card.querySelector("[data-fold]").addEventListener("click", () => setAll(false));
  card.querySelector(".tree-tools").hidden = branches.length === 0;
  card.addEventListener("toggle", remember, true);
  card.addEventListener("keydown", (event) => {
    const line = event.target.closest(".node");
    if (!line) return;
    const branch = line.parentElement.tagName === "DETAILS" ? line.parentElement : null;
    if (event.key === "ArrowRight" && branch) branch.open = true;
    else if (event.key === "ArrowLeft") {
      if (branch && branch.open) branch.open = false;
      else line.closest("ul").closest("details")?.querySelector("summary").focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const lines = [...card.querySelectorAll(".node")].filter((node) => node.offsetParent !== null);
      const next = lines[lines.indexOf(line) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) (next.matches("summary") ? next : next.querySelector("a")).focus();
    } else return;
    event.preventDefault();
  });
  const wanted = location.hash && document.getElementById(location.hash.slice(1));
  for (let place = wanted; place; place = place.parentElement) if (place.tagName === "DETAILS") place.open = true;
  if (wanted) wanted.scrollIntoView({ block: "center" });
}
