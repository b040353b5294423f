// What is said beside the launcher: greetings by which the operator has visitors spoken to, and what an agent
// has said while the panel was put away. Loaded when there is something.
import type { Invitation } from '../../shared/protocol.ts';
import { at } from '../chat/messages.ts';
import { inShort } from '../chat/notices.ts';
import { tell } from '../host.ts';
import { name as clean, spoken } from '../formatted.tsx';
import { memory, remember, token } from '../memory.ts';
import { whenNamed } from '../shortcodes.ts';
import { t, time } from '../texts.ts';
import { hasFaces } from '../ui/Avatar.tsx';
import { nameOf } from '../ui/people.ts';
import type { Agent, Message, Trigger } from '../wire/documents.ts';
import { get, IN_HEADER, post, SERVER } from '../wire/rest.ts';
import { config, give, given, greetings, isRunning } from '../chat/state.ts';

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
  const who = await sender(action);
  const name = who?.name ?? who?.username ?? action.params?.name ?? '';
  for (const text of said.filter((line) => line.trim() !== '')) {
    greetings.value = [...greetings.peek(), { id, name, text, at: Date.now() }];
  }
  const [first] = said;
  if (first !== undefined) {
    const face = await faceOf(who?.username);
    const text = await whenNamed(() => spoken(first));
    tell('invite', { id, name, text, dismiss: t('dismiss'), reply: t('reply'), ...face });
  }
}

/** Somebody who is free speaks, and gets the chat if the visitor answers. */
async function sender(action: Action): Promise<Agent | undefined> {
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
    return agent;
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

const FACE_PX = 80;

/** A picture as the page can draw it, whatever it lets in. */
async function faceOf(username: string | undefined): Promise<Pick<Invitation, 'face'>> {
  if (username === undefined || !hasFaces()) {
    return {};
  }
  try {
    const image = new Image();
    image.src = `${SERVER}avatar/${encodeURIComponent(username)}`;
    await image.decode();
    const size = { resizeWidth: FACE_PX, resizeHeight: FACE_PX };
    return { face: await createImageBitmap(image, size) };
  } catch {
    return {};
  }
}

/** What an agent has said while the panel was put away. */
export async function preview(message: Message): Promise<void> {
  const name = nameOf(message.u);
  const face = await faceOf(name === '' ? undefined : message.u.username);
  const text = await whenNamed(() => inShort(message));
  // More was said meanwhile, and that is shown.
  if (memory.peek().previewed !== message._id) {
    return;
  }
  tell('invite', {
    id: message._id,
    name: clean(message.alias ?? name),
    text,
    time: time(at(message)),
    dismiss: t('dismiss'),
    ...face,
  });
}
