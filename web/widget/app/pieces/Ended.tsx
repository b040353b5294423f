// Where a chat has ended: how it was, a copy of it, the way to a new one.
import { useRef, useState } from 'preact/hooks';

import { startAnew } from '../chat/chat.ts';
import { served } from '../chat/messages.ts';
import { config, visitor } from '../chat/state.ts';
import { memory } from '../memory.ts';
import { count, t } from '../texts.ts';
import { rate, sendTranscript } from './farewell.ts';
import { EmailField, Field } from '../ui/Field.tsx';
import { mailFault, Problem, said, useForm } from '../ui/form.tsx';
import { Icon } from '../ui/icons.tsx';
import { nameOf } from '../ui/people.ts';

const STARS = [1, 2, 3, 4, 5];

/** Whoever goes through the stars by keys has come to his when he stays. */
const PAUSE_MS = 1000;

function Rating({ title }: { readonly title: string }) {
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState('');
  const [problem, setProblem] = useState<string>();
  const isRated = memory.value.rated === memory.value.rid;
  const [isDone, setDone] = useState(isRated);

  const last = useRef({ number: 0, done: Promise.resolve(false) });
  const pause = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  /** One after the other, and none that another has overtaken. Says whether it has arrived. */
  const send = (given: number): Promise<boolean> => {
    const before = last.current;
    const number = before.number + 1;
    clearTimeout(pause.current);
    pause.current = undefined;
    const arrives = async () => {
      await before.done;
      if (number !== last.current.number) {
        return false;
      }
      setProblem(undefined);
      try {
        await rate(given, comment);
        return true;
      } catch (error) {
        setStars(isRated ? given : 0);
        setProblem(said(error));
        return false;
      }
    };
    const done = arrives();
    last.current = { number, done };
    return done;
  };
  const choose = (star: number, isSure: boolean) => {
    setStars(star);
    clearTimeout(pause.current);
    if (isSure) {
      void send(star);
    } else {
      pause.current = setTimeout(() => void send(star), PAUSE_MS);
    }
  };
  const settle = () => {
    if (pause.current !== undefined) {
      void send(stars);
    }
  };
  if (isDone) {
    return (
      <p class="done" role="status">
        <Icon name="check" />
        {t('rated')}
      </p>
    );
  }
  return (
    <>
      <fieldset
        class="stars"
        onKeyDown={({ key }) => {
          if (key === 'Enter') {
            settle();
          }
        }}
        onFocusOut={({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget as Node | null)) {
            settle();
          }
        }}
      >
        <legend class="unseen">{title}</legend>
        {STARS.map((star) => (
          <label key={star} class={star <= stars ? 'on' : ''}>
            <input
              type="radio"
              name="stars"
              value={star}
              checked={star === stars}
              // Keys click as well, but with no finger on the star.
              onClick={({ detail }) => choose(star, detail > 0)}
              aria-label={count('rating', star)}
            />
            <Icon name="star" />
          </label>
        ))}
        {stars === 0 ? null : <span aria-hidden="true">{count('rating', stars)}</span>}
      </fieldset>
      <Problem text={problem} />
      {isRated ? (
        <form
          class="inline"
          onSubmit={(event) => {
            event.preventDefault();
            void send(stars).then(setDone);
          }}
        >
          <Field label={t('rateComment')} name="comment" value={comment} set={setComment} />
          <button class="secondary" type="submit">
            {t('send')}
          </button>
        </form>
      ) : null}
    </>
  );
}

/** A copy by e-mail: by a click where the address is known. */
export function Transcript({ asks = false }: { readonly asks?: boolean }) {
  const known = visitor.value?.visitorEmails?.[0]?.address ?? '';
  const [isOpen, setOpen] = useState(asks);
  const [email, setEmail] = useState(known);
  const [sentTo, setSentTo] = useState<string>();
  const check = () => ({ email: mailFault(email, true) });
  const send = async () => {
    await sendTranscript(email.trim());
    setSentTo(email.trim());
  };
  const { form, faults, problem, isBusy, onSubmit } = useForm(check, send);
  if (sentTo !== undefined) {
    return (
      <p class="done" role="status">
        <Icon name="check" />
        <span>{t('transcriptSent', { email: sentTo })}</span>
      </p>
    );
  }
  const words = config.value?.messages.transcriptMessage ?? '';
  const button = (
    <button
      class="link"
      type="button"
      aria-disabled={isBusy}
      onClick={known === '' ? () => setOpen(true) : onSubmit}
    >
      <Icon name="mail" />
      {t('getTranscript')}
    </button>
  );
  return (
    <>
      {words === '' ? null : <p dir="auto">{words}</p>}
      {isOpen ? (
        <form class="inline" ref={form} noValidate onSubmit={onSubmit}>
          <EmailField value={email} set={setEmail} fault={faults['email']} />
          <button class={asks ? 'primary' : 'secondary'} type="submit" aria-disabled={isBusy}>
            {t('send')}
          </button>
        </form>
      ) : (
        button
      )}
      <Problem text={problem} />
    </>
  );
}

export function Ended() {
  const [problem, setProblem] = useState<string>();
  const { conversationFinishedMessage: words = '', conversationFinishedText: text = '' } =
    config.value?.messages ?? {};
  const name = nameOf(served.value);
  const title = name === '' ? t('rate') : t('rateNamed', { name });
  return (
    <section class="ended" aria-labelledby="ended">
      <div>
        {words === '' ? null : (
          <p class="strong" dir="auto">
            {words}
          </p>
        )}
        {text === '' ? null : <p dir="auto">{text}</p>}
        <h2 id="ended" tabIndex={-1}>
          {title}
        </h2>
        <Rating title={title} />
        {config.value?.settings.transcript === true ? <Transcript /> : null}
      </div>
      <Problem text={problem} />
      <button
        class="primary"
        type="button"
        onClick={() => {
          setProblem(undefined);
          startAnew().catch((error: unknown) => setProblem(said(error)));
        }}
      >
        {t('newChat')}
      </button>
    </section>
  );
}
