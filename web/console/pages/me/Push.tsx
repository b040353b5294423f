import { useEffect } from 'preact/hooks';

import { pushState, readPush, switchPush } from '../../live/push.ts';
import { complain } from '../../live/toasts.ts';
import { Switch } from '../../parts/Switch.tsx';
import { t } from '../../texts.ts';
import { useAttempt } from '../../parts/attempt.ts';

/** Whether this browser rings while no page is open. */
export function Push() {
  const { run } = useAttempt();
  useEffect(() => void readPush().catch(() => undefined), []);
  const state = pushState.value;
  const change = (on: boolean): void =>
    run(async () => {
      try {
        await switchPush(on);
      } catch {
        // Browsers say it in their own words, which help nobody.
        complain(t('noPush'));
      }
    });
  return (
    <>
      <Switch label={t('pushSwitch')} on={state === 'on'} change={change} />
      <p class="meta">{t(state === 'denied' ? 'pushDenied' : state === 'impossible' ? 'pushImpossible' : 'pushMore')}</p>
    </>
  );
}
