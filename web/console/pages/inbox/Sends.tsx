import { may } from '../../live/people.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { t } from '../../texts.ts';

export type Next = 'close' | 'hold';

/** What came after words last, in this browser. */
const LAST = 'hark.console.send-and';

interface Props {
  readonly choose: (next: Next) => void;
  readonly close: () => void;
}

/** What may come after the words that are written; what was chosen last is the first. */
export function Sends({ choose, close }: Props) {
  const nexts: readonly Next[] = may('on-hold-livechat-room') ? ['close', 'hold'] : ['close'];
  return (
    <Popover label={t('otherSends')} kind="sends" close={close}>
      {(localStorage.getItem(LAST) === 'hold' ? nexts.toReversed() : nexts).map((next) => (
        <button
          key={next}
          type="button"
          class="option"
          onClick={() => {
            localStorage.setItem(LAST, next);
            close();
            choose(next);
          }}
        >
          <Icon name={next === 'close' ? 'done' : 'hold'} />
          {t(next === 'close' ? 'sendAndClose' : 'sendAndHold')}
          <span class="push" />
          {next === 'close' ? <Key keys="mod shift enter" /> : null}
        </button>
      ))}
    </Popover>
  );
}
