// Proactive greetings: what the operator wants to be said when a visitor looks at a page for a while,
// opens the chat, or has said who he is.
import { tell } from '../host.ts';
import { memory, remember, token } from '../memory.ts';
import type { Agent, Trigger } from '../wire/documents.ts';
import { get, IN_HEADER, post } from '../wire/rest.ts';
import { t } from '../texts.ts';
import { config, give, given, greetings, isRunning } from './state.ts';

type Action = Trigger['actions'][number];

/** Runs a trigger whose moment has come. */
export async function run(id: string): Promise<void> {
  const trigger = config.peek()?.triggers?.find((known) => known._id === id);
  const [action] = trigger?.actions ?? [];
  const { triggered } = memory.peek();
  if (
    trigger === undefined ||
    action === undefined ||
    config.peek()?.online !== true ||
    isRunning.peek() ||
    triggered.includes(id) ||
    greetings.peek().some((greeting) => greeting.id === id)
  ) {
    return;
  }
  if (trigger.runOnce === true) {
    remember({ triggered: [...triggered, id] });
  }
  const said = await words(trigger, action);
  const name = (await sender(action)) ?? action.params?.name ?? '';
  for (const text of said.filter((line) => line.trim() !== '')) {
    greetings.value = [...greetings.peek(), { id, name, text, at: Date.now() }];
  }
  const [first] = said;
  if (first !== undefined) {
    tell('invite', { id, name, text: first, dismiss: t('dismiss') });
  }
}

/** Somebody who is free speaks, and gets the chat if the visitor answers. */
async function sender(action: Action): Promise<string | undefined> {
  if (action.params?.sender !== 'queue') {
    return undefined;
  }
  try {
    const { department } = given.peek();
    const path = `livechat/agent.next/${IN_HEADER}`;
    const { agent } = await get<{ agent?: Agent }>(path, token(), { department });
    if (agent?._id !== undefined) {
      give({ agentId: agent._id });
    }
    return agent?.name ?? agent?.username;
  } catch {
    return undefined;
  }
}

async function words(trigger: Trigger, action: Action): Promise<string[]> {
  if (action.name !== 'use-external-service') {
    return [action.params?.msg ?? ''];
  }
  const extraData = Object.entries(given.peek().metadata ?? {}).map(([key, value]) => ({
    key,
    value,
  }));
  try {
    const { response } = await post<{ response: { contents: { msg: string; order: number }[] } }>(
      `livechat/triggers/${encodeURIComponent(trigger._id)}/external-service/call`,
      { extraData, token: token() },
    );
    return response.contents
      .toSorted((one, other) => one.order - other.order)
      .map(({ msg }) => msg);
  } catch {
    return [action.params?.serviceFallbackMessage ?? ''];
  }
}

function runAll(moment: string): void {
  for (const { _id, conditions } of config.peek()?.triggers ?? []) {
    if (conditions[0]?.name === moment) {
      run(_id).catch(() => undefined);
    }
  }
}

export const afterOpening = (): void => runAll('chat-opened-by-visitor');
export const afterRegistration = (): void => runAll('after-guest-registration');
