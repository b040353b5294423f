import { useSignal } from '@preact/signals';

import { newMentions, readMentions } from '../../live/mentions.ts';
import { mayAnswer } from '../../live/people.ts';
import { useCommands } from '../../commands.ts';
import { Icon } from '../../parts/Icon.tsx';
import { later } from '../../parts/later.tsx';
import { count, number, t } from '../../texts.ts';

const Mentions = later(async () => (await import('./Mentions.tsx')).Mentions);

/** How many mentions are new, and where they are. */
export function MentionsButton() {
  const isOpen = useSignal(false);
  const open = (): void => {
    isOpen.value = true;
    readMentions().catch(() => undefined);
  };
  const shut = (): void => {
    isOpen.value = false;
  };
  useCommands(mayAnswer.value ? [{ icon: 'bell', title: t('mentions'), act: open }] : []);
  if (!mayAnswer.value) {
    return null;
  }
  const many = newMentions.value;
  return (
    <div class="mentions-holder">
      <button
        type="button"
        class={isOpen.value ? 'icon-button is-open' : 'icon-button'}
        title={t('mentions')}
        aria-expanded={isOpen.value}
        aria-haspopup="dialog"
        onClick={() => (isOpen.peek() ? shut() : open())}
      >
        <Icon name="bell" />
        <span class="unseen">{many === 0 ? t('mentions') : count('mentionsCount', many)}</span>
        {many === 0 ? null : (
          <span class="count" aria-hidden="true">
            {many > 99 ? `${number(99)}+` : number(many)}
          </span>
        )}
      </button>
      {isOpen.value ? <Mentions.Part close={shut} /> : null}
    </div>
  );
}
