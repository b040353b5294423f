import { useEffect, useRef } from 'preact/hooks';

import { SCENE_MARK, type Scene, SCENES, type SceneName, type Shows } from '../../../shared/scene.ts';
import { Icon } from '../../parts/Icon.tsx';
import { ask } from '../../parts/asking.ts';
import { address, place } from '../../place.ts';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

/** What is only in a form yet. */
export type Draft = Pick<Scene, 'settings' | 'theme' | 'messages' | 'welcome'>;

type Mode = Scene['mode'];
export type State = SceneName | 'button';

const NAMES: Readonly<Record<State, TextKey>> = {
  button: 'sceneButton',
  home: 'sceneHome',
  form: 'sceneForm',
  chat: 'sceneChat',
  queue: 'sceneQueue',
  away: 'sceneAway',
  ended: 'sceneEnded',
};

const MODES: readonly (readonly [mode: Mode, icon: string])[] = [
  ['light', 'sun'],
  ['dark', 'moon'],
];

interface Props {
  readonly draft: Draft;
  /** Which of its states are offered, the first one unless the address says another. */
  readonly states: readonly [State, ...State[]];
}

export const ALL_STATES: readonly [State, ...State[]] = ['chat', 'button', ...SCENES.filter((name) => name !== 'chat')];

/** The widget as it will be, in each of its states. */
export function Preview({ draft, states }: Props) {
  const { query } = place.value;
  const state = states.find((one) => one === query.get('state')) ?? states[0];
  const asked = query.get('mode');
  const modes: readonly Mode[] = asked === 'light' || asked === 'dark' ? [asked] : ['light', 'dark'];
  const isPhone = query.get('on') === 'phone';
  const isTurned = query.get('lines') === 'rtl';
  const shown = (Object.keys(NAMES) as State[]).filter((one) => states.includes(one));
  return (
    <section class="wg-preview" aria-label={t('preview')}>
      <div class="wg-bar">
        <span class="segments" role="group" aria-label={t('whichState')}>
          {shown.map((one) => (
            <button key={one} type="button" aria-pressed={one === state} onClick={() => ask({ state: one === states[0] ? '' : one })}>
              {t(NAMES[one])}
            </button>
          ))}
        </span>
        <span class="push" />
        <span class="segments" role="group" aria-label={t('lightOrDark')}>
          {MODES.map(([mode, icon]) => (
            <button key={mode} type="button" aria-pressed={asked === mode} aria-label={t(mode)} title={t(mode)} onClick={() => ask({ mode })}>
              <Icon name={icon} size={14} />
            </button>
          ))}
          <button type="button" aria-pressed={modes.length === MODES.length} onClick={() => ask({ mode: '' })}>
            {t('bothModes')}
          </button>
        </span>
        <button type="button" class="icon-button" aria-pressed={isPhone} aria-label={t('onPhone')} title={t('onPhone')} onClick={() => ask({ on: isPhone ? '' : 'phone' })}>
          <Icon name="phone" />
        </button>
        <button type="button" class="icon-button" aria-pressed={isTurned} aria-label={t('rightToLeft')} title={t('rightToLeft')} onClick={() => ask({ lines: isTurned ? '' : 'rtl' })}>
          <Icon name="swap" />
        </button>
      </div>
      <div class="wg-stage">
        {modes.map((mode) => (
          <div key={mode} class={`wg-half is-${mode}`}>
            <p class="wg-cap">{t(mode)}</p>
            {state === 'button' ? (
              <Button key={`${mode} ${isTurned}`} draft={draft} mode={mode} isTurned={isTurned} />
            ) : (
              <Panel draft={draft} name={state} mode={mode} isPhone={isPhone} isTurned={isTurned} />
            )}
          </div>
        ))}
      </div>
    </section>
  );
}

interface PanelProps {
  readonly draft: Draft;
  readonly name: SceneName;
  readonly mode: Mode;
  readonly isPhone: boolean;
  readonly isTurned: boolean;
}

function Panel({ draft, name, mode, isPhone, isTurned }: PanelProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const scene: Scene = {
    ...draft,
    name,
    mode,
    language: isTurned ? 'ar' : '',
    visitor: t('sampleVisitor'),
    agent: t('sampleAgent'),
    talk: [t('sampleAsk'), t('sampleAnswer'), t('sampleThanks'), t('sampleEnd')],
  };
  const show = (): void => {
    const shows: Shows = { shows: scene };
    frame.current?.contentWindow?.postMessage(shows, location.origin);
  };
  const last = useRef(show);
  last.current = show;
  useEffect(() => {
    const hear = ({ source, data }: MessageEvent<unknown>): void => {
      if (source === frame.current?.contentWindow && data === SCENE_MARK) {
        last.current();
      }
    };
    addEventListener('message', hear);
    return () => removeEventListener('message', hear);
  }, []);
  useEffect(show, [JSON.stringify(scene)]);
  return (
    <iframe
      ref={frame}
      class={isPhone ? 'wg-panel is-phone' : 'wg-panel'}
      title={t('widgetIn', { mode: t(mode) })}
      src={`${address('/livechat')}${SCENE_MARK}`}
    />
  );
}

interface ButtonProps {
  readonly draft: Draft;
  readonly mode: Mode;
  readonly isTurned: boolean;
}

type Site = Window & { readonly Hark?: (call: string, ...given: readonly unknown[]) => void };

/** The button on a page, which is that of the trial. */
function Button({ draft: { theme }, mode, isTurned }: ButtonProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const show = (): void => {
    const site: Site | null | undefined = frame.current?.contentWindow;
    if (site === null || site === undefined) {
      return;
    }
    const { title, color, offlineTitle, position } = theme;
    site.document.documentElement.dir = isTurned ? 'rtl' : 'ltr';
    site.Hark?.('setTheme', { title, color, offlineTitle, position, appearance: mode });
  };
  useEffect(show, [JSON.stringify(theme)]);
  return <iframe ref={frame} class="wg-site" title={t('buttonIn', { mode: t(mode) })} src={address('/try')} onLoad={show} />;
}
