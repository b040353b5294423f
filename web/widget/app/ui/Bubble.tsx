// One thing that was said.
import { useMemo } from 'preact/hooks';

import { sendAgain as sayAgain } from '../chat/chat.ts';
import { discard } from '../chat/outbox.ts';
import { cancel, sendAgain, type Upload } from '../chat/uploads.ts';
import { at, isArrival, isOwn, servedBefore } from '../chat/messages.ts';
import { config, connection, type Greeting, seenAt } from '../chat/state.ts';
import { Formatted, isEmojiOnly, name as clean } from '../formatted.tsx';
import { siteTheme } from '../look.ts';
import { memory, type Outgoing } from '../memory.ts';
import { withEmoji } from '../shortcodes.ts';
import { size, t, time } from '../texts.ts';
import type { Attachment, Message } from '../wire/documents.ts';
import { SERVER } from '../wire/rest.ts';
import { Avatar, hasFaces } from './Avatar.tsx';
import { Icon } from './icons.tsx';
import { MARK, Named } from './Named.tsx';
import { nameOf } from './people.ts';

/** The server's own files, and nothing else of it, open for whoever shows the room and its token. */
function address(path: string): string | undefined {
  if (path === '') {
    return undefined;
  }
  let url: URL;
  try {
    url = new URL(path.replace(/^\//, ''), SERVER);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return undefined;
  }
  if (url.href.startsWith(`${SERVER}file-upload/`)) {
    const { token = '', rid = '' } = memory.peek();
    url.searchParams.set('rc_token', token);
    url.searchParams.set('rc_rid', rid);
    url.searchParams.set('rc_room_type', 'l');
  }
  return url.href;
}

const LARGEST = 220;

/** What kind of file it is, by the end of its name, and the name. */
function FileName({ title, sizes }: { readonly title: string; readonly sizes: readonly number[] }) {
  const [, kind = ''] = /\.(\w{1,4})$/.exec(title) ?? [];
  return (
    <>
      <span class="type" data-kind={kind.toUpperCase()} />
      <span class="text">
        <bdi>{title}</bdi>
        {sizes.length > 0 ? <span class="when">{sizes.map(size).join(' / ')}</span> : null}
      </span>
    </>
  );
}

function Quoted({ attachment }: { readonly attachment: Attachment }) {
  const { text = '', author_name: author = '' } = attachment;
  return text === '' ? null : (
    <blockquote dir="auto">
      {author === '' ? null : (
        <b>
          <bdi>{clean(author)}</bdi>
        </b>
      )}
      <Formatted text={text} />
    </blockquote>
  );
}

function Attached({ attachment }: { readonly attachment: Attachment }) {
  const { image_url: image, audio_url: audio, video_url: video, title_link: link } = attachment;
  const title = clean(attachment.title ?? '');
  const source = address(image ?? audio ?? video ?? link ?? '');
  if (source === undefined) {
    return null;
  }
  if (image !== undefined) {
    const { width = LARGEST, height = LARGEST } = attachment.image_dimensions ?? {};
    const share = Math.min(1, LARGEST / Math.max(width, height, 1));
    return (
      <a
        class="picture"
        href={source}
        target="_blank"
        rel="noopener noreferrer"
        aria-label={t('openImage', { name: title })}
      >
        <img
          src={source}
          alt={t('image', { name: title })}
          width={Math.round(width * share)}
          height={Math.round(height * share)}
          loading="lazy"
        />
      </a>
    );
  }
  if (audio !== undefined) {
    return <audio controls src={source} aria-label={title} preload="none" />;
  }
  if (video !== undefined) {
    return <video controls src={source} aria-label={title} preload="none" />;
  }
  return (
    <a
      class="file"
      href={source}
      target="_blank"
      rel="noopener noreferrer"
      download={title}
      aria-label={t('download', { name: title })}
    >
      <FileName title={title} sizes={attachment.size === undefined ? [] : [attachment.size]} />
      <Icon name="save" />
    </a>
  );
}

interface Said {
  readonly message: Message;
  readonly own: boolean;
  readonly follows: boolean;
  readonly followed: boolean;
  readonly isLastOwn: boolean;
}

export function Said({ message, own, follows, followed, isLastOwn }: Said) {
  const { attachments = [] } = message;
  const text = message.msg;
  // The same element is not looked at again.
  const words = useMemo(() => <Formatted text={text} />, [text]);
  const author = clean(message.alias ?? message.u.name ?? message.u.username);
  const hasFace = own ? siteTheme.value.hideGuestAvatar === false : hasFaces();
  return (
    <li
      class={`row ${own ? 'own' : hasFace ? 'theirs faced' : 'theirs'} ${follows ? 'follows' : ''} ${followed ? 'followed' : ''}`}
    >
      {hasFace && !follows ? <Avatar name={author} username={message.u.username} /> : null}
      {follows ? null : (
        <span class={own ? 'unseen' : 'author'}>
          <bdi>{own ? t('you') : author}</bdi>
        </span>
      )}
      {text === '' ? null : (
        <div class={`bubble ${isEmojiOnly(withEmoji(text)) ? 'large' : ''}`} dir="auto">
          {attachments.map((attachment, index) => (
            <Quoted key={index} attachment={attachment} />
          ))}
          {words}
        </div>
      )}
      {attachments.map((attachment, index) => (
        <Attached key={index} attachment={attachment} />
      ))}
      <span class={message.editedAt === undefined ? 'when' : 'when edited'}>
        <time dateTime={new Date(at(message)).toISOString()}>{time(at(message))}</time>
        {message.editedAt === undefined ? null : `· ${t('edited')}`}
        {isLastOwn ? (
          <span class="state">· {t(at(message) <= seenAt.value ? 'seen' : 'sent')}</span>
        ) : null}
      </span>
    </li>
  );
}

export function Greeted({ greeting }: { readonly greeting: Greeting }) {
  return (
    <li class="row theirs">
      {greeting.name === '' ? null : (
        <span class="author">
          <bdi>{clean(greeting.name)}</bdi>
        </span>
      )}
      <div class="bubble" dir="auto">
        <Formatted text={greeting.text} />
      </div>
    </li>
  );
}

export function OnItsWay({ outgoing }: { readonly outgoing: Outgoing }) {
  const { id, text, refusal } = outgoing;
  return (
    <li class={`row own ${refusal === undefined ? 'waiting' : 'failed'}`}>
      <span class="unseen">{t('you')}</span>
      <div class="bubble" dir="auto">
        <Formatted text={text} />
      </div>
      {refusal === undefined ? (
        <span class="when">
          <Icon name="clock" small />
          {t(connection.value === 'lost' ? 'waitingToSend' : 'sending')}
        </span>
      ) : (
        <span class="when">
          <Icon name="warning" small />
          <span role="alert">{t('notSent')}</span>
          <button type="button" onClick={() => void sayAgain(id)}>
            {t('tryAgain')}
          </button>
          <button type="button" onClick={() => discard(id)}>
            {t('discard')}
          </button>
        </span>
      )}
    </li>
  );
}

function failureOf({ file, failure }: Upload): string {
  const name = clean(file.name);
  switch (failure?.kind) {
    case 'size':
      return t('uploadTooBig', { name, size: failure.allowed });
    case 'type':
      return t('uploadBadType', { name });
    case 'off':
      return t('uploadsOff');
    case 'network':
    case undefined:
      return t('uploadFailed', { name });
    default:
      return '';
  }
}

export function Uploading({ upload }: { readonly upload: Upload }) {
  const { id, file, share, failure } = upload;
  const label = t('uploading', { name: clean(file.name) });
  const isGoing = failure === undefined;
  return (
    <li class={`row own ${failure === undefined ? 'waiting' : 'failed'}`}>
      <span class="file">
        <FileName title={clean(file.name)} sizes={[share * file.size, file.size].slice(isGoing ? 0 : 1)} />
        {isGoing ? (
          <>
            <button
              class="plain"
              type="button"
              aria-label={t('cancel')}
              onClick={() => cancel(id)}
            >
              <Icon name="cross" />
            </button>
            <progress value={share} max={1} aria-label={label} />
          </>
        ) : null}
      </span>
      {isGoing ? null : (
        <span class="when">
          <Icon name="warning" small />
          <span role="alert">{failureOf(upload)}</span>
          {failure.kind === 'network' ? (
            <button type="button" onClick={() => sendAgain(id)}>
              {t('tryAgain')}
            </button>
          ) : null}
          <button type="button" onClick={() => cancel(id)}>
            {t('discard')}
          </button>
        </span>
      )}
    </li>
  );
}

/** An agent has come, for another or as the first. */
function Arrival({ message }: { readonly message: Message }) {
  const last = servedBefore(message);
  const before = nameOf(last);
  const values = { name: MARK, before };
  const people = last === undefined ? [message.u] : [last, message.u];
  return (
    <li class="notice">
      {hasFaces() ? (
        <span class="faces">
          {people.map((one) => (
            <Avatar key={one._id} name={nameOf(one)} username={one.username} />
          ))}
        </span>
      ) : null}
      <Named text={t(before === '' ? 'agentJoined' : 'agentChanged', values)} name={nameOf(message.u)} />
    </li>
  );
}

export function Notice({ message }: { readonly message: Message }) {
  if (isArrival(message)) {
    return config.value?.settings.agentHiddenInfo === true ? null : <Arrival message={message} />;
  }
  return (
    <li class="notice" dir="auto">
      {noticed(message)}
    </li>
  );
}

/** In whose name the server ends what nobody has ended. */
const PROGRAM = 'rocket.cat';

function noticed(message: Message): string {
  const { t: kind, msg, u, transferData } = message;
  const who = clean(u.name ?? u.username);
  switch (kind) {
    case 'livechat-close': {
      const name = isOwn(message) || u.username === PROGRAM ? '' : nameOf(u);
      return `${name === '' ? t('chatClosed') : t('closedBy', { name })} · ${time(at(message))}`;
    }
    case 'uj':
      return t('userJoined', { name: who });
    case 'ul':
      return t('userLeft', { name: who });
    case 'livechat_transfer_history': {
      const name = transferData?.nextDepartment?.name;
      return name === undefined ? t('returnedToQueue') : t('transferredTo', { name: clean(name) });
    }
    case undefined:
    default:
      return clean(msg);
  }
}
