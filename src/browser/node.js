const UNSEEN = { position: "absolute", width: "1px", height: "1px", margin: "-1px", overflow: "hidden", clipPath: "inset(50%)", whiteSpace: "nowrap" };

// There, and not in sight; by the style's own properties, which no policy for styles forbids.
export function unseen(element) {
  Object.assign(element.style, UNSEEN);
  return element;
}

// Texts are only ever text: there is no way from a pact to markup.
export function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}
