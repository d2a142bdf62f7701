// Rates as officials print them.
const WHOLE = 100;
const grouped = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 0 });
const WAN = 10000;

/** 91.68 %, 100 %; — where there is nothing to cover. */
export function percentText(percent) {
  if (percent == null) return "—";
  return percent === 0 || percent === WHOLE ? `${percent} %` : `${percent.toFixed(2)} %`;
}

/** 万 from ten thousand up. */
export function short(number) {
  if (number < WAN) return grouped.format(number);
  return interpolate(gettext("%(number)s 万"), { number: (number / WAN).toFixed(2) }, true);
}

/** The class of a rate; null where there is none. */
export function classOf(percent, classes) {
  if (percent == null) return null;
  return classes.find((each) => percent >= each.low && percent < each.high);
}
