// What the site's page may ask of the panel.
import { Refused } from '../../shared/answers.ts';
import { effect } from '@preact/signals';

import { changeDepartment, wipe } from './chat/acts.ts';
import { become, refresh, register, renew, written } from './chat/chat.ts';
import { seeIfLooking, unread, unseen } from './chat/messages.ts';
import {
  atHome,
  config,
  expanded,
  give,
  given,
  isRunning,
  visitor,
  wholeScreen,
} from './chat/state.ts';
import { visit } from './chat/trail.ts';
import { afterOpening, run } from './chat/triggers.ts';
import type { Guest, Theme, ToPanel } from '../shared/protocol.ts';
import { tell } from './host.ts';
import { siteTheme } from './look.ts';
import { memory, remember, token } from './memory.ts';
import { count, speak } from './texts.ts';
import { enter } from './ui/focus.ts';
import { post } from './wire/rest.ts';

/** Who has looked away for so long is told anew whether anybody is there. */
const STALE_MS = 15_000;

/** What a page asks for may be refused or find nobody; the chat goes on without it. */
function quietly(error: unknown): void {
  if (error instanceof Refused) {
    // For whoever builds the page: the visitor cannot do anything about it.
    // oxlint-disable-next-line no-console
    console.warn(`Hark: ${error.message}`);
  }
}

/** Changes what is known of the visitor, on the server too if it knows him. */
async function tellAbout(about: { name?: string; email?: string }): Promise<void> {
  give(about);
  if (visitor.peek() !== undefined) {
    await register(about);
  }
}

const isToken = (text: unknown): text is string => typeof text === 'string' && text !== '';

async function registerGuest(guest: Guest): Promise<void> {
  if (isToken(guest.token)) {
    await become(guest.token);
  }
  const { name, email, phone, department, customFields = [] } = guest;
  await register({
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(department === undefined ? {} : { department }),
    customFields,
  });
  await renew();
}

async function setCustomField(key: string, value: string, overwrite: boolean): Promise<void> {
  if (visitor.peek() === undefined) {
    const others = given.peek().fields.filter((field) => field.key !== key);
    give({ fields: [...others, { key, value, overwrite }] });
  } else {
    await post('livechat/custom.field', { token: token(), key, value, overwrite });
  }
}

/** Nothing where there is no such department, as in the original: the chat goes on without one. */
function departmentOf(idOrName: unknown): string | undefined {
  const found = config
    .peek()
    ?.departments.find(({ _id, name }) => _id === idOrName || name === idOrName);
  return found?._id;
}

/** The calls of a page. What concerns the visitor waits until it is known where he stands, and is done
 * in the order in which it was asked for. */
export function callsAfter(started: Promise<void>): ToPanel {
  let last = started;
  const inTurn = (work: () => unknown) => {
    last = last.then(work).then(() => undefined, quietly);
  };
  let looked = Date.now();
  /** Which of the site's words about the visitor is the last: what it said before is not waited for. */
  let word = 0;
  return {
    pageVisited: (view) => inTurn(() => visit(view)),
    setCustomField: (key, value, overwrite = true) =>
      inTurn(() => setCustomField(key, written(value), overwrite)),
    setTheme(theme: Theme) {
      siteTheme.value = { ...siteTheme.peek(), ...theme };
    },
    setDepartment: (idOrName) =>
      inTurn(() => {
        const department = departmentOf(idOrName);
        give(department === undefined ? {} : { department });
        return renew();
      }),
    clearDepartment: () =>
      inTurn(() => {
        const { department: _department, ...rest } = given.peek();
        given.value = rest;
        return visitor.peek() === undefined ? undefined : register();
      }),
    setBusinessUnit: (businessUnit) =>
      inTurn(() => {
        give({ businessUnit });
        return renew();
      }),
    clearBusinessUnit: () =>
      inTurn(() => {
        const { businessUnit: _unit, ...rest } = given.peek();
        given.value = rest;
        return renew();
      }),
    setGuestToken: (newToken) =>
      inTurn(async () => {
        if (isToken(newToken)) {
          await become(newToken);
          await register();
        }
      }),
    setGuestName: (name) => inTurn(() => tellAbout({ name: written(name) })),
    setGuestEmail: (email) => inTurn(() => tellAbout({ email: written(email) })),
    setAgent: ({ _id }) =>
      inTurn(() => {
        if (_id !== undefined) {
          give({ agentId: _id });
        }
      }),
    identify(identity) {
      word += 1;
      const mine = word;
      inTurn(async () => {
        const { identify } = await import('./pieces/identity.ts');
        await identify(written(identity), () => mine === word);
      });
    },
    logout() {
      word += 1;
      // Now, and again when what is under way can bring nothing back any more.
      wipe();
      inTurn(() => {
        wipe();
        return renew();
      });
    },
    registerGuest: (guest) => inTurn(() => registerGuest(guest)),
    setLanguage: (language) => void speak({ site: language }),
    setParentUrl: (parentUrl) => give({ parentUrl }),
    setGuestMetadata: (metadata) => give({ metadata }),
    setHiddenSystemMessages: (hiddenTypes) => give({ hiddenTypes }),
    transferChat: (idOrName) =>
      inTurn(() => changeDepartment(departmentOf(idOrName) ?? idOrName)),
    setExpanded(isExpanded, fillsScreen, takesFocus) {
      const opens = isExpanded && !expanded.peek();
      wholeScreen.value = fillsScreen;
      expanded.value = isExpanded;
      if (!isExpanded) {
        return;
      }
      if (opens) {
        // To a chat that runs, straight away.
        atHome.value = false;
      }
      seeIfLooking();
      if (opens && takesFocus) {
        enter();
      }
      inTurn(afterOpening);
      if (!isRunning.peek() && Date.now() - looked > STALE_MS) {
        looked = Date.now();
        inTurn(refresh);
      }
    },
    runTrigger: (id) => inTurn(() => run(id)),
  };
}

/** Shows beside the launcher what came last, once, if nobody looks. */
async function showLast(): Promise<void> {
  const last = unseen.value.at(-1);
  if (last === undefined || expanded.value || memory.peek().previewed === last._id) {
    return;
  }
  remember({ previewed: last._id });
  const { preview } = await import('./pieces/greeting.ts');
  await preview(last);
}

/** Keeps the page informed of what its launcher shows. */
export function informPage(): void {
  effect(() => void showLast().catch(() => undefined));
  effect(() => {
    const said = unread.value > 0 ? count('unread', unread.value) : '';
    tell('state', { unread: unread.value, said, running: isRunning.value });
  });
}
