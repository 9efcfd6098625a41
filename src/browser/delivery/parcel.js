// What is posted: the form's own fields, the id and the record, in one of three formats.

// What cannot be told apart from a form's own request is sent to another origin without asking it first.
const SIMPLE = "text/plain;charset=UTF-8";

// A parcel, ready to be posted as often as it takes.
export function pack(data, attempt, { url, format, cors, credentials, acknowledge }) {
  const id = data.get("leadpact_id");
  const elsewhere = new URL(url).origin !== location.origin;
  const [type, body] = FORMATS[format](data);
  const plain = elsewhere && !cors && format !== "form";
  return { id, attempt, url, data, body, type: plain ? SIMPLE : type, elsewhere, credentials, acknowledge };
}

const FORMATS = {
  form: (data) => ["application/x-www-form-urlencoded;charset=UTF-8", String(new URLSearchParams(texts(data)))],
  json: (data) => ["application/json", JSON.stringify(fields(data))],
  cloudevents: (data) => ["application/cloudevents+json", JSON.stringify(event(fields(data)))],
};

export const isFormat = (name) => Object.hasOwn(FORMATS, name);

// Whether there is a file: only the form's own request carries files.
export const hasFile = (data) => [...data.values()].some((value) => typeof value !== "string" && (value.name || value.size));

const texts = (data) => [...data].filter(([, value]) => typeof value === "string");

// A text a name, and a list where the form has several of that name.
function fields(data) {
  const all = Object.create(null);
  for (const [name, value] of texts(data)) all[name] = name in all ? [all[name], value].flat() : value;
  if (all.leadpact) all.leadpact = JSON.parse(all.leadpact);
  return all;
}

// CloudEvents 1.0, structured mode. The source is the page, without what its address carries of the visit.
function event(data) {
  const { attempt = 1, at } = data.leadpact ?? {};
  return {
    specversion: "1.0",
    type: "org.leadpact.lead",
    source: location.origin + location.pathname,
    id: `${data.leadpact_id}.${attempt}`,
    time: at ?? new Date().toJSON(),
    datacontenttype: "application/json",
    data,
  };
}
