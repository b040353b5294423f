// What the site's page may ask of the panel.
import { effect } from '@preact/signals';

import { become, changeDepartment, refresh, register, visit } from './chat/chat.ts';
import { see, unread } from './chat/messages.ts';
import { config, expanded, give, given, isRunning, visitor, wholeScreen } from './chat/state.ts';
import { afterOpening, run } from './chat/triggers.ts';
import type { Guest, Theme, ToPanel } from '../shared/protocol.ts';
import { tell } from './host.ts';
import { siteTheme } from './look.ts';
import { token } from './memory.ts';
import { count, speak } from './texts.ts';
import { post, Refused } from './wire/rest.ts';

/** What a page asks for may be refused or find nobody; the chat goes on without it. */
function quietly(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    if (error instanceof Refused) {
      // For whoever builds the page: the visitor cannot do anything about it.
      // oxlint-disable-next-line no-console
      console.warn(`Hark: ${error.message}`);
    }
  });
}

/** Changes what is known of the visitor, on the server too if it knows him. */
function tellAbout(about: { name?: string; email?: string }): void {
  give(about);
  if (visitor.peek() !== undefined) {
    quietly(register(about));
  }
}

async function registerGuest(guest: Guest): Promise<void> {
  if (guest.token !== undefined) {
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
  await refresh();
}

function setCustomField(key: string, value: string, overwrite: boolean): void {
  if (visitor.peek() === undefined) {
    const others = given.peek().fields.filter((field) => field.key !== key);
    give({ fields: [...others, { key, value, overwrite }] });
  } else {
    quietly(post('livechat/custom.field', { token: token(), key, value, overwrite }));
  }
}

function departmentOf(idOrName: string): string {
  const found = config
    .peek()
    ?.departments.find(({ _id, name }) => _id === idOrName || name === idOrName);
  return found?._id ?? idOrName;
}

export const calls: ToPanel = {
  pageVisited: visit,
  setCustomField: (key, value, overwrite = true) => setCustomField(key, value, overwrite),
  setTheme(theme: Theme) {
    siteTheme.value = { ...siteTheme.peek(), ...theme };
  },
  setDepartment(idOrName) {
    give({ department: departmentOf(idOrName) });
    quietly(refresh());
  },
  clearDepartment() {
    const { department: _department, ...rest } = given.peek();
    given.value = rest;
    if (visitor.peek() !== undefined) {
      quietly(register());
    }
  },
  setBusinessUnit(businessUnit) {
    give({ businessUnit });
    quietly(refresh());
  },
  clearBusinessUnit() {
    const { businessUnit: _unit, ...rest } = given.peek();
    given.value = rest;
    quietly(refresh());
  },
  setGuestToken: (newToken) => quietly(become(newToken).then(() => register())),
  setGuestName: (name) => tellAbout({ name }),
  setGuestEmail: (email) => tellAbout({ email }),
  setAgent({ _id }) {
    if (_id !== undefined) {
      give({ agentId: _id });
    }
  },
  registerGuest: (guest) => quietly(registerGuest(guest)),
  setLanguage: (language) => void speak([language]),
  setParentUrl: (parentUrl) => give({ parentUrl }),
  setGuestMetadata: (metadata) => give({ metadata }),
  setHiddenSystemMessages: (hiddenTypes) => give({ hiddenTypes }),
  transferChat: (department) => quietly(changeDepartment(departmentOf(department))),
  setExpanded(isExpanded, fillsScreen) {
    wholeScreen.value = fillsScreen;
    expanded.value = isExpanded;
    if (isExpanded) {
      see();
      afterOpening();
    }
  },
  runTrigger: (id) => quietly(run(id)),
};

/** Keeps the page informed of what its launcher shows. */
export function informPage(): void {
  effect(() => {
    const said = unread.value > 0 ? count('unread', unread.value) : '';
    tell('state', { unread: unread.value, said, running: isRunning.value });
  });
}
