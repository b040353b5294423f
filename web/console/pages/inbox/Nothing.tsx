import { useEffect } from 'preact/hooks';

import { areRead, mine, openCount, waitingCount } from '../../live/lists.ts';
import { may } from '../../live/people.ts';
import { hasChats, lookForChats, maySetUp } from '../../live/setup.ts';
import { Key, signs } from '../../parts/Key.tsx';
import { later } from '../../parts/later.tsx';
import { count, speakOf, t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { TakenFigures } from './taken-later.ts';

/** Of a server that is new alone. */
const FirstSteps = later(async () => (await Promise.all([import('./FirstSteps.tsx'), speakOf('setup')]))[0].FirstSteps);

const KEYS: readonly (readonly [keys: readonly string[], what: TextKey, permission?: string])[] = [
  [['J', 'K'], 'keyNextPrevious'],
  [['T'], 'keyTakeNext'],
  [['mod K'], 'palette'],
  [['R'], 'keyReply'],
  [['N'], 'keyNote'],
  [['/'], 'keyCanned', 'view-canned-responses'],
  [['F'], 'keyForward', 'transfer-livechat-guest'],
  [['E'], 'keyClose'],
  [['?'], 'keyAll'],
];

function ownChats(): string {
  const own = mine.value;
  const waits = own.filter((room) => room.waitingResponse === true).length;
  if (own.length === 0) {
    return t('ownNone');
  }
  return waits > 0 ? count('ownWaits', waits) : count('ownAnswered', own.length);
}

/** No chat is open. */
export function Nothing() {
  const isAsked = maySetUp() && hasChats.value !== true && areRead.value;
  const any = openCount.value;
  useEffect(() => {
    if (isAsked) {
      lookForChats().catch(() => undefined);
    }
  }, [isAsked, any]);
  if (!areRead.value) {
    return <main id="main" tabIndex={-1} class="nothing" aria-busy="true" />;
  }
  if (maySetUp() && hasChats.value === false) {
    return <FirstSteps.Part />;
  }
  const waits = waitingCount.value;
  return (
    <main id="main" tabIndex={-1} class="nothing">
      <h2>{waits === 0 ? t('queueEmpty') : count('queueWaits', waits)}</h2>
      <p>{ownChats()}</p>
      <TakenFigures.Part />
      <ul class="key-list" aria-label={t('keysAndHelp')}>
        {KEYS.filter(([, , permission]) => permission === undefined || may(permission)).map(([keys, what]) => (
          <li key={what}>
            <span class="keys">
              {keys.map((key) => (
                <Key key={key} keys={key} />
              ))}
              <span class="unseen">{keys.flatMap(signs).join(' ')}</span>
            </span>
            <span>{t(what)}</span>
          </li>
        ))}
      </ul>
    </main>
  );
}
