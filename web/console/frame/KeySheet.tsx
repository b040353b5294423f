import './key-sheet.css';

import { may, me } from '../live/people.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { Key } from '../parts/Key.tsx';
import { t } from '../texts.ts';
import type { TextKey } from '../texts/tables.ts';
import { sections } from './seen.ts';

type Row = readonly [keys: readonly string[], what: TextKey, permission?: string];

/** Who answers, who sees webhooks, and who uses canned responses. */
const [ANSWERS, HEARS, CANNED] = ['view-l-room', 'view-livechat-webhooks', 'view-canned-responses'];

const GROUPS: readonly (readonly [group: TextKey, rows: readonly Row[], permission?: string])[] = [
  [
    'keysAnywhere',
    [
      [['mod K'], 'palette'],
      [['?'], 'keyKeys'],
      [['G', 'I'], 'keyInbox', ANSWERS],
      [['mod S'], 'keySave'],
      [['shift A'], 'keyAvailable'],
      [['Z'], 'keyUndo'],
      [['escape'], 'keyBack'],
    ],
  ],
  [
    'keysInbox',
    [
      [['J', 'K'], 'keyNextPrevious'],
      [['enter'], 'keyOpen'],
      [['T'], 'keyTake'],
      [['R'], 'keyReply'],
      [['N'], 'keyNote'],
      [['/'], 'keyCanned', CANNED],
      [['F'], 'keyForward', 'transfer-livechat-guest'],
      [['U'], 'keyReturn'],
      [['H'], 'keyHold', 'on-hold-livechat-room'],
      [['E'], 'keyClose'],
      [['L'], 'keyTags'],
      [['V'], 'keyVisitor'],
      [['D'], 'keyDeliveries', HEARS],
      [['1'], 'mine'],
      [['2'], 'queue'],
      [['3'], 'all', 'view-livechat-rooms'],
      [['['], 'keyList'],
      [[']'], 'keyDetails'],
    ],
    ANSWERS,
  ],
  [
    'keysComposer',
    [
      [['enter'], 'keySend'],
      [['shift enter'], 'keyNewLine'],
      [['mod shift enter'], 'keySendClose'],
      [['/'], 'keyCanned', CANNED],
      [['@'], 'keyMention'],
      [['↑'], 'keyEdit'],
      [['escape'], 'keyToList'],
    ],
    ANSWERS,
  ],
  [
    'keysTables',
    [
      [['J', 'K'], 'keyRows'],
      [['enter'], 'keyOpenRow'],
      [['N'], 'keyNewRow'],
      [['X'], 'keyChooseRow', HEARS],
      [['S'], 'keyResend', HEARS],
      [['C'], 'keyCurl', HEARS],
      [['P'], 'keyPause', HEARS],
    ],
  ],
  [
    'keysDialogs',
    [
      [['mod enter'], 'keyDoIt'],
      [['escape'], 'keyCancel'],
    ],
  ],
];

const isFor = (permission: string | undefined): boolean => permission === undefined || may(permission);

/** What whoever looks may do, and behind the inbox the places that they may see. */
const ofThem = (rows: readonly Row[]): readonly Row[] =>
  rows
    .flatMap((row) => (row[1] === 'keyInbox' ? [row, ...sections().map(([{ key, name }]): Row => [['G', key.toUpperCase()], name])] : [row]))
    .filter(([, what, permission]) => isFor(permission) && (what !== 'keyAvailable' || me.value?.statusLivechat !== undefined));

export function KeySheet({ close }: { readonly close: () => void }) {
  return (
    <Dialog title={t('keysAndHelp')} kind="key-sheet" close={close}>
      {GROUPS.filter(([, , permission]) => isFor(permission)).map(([group, rows]) => (
        <section key={group}>
          <h3>{t(group)}</h3>
          <dl>
            {ofThem(rows).map(([keys, what]) => (
              <div key={what}>
                <dt>
                  {keys.map((key) => (
                    <Key key={key} keys={key} />
                  ))}
                  <span class="unseen">{keys.join(' ')}</span>
                </dt>
                <dd>{t(what)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
