// What the inputs of a form say.

// Marks the radio button, option or checkbox that says "I'd rather not say".
export const DECLINES = "data-leadpact-declines";

// The values that the inputs of one field have together; undefined where one of them declines.
export function said(inputs) {
  const values = [];
  for (const input of inputs) {
    const typed = !/^(radio|checkbox|select)/.test(input.type);
    const chosen = input.selectedOptions ? [...input.selectedOptions] : typed || input.checked ? [input] : [];
    if (!typed && chosen.some((one) => one.hasAttribute(DECLINES))) return undefined;
    values.push(...chosen.map(({ value }) => value));
  }
  return values;
}
