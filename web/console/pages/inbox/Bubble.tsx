import { type Message, millis } from '../../api/documents.ts';
import { remove } from '../../live/acts.ts';
import { connection } from '../../live/connection.ts';
import { deliveriesOf } from '../../live/deliveries.ts';
import { places } from '../../live/lists.ts';
import { discard, tryAgain } from '../../live/outbox.ts';
import { me } from '../../live/people.ts';
import { quoting, wordsOf } from '../../live/quotes.ts';
import { copyAndSay } from '../../parts/copying.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { address, place } from '../../place.ts';
import { t, time } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { changeOf, editing, removing } from './editing.ts';
import { type Entry, partsOf } from './entries.ts';
import { Files } from './Files.tsx';
import { Heard } from './Heard.tsx';
import { Linked } from './Linked.tsx';

type Of<Kind extends Entry['is']> = Extract<Entry, { readonly is: Kind }>;

export function Said({ entry }: { readonly entry: Of<'said'> }) {
  const { message, side, follows, isLast, by, gone, receipt } = entry;
  const isSeen = receipt === 'seen';
  const words = wordsOf(message.msg);
  const states = [
    ...(isLast || isSeen ? [time(millis(message.ts))] : []),
    ...(receipt !== undefined && (isLast || isSeen) ? [t(receipt)] : []),
    ...(message.editedAt === undefined || gone !== undefined ? [] : [t('edited')]),
  ];
  return (
    <li
      class={`entry ${side}${follows ? ' follows' : ''}${place.value.query.get('at') === message._id ? ' is-sought' : ''}`}
      data-id={message._id}
    >
      <div class="said-by">
        {by === undefined ? null : (
          <p class="by">
            <bdi>{by}</bdi>
          </p>
        )}
        <div class="says">
          <div class="words">
            <Quotes message={message} />
            <Files message={message} />
            {words === '' ? null : (
              <p class="bubble" dir="auto">
                <Linked text={words} />
              </p>
            )}
            {gone === undefined ? null : <Gone words={gone} />}
          </div>
          {states.length === 0 ? null : <span class="when">{states.join(' · ')}</span>}
          {gone === undefined ? <Tools message={message} words={words} /> : null}
        </div>
      </div>
      <Heard deliveries={deliveriesOf(message)} />
    </li>
  );
}

function Gone({ words }: { readonly words: string }) {
  const [before, name, after] = partsOf(words);
  return (
    <p class="bubble gone">
      {before}
      <bdi>{name}</bdi>
      {after}
    </p>
  );
}

/** What the words are an answer to. */
function Quotes({ message }: { readonly message: Message }) {
  return (
    <>
      {message.attachments
        ?.filter(({ message_link }) => message_link !== undefined)
        .map((quote) => (
          <blockquote key={quote.message_link} class="quoted" dir="auto">
            <b class="strong">{quote.author_name}</b> {wordsOf(quote.text ?? '')}
          </blockquote>
        ))}
    </>
  );
}

interface ToolsProps {
  readonly message: Message;
  readonly words: string;
}

/** What one may do with words; shown where one points. */
function Tools({ message, words }: ToolsProps) {
  const { rid, _id } = message;
  const isOwn = message.u._id === me.value?._id;
  return (
    <span class="own-tools">
      {places.value.has(rid) ? (
        <Tool
          name="quote"
          icon="reply"
          turns
          act={() => {
            quoting.value = message;
          }}
        />
      ) : null}
      {words === '' ? null : <Tool name="copyText" icon="copy" act={() => void copyAndSay(words)} />}
      <Tool name="copyLink" icon="link" act={() => void copyAndSay(`${location.origin}${address(`/inbox/${rid}?at=${_id}`)}`)} />
      {isOwn && words !== '' ? (
        <Tool
          name="edit"
          icon="edit"
          act={() => {
            editing.value = changeOf(message);
          }}
        />
      ) : null}
      {isOwn ? (
        <Tool
          name="remove"
          icon="trash"
          act={() => {
            removing.value = { words: words === '' ? (message.file?.name ?? '') : words, act: () => remove(_id) };
          }}
        />
      ) : null}
    </span>
  );
}

interface ToolProps {
  readonly name: TextKey;
  readonly icon: string;
  readonly turns?: boolean;
  readonly act: () => void;
}

function Tool({ name, icon, turns = false, act }: ToolProps) {
  const title = t(name);
  return (
    <button type="button" class="icon-button small" aria-label={title} title={title} onClick={act}>
      <Icon name={icon} size={14} turns={turns} />
    </button>
  );
}

export function Outbound({ entry }: { readonly entry: Of<'outgoing'> }) {
  const { outgoing, follows } = entry;
  const { fault, quicker } = outgoing;
  const refused = fault === undefined ? undefined : t('notSent', { reason: fault });
  const halts = quicker === undefined ? refused : t('quickerWhile', { name: quicker.name });
  return (
    <li class={`entry own${follows ? ' follows' : ''}${halts === undefined ? ' sending' : ''}`}>
      <div class="says">
        <p class={halts === undefined ? 'bubble' : 'bubble is-failed'} dir="auto">
          <Linked text={wordsOf(outgoing.text)} />
        </p>
        {halts === undefined ? (
          <span class="when line">
            <Mark state="sending" size={14} />
            {t(connection.value.is === 'lost' ? 'waits' : 'sending')}
          </span>
        ) : (
          <span class="when line fault">
            <Icon name="alert" size={14} />
            {halts}
            <button type="button" class="link-button" onClick={() => tryAgain(outgoing.id)}>
              {t(quicker === undefined ? 'tryAgain' : 'sendAnyway')}
            </button>
            <button type="button" class="link-button" onClick={() => discard(outgoing.id)}>
              {t('discard')}
            </button>
          </span>
        )}
      </div>
    </li>
  );
}
