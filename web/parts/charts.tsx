import { Chart, type Series } from '../console/parts/charts/Chart.tsx';
import { DayBars } from '../console/parts/charts/DayBars.tsx';
import { HeatMap } from '../console/parts/charts/HeatMap.tsx';
import { type Lane, Lanes } from '../console/parts/charts/Lanes.tsx';
import { LineWithBand, type Point } from '../console/parts/charts/LineWithBand.tsx';
import { Load } from '../console/parts/charts/Load.tsx';
import { type Share, ShareBars } from '../console/parts/charts/ShareBars.tsx';
import { type Bar, StackedBars } from '../console/parts/charts/StackedBars.tsx';
import { LONG_WORD, NAMES } from './data.ts';
import type { Group, State } from './state.ts';

const MINUTE = 60_000;
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
const TABLE = { heads: ['Hour', 'Chats'], rows: HOURS.map((hour, place) => [hour, String(place)]) };

const chart = (name: string, table: typeof TABLE | undefined, more: Omit<State, 'name' | 'draw'> = {}, nothing?: string): State => ({
  name,
  ...more,
  draw: () => <Chart title={`Chats today, ${name}`} note="24 chats" legend={[{ name: 'Answered', look: 'plain' }]} sentence="Most of them at 23" height={80} table={table} nothing={nothing} draw={(width) => HOURS.map((hour, place) => <rect key={hour} class="fill-plain" x={(place * width) / 24} y={80 - place * 3} width={width / 30} height={place * 3} />)} />,
});

const SERIES: readonly Series[] = [
  { name: 'Answered', look: 'plain' },
  { name: 'Not answered', look: 'hatched' },
];
const BARS: readonly Bar[] = HOURS.slice(7, 19).map((hour, place, { length }) => ({ name: `${hour}:00`, mark: hour, parts: [4 + ((place * 7) % 11), place % 4], isNow: place === length - 1 }));
const YEAR: readonly Bar[] = Array.from({ length: 365 }, (_, place) => ({ name: `Day ${place}`, ...(place % 60 === 0 ? { mark: `Day ${place}` } : {}), parts: [1000 + ((place * 37) % 900), (place * 13) % 200] }));

const bars = (name: string, shown: readonly Bar[] | undefined, press: readonly string[] = []): State => ({
  name,
  press,
  draw: () => <StackedBars title={`Chats, ${name}`} note="answered and not" series={SERIES} bars={shown} sentence="Most of them at 11" head="Hour" />,
});

const point = (hour: string, place: number, value: number | undefined): Point => ({ name: `${hour}:00`, mark: hour, value, usual: [MINUTE + place * 4000, 3 * MINUTE + place * 5000] });
const POINTS = HOURS.slice(8, 18).map((hour, place) => point(hour, place, place > 7 ? undefined : MINUTE + ((place * 50_000) % 160_000)));
const GAPS = HOURS.slice(8, 18).map((hour, place) => point(hour, place, place % 4 === 2 ? undefined : 2 * MINUTE));

const line = (name: string, points: readonly Point[] | undefined): State => ({
  name,
  draw: () => <LineWithBand title={`First answer, ${name}`} note="average of the hours" points={points} sentence="Today 2:10 on average" head="Hour" usual="Usual on Tuesdays" />,
});

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const heat = (name: string, value: ((day: number, hour: number) => number) | undefined): State => ({
  name,
  draw: () => (
    <HeatMap
      title={`When they come, ${name}`}
      note="Europe/Amsterdam"
      rows={value && DAYS.map((day, at) => [day, HOURS.map((_, hour) => value(at, hour))])}
      columns={HOURS}
      sentence="Most of them on Monday at 10"
      head="Day"
    />
  ),
});

