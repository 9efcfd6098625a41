// A time zone, by the browser's own tables: how far its clocks are ahead of UTC at an instant, in milliseconds; NaN where the
// browser has no such zone.
export function zone(timeZone) {
  let format;
  const ahead = (at) => {
    try {
      format ??= new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
      // `11/20/2026, GMT+01:00`, or just `GMT`: what a clock with that offset calls midnight is as much before it in UTC.
      return -Date.parse("1970T00:00" + (/[+-].*/.exec(format.format(at)) ?? "Z"));
    } catch {
      return NaN;
    }
  };
  return { ahead };
}
