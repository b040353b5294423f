import { Chip } from '../console/parts/Chip.tsx';
import { Copy } from '../console/parts/Copy.tsx';
import { Divider } from '../console/parts/Divider.tsx';
import { ExportButton } from '../console/parts/ExportButton.tsx';
import { FilterChip } from '../console/parts/FilterChip.tsx';
import { Icon } from '../console/parts/Icon.tsx';
import { Language } from '../console/parts/Language.tsx';
import { Modes } from '../console/parts/Modes.tsx';
import { MoreMenu } from '../console/parts/MoreMenu.tsx';
import { Segments } from '../console/parts/Segments.tsx';
import { Switch, Toggle } from '../console/parts/Switch.tsx';
import { Tabs } from '../console/parts/Tabs.tsx';
import { LONG, LONG_WORD, NAMES, nothing } from './data.ts';
import type { Group, State } from './state.ts';

const CHOICES = [
  ['all', 'All'],
  ['mine', 'Mine'],
  ['queue', 'Queue'],
] as const;

const ACTS = [
  { icon: 'edit', name: 'Rename', act: nothing },
  { icon: 'doc', name: 'Archive', act: nothing },
  { icon: 'trash', name: 'Delete “Support”', act: nothing },
];

const button = (name: string, look: string, more: Omit<State, 'name' | 'draw'> = {}, isDisabled = false): State => ({
  name,
  ...more,
  draw: () => (
    <div class="line">
      <button type="button" class={`button ${look}`} aria-disabled={isDisabled}>
        <Icon name="plus" />
        <span>Create endpoint</span>
      </button>
      <button type="button" class={`button small ${look}`} aria-disabled={isDisabled}>
        Small
      </button>
      <button type="button" class={`button tiny ${look}`} aria-disabled={isDisabled}>
        Tiny
      </button>
    </div>
  ),
});

/** The first of them is this page. */
const tabs = (label: string, names: readonly string[]) => () => <Tabs label={label} tabs={names.map((name, place) => [place === 0 ? '/parts' : `/parts-${place}`, name])} />;

export const CONTROLS: Group = {
  name: 'Controls',
  parts: [
    {
      name: 'Button',
      states: [
        button('rest', ''),
        button('primary', 'primary'),
        button('quiet', 'quiet'),
        button('danger', 'danger'),
        button('focus', '', { focus: 'button' }),
        button('primary, pointed at', 'primary', { hover: 'button' }),
        button('disabled', '', {}, true),
        button('primary, disabled or busy', 'primary', {}, true),
      ],
    },
    {
      name: 'Switch',
      states: [
        { name: 'off', draw: () => <Switch label="Ask for an e-mail address" on={false} change={nothing} /> },
        { name: 'on', draw: () => <Switch label="Ask for an e-mail address" on change={nothing} /> },
        { name: 'focus', focus: 'button', draw: () => <Switch label="Ask for an e-mail address" on change={nothing} /> },
        { name: 'alone', draw: () => <Toggle label="Monday" on change={nothing} /> },
        { name: 'long text', draw: () => <Switch label={LONG} on={false} change={nothing} /> },
      ],
    },
    {
      name: 'Segments',
      states: [
        { name: 'rest', draw: () => <Segments choices={CHOICES} chosen="mine" choose={nothing} /> },
        { name: 'focus', focus: 'button:last-child', draw: () => <Segments choices={CHOICES} chosen="mine" choose={nothing} /> },
        { name: 'disabled', draw: () => <Segments choices={CHOICES} chosen="mine" /> },
      ],
    },
    {
      name: 'Tabs',
      states: [
        { name: 'rest', draw: tabs('Units', ['Units', 'Monitors']) },
        { name: 'focus', focus: 'a:last-child', draw: tabs('Tags', ['Tags', 'Canned responses']) },
        { name: 'many', draw: tabs('Webhooks', ['Endpoints', 'Deliveries', 'Given up', 'Log']) },
      ],
    },
    {
      name: 'ExportButton',
      states: [
        { name: 'rest', draw: () => <ExportButton name="Endpoints" table={() => []} /> },
        { name: 'focus', focus: 'button', draw: () => <ExportButton name="Endpoints" table={() => []} /> },
      ],
    },
    {
      name: 'Copy',
      states: [
        { name: 'rest', draw: () => <Copy text="whsec_9sTq4v" /> },
        { name: 'focus', focus: 'button', draw: () => <Copy text="whsec_9sTq4v" label="Copy the address" /> },
        { name: 'a sign alone', draw: () => <Copy text="whsec_9sTq4v" isSign /> },
      ],
    },
    {
      name: 'MoreMenu',
      states: [
        { name: 'rest', draw: () => <MoreMenu acts={ACTS} /> },
        { name: 'focus', focus: 'button', draw: () => <MoreMenu acts={ACTS} /> },
        { name: 'open', high: 180, press: ['button'], draw: () => <div class="line"><span class="push" /><MoreMenu acts={ACTS} /></div> },
        { name: 'empty: it is not there', draw: () => <MoreMenu acts={[]} /> },
      ],
    },
    {
      name: 'Divider',
      states: [
        { name: 'rest', draw: () => <div class="column"><Divider label="Width of the list" property="--list" /></div> },
        { name: 'focus', focus: '.divider', draw: () => <div class="column"><Divider label="Width of the details" property="--details" isAfter /></div> },
      ],
    },
    { name: 'Modes', states: [{ name: 'rest', draw: () => <Modes /> }] },
    { name: 'Language', states: [{ name: 'rest', draw: () => <Language /> }, { name: 'focus', focus: 'select', draw: () => <Language /> }] },
    {
      name: 'FilterChip',
      states: [
        { name: 'rest', draw: () => <FilterChip label="Department" shown="Support" remove={nothing} /> },
        { name: 'focus', focus: 'button', draw: () => <FilterChip label="Department" shown="Support" remove={nothing} /> },
        { name: 'long text', draw: () => <FilterChip label="Department" shown={LONG} remove={nothing} /> },
      ],
    },
    {
      name: 'Chip',
      states: [
        { name: 'rest', draw: () => <div class="line"><span class="chip">breakage</span><span class="chip">Standard</span></div> },
        { name: 'to be taken away', draw: () => <div class="line"><Chip word="breakage" remove={nothing} /><Chip word={LONG_WORD.slice(0, 20)} remove={nothing} /></div> },
        { name: 'to be pressed', draw: () => <button type="button" class="chip" aria-pressed="true">parcel</button> },
        { name: 'many', draw: () => <div class="line" style={{ flexWrap: 'wrap' }}>{NAMES.map((name) => <span key={name} class="chip"><bdi>{name}</bdi></span>)}</div> },
      ],
    },
  ],
};
