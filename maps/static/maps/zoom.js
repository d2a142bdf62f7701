// What the buttons of a map's zoom say: the library would say it in English.
export const zoomOptions = () => ({
  zoomInTipLabel: gettext("放大"),
  zoomOutTipLabel: gettext("缩小"),
});
