// What hangs on the launcher: how many messages wait, and an invitation.
import { icon, type Launcher } from '../loader/launcher.ts';
import css from './frame.css?inline';

const CROSS =
  'M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12z';
const MOST_SHOWN = 99;

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  name: string,
  ...content: readonly Node[]
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

export function decorate({ root, button }: Launcher, acts: Acts) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

  const chat = button.querySelector('svg');
  const cross = icon(CROSS);
  const badge = element('span', 'badge');
  badge.hidden = true;
  button.append(badge);

  const from = element('b', '');
  const text = element('span', '');
  from.dir = text.dir = 'auto';
  const open = element('button', 'open', from, text);
  open.addEventListener('click', acts.open);
  const dismiss = element('button', 'dismiss', icon(CROSS));
  const invitation = element('div', 'invitation', open, dismiss);
  dismiss.addEventListener('click', () => {
    invitation.hidden = true;
    acts.dismissed();
  });
  invitation.hidden = true;
  const status = element('span', 'status');
  status.role = 'status';
  root.append(invitation, status);

  let name = button.ariaLabel ?? '';
  let number = 0;
  let inWords = '';
  let isExpanded = false;
  const label = () => {
    const shown = isExpanded ? 0 : number;
    button.ariaLabel = shown > 0 ? `${name}, ${inWords}` : name;
    badge.hidden = shown === 0;
    badge.dataset['count'] = shown > MOST_SHOWN ? `${MOST_SHOWN}+` : String(shown);
  };

  return {
    show(expanded: boolean) {
      isExpanded = expanded;
      button.ariaExpanded = String(expanded);
      const [now, before] = expanded ? [cross, chat] : [chat, cross];
      if (now !== null) {
        before?.replaceWith(now);
      }
      invitation.hidden = true;
      label();
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
    invite(who: string, greeting: string, dismissal: string) {
      from.textContent = who;
      text.textContent = greeting;
      dismiss.ariaLabel = dismissal;
      status.textContent = `${who} ${greeting}`;
      invitation.hidden = false;
    },
  };
}
