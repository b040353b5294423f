import type { Me as Own } from '../api/documents.ts';
import { logOut } from '../api/entry.ts';
import { setSound, sound } from '../live/sound.ts';
import { type Mode, mode, setMode } from '../mode.ts';
import { Icon } from '../parts/Icon.tsx';
import { Popover } from '../parts/Popover.tsx';
import { Switch } from '../parts/Switch.tsx';
import { t } from '../texts.ts';

const MODES: readonly Mode[] = ['system', 'light', 'dark'];

export function Me({ own, close }: { readonly own: Own; readonly close: () => void }) {
  return (
    <Popover label={t('yourAccount')} kind="about-me" close={close}>
      <div class="who">
        <p class="strong">
          <bdi>{own.name ?? own.username}</bdi>
        </p>
        <p class="meta">
          <bdi>{own.username}</bdi>
        </p>
      </div>
      <div class="segments" role="radiogroup" aria-label={t('appearance')}>
        {MODES.map((one) => (
          <button
            key={one}
            type="button"
            role="radio"
            aria-checked={mode.value === one}
            onClick={() => setMode(one)}
          >
            {t(one)}
          </button>
        ))}
      </div>
      <Switch label={t('soundOfNews')} on={sound.value} change={setSound} />
      <button type="button" class="option" onClick={() => void logOut()}>
        <Icon name="out" turns />
        {t('logOut')}
      </button>
    </Popover>
  );
}