const waiting = (name: string, minutes: number, promised: number | undefined) => ({ name, waitedMs: minutes * MINUTE, promisedMs: promised === undefined ? undefined : promised * MINUTE });
const LANES: readonly Lane[] = [
  { name: 'Support', note: '3 of 6 online', waiting: [waiting('Noor Jansen', 6.5, 4), waiting('ليلى منصور', 3, 4)], more: 3, answered: [30_000, 90_000, 140_000], left: [200_000] },
  { name: 'Sales', note: 'nobody online', waiting: [], more: 0, answered: [60_000], left: [] },
  { name: 'Wholesale', note: '1 of 1 online', waiting: [waiting('Callum Reid', 1.5, undefined)], more: 0, answered: [], left: [] },
];

const lanes = (name: string, shown: readonly Lane[] | undefined): State => ({ name, draw: () => <Lanes title={`Queue, ${name}`} lanes={shown} sentence="Six wait, the longest for 6:30" /> });

const shares = (name: string, shown: readonly Share[] | undefined, names = 96): State => ({
  name,
  draw: () => <ShareBars title={`Tags, ${name}`} note="of closed chats" shares={shown} names={names} sentence="Most of them about parcels" heads={['Tag', 'Chats', 'Share']} />,
});

const TAGS = ['parcel', 'breakage', 'refund', 'opening hours'].map((name, place) => ({ name, many: 40 - place * 11 }));
const STARS = [5, 4, 3, 2, 1].map((stars) => ({ name: `${stars} stars`, many: stars * stars, fill: `--rate-${stars}` }));

export const CHARTS: Group = {
  name: 'Charts',
  parts: [
    {
      name: 'Chart',
      isWide: true,
      states: [
        chart('rest', TABLE),
        chart('as a table', TABLE, { press: ['.chart-table-button'] }),
        chart('focus', TABLE, { focus: '.chart-table-button' }),
        chart('busy', undefined),
        chart('empty', TABLE, {}, 'Nothing in this time.'),
      ],
    },
    { name: 'StackedBars', isWide: true, states: [bars('rest', BARS), bars('as a table', BARS, ['.chart-table-button']), bars('many', YEAR), bars('empty', []), bars('busy', undefined)] },
    { name: 'LineWithBand', isWide: true, states: [line('rest', POINTS), line('with gaps', GAPS), line('empty', []), line('busy', undefined)] },
    { name: 'Lanes', isWide: true, states: [lanes('rest', LANES), lanes('long text', [{ name: LONG_WORD.slice(0, 24), note: 'nobody online', waiting: [waiting(LONG_WORD.slice(0, 30), 8, 4)], more: 0, answered: [], left: [] }]), lanes('empty', []), lanes('busy', undefined)] },
    { name: 'HeatMap', isWide: true, states: [heat('rest', (day, hour) => (hour < 8 || hour > 18 ? 0 : Math.max(0, 24 - Math.abs(hour - 11) * 3 - day * 3))), heat('empty', () => 0), heat('busy', undefined)] },
    { name: 'ShareBars', isWide: true, states: [shares('rest', TAGS), shares('ratings', STARS), shares('many, long', [...NAMES, LONG_WORD].map((name, place) => ({ name, many: 90_000 - place * 9000 })), 120), shares('empty', []), shares('busy', undefined)] },
    {
      name: 'Load',
      states: [
        { name: 'rest', draw: () => <Load chats={3} waiting={1} most={5} /> },
        { name: 'empty', draw: () => <Load chats={0} waiting={0} most={5} /> },
        { name: 'full', draw: () => <Load chats={5} waiting={3} most={5} /> },
        { name: 'without a bound', draw: () => <Load chats={4} waiting={0} most={undefined} /> },
        { name: 'many', draw: () => <Load chats={40} waiting={5} most={60} /> },
      ],
    },
    {
      name: 'DayBars',
      states: [
        { name: 'rest', draw: () => <DayBars id="crm" name="CRM" /> },
        { name: 'error: attempts fail', draw: () => <DayBars id="desk" name="Order desk" /> },
        { name: 'empty', draw: () => <DayBars id="new" name="New one" /> },
      ],
    },
  ],
};
