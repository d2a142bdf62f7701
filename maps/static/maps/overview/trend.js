// The line of the months, with the day that is shown and the target.
import { percentText } from "./percent.js";

/** A round number at the edge of what is shown, the rounder the more is shown. */
function roundOut(range, round, edge) {
  const step = range.max - range.min > 20 ? 10 : range.max - range.min > 5 ? 5 : 1;
  return round(edge / step) * step;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class Trend {
  constructor(element, data) {
    this.data = data;
    this.stop = data.here;
    this.chart = echarts.init(element, null, { renderer: "svg" });
    this.draw();
    new ResizeObserver(() => this.chart.resize()).observe(element);
    document.addEventListener("theme-changed", () => this.draw());
  }

  /** Mark a stop of the slider. */
  show(stop) {
    this.stop = stop;
    this.chart.setOption({ series: [{ markLine: this.marks() }] });
  }

  marks() {
    const day = { xAxis: this.data.days[this.stop], lineStyle: { color: colour("--ink") } };
    const target = { yAxis: this.data.target, lineStyle: { color: colour("--none") } };
    return {
      symbol: "none",
      silent: true,
      animation: false,
      label: { show: false },
      data: this.data.target == null ? [day] : [day, target],
    };
  }

  draw() {
    const { days, own } = this.data;
    const soft = colour("--soft");
    const line = colour("--in-service");
    this.chart.setOption({
      animation: false,
      grid: { left: 44, right: 12, top: 12, bottom: 22 },
      tooltip: {
        trigger: "axis",
        confine: true,
        valueFormatter: percentText,
      },
      xAxis: {
        type: "category",
        data: days,
        axisLabel: { color: soft, formatter: (day) => day.slice(0, 7), hideOverlap: true },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colour("--line") } },
      },
      yAxis: {
        type: "value",
        scale: true,
        max: (range) => Math.min(100, roundOut(range, Math.ceil, range.max)),
        min: (range) => Math.max(0, roundOut(range, Math.floor, range.min)),
        splitNumber: 3,
        axisLabel: { color: soft, formatter: "{value} %" },
        splitLine: { lineStyle: { color: colour("--line") } },
      },
      series: [
        {
          type: "line",
          data: own,
          showSymbol: false,
          lineStyle: { color: line, width: 2 },
          itemStyle: { color: line },
          areaStyle: { color: line, opacity: 0.08 },
          markLine: this.marks(),
        },
      ],
    });
  }
}
