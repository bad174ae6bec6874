// A button that prints the page; browsers print it from their menu as well.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
