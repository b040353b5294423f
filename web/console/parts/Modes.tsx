import { type Mode, mode, setMode } from '../mode.ts';
import { t } from '../texts.ts';

const MODES: readonly Mode[] = ['system', 'light', 'dark'];

/** Light, dark, or as the system has it. */
export function Modes() {
  return (
    <div class="segments" role="radiogroup" aria-label={t('appearance')}>
      {MODES.map((one) => (
        <button key={one} type="button" role="radio" aria-checked={mode.value === one} onClick={() => setMode(one)}>
          {t(one)}
        </button>
      ))}
    </div>
  );
}
