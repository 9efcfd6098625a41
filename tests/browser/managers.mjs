// What a page has of a consent manager, and of ours: two managers as they are published, the others as stand-ins.
export const adapter = (name, wanted) => `<script type="module" src="/leadpact/consent/${name}.js${wanted ? `?for=${wanted}` : ""}"></script>`;
export const module = `<script type="module" src="/leadpact/leadpact.js"></script>`;

export const klaro = (mustConsent = false) => `<script>window.klaroConfig = { version: 1, elementID: "klaro", mustConsent: ${mustConsent}, services: [{ name: "leads", title: "Leads", purposes: ["sales"] }, { name: "other", purposes: ["sales"] }] }</script>
<script src="/cmp/klaro/dist/klaro-no-css.js"></script>`;

export const tarteaucitron = `<script src="/cmp/tarteaucitronjs/tarteaucitron.js"></script><script>
tarteaucitron.init({ privacyUrl: "", hashtag: "#tac", cookieName: "tac", orientation: "bottom", showAlertSmall: false, cookieslist: false, adblocker: false, DenyAllCta: true, AcceptAllCta: true, highPrivacy: true, handleBrowserDNTRequest: false, removeCredit: true, mandatory: false, googleConsentMode: false, bingConsentMode: false, partnersList: false });
tarteaucitron.services.leads = { key: "leads", type: "other", name: "Leads", needConsent: true, cookies: [], js() {}, fallback() {} };
(tarteaucitron.job = tarteaucitron.job || []).push("leads");</script>`;

// Each stand-in: what a page has of the manager, and how its visitor agrees and refuses.
export const standIns = {
  axeptio:
    `window._axcb = window._axcb || []; const listeners = []; window.ready = () => { const sdk = { on: (type, then) => type === "cookies:complete" && listeners.push(then) }; window._axcb.forEach((then) => then(sdk)); window._axcb = { push: (then) => then(sdk) }; };
     window.answer = (leadpact) => listeners.forEach((then) => then({ leadpact, other: true }))`,
  didomi:
    `const observers = []; const Didomi = { getObservableOnUserConsentStatusForVendor: (id) => ({ subscribe(then) { observers.push(then); then(undefined); } }) };
     window.didomiOnReady = window.didomiOnReady || []; window.ready = () => { window.didomiOnReady.forEach((then) => then(Didomi)); window.didomiOnReady = { push: (then) => then(Didomi) }; };
     window.answer = (status) => observers.forEach((then) => then(status))`,
  onetrust:
    `let closed = false; window.OnetrustActiveGroups = ",C0001,C0002,"; window.ready = () => { window.OneTrust = { IsAlertBoxClosed: () => closed }; dispatchEvent(new CustomEvent("OneTrustGroupsUpdated", { detail: ["C0001", "C0002"] })); };
     window.answer = (allowed) => { closed = true; window.OnetrustActiveGroups = allowed ? ",C0001,C0002," : ",C0001,"; dispatchEvent(new CustomEvent("OneTrustGroupsUpdated")); }`,
  cookiebot:
    `window.ready = () => { window.Cookiebot = { hasResponse: false, consent: { statistics: false } }; };
     window.answer = (allowed) => { window.Cookiebot = { hasResponse: true, consent: { statistics: allowed } }; dispatchEvent(new Event(allowed ? "CookiebotOnAccept" : "CookiebotOnDecline")); }`,
  tcf:
    `const listeners = []; const tell = (eventStatus, allowed) => listeners.forEach((then) => then({ eventStatus, publisher: { consents: { 1: true, 8: allowed } } }, true));
     window.ready = () => { window.__tcfapi = (command, version, then) => { if (command === "addEventListener" && version === 2) { listeners.push(then); then({ eventStatus: "cmpuishown", publisher: { consents: { 1: true, 8: true } } }, true); } }; };
     window.answer = (allowed) => tell("useractioncomplete", allowed)`,
};
