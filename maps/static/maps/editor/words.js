// Numbers and names as the page says them.

const whole = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 0 });
const WAN = 10000;

export const interpolated = (sentence, values) => interpolate(sentence, values, true);

export const count = (number) => (number == null ? gettext("不详") : whole.format(number));

/** Square metres: 万㎡ from ten thousand up, as planners talk. */
export function area(m2) {
  if (m2 == null) return gettext("不详");
  if (m2 < WAN) return interpolated(gettext("%(n)s ㎡"), { n: whole.format(m2) });
  return interpolated(gettext("%(n)s 万㎡"), { n: (m2 / WAN).toFixed(2) });
}

/** Yuan a year, with its sign. */
export function yuan(amount) {
  if (amount == null) return gettext("不详");
  const sign = amount < 0 ? "−" : "+";
  const size = Math.abs(amount);
  const told = size < WAN ? whole.format(size) : (size / WAN).toFixed(1);
  const unit = size < WAN ? gettext("%(n)s 元") : gettext("%(n)s 万元");
  return interpolated(unit, { n: sign + told });
}

export const metres = (m) =>
  m == null ? "" : interpolated(gettext("%(n)s 米"), { n: whole.format(m) });

export const zoneName = (zone) =>
  zone ? interpolated(gettext("%(n)s号片区"), { n: zone }) : gettext("未归入");

/** A broken rule that the policy lives with. */
export const allowed = (sentence) =>
  interpolated(gettext("%(text)s（政策允许的例外）"), { text: sentence.replace(/[。.]$/, "") });

/** A moment as told by the server (with its offset), to the minute. */
export const moment = (iso) => (iso || "").slice(0, 16).replace("T", " ");

/** Make an element with text and classes; text is never read as HTML. */
export function element(tag, { text, classes, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text != null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}
