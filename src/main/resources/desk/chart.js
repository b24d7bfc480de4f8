// The last hour as lines, by uPlot.

import { h } from './dom.js';
import { duration, number, rate, t } from './i18n.js';

const HOUR = 3600;
const TEN_MINUTES = 600;

const LINES = [
  { key: 'delivered', column: 1, colour: '--ok', show: (value) => rate(value) },
  { key: 'latency', column: 2, colour: '--info', show: (value) => (value < 1 ? t('unit.milliseconds', { n: number(value * 1000) }) : duration(value)) },
  { key: 'failed', column: 3, colour: '--warn', show: (value) => rate(value) },
  { key: 'deadletters', column: 4, colour: '--bad', show: (value) => rate(value) },
];

/** The samples of the last hour, and the charts that show them. */
export class History {
  #columns = [[], [], [], [], []];
  #charts = new Map();
  #everySeconds = 10;

  replace({ everySeconds, samples }) {
    this.#everySeconds = everySeconds;
    this.#columns = [0, 1, 2, 3, 4].map((column) => samples.map((sample) => sample[column]));
    this.#draw();
  }

  add(sample) {
    const times = this.#columns[0];
    if (times.length > 0 && sample[0] <= times[times.length - 1]) {
      return;
    }
    const first = times.findIndex((time) => time > sample[0] - HOUR);
    this.#columns.forEach((column, index) => {
      column.splice(0, Math.max(0, first));
      column.push(sample[index]);
    });
    this.#draw();
  }

  /** One figure for each line; the charts inside are drawn when they are in the page. */
  figures() {
    return h(
      'div',
      { class: 'charts' },
      LINES.map((line) => {
        const values = this.#columns[line.column].filter((value) => value !== null);
        const summary =
          values.length === 0
            ? t('chart.none')
            : t('chart.summary', { now: line.show(values[values.length - 1]), most: line.show(Math.max(...values)) });
        return h(
          'figure',
          { 'data-key': line.key },
          h('figcaption', {}, h('strong', {}, t(`chart.${line.key}`)), ' ', h('span', { class: 'muted' }, summary)),
          h('div', { class: 'chart', 'data-keep': true, 'data-line': line.key, 'aria-hidden': 'true' }),
        );
      }),
    );
  }

  /** Draws into what is in the page, and forgets what has left it. */
  attach(root) {
    for (const [place, chart] of this.#charts) {
      if (!place.isConnected) {
        chart.destroy();
        this.#charts.delete(place);
      }
    }
    for (const place of root.querySelectorAll('[data-line]')) {
      const chart = this.#charts.get(place);
      if (!chart) {
        this.#charts.set(place, this.#chart(place));
      } else if (place.clientWidth > 0 && chart.width !== place.clientWidth) {
        chart.setSize({ width: place.clientWidth, height: chart.height });
      }
    }
  }

  /** Colours and words have changed. */
  restyle() {
    for (const chart of this.#charts.values()) {
      chart.destroy();
    }
    this.#charts.clear();
  }

  #draw() {
    for (const [place, chart] of this.#charts) {
      chart.setData(this.#data(place.dataset.line));
    }
  }

  /** Where a sample is missing, the line has a gap. */
  #data(key) {
    const { column } = LINES.find((line) => line.key === key);
    const times = [];
    const values = [];
    this.#columns[0].forEach((time, index) => {
      const before = times[times.length - 1];
      if (before !== undefined && time - before > 3 * this.#everySeconds) {
        times.push(before + this.#everySeconds);
        values.push(null);
      }
      times.push(time);
      values.push(this.#columns[column][index]);
    });
    return [times, values];
  }

  /** The last hour; of a young process only what there is, and ten minutes at least. */
  #span() {
    const now = Date.now() / 1000;
    const first = this.#columns[0][0] ?? now;
    return [Math.max(now - HOUR, Math.min(first, now - TEN_MINUTES)), now];
  }

  #chart(place) {
    const line = LINES.find((each) => each.key === place.dataset.line);
    const colour = (name) => resolved(place, name);
    const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui' };
    const clock = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', hour12: false });
    return new uPlot(
      {
        width: place.clientWidth || 300,
        height: 130,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { range: () => this.#span() },
          y: { range: (plot, least, most) => [0, most > 0 ? most * 1.1 : 1] },
        },
        axes: [
          { ...axis, space: 70, size: 28, values: (plot, splits) => splits.map((split) => clock.format(split * 1000)) },
          { ...axis, size: 64, values: (plot, splits) => splits.map((split) => line.show(split)) },
        ],
        series: [{}, { stroke: colour(line.colour), fill: colour(`${line.colour}-bg`), width: 2, points: { size: 4 } }],
      },
      this.#data(line.key),
      place,
    );
  }
}

/** What a canvas understands: a colour that depends on light or dark does not. */
function resolved(place, name) {
  place.style.color = `var(${name})`;
  const colour = getComputedStyle(place).color;
  place.style.color = '';
  return colour;
}
