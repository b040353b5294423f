// What hangs on the launcher: how many messages wait, and an invitation.
import type { Launcher } from '../loader/launcher.ts';
import type { Invitation } from '../shared/protocol.ts';
import css from './frame.css?inline';

const CROSS = 'M6 6l12 12M18 6 6 18';
const MOST_SHOWN = 99;

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  name: string,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.className = name;
  made.append(...content);
  return made;
}

interface Acts {
  readonly open: () => void;
  readonly dismissed: () => void;
}

export function decorate({ host, root, button, icon }: Launcher, acts: Acts) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

  const badge = element('span', 'badge');
  badge.hidden = true;
  button.append(badge);

  const face = element('canvas', '');
  const from = element('bdi', '');
  const at = element('small', '');
  const text = element('p', '');
  text.dir = 'auto';
  const told = element('div', '', element('b', '', from, ' ', at), text);
  const open = element('button', 'open', face, told);
  const dismiss = element('button', 'dismiss', icon(CROSS));
  const answer = element('button', 'reply');
  const invitation = element('div', 'invitation', open, dismiss, answer);
  // The whole card opens.
  invitation.addEventListener('click', ({ target }) => {
    invitation.hidden = true;
    if (dismiss.contains(target as Node)) {
      acts.dismissed();
    } else {
      acts.open();
    }
  });
  invitation.hidden = true;
  const status = element('span', 'status');
  status.role = 'status';
  root.append(invitation, status);

  let name = button.ariaLabel ?? '';
  let number = 0;
  let inWords = '';
  const label = () => {
    button.ariaLabel = name;
    badge.hidden = number === 0;
    // The first number that is written takes a browser longer than all else that is done when the panel opens.
    if (number > 0) {
      button.ariaLabel += `, ${inWords}`;
      badge.dataset['count'] =
        Math.min(number, MOST_SHOWN).toLocaleString(host.lang) + (number > MOST_SHOWN ? '+' : '');
    }
  };

  return {
    show(expanded: boolean) {
      button.ariaExpanded = String(expanded);
      invitation.hidden = true;
    },
    name(itsName: string) {
      name = itsName;
      label();
    },
    count(unread: number, words: string) {
      number = unread;
      // Said once, and not instead of an invitation.
      if (inWords !== words) {
        inWords = words;
        status.textContent = words;
      }
      label();
    },
    invite(said: Invitation) {
      const { reply = '', face: picture = null } = said;
      from.textContent = said.name;
      text.textContent = said.text;
      at.textContent = said.time ?? '';
      dismiss.ariaLabel = said.dismiss;
      answer.textContent = reply;
      answer.hidden = reply === '';
      face.hidden = picture === null;
      face.getContext('bitmaprenderer')?.transferFromImageBitmap(picture);
      if (!answer.hidden) {
        status.textContent = `${said.name} ${said.text}`;
      }
      invitation.hidden = false;
    },
  };
}
