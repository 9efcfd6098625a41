// A look for what the module draws, in a layer of its own: any rule of the page goes before it. Fonts and inputs are the
// page's; lengths and colours can be set by the properties named here.
const LOOK = `@layer leadpact{
.leadpact-questions{--gap:var(--leadpact-gap,1rem);--quiet:var(--leadpact-quiet,color-mix(in srgb,currentColor 72%,transparent));--wrong:var(--leadpact-wrong,#b3261e)}
.leadpact-questions:not(:has(>:not([hidden],[aria-hidden],.leadpact-status))){position:absolute}
.leadpact-question{border:0;padding:0;margin:0 0 var(--gap);min-inline-size:0}
.leadpact-question[hidden]{display:none}
.leadpact-question>:is(label,legend):first-child{display:block;padding:0;margin:0 0 calc(var(--gap)/3);font-weight:600}
.leadpact-mark,.leadpact-help,.leadpact-unit{color:var(--quiet);font-weight:400;font-size:.9em}
.leadpact-help{margin:0 0 calc(var(--gap)/3)}
.leadpact-option{display:flex;align-items:center;gap:.6em;min-block-size:var(--leadpact-target,2.75rem)}
.leadpact-option>input{inline-size:1.25em;block-size:1.25em;margin:0;flex:none;accent-color:var(--leadpact-accent,auto)}
.leadpact-question :is(select,textarea,input:not([type=radio],[type=checkbox])){box-sizing:border-box;inline-size:min(100%,28em);min-block-size:var(--leadpact-target,2.75rem);font:inherit}
.leadpact-question>input[type=number]{inline-size:min(60%,9em)}
.leadpact-question:is(:focus-within){scroll-margin-block:8rem}
.leadpact-errors,.leadpact-error{color:var(--wrong)}
@media (prefers-color-scheme:dark){.leadpact-questions{--wrong:var(--leadpact-wrong,light-dark(#b3261e,#ffb4ab))}}
.leadpact-errors{border-inline-start:.25em solid;padding-inline-start:.75em;margin:0 0 var(--gap)}
.leadpact-errors a{color:inherit}
.leadpact-error{margin:calc(var(--gap)/4) 0 0;font-weight:600}
.leadpact-offer{margin:0 0 var(--gap)}
}`;
const worn = new WeakSet(); // documents and shadow roots that have it
let sheet;

// Where there is nothing to see yet, the region takes part in no grid or row, as their gaps would move what comes after.
export function wear(root) {
  if (worn.has(root) || !root.adoptedStyleSheets) return;
  worn.add(root);
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(LOOK);
  root.adoptedStyleSheets.push(sheet);
}
