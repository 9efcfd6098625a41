// Brings every form of the gallery into its state, by the module's own events and by what a visitor could press.

// Each form shows only the questions it names.
document.addEventListener("leadpact:asking", (event) => {
  const only = event.target.dataset.galleryOnly?.split(" ");
  if (only && !only.includes(event.detail.field)) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  if (event.target.dataset.leadpactDelivery) return; // the module's own
  event.preventDefault();
  const sent = event.target.querySelector("[data-gallery-sent]");
  sent.textContent = sent.dataset.gallerySent;
});

for (const form of document.querySelectorAll("form[data-leadpact]")) {
  if (form.querySelector(".leadpact-questions")) bring(form);
  else form.addEventListener("leadpact:ready", () => bring(form), { once: true });
}

async function bring(form) {
  // Nobody asked for these questions: seven announcements at once would be noise. Those that a visitor causes are told.
  const status = form.querySelector(".leadpact-status");
  status.setAttribute("aria-live", "off");
  form.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
  if (form.dataset.galleryPress) form.querySelector(`.leadpact-questions ${form.dataset.galleryPress}`)?.click();
  if ("gallerySend" in form.dataset) await refused(form);
  status.replaceChildren();
  // Not a frame: a tab that nobody sees has none.
  await new Promise((then) => setTimeout(then, 200));
  status.removeAttribute("aria-live");
  form.dataset.galleryShown = "";
}

function refused(form) {
  const said = new Promise((then) => form.addEventListener("leadpact:error", then, { once: true }));
  form.requestSubmit();
  return said;
}
