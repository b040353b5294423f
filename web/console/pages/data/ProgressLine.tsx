import { FaultLine } from '../../parts/FaultLine.tsx';
import { Mark, type State } from '../../parts/Icon.tsx';
import { t } from '../../texts.ts';
import type { Phase, Progress } from './progress.ts';

interface Props {
  readonly progress: Progress;
  /** What has come, in words. */
  readonly soFar: string;
}

const SHOWN: Readonly<Record<Exclude<Phase, 'none'>, readonly [State, 'exporting' | 'exported' | 'exportStopped']>> = {
  busy: ['sending', 'exporting'],
  done: ['delivered', 'exported'],
  stopped: ['paused', 'exportStopped'],
};

export function ProgressLine({ progress, soFar }: Props) {
  const { phase } = progress;
  const shown = phase === 'none' ? undefined : SHOWN[phase];
  return (
    <>
      <div role="status">
        {shown === undefined ? null : (
          <p class="state meta data-progress">
            <Mark state={shown[0]} />
            <span>{t(shown[1])}</span>
            <span class="quiet num">{soFar}</span>
            {phase === 'busy' ? (
              <button type="button" class="button tiny" onClick={progress.stop}>
                {t('stopExport')}
              </button>
            ) : null}
          </p>
        )}
      </div>
      <FaultLine words={progress.fault} />
    </>
  );
}
