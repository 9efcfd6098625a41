// Addresses, and whether an offer and an endpoint of a pact may have them.
const rows = (urls, offer, endpoint) => urls.map((url) => ({ url, offer, endpoint }));
export const URLS = [
  ...rows([
    "https://a.example", "https://a.example/", "https://a.example/b/c.html", "https://a.example:8443/b", "https://a.example?b=c&d=%20", "https://a.example#b",
    "https://a.example/b@c", "https://a.example/?to=b@c.example", "https://a.example/#@b", "https://127.0.0.1/b", "https://xn--mnchen-3ya.example/",
    "https://münchen.example/", "https://a.example/%2e%2e/b", "https://a.example/..//b", "https://a.example//b.example", "https://a.example/<b>\"'", "https://a.example/é",
    "https://a.example/javascript:alert(1)", "https://a.example./", "https://a.example:/b", "https://a.example:0443/b",
  ], true, true),
  ...rows(["/", "/leads", "/leads?form=1#x", "/a/../leads", "/leads:1", "/@leads", "/.//b.example"], false, true),
  ...rows([
    "", " ", "leads", "./leads", "../leads", "?leads", "#leads", "//a.example", "///a.example", "/\\a.example", "\\\\a.example", "/\t/a.example", "/\n/a.example", "\t/leads",
    "http://a.example/", "HTTP://a.example/", "HTTPS://a.example/", "https:a.example", "https:/a.example", "https:///a.example", "https://", "https:///", "https://?b", "https://#b",
    "https://:443/", "https://a@b.example/", "https://a:b@c.example/", "https://@a.example/", "https://:@a.example/", "https://a.example@b.example/", "https://a.example\\@b.example/",
    "https:\\\\a.example", "https://a.example\\b", "https://a.example/\\b", "https://a.exa mple/", "https://a.example/b c", " https://a.example/", "https://a.example/ ", "ht\ttps://a.example/",
    "https://a.exam\tple/", "https://a.example/\nb", "https://a.example/\u0000", "https://a.example/\u0007", "\u0001https://a.example/", "https://a.example/\u00a0", "https://a.example/\u2028b", "\ufeffhttps://a.example/",
    "javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\nscript:alert(1)", "javascript://a.example/%0aalert(1)", "data:text/html,<script>alert(1)</script>", "data:,", "vbscript:a",
    "blob:https://a.example/b", "filesystem:https://a.example/b", "file:///etc/passwd", "about:blank", "view-source:https://a.example/", "mailto:a@b.example", "tel:1", "ftp://a.example/", "ws://a.example/", "wss://a.example/",
    `https://a.example/${"b".repeat(2048)}`,
  ], false, false),
  // What no reader of addresses takes as one.
  ...rows(["https://a.example:99999/", "https://a.example:b/", "https://a.exa<mple/", "https://[::1/", "https://[::1]/", "https://a:80:90/", "https://.../", "https://1.2.3.256/", "https://a%zz.example/", "https://a^b.example/", "https://a|b.example/"], false, false),
];
