// What idle stock costs: value × idle share, and a fifth of that a year to hold it.
const HOLDING_COST = 0.2;

export function startCalculator(form) {
  if (!form) return;
  const money = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR", maximumFractionDigits: 0 });
  const value = form.querySelector("#stock_value");
  const idle = form.querySelector("#stock_idle");
  const show = () => {
    const tiedUp = Math.max(0, value.valueAsNumber || 0) * Math.min(100, Math.max(0, idle.valueAsNumber || 0)) / 100;
    form.querySelector("[data-tied-up]").textContent = money.format(tiedUp);
    form.querySelector("[data-holding]").textContent = money.format(tiedUp * HOLDING_COST);
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => form.dispatchEvent(new CustomEvent("demo:event", { bubbles: true, detail: { name: "calculator" } })));
}
