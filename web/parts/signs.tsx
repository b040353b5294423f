import drawn from 'virtual:icons';

import { Avatar } from '../console/parts/Avatar.tsx';
import { CrmCard } from '../console/parts/CrmCard.tsx';
import { Icon, Logo, Mark, type State as Marked } from '../console/parts/Icon.tsx';
import { Json } from '../console/parts/Json.tsx';
import { Key } from '../console/parts/Key.tsx';
import { LetIn } from '../console/parts/LetIn.tsx';
import { LiveDot } from '../console/parts/LiveDot.tsx';
import { MarkedLine } from '../console/parts/MarkedLine.tsx';
import { NeedBanner } from '../console/parts/NeedBanner.tsx';
import { NeedReason } from '../console/parts/NeedReason.tsx';
import { Skeleton } from '../console/parts/Skeleton.tsx';
import { SnippetCode } from '../console/parts/SnippetCode.tsx';
import { LONG, LONG_ADDRESS, LONG_WORD, NAMES } from './data.ts';
import type { Group } from './state.ts';

const MARKS: readonly Marked[] = ['delivered', 'waiting', 'failed', 'paused', 'disabled', 'sending', 'held', 'idle'];

const CARD = { Customer: 'C-10482, since May 2021', Orders: '9 · 1,284.00 €', link: 'https://crm.kiln-and-clay.example/customers/10482' };

const EVENT = { type: 'chat.started', timestamp: '2026-11-24T14:31:20.000Z', data: { id: 42, isNew: true, agent: null, words: 'One of the bowls arrived with a crack.' } };

