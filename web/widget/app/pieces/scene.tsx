// The panel as a console shows it: nothing is read of a visitor, nothing is kept, nothing is sent.
import { batch } from '@preact/signals';
import { render } from 'preact';

import { SCENE_MARK, type Scene, type Shows } from '../../../shared/scene.ts';
import { messages } from '../chat/messages.ts';
import { agent, config, ended, firstWords, leavingMessage, queue, visitor } from '../chat/state.ts';
import { paint, siteTheme } from '../look.ts';
import { memory } from '../memory.ts';
import { speak } from '../texts.ts';
import { Panel } from '../ui/Panel.tsx';
import type { Config, Message, Person } from '../wire/documents.ts';
import { get } from '../wire/rest.ts';

const VISITOR = { _id: 'visitor', username: 'guest', token: '' };
const MINUTE = 60_000;

let known: Config | undefined;

/** As it stands on the server, for whoever comes for the first time. */
async function base(): Promise<Config> {
  known ??= (await get<{ config: Config }>('livechat/config', undefined)).config;
  return known;
}

function talkOf({ talk, agent: name }: Scene): readonly Message[] {
  const there: Person = { _id: 'agent', username: name, name };
  const since = Date.now() - talk.length * MINUTE;
  const said = talk.map((msg, turn) => ({
    _id: `said-${turn}`,
    msg,
    ts: since + (turn + 1) * MINUTE,
    u: turn % 2 === 0 ? VISITOR : there,
  }));
  return [{ _id: 'came', msg: 'connected', t: 'command', ts: since, u: there }, ...said];
}

async function show(scene: Scene): Promise<void> {
  const now = await base();
  const { name, welcome } = scene;
  await speak({ site: scene.language });
  const isTalk = name === 'queue' || name === 'chat' || name === 'ended';
  const all = talkOf(scene);
  batch(() => {
    const settings = { ...now.settings, ...scene.settings, forceAcceptDataProcessingConsent: false };
    const before = now.welcome ?? { greeting: '', starts: [], privacyLink: '', agents: [] };
    const there = { name: scene.agent, username: scene.agent };
    const faces = before.agents.length === 0 ? [there] : before.agents;
    config.value = {
      ...now,
      enabled: true,
      online: name !== 'away',
      settings: name === 'form' ? { ...settings, registrationForm: true } : settings,
      theme: { ...now.theme, ...scene.theme },
      messages: { ...now.messages, ...scene.messages },
      welcome: { ...before, ...welcome, agents: welcome.hasFaces === false ? [] : faces },
    };
    siteTheme.value = { appearance: scene.mode };
    const { rid: _rid, ...others } = memory.peek();
    memory.value = isTalk ? { ...others, rid: 'scene', read: Date.now() } : others;
    visitor.value = isTalk ? { ...VISITOR, name: scene.visitor } : undefined;
    agent.value =
      name === 'queue' || !isTalk
        ? undefined
        : { ...there, _id: 'agent', status: 'online', hiddenInfo: settings.agentHiddenInfo };
    queue.value = name === 'queue' ? { spot: 2, estimatedWaitTimeSeconds: 120 } : undefined;
    messages.value = name === 'queue' ? all.slice(1, 2) : isTalk ? all : [];
    ended.value = name === 'ended';
    leavingMessage.value = false;
    firstWords.value = name === 'form' ? (scene.talk[0] ?? '') : undefined;
  });
}

/** Only this server's own pages say what is shown. */
export function showScenes(root: HTMLElement): void {
  paint();
  root.inert = true;
  render(<Panel />, root);
  addEventListener('message', ({ origin, source, data }: MessageEvent<Partial<Shows> | undefined>) => {
    if (origin === location.origin && source === window.parent && data?.shows !== undefined) {
      void show(data.shows);
    }
  });
  window.parent.postMessage(SCENE_MARK, location.origin);
}
