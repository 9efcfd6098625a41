// A look for what the module draws, in a layer of its own: any rule of the page outside of layers goes before it. Fonts are
// the page's; colours are mixed from its text colour, so that they suit light and dark pages alike. Lengths and colours can
// be set by the properties `--leadpact-…`, listed on the demo's page /gallery/.
const LOOK = `@layer leadpact{
.leadpact-questions{--lp-gap:var(--leadpact-gap,1.5rem);--lp-quiet:var(--leadpact-quiet,color-mix(in srgb,currentColor 80%,transparent));--lp-edge:var(--leadpact-edge,color-mix(in srgb,currentColor 60%,transparent));--lp-wrong:var(--leadpact-wrong,color-mix(in srgb,currentColor 40%,#e00));overflow-wrap:anywhere}
.leadpact-questions:not(:has(>:not([hidden],[aria-hidden],.leadpact-status,:empty))){position:absolute}
.leadpact-questions:has(>.leadpact-question){margin-block-start:var(--lp-gap)}
.leadpact-questions [hidden]{display:none!important}
.leadpact-question{border:0;padding:0;margin:0 0 var(--lp-gap);min-inline-size:0}
.leadpact-question>:is(label,legend):first-child{display:block;padding:0;margin:0 0 .375rem;font-weight:600}
.leadpact-mark,.leadpact-help,.leadpact-unit{color:var(--lp-quiet);font-weight:400;font-size:.9em}
.leadpact-help{margin:0 0 .5rem}
.leadpact-option,.leadpact-question :is(select,textarea,input:not([type=radio],[type=checkbox])){box-sizing:border-box;min-block-size:var(--leadpact-target,2.75rem);border:1px solid var(--lp-edge);border-radius:var(--leadpact-radius,.375rem);padding:.5em .75em;max-inline-size:var(--leadpact-width,28em)}
.leadpact-option{display:flex;align-items:center;gap:.75em;margin:0 0 .5rem;cursor:pointer}
.leadpact-option:has(:checked){border-color:var(--leadpact-accent,currentColor);box-shadow:inset 0 0 0 1px var(--leadpact-accent,currentColor)}
div.leadpact-question>.leadpact-option{border:0;padding-inline:0;margin:0;box-shadow:none}
.leadpact-option>input{inline-size:1.25em;block-size:1.25em;margin:0;flex:none;accent-color:var(--leadpact-accent,auto)}
.leadpact-question :is(select,textarea,input:not([type=radio],[type=checkbox])){inline-size:100%;font:inherit}
.leadpact-question ::placeholder{color:color-mix(in srgb,currentColor 75%,transparent);opacity:1}
.leadpact-question>textarea{min-block-size:6em}
.leadpact-question>input[type=number]{inline-size:min(60%,9em)}
.leadpact-questions :is(a,input,select,textarea),.leadpact-errors{scroll-margin-block:var(--leadpact-scroll,8rem)}
.leadpact-question:has(>.leadpact-error),.leadpact-errors:not(:empty){border-inline-start:.25em solid var(--lp-wrong);padding-inline-start:1em}
.leadpact-errors:not(:empty){margin:0 0 var(--lp-gap)}
.leadpact-errors :is(p,ul){margin:0 0 .25rem}
.leadpact-errors>ul{padding-inline-start:1.25em}
.leadpact-errors,.leadpact-error{color:var(--lp-wrong)}
.leadpact-errors a{color:inherit;display:block;padding-block:.25em}
.leadpact-error{margin:.375rem 0 0;font-weight:600}
.leadpact-sent{margin:0 0 var(--lp-gap);border-inline-start:.25em solid var(--leadpact-accent,currentColor);padding-inline-start:1em;font-weight:600}
.leadpact-way{font:inherit;min-block-size:var(--leadpact-target,2.75rem);padding:.25em 1em;margin:.5rem .75em 0 0}
.leadpact-offer{margin:0 0 var(--lp-gap)}
.leadpact-offer>a{display:inline-block;padding-block:.625em}
}`;
const worn = new WeakSet(); // documents and shadow roots that have it
let sheet;

// Where there is nothing to see yet, the region takes part in no grid or row, as their gaps would move what comes after.
export function wear(root) {
  if (worn.has(root) || !root.adoptedStyleSheets) return;
  worn.add(root);
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(LOOK);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
