import { useEffect } from 'preact/hooks';

import { cancelReplay, readReplays, type Replay, stretchOf } from '../../live/replays.ts';
import { say } from '../../live/toasts.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { useReading } from '../../parts/reading.ts';
import { count, percent, t, when } from '../../texts.ts';
import { replays } from './replaying.ts';

const AGAIN_MS = 1000;

/** How far the server is with what is sent to an endpoint once more. */
export function ReplayBar({ id }: { readonly id: string }) {
  const { fault, isBusy, run } = useAttempt();
  const running = replays.value.filter(({ state }) => state === 'running');
  const isRunning = running.length > 0;
  const look = async (): Promise<void> => {
    const before = new Set(replays.peek().filter(({ state }) => state === 'running').map((one) => one.id));
    replays.value = await readReplays(id).catch(() => replays.peek());
    for (const { id: own, state, queued } of replays.peek()) {
      if (state === 'done' && before.has(own)) {
        say(count('replayDone', queued));
      }
    }
  };
  useEffect(() => {
    void look();
    return () => {
      replays.value = [];
    };
  }, [id]);
  useEffect(() => {
    const timer = isRunning ? setInterval(() => void look(), AGAIN_MS) : undefined;
    return () => clearInterval(timer);
  }, [isRunning]);
  const stop = (replay: Replay): void =>
    run(async () => {
      await cancelReplay(replay.id);
      await look();
    });
  return (
    <>
      {running.map((replay) => (
        <div key={replay.id} class="replay-bar" role="status">
          <Icon name="history" />
          <span>
            {t(replay.failedOnly ? 'replaysGivenUp' : 'replaysAll')} <When replay={replay} />
          </span>
          <progress max={1} value={replay.progress} aria-label={percent(replay.progress)} />
          <span class="num">{count('sentAgain', replay.queued)}</span>
          <button type="button" class="button tiny" aria-disabled={isBusy.value} onClick={() => stop(replay)}>
            {t('stopIt')}
          </button>
        </div>
      ))}
      <FaultLine words={fault.value} />
    </>
  );
}

function When({ replay }: { readonly replay: Replay }) {
  const { value } = useReading(() => stretchOf(replay), replay.id);
  return value === undefined ? null : <span class="num">{value.map((at) => when(at, Date.now())).join(' – ')}</span>;
}
