import { millis, type Room } from '../../api/documents.ts';
import { type Conflict, type Contact, resolveConflict } from '../../live/contacts.ts';
import type { Field } from '../../live/fields.ts';
import { agents, may } from '../../live/people.ts';
import { say } from '../../live/toasts.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import type { Reading } from '../../parts/reading.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address } from '../../place.ts';
import { count, t, when } from '../../texts.ts';
import { channelName } from './channels.ts';

interface ConflictsProps {
  readonly contact: Contact;
  readonly fields: readonly Field[];
  readonly again: () => Promise<void>;
}

const agentOf = (idOrName: string) => agents.value.find(({ _id, username }) => _id === idOrName || username === idOrName);

const shown = ({ field }: Conflict, value: string): string => (field === 'manager' ? (agentOf(value)?.name ?? value) : value);

/** What visitors say otherwise than it is written, until somebody says what holds. */
export function Conflicts({ contact, fields, again }: ConflictsProps) {
  const { fault, isBusy, run } = useAttempt();
  const conflicts = contact.conflictingFields;
  if (conflicts.length === 0) {
    return null;
  }
  const labelOf = ({ field }: Conflict): string => {
    const custom = fields.find(({ _id }) => field === `customFields.${_id}`);
    return custom?.label ?? t(field === 'manager' ? 'contactManager' : 'name');
  };
  const knownOf = ({ field }: Conflict): string => {
    if (field === 'manager') {
      return contact.contactManager ?? '';
    }
    return field === 'name' ? contact.name : (contact.customFields[field.replace('customFields.', '')] ?? '');
  };
  const settle = (conflict: Conflict, value: string): void =>
    run(async () => {
      await resolveConflict(contact, conflict.field, conflict.field === 'manager' ? (agentOf(value)?._id ?? value) : value);
      say(t('savedIt'));
      await again();
    });
  return (
    <section class="data-conflicts" aria-label={t('conflicts')}>
      <h3>
        <Icon name="alert" /> {count('conflictsCount', conflicts.length)}
      </h3>
      <ul>
        {conflicts.map((conflict) => {
          const known = knownOf(conflict);
          return (
            <li key={`${conflict.field} ${conflict.value}`}>
              <p>
                {t('saysOtherwise', { field: labelOf(conflict) })} <bdi class="strong">{shown(conflict, conflict.value)}</bdi>
              </p>
              {may('update-livechat-contact') ? (
                <div class="line">
                  <button type="button" class="button small" aria-disabled={isBusy.value} onClick={() => settle(conflict, known)}>
                    <bdi>{t('keepKnown', { value: shown(conflict, known) })}</bdi>
                  </button>
                  <button type="button" class="button small" aria-disabled={isBusy.value} onClick={() => settle(conflict, conflict.value)}>
                    <bdi>{t('takeSaid', { value: shown(conflict, conflict.value) })}</bdi>
                  </button>
                </div>
              ) : null}
            </li>
          );
        })}
      </ul>
      <FaultLine words={fault.value} />
    </section>
  );
}

/** The ways by which a contact has written. */
export function Channels({ contact: { channels } }: { readonly contact: Contact }) {
  return channels.length === 0 ? null : (
    <section aria-label={t('channels')}>
      <h3>{t('channels')}</h3>
      <ul class="data-rows">
        {channels.map(({ name, value, verified, visitorId, lastChat }) => (
          <li key={`${visitorId} ${name}`}>
            <a class="cut-text" href={address(`/admin/visitors/${visitorId}`)} data-inside>
              {channelName(name)}
            </a>
            <span class="state cut-text">
              {verified ? <Mark state="delivered" label={t('proven')} /> : null}
              <bdi class="quiet">{value}</bdi>
            </span>
            <span class="meta quiet num">{lastChat === undefined ? '' : when(millis(lastChat.ts), Date.now())}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function called({ topic, tags = [], fname = '' }: Room): string {
  return topic ?? (tags.length > 0 ? tags.join(', ') : t('chatOf', { name: fname }));
}

/** The chats that are over. */
export function History({ chats }: { readonly chats: Reading<readonly Room[]> }) {
  return (
    <section aria-label={t('earlierChats')}>
      <h3>{t('earlierChats')}</h3>
      {chats.error === undefined ? null : <NotRead error={chats.error} again={() => void chats.again()} />}
      {chats.value === undefined && chats.error === undefined ? <Skeleton rows={3} /> : null}
      {chats.value?.length === 0 ? <p class="quiet">{t('noEarlierChats')}</p> : null}
      <ul class="data-rows">
        {chats.value?.map((room) => (
          <li key={room._id}>
            <a class="cut-text" href={address(`/inbox/${room._id}`)} data-inside>
              <bdi>{called(room)}</bdi>
            </a>
            <span class="quiet num">{count('messages', room.msgs)}</span>
            <span class="meta quiet num">{when(millis(room.ts), Date.now())}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
