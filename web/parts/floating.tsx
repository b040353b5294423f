import { toasts } from '../console/live/toasts.ts';
import { Dialog } from '../console/parts/Dialog.tsx';
import { Drawer } from '../console/parts/Drawer.tsx';
import { Emoji } from '../console/parts/Emoji.tsx';
import { TextField } from '../console/parts/Field.tsx';
import { FaultBanner } from '../console/parts/FaultBanner.tsx';
import { Icon } from '../console/parts/Icon.tsx';
import { Key } from '../console/parts/Key.tsx';
import { MoreMenu } from '../console/parts/MoreMenu.tsx';
import { Popover } from '../console/parts/Popover.tsx';
import { Removal } from '../console/parts/Removal.tsx';
import { Sure } from '../console/parts/Sure.tsx';
import { Toasts } from '../console/parts/Toasts.tsx';
import { Refused } from '../shared/answers.ts';
import { LONG, LONG_WORD, NAMES, never, nothing } from './data.ts';
import type { Group, State } from './state.ts';

const foot = (
  <>
    <span class="quiet">CRM will hear of it</span>
    <span class="push" />
    <button type="button" class="button primary">
      <span>Close chat</span>
      <Key keys="mod enter" />
    </button>
  </>
);

const sure = (name: string, act: () => Promise<void>, press: readonly string[]): State => ({
  name,
  high: 240,
  press,
  draw: () => (
    <Sure title="Delete “Support”?" verb="Delete" act={act} close={nothing}>
      <p>Its two chats stay with their agents.</p>
    </Sure>
  ),
});

const drawer = (name: string, draw: State['draw']): State => ({
  name,
  high: 360,
  draw: () => (
    <div class="page" style={{ blockSize: '330px' }}>
      <div class="beside">
        <span class="push" />
        {draw()}
      </div>
    </div>
  ),
});

const said = (all: typeof toasts.value) => () => {
  toasts.value = all;
  return <Toasts />;
};

export const FLOATING: Group = {
  name: 'What floats',
  parts: [
    {
      name: 'Dialog',
      isWide: true,
      states: [
        { name: 'rest', high: 260, draw: () => <Dialog title="Close the chat with Noor Jansen" close={nothing} foot={foot}><p>She is told that it is closed.</p></Dialog> },
        { name: 'without a foot', high: 260, draw: () => <Dialog title="Keys" close={nothing}><p>There are none here.</p></Dialog> },
        { name: 'many, long', high: 260, draw: () => <Dialog title={LONG} close={nothing} foot={foot}>{NAMES.map((name) => <p key={name}><bdi>{name}</bdi>: {LONG}</p>)}</Dialog> },
      ],
    },
    {
      name: 'Sure',
      isWide: true,
      states: [
        sure('rest', never, []),
        sure('busy', never, ['.danger']),
        sure('error', async () => await Promise.reject(new Refused(400, { error: 'Somebody is in there, and nobody else has a place for their chats.' })), ['.danger']),
      ],
    },
    {
      name: 'Removal',
      isWide: true,
      states: [
        { name: 'rest', draw: () => <Removal name="breakage" more="Chats that have it keep it." remove={never} /> },
        { name: 'asked', high: 240, press: ['.more-menu > button', '.option'], draw: () => <Removal name="breakage" more="Chats that have it keep it." remove={never} /> },
        { name: 'long text', high: 240, press: ['.more-menu > button', '.option'], draw: () => <Removal name={LONG_WORD} more={LONG} remove={never} /> },
      ],
    },
    {
      name: 'Popover',
      states: [
        {
          name: 'rest',
          high: 160,
          draw: () => (
            <Popover label="More" kind="" close={nothing}>
              {['Quote', 'Copy', 'Edit'].map((name) => (
                <button key={name} type="button" class="option">
                  {name}
                </button>
              ))}
            </Popover>
          ),
        },
      ],
    },
    { name: 'Emoji', isWide: true, states: [{ name: 'rest', high: 280, draw: () => <Emoji pick={nothing} close={nothing} /> }] },
    {
      name: 'Drawer',
      isWide: true,
      states: [
        drawer('rest', () => <Drawer title="Support" close={nothing} step={nothing} acts={<MoreMenu acts={[{ icon: 'trash', name: 'Delete', act: nothing }]} />}><p>Six agents.</p></Drawer>),
        drawer('with a foot', () => <Drawer title="Support" close={nothing} foot={<div class="save-bar"><span class="push" /><button type="button" class="button primary">Save</button></div>}><p>Six agents.</p></Drawer>),
        drawer('many, long', () => <Drawer title={LONG} close={nothing} step={nothing}><TextField label="Name" value={LONG} change={nothing} />{NAMES.map((name) => <p key={name}><bdi>{name}</bdi>: {LONG}</p>)}</Drawer>),
      ],
    },
    {
      name: 'Toasts',
      isWide: true,
      states: [
        { name: 'rest', high: 120, draw: said([{ id: 1, words: 'Noor Jansen is closed', isFault: false, undo: nothing }]) },
        { name: 'error', high: 120, draw: said([{ id: 1, words: 'The server does not answer. Try again in a moment.', isFault: true }]) },
        { name: 'many, long', high: 240, draw: said([{ id: 1, words: LONG, isFault: true }, { id: 2, words: 'Saved', isFault: false }, { id: 3, words: LONG, isFault: false, undo: nothing }]) },
      ],
    },
    {
      name: 'FaultBanner',
      states: [
        { name: 'error', draw: () => <FaultBanner words="The server does not answer. Try again in a moment." /> },
        { name: 'long text', draw: () => <FaultBanner words={LONG} /> },
        { name: 'empty: nothing is said', draw: () => <FaultBanner words="" /> },
      ],
    },
    {
      name: 'Banner',
      states: [
        { name: 'no connection', draw: () => <div class="banner banner-wait"><Icon name="alert" /><span>No connection since 14:31:20. What you send waits here.</span></div> },
        { name: 'back again', draw: () => <div class="banner banner-good"><Icon name="check" /><span>Connected again.</span></div> },
        { name: 'an update', draw: () => <div class="banner"><Icon name="retry" /><span>Hark was updated.</span><span class="push" /><button type="button" class="button small">Reload</button></div> },
        { name: 'error', draw: () => <div class="banner banner-fault"><Icon name="alert" /><span>14 deliveries were given up.</span></div> },
      ],
    },
  ],
};
