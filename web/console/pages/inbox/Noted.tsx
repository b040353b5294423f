import { calledAs, millis, type Note } from '../../api/documents.ts';
import { removeNote } from '../../live/acts.ts';
import { me } from '../../live/people.ts';
import { Icon } from '../../parts/Icon.tsx';
import { t, time } from '../../texts.ts';
import { editing, removing } from './editing.ts';
import { Linked } from './Linked.tsx';

/** What somebody noted for their colleagues. */
export function Noted({ note }: { readonly note: Note }) {
  const states = [time(millis(note.addedAt)), ...(note.editedAt === null ? [] : [t('edited')]), t('note')];
  return (
    <li class="entry" data-id={note.id}>
      <article class="note">
        <Icon name="lock" />
        <p class="by">
          <bdi>{calledAs(note.author)}</bdi> <span class="unseen">{t('wroteNote')}</span>
        </p>
        <span class="line">
          {note.author.id === me.value?._id ? <Tools note={note} /> : null}
          <span class="when num">{states.join(' · ')}</span>
        </span>
        <p class="noted" dir="auto">
          <Words note={note} />
        </p>
      </article>
    </li>
  );
}

const NAME = /(@[\p{L}\p{N}_.-]*[\p{L}\p{N}_])/u;

/** Those who were told of it stand out. */
function Words({ note: { text, mentions } }: { readonly note: Note }) {
  const told = new Set(mentions.map(({ username }) => `@${username.toLowerCase()}`));
  return (
    <>
      {text.split(NAME).map((part) =>
        told.has(part.toLowerCase()) ? <b class="mention">{part}</b> : <Linked text={part} />,
      )}
    </>
  );
}

function Tools({ note: { id, conversation: rid, text } }: { readonly note: Note }) {
  return (
    <span class="own-tools">
      <button
        type="button"
        class="icon-button small"
        aria-label={t('editNote')}
        title={t('editNote')}
        onClick={() => {
          editing.value = { is: 'note', rid, id, text };
        }}
      >
        <Icon name="edit" size={14} />
      </button>
      <button
        type="button"
        class="icon-button small"
        aria-label={t('removeNote')}
        title={t('removeNote')}
        onClick={() => {
          removing.value = { words: text, act: () => removeNote(rid, id) };
        }}
      >
        <Icon name="trash" size={14} />
      </button>
    </span>
  );
}
