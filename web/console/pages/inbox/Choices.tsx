import './choices.css';

import { setPriority, setSla } from '../../live/acts.ts';
import { priorities, priorityName, slas } from '../../live/urgency.ts';
import type { Command } from '../../commands.ts';
import type { Room } from '../../api/documents.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { count, t } from '../../texts.ts';

interface Props {
  readonly room: Room;
  /** The promise is about when a chat is taken. */
  readonly waits: boolean;
  /** What there is no room for beside the name. */
  readonly acts: readonly Command[];
  readonly close: () => void;
}

/** How urgent a chat is, and what else is done with it. */
export function Choices({ room, waits, acts, close }: Props) {
  const choose = (act: () => Promise<void>) => (): void => {
    close();
    void act();
  };
  return (
    <Popover label={t('more')} kind="choices" close={close}>
      {acts.map(({ icon, title, act }) => (
        <button
          key={title}
          type="button"
          class="option"
          onClick={() => {
            close();
            // After the focus was given back.
            setTimeout(act);
          }}
        >
          <Icon name={icon} turns />
          {title}
        </button>
      ))}
      {priorities.value.length === 0 ? null : (
        <fieldset>
          <legend>{t('priority')}</legend>
          {priorities.value.map((one) => (
            <Option
              key={one._id}
              name={priorityName(one)}
              isChosen={one._id === room.priorityId}
              choose={choose(() => setPriority(room, one._id, priorityName(one)))}
            />
          ))}
          <Option name={t('noPriority')} isChosen={room.priorityId === undefined} choose={choose(() => setPriority(room, undefined, t('noPriority')))} />
        </fieldset>
      )}
      {waits && slas.value.length > 0 ? (
        <fieldset>
          <legend>{t('sla')}</legend>
          {slas.value.map((one) => (
            <Option
              key={one._id}
              name={one.name}
              more={count('inMinutes', one.dueTimeInMinutes)}
              isChosen={one._id === room.slaId}
              choose={choose(() => setSla(room._id, one._id))}
            />
          ))}
          <Option name={t('noSla')} isChosen={room.slaId === undefined} choose={choose(() => setSla(room._id, undefined))} />
        </fieldset>
      ) : null}
    </Popover>
  );
}

interface OptionProps {
  readonly name: string;
  readonly more?: string;
  readonly isChosen: boolean;
  readonly choose: () => void;
}

function Option({ name, more, isChosen, choose }: OptionProps) {
  return (
    <button type="button" class={isChosen ? 'option is-active' : 'option'} aria-pressed={isChosen} onClick={choose}>
      <bdi class="cut-text">{name}</bdi>
      {more === undefined ? null : <span class="meta">{more}</span>}
      <span class="push" />
      {isChosen ? <Icon name="check" size={14} /> : null}
    </button>
  );
}
