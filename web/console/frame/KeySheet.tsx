import './key-sheet.css';

import { may } from '../live/people.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { Key } from '../parts/Key.tsx';
import { t } from '../texts.ts';
import type { TextKey } from '../texts/tables.ts';
import { sections } from './seen.ts';

type Row = readonly [keys: readonly string[], what: TextKey, permission?: string];

const GROUPS: readonly (readonly [TextKey, readonly Row[]])[] = [
  [
    'keysAnywhere',
    [
      [['mod K'], 'palette'],
      [['?'], 'keyKeys'],
      [['G', 'I'], 'keyInbox'],
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
      [['/'], 'keyCanned'],
      [['F'], 'keyForward', 'transfer-livechat-guest'],
      [['U'], 'keyReturn'],
      [['H'], 'keyHold', 'on-hold-livechat-room'],
      [['E'], 'keyClose'],
      [['L'], 'keyTags'],
      [['V'], 'keyVisitor'],
      [['D'], 'keyDeliveries'],
      [['1', '2', '3'], 'keyViews'],
      [['['], 'keyList'],
      [[']'], 'keyDetails'],
    ],
  ],
  [
    'keysComposer',
    [
      [['enter'], 'keySend'],
      [['shift enter'], 'keyNewLine'],
      [['mod shift enter'], 'keySendClose'],
      [['/'], 'keyCanned'],
      [['@'], 'keyMention'],
      [['↑'], 'keyEdit'],
      [['escape'], 'keyToList'],
    ],
  ],
  [
    'keysTables',
    [
      [['J', 'K'], 'keyRows'],
      [['enter'], 'keyOpenRow'],
      [['N'], 'keyNewRow'],
      [['X'], 'keyChooseRow'],
      [['S'], 'keyResend'],
      [['C'], 'keyCurl'],
      [['P'], 'keyPause'],
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

/** What whoever looks may do, and behind the inbox the places that they may see. */
const ofThem = (rows: readonly Row[]): readonly Row[] =>
  rows
    .filter(([, , permission]) => permission === undefined || may(permission))
    .flatMap((row) => (row[1] === 'keyInbox' ? [row, ...sections().map(([{ key, name }]): Row => [['G', key.toUpperCase()], name])] : [row]));

export function KeySheet({ close }: { readonly close: () => void }) {
  return (
    <Dialog title={t('keysAndHelp')} kind="key-sheet" close={close}>
      {GROUPS.map(([group, rows]) => (
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