export const SIGNS: Group = {
  name: 'Signs and texts',
  parts: [
    {
      name: 'Icon',
      isWide: true,
      states: [
        {
          name: 'all of them',
          draw: () => (
            <div class="all-icons">
              {Object.keys(drawn)
                .filter((name) => !name.startsWith('mark-'))
                .map((name) => (
                  <span key={name} class="line meta">
                    <Icon name={name} /> {name}
                  </span>
                ))}
            </div>
          ),
        },
        {
          name: 'marks, each with its word',
          draw: () => (
            <div class="all-icons">
              {MARKS.map((state) => (
                <span key={state} class="state">
                  <Mark state={state} /> {state}
                </span>
              ))}
            </div>
          ),
        },
        { name: 'the logo', draw: () => <Logo size={40} /> },
      ],
    },
    {
      name: 'LiveDot',
      states: [
        {
          name: 'each with its word',
          draw: () => (
            <div class="line">
              {(['on', 'off', 'paused'] as const).map((state) => (
                <span key={state} class="line">
                  <LiveDot state={state} /> {state}
                </span>
              ))}
            </div>
          ),
        },
      ],
    },
    {
      name: 'Avatar',
      states: [
        { name: 'names', draw: () => <div class="line">{NAMES.map((name) => <Avatar key={name} name={name} size={32} />)}</div> },
        {
          name: 'presence',
          draw: () => (
            <div class="line">
              {(['online', 'away', 'busy', 'offline'] as const).map((presence, place) => (
                <Avatar key={presence} name={NAMES[place] ?? ''} size={32} presence={presence} />
              ))}
            </div>
          ),
        },
        { name: 'a picture', draw: () => <Avatar name="Priya Raman" username="priya" size={40} presence="online" /> },
        { name: 'empty: no name', draw: () => <Avatar name="" size={32} /> },
        { name: 'long text', draw: () => <Avatar name={LONG_WORD} size={24} /> },
      ],
    },
    {
      name: 'Key',
      states: [
        { name: 'rest', draw: () => <div class="line"><Key keys="T" /><Key keys="mod k" /><Key keys="shift enter" /><Key keys="escape" /></div> },
        { name: 'in buttons', draw: () => <div class="line"><button type="button" class="button"><span>Take next</span><Key keys="T" /></button><button type="button" class="button primary"><span>Save</span><Key keys="mod S" /></button></div> },
      ],
    },
    {
      name: 'Badge and count',
      states: [
        {
          name: 'badges',
          draw: () => (
            <div class="line" style={{ flexWrap: 'wrap' }}>
              <span class="badge"><Mark state="held" size={14} />On hold</span>
              <span class="badge badge-good"><Mark state="delivered" size={14} />Delivered</span>
              <span class="badge badge-wait"><Mark state="waiting" size={14} />Waiting</span>
              <span class="badge badge-fault"><Mark state="failed" size={14} />Given up</span>
            </div>
          ),
        },
        { name: 'counts', draw: () => <div class="line"><span class="count">3</span><span class="count count-fault">99+</span><span class="count-quiet">12</span></div> },
      ],
    },
    {
      name: 'MarkedLine',
      states: [
        { name: 'rest', draw: () => <p class="chats-line"><MarkedLine line="One of the bowls arrived with a crack." marks={[{ start: 11, length: 5 }, { start: 32, length: 5 }]} /></p> },
        { name: 'empty: nothing is marked', draw: () => <p class="chats-line"><MarkedLine line="One of the bowls arrived with a crack." marks={[]} /></p> },
        { name: 'long text', draw: () => <p class="chats-line"><MarkedLine line={LONG} marks={[{ start: 15, length: 5 }]} /></p> },
      ],
    },
    { name: 'LetIn', states: [{ name: 'rest', draw: () => <p><LetIn permission="view-livechat-rooms" /></p> }] },
    {
      name: 'NeedBanner',
      isWide: true,
      states: [
        { name: 'it fails', draw: () => <NeedBanner need={{ what: 'Failing since 13:31.', isFault: true, answer: '503 Service Unavailable', why: ['14 deliveries given up'] }} /> },
        { name: 'it asks for patience', draw: () => <NeedBanner need={{ what: 'Slowed down.', isFault: false, isSlow: true, answer: '429 Too Many Requests', more: 'Nothing to do, it catches up' }} /> },
        { name: 'it is paused', draw: () => <NeedBanner need={{ what: 'Paused since 13:31.', isFault: false, more: 'Events are kept' }} /> },
        { name: 'long text', draw: () => <NeedBanner need={{ what: 'Failing', isFault: true, why: ['no connection'], detail: LONG, more: 'Events are kept' }} /> },
        { name: 'empty: it needs nothing', draw: () => <NeedBanner need={undefined} /> },
      ],
    },
    {
      name: 'NeedReason',
      states: [
        { name: 'what the server says', draw: () => <p>Failing<NeedReason need={{ what: 'Failing', isFault: true, why: ['no connection'], detail: 'connection refused' }} /></p> },
        { name: 'and since when, long', draw: () => <p>Failing<NeedReason need={{ what: 'Failing', isFault: true, why: ['no connection'], detail: LONG, more: 'For 14 minutes' }} /></p> },
        { name: 'in one line', draw: () => <p>Failing<NeedReason isShort need={{ what: 'Failing', isFault: true, answer: '503 Service Unavailable', detail: 'connection refused' }} /></p> },
        { name: 'empty', draw: () => <p>Failing<NeedReason need={{ what: 'Failing', isFault: true }} /></p> },
      ],
    },
    {
      name: 'Json',
      states: [
        { name: 'rest', draw: () => <Json value={EVENT} label="chat.started" /> },
        { name: 'focus', focus: '.code', draw: () => <Json value={{ ok: true }} /> },
        { name: 'empty', draw: () => <Json value={{}} /> },
        { name: 'long text', draw: () => <Json value={{ words: LONG }} label="message.sent" /> },
      ],
    },
    { name: 'SnippetCode', states: [{ name: 'rest', draw: () => <SnippetCode /> }, { name: 'focus', focus: '.code', draw: () => <SnippetCode /> }] },
    {
      name: 'CrmCard',
      states: [
        { name: 'pairs and a link', draw: () => <CrmCard data={CARD} /> },
        { name: 'raw answer', press: ['.link-button'], draw: () => <CrmCard data={CARD} /> },
        { name: 'a link', draw: () => <CrmCard data="https://crm.kiln-and-clay.example/customers/10482" /> },
        { name: 'a text', draw: () => <CrmCard data="A good customer, who waits for a parcel." /> },
        { name: 'focus', focus: '.link-button', draw: () => <CrmCard data="A good customer, who waits for a parcel." /> },
        { name: 'many, long', draw: () => <CrmCard data={{ [LONG_WORD]: LONG, Address: LONG_ADDRESS, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8 }} /> },
        { name: 'empty: it is not there', draw: () => <CrmCard data="" /> },
      ],
    },
    { name: 'Skeleton', states: [{ name: 'busy', draw: () => <Skeleton rows={3} /> }, { name: 'many', draw: () => <Skeleton rows={8} /> }] },
  ],
};
